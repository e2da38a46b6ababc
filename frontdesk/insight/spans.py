"""Which days somebody looks at, as it stands in a page's address. Whatever cannot be read is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from urllib.parse import urlencode

LENGTHS = (7, 28, 90, 365)  # days up to today
USUAL = 28
BY_DAY, BY_WEEK = "day", "week"
MOST_BARS = 35  # days that are shown one by one where nobody says how: a month
MOST_DAYS = 92  # that can be shown one by one: of a year's bars none can be told from the next
FIRST_DAY = date(2000, 1, 1)  # nothing is older
LONGEST = 3 * 366  # days
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """A day, or a week from Monday to Sunday as far as it is looked at. Both days are included."""

    first: date
    last: date

    @property
    def is_day(self) -> bool:
        """Whether it is a single one."""
        return self.first == self.last


@dataclass(frozen=True)
class Span(Period):
    """The days of the page.

    Attributes:
        by: `day` or `week`.
        length: Of `LENGTHS`, where one of these was chosen; else 0.
    """

    by: str = BY_DAY
    length: int = 0

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    @property
    def is_long(self) -> bool:
        """Whether it is only shown by week."""
        return self.days > MOST_DAYS

    @property
    def before(self) -> Period:
        """As many days, up to this span."""
        return Period(self.first - timedelta(days=self.days), self.first - ONE_DAY)

    @cached_property
    def periods(self) -> list[Period]:
        """Its days or weeks, in order."""
        found, first = [], self.first
        while first <= self.last:
            ends = first if self.by == BY_DAY else first + timedelta(days=6 - first.weekday())
            found.append(Period(first, min(ends, self.last)))
            first = ends + ONE_DAY
        return found

    @property
    def query(self) -> str:
        """As it stands in an address."""
        return self.query_by(self.by)

    def query_by(self, by: str) -> str:
        """The same days by day, or by week."""
        days = {"days": str(self.length)} if self.length else {"from": self.first.isoformat(), "to": self.last.isoformat()}
        return urlencode({**days, "by": by})


def read(address: Mapping[str, str], today: date) -> Span:
    """The span in an address: its days if it has any, else a number of days up to today.

    Args:
        address: The page's parameters.
        today: At the clinic.
    """
    first, last = _day(address.get("from", ""), today), _day(address.get("to", ""), today)
    length = 0
    if first or last:
        last = last or today
        first = first or last - timedelta(days=USUAL - 1)
        first, last = min(first, last), max(first, last)
        first = max(first, last - timedelta(days=LONGEST - 1))
    else:
        given = address.get("days", "")
        length = next((one for one in LENGTHS if str(one) == given), USUAL)
        first, last = today - timedelta(days=length - 1), today
    by = address.get("by", "")
    days = (last - first).days + 1
    if by not in (BY_DAY, BY_WEEK):
        by = BY_DAY if days <= MOST_BARS else BY_WEEK
    if days > MOST_DAYS:
        by = BY_WEEK
    return Span(first, last, by, length)


def _day(given: str, today: date) -> date | None:
    """A day that was; one that is still to come is today."""
    try:
        day = date.fromisoformat(given.strip())
    except ValueError:
        return None
    return min(day, today) if day >= FIRST_DAY else None

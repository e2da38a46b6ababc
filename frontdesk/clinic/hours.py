"""When somebody is at the clinic. Pure: a time zone, weekly hours and closed days; clock changes are the zone's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOOK_AHEAD = 400  # days: over a year of closed days, nobody is promised anything


@dataclass(frozen=True)
class Hours:
    """Of one weekday, 0 for Monday; in the clinic's own time."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True)
class Holiday:
    """Days on which nobody is there, the last included."""

    first: date
    last: date


class Schedule:
    """Weekly hours with their exceptions."""

    def __init__(self, zone: ZoneInfo, hours: Iterable[Hours], holidays: Iterable[Holiday] = ()) -> None:
        """Hours may come in any order, several of one day included."""
        self.zone = zone
        self._hours = sorted(hours, key=lambda one: (one.weekday, one.opens))
        self._holidays = list(holidays)

    def is_open(self, at: datetime) -> bool:
        """Whether somebody is there at an aware time."""
        return any(opens <= at < closes for opens, closes in self._of_day(at.astimezone(self.zone).date()))

    def opens_at(self, after: datetime) -> datetime | None:
        """The next time somebody comes, in the clinic's zone; None if nobody does within a year. An open clinic has its next opening."""
        today = after.astimezone(self.zone).date()
        for days in range(LOOK_AHEAD):
            for opens, _ in self._of_day(today + timedelta(days=days)):
                if opens > after:
                    return opens
        return None

    def _of_day(self, day: date) -> list[tuple[datetime, datetime]]:
        if any(holiday.first <= day <= holiday.last for holiday in self._holidays):
            return []
        return [
            (self._moment(day, hours.opens), self._moment(day, hours.closes))
            for hours in self._hours
            if hours.weekday == day.weekday()
        ]

    def _moment(self, day: date, at: time) -> datetime:
        # By way of UTC: a time that the clock skips becomes the one shown in its place.
        return datetime.combine(day, at, self.zone).astimezone(UTC).astimezone(self.zone)

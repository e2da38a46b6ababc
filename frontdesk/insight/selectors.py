"""Reads the totals: of days, or of all days together. What a year costs does not depend on how much was said in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import CharField, Sum
from django.db.models.functions import Cast

from frontdesk.insight.measures import Measure
from frontdesk.insight.models import DueDay, Total
from frontdesk.insight.spans import Period


class Count(NamedTuple):
    """How many there were, and how many of them are still in the record: the others are erased."""

    number: int = 0
    live: int = 0

    def plus(self, other: Count) -> Count:
        """Both together."""
        return Count(self.number + other.number, self.live + other.live)


Counts = Mapping[str, Count]  # by key
Waits = dict[int, int]  # how many waited so many seconds
NONE = Count()


def totals_of(measures: Iterable[Measure], days: Period) -> dict[str, dict[str, Count]]:
    """All of these days together, by measure and key."""
    found: dict[str, dict[str, Count]] = {measure: {} for measure in measures}
    rows = (
        Total.objects.filter(measure__in=list(found), day__gte=days.first, day__lte=days.last)
        .order_by().values_list("measure", "key").annotate(Sum("number"), Sum("kept"))
    )  # fmt: skip
    for measure, key, number, kept in rows:
        found[measure][key] = Count(number, number - kept)
    return found


def totals_by_period(measures: Sequence[Measure], periods: list[Period]) -> dict[str, list[dict[str, Count]]]:
    """For each measure, what there was in each period, by key.

    Args:
        measures: Which.
        periods: In order, without gaps; at least one.
    """
    found: dict[str, list[dict[str, Count]]] = {measure: [{} for _ in periods] for measure in measures}
    for measure, place, key, number, kept in _rows(measures, periods):
        here = found[measure][place]
        count = Count(number, number - kept)
        here[key] = here[key].plus(count) if key in here else count
    return found


def waits_by_period(periods: list[Period]) -> list[Waits]:
    """How many calls waited how long, in each period: by far the most of all rows, so that they are kept small."""
    found: list[Waits] = [{} for _ in periods]
    for _, place, key, number, _ in _rows([Measure.WAIT], periods):
        here, seconds = found[place], int(key)
        here[seconds] = here.get(seconds, 0) + number
    return found


def waits_of(days: Period) -> Waits:
    """How many calls of these days waited how long."""
    return {int(key): count.number for key, count in totals_of([Measure.WAIT], days)[Measure.WAIT].items()}


def _rows(measures: Sequence[Measure], periods: list[Period]) -> Iterator[tuple[str, int, str, int, int]]:
    """Measure, place of the period, key, number, and how many of them are erased."""
    # Days as they are written: a year has thousands of rows, and to make a date of each takes longer than to fetch it.
    place = {
        date.fromordinal(ordinal).isoformat(): number
        for number, period in enumerate(periods)
        for ordinal in range(period.first.toordinal(), period.last.toordinal() + 1)
    }
    rows = Total.objects.filter(measure__in=list(measures), day__gte=periods[0].first, day__lte=periods[-1].last)
    written = rows.order_by().annotate(written=Cast("day", CharField()))
    for measure, day, key, number, kept in written.values_list("measure", "written", "key", "number", "kept").iterator():
        yield measure, place[day], key, number, kept


def added(periods: Iterable[Counts]) -> dict[str, Count]:
    """All periods together, by key."""
    found: dict[str, Count] = defaultdict(Count)
    for counts in periods:
        for key, count in counts.items():
            found[key] = found[key].plus(count)
    return dict(found)


def waits_added(periods: Iterable[Waits]) -> Waits:
    """All periods together."""
    found: Waits = defaultdict(int)
    for waits in periods:
        for seconds, number in waits.items():
            found[seconds] += number
    return dict(found)


def percentiles_of(waits: Waits, shares: Sequence[float]) -> list[int | None]:
    """For each share, the shortest wait than which so many did not wait longer: exact, since every wait is counted.

    Args:
        waits: How many waited how long.
        shares: Between 0 and 1, in order.

    Returns:
        Seconds; None where nobody waited.
    """
    left = [share * sum(waits.values()) for share in shares]
    found: list[int | None] = []
    reached = 0
    for seconds in sorted(waits):
        reached += waits[seconds]
        while len(found) < len(left) and reached >= left[len(found)]:
            found.append(seconds)
    return found or [None] * len(shares)


def first_counted() -> date | None:
    """The first day that has figures."""
    return Total.objects.order_by("day").values_list("day", flat=True).first()


def is_behind() -> bool:
    """Whether more days are due than change in a moment: after an update all of them are counted."""
    return DueDay.objects.count() > MOMENT


MOMENT = 3  # days: today, and where conversations were before

"""Counts the days that are due, and keeps what erased conversations have counted.

A day is read outside of a transaction and written in a short one: visitors' turns are written meanwhile. If the day has changed since it
was read, nothing is written, and it stays due. What dies half-way is done again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from frontdesk.clinic.selectors import the_clinic
from frontdesk.insight.due import bounds_of, clinic_zone, day_of, days_mark
from frontdesk.insight.measures import Totals, count
from frontdesk.insight.models import Basis, DueDay, Total
from frontdesk.review.models import Summary

RULES = 1  # goes up when a release counts otherwise, or more
BATCH = 200  # rows in a command


def days_due() -> list[DueDay]:
    """Days to be counted, today first: that is what is looked at."""
    return list(DueDay.objects.order_by("-day"))


def day_read(due: DueDay) -> Totals:
    """What the record has of a day."""
    zone = clinic_zone()
    begins, ends = bounds_of(due.day, zone)
    return count(Summary.objects.filter(last_activity_at__gte=begins, last_activity_at__lt=ends), zone)


@transaction.atomic
def day_write(due: DueDay, counted: Totals) -> bool:
    """Writes down what `day_read` found; whether the day was still as it was read."""
    if not DueDay.objects.select_for_update().filter(pk=due.pk, mark=due.mark).exists():
        return False
    known = {(row.measure, row.key): row for row in Total.objects.filter(day=due.day)}
    changed, gone = [], []
    for (measure, key), number in counted.items():
        row = known.get((measure, key)) or Total(day=due.day, measure=measure, key=key, number=0)
        if row.number != number + row.kept:
            row.number = number + row.kept
            changed.append(row)
    for name, row in known.items():
        if name in counted or row.number == row.kept:
            continue
        if row.kept:
            row.number = row.kept
            changed.append(row)
        else:
            gone.append(row.pk)
    _write(changed, "number")
    Total.objects.filter(pk__in=gone).delete()
    DueDay.objects.filter(pk=due.pk).delete()
    return True


def conversation_keep(conversation_id: str) -> None:
    """Keeps what a conversation has counted, which is about to be erased. To be called in that transaction.

    The totals stay as they are. Only what they have of the conversation is from now on a part that no recount takes away.
    """
    found = Summary.objects.filter(conversation=conversation_id)
    summary = found.first()
    if summary is None:
        return
    zone = clinic_zone()
    day = day_of(summary.last_activity_at, zone)
    known = {(row.measure, row.key): row for row in Total.objects.select_for_update().filter(day=day)}
    kept = []
    for (measure, key), number in count(found, zone).items():
        row = known.get((measure, key)) or Total(day=day, measure=measure, key=key, number=0)
        row.kept += number
        row.number = max(row.number, row.kept)  # where the day is not counted yet: the recount has the rest
        kept.append(row)
    _write(kept, "number", "kept")
    days_mark([day])


def basis_is_old() -> bool:
    """Whether all days are to be counted: by another clock or other rules than now, or for the first time."""
    return not Basis.objects.filter(time_zone=the_clinic().time_zone, rules=RULES).exists()


def days_of_record() -> set[date]:
    """Every day on which there is something to count, or was."""
    zone = clinic_zone()
    moments = Summary.objects.order_by().values_list("last_activity_at", flat=True)
    return {day_of(at, zone) for at in moments.iterator()} | set(
        Total.objects.order_by().values_list("day", flat=True).distinct()
    )


@transaction.atomic
def basis_renew(time_zone: str, days: Iterable[date]) -> None:
    """From here on, days are counted by this clock and today's rules; all of these are due."""
    days_mark(days)
    Basis.objects.all().delete()
    Basis.objects.create(time_zone=time_zone, rules=RULES)


def _write(rows: list[Total], *fields: str) -> None:
    Total.objects.bulk_create(
        rows, BATCH, update_conflicts=True, unique_fields=["day", "measure", "key"], update_fields=list(fields)
    )

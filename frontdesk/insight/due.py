"""Which days are to be counted anew."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from frontdesk.clinic.selectors import the_clinic
from frontdesk.insight.models import DueDay


def clinic_zone() -> ZoneInfo:
    """By whose clock days begin."""
    return ZoneInfo(the_clinic().time_zone)


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """The day on which something that happened counts."""
    return at.astimezone(zone).date()


def bounds_of(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When a day begins, and when the next one does: 23 to 25 hours later."""
    begins, ends = (datetime.combine(one, time(0), zone).astimezone(UTC) for one in (day, day + timedelta(days=1)))
    return begins, ends


def days_mark(days: Iterable[date]) -> None:
    """These days are due. To be called in the transaction of what has changed.

    A day that is due already gets another mark: whoever counts it just now has not seen what has changed, and must not say that it is done.
    """
    mark = secrets.token_hex(8)
    due = [DueDay(day=day, mark=mark) for day in sorted(set(days))]
    DueDay.objects.bulk_create(due, update_conflicts=True, unique_fields=["day"], update_fields=["mark"])


def days_with(moments: Iterable[datetime]) -> set[date]:
    """The days of these times, by the clinic's clock."""
    zone = clinic_zone()
    return {day_of(at, zone) for at in moments}

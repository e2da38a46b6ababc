"""Reads the clinic's settings."""

from __future__ import annotations

import time
from datetime import datetime

from frontdesk.clinic.models import WEEKDAYS, Clinic

FRESH = 2.0  # seconds for which the clinic's settings are not read again: every turn needs them, and nobody edits that fast

_kept: tuple[float, Clinic] | None = None


def the_clinic() -> Clinic:
    """The clinic, with its hours and closed days, as they were at most two seconds ago.

    Raises:
        Clinic.DoesNotExist: Before the first start made it (`python -m frontdesk first_start`).
    """
    global _kept
    now = time.monotonic()
    if _kept is None or now - _kept[0] > FRESH:
        _kept = (now, Clinic.objects.prefetch_related("opening_hours", "holidays").earliest("pk"))
    return _kept[1]


def forget_clinic() -> None:
    """The settings were changed: they are read anew."""
    global _kept
    _kept = None


def opening_times(clinic: Clinic, now: datetime) -> tuple[bool, datetime | None]:
    """Whether somebody is there now; if not, when somebody comes."""
    schedule = clinic.schedule()
    if schedule.is_open(now):
        return True, None
    return False, schedule.opens_at(now)


def settings_for_assistant(clinic: Clinic) -> dict[str, str]:
    """What the assistant may tell about the clinic, newer than its own file: the names are those of `clinic.yml`."""
    hours = ", ".join(f"{WEEKDAYS[one.weekday]} {one.opens:%H:%M} to {one.closes:%H:%M}" for one in clinic.opening_hours.all())
    settings = {
        "clinic_name": clinic.name,
        "country": clinic.country,
        "emergency_number": clinic.emergency_number,
        "crisis_line": clinic.crisis_line,
        "phone": clinic.phone,
        "email": clinic.email,
        "address": clinic.address,
        "booking_url": clinic.booking_url,
        "opening_hours": hours,
    }
    return {name: value for name, value in settings.items() if value}

"""Makes the clinic's settings at the first start."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from frontdesk.clinic.models import Clinic, OpeningHours

# Of `clinic.yml`, under these names, what the front desk's own settings begin with.
FROM_FILE = {
    "clinic_name": "name",
    "country": "country",
    "emergency_number": "emergency_number",
    "crisis_line": "crisis_line",
    "phone": "phone",
    "email": "email",
    "address": "address",
    "booking_url": "booking_url",
}
FIRST_HOURS = (time(9), time(17))  # Monday to Friday, until the clinic says otherwise


@transaction.atomic
def clinic_begin(file: Path) -> Clinic:
    """The clinic; made of the assistant's settings file where there is none yet.

    Args:
        file: `clinic.yml`, which the assistant has checked; without it the settings are empty.
    """
    clinic = Clinic.objects.first()
    if clinic is not None:
        return clinic
    set_there: dict[str, Any] = (yaml.safe_load(file.read_text(encoding="utf-8")) or {}) if file.is_file() else {}
    fields = {field: str(set_there[name]).strip() for name, field in FROM_FILE.items() if set_there.get(name)}
    clinic = Clinic.objects.create(**fields)
    opens, closes = FIRST_HOURS
    OpeningHours.objects.bulk_create(OpeningHours(clinic=clinic, weekday=day, opens=opens, closes=closes) for day in range(5))
    return clinic

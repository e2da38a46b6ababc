"""`python -m frontdesk first_start`: makes what a new front desk has none of."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from frontdesk import environment
from frontdesk.clinic.services import clinic_begin
from frontdesk.people.services import administrator_begin, sign_in_link


class Command(BaseCommand):
    """Harmless when run again."""

    requires_system_checks = ()  # they read every page into memory, and `make lint` runs them

    help = (
        "Makes the clinic's settings and the administrator; prints the administrator's one-time sign-in link until it was used"
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """See parent class."""
        clinic_begin(environment.CLINIC_FILE)
        administrator = administrator_begin()
        if administrator is not None:
            self.stdout.write(f"The administrator signs in here once, and chooses a password: {sign_in_link(administrator)}")

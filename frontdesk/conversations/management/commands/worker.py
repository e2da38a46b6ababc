"""`python -m frontdesk worker`: see `frontdesk/worker.py`."""

from __future__ import annotations

import asyncio
from typing import Any

from django.core.management.base import BaseCommand

from frontdesk.worker import work


class Command(BaseCommand):
    """Runs until it is stopped."""

    help = "Does what is due: answers that the assistant owes, alerts, promises about waiting"
    requires_system_checks = ()  # they read every page into memory, and `make lint` runs them

    def handle(self, *args: Any, **options: Any) -> None:
        """See parent class."""
        asyncio.run(work())

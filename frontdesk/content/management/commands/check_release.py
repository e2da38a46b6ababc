"""`python -m frontdesk check_release`: see `frontdesk/content/checking.py`."""

from __future__ import annotations

import asyncio
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from frontdesk.content.checking import check
from frontdesk.content.models import Release


class Command(BaseCommand):
    """Run by the worker, when the release's assistant is ready."""

    help = "Checks a release that is on its way"
    requires_system_checks = ()  # as the worker's

    def add_arguments(self, parser: CommandParser) -> None:
        """See parent class."""
        parser.add_argument("number", type=int, help="of the release")
        parser.add_argument("address", help="of the assistant that answers for it")

    def handle(self, *args: Any, **options: Any) -> None:
        """See parent class."""
        release = Release.objects.select_related("read_by").get(number=options["number"])
        if release.state == Release.State.CHECKING:
            asyncio.run(check(release, options["address"]))

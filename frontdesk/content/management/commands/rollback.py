"""`python -m frontdesk rollback`, which is `make rollback`: visitors get an earlier release again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from frontdesk.content.draft import live_release
from frontdesk.content.models import Release
from frontdesk.content.releases import NotAllowed, release_back
from frontdesk.content.terminal import report, wait_while, working


class Command(BaseCommand):
    """Without a number, the release before the one that is live."""

    help = "Goes back to an earlier release; data/ stays as it is"
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """See parent class."""
        parser.add_argument("number", nargs="?", type=int, help="of the release to go back to")

    def handle(self, *args: Any, **options: Any) -> None:
        """See parent class."""
        with working():
            to = self._to(options["number"])
            try:
                release = wait_while(release_back(None, to), Release.State.GOING_LIVE)
            except NotAllowed as refusal:
                raise CommandError(f"Release {to.number} cannot be gone back to: {refusal.code}.") from refusal
            if release.state != Release.State.LIVE:
                raise CommandError(f"It did not go live; what was live stays. {report(release)}")
        self.stdout.write(f"Visitors get what release {to.number} said, as release {release.number}. data/ is as it was.")

    def _to(self, number: int | None) -> Release:
        live = live_release()
        if number is not None:
            found = Release.objects.filter(number=number).first()
        else:
            found = live.follows if live else None
        if found is None:
            raise CommandError("There is no such release." if number else "There is no earlier release.")
        return found

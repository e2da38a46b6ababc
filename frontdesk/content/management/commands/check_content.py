"""`python -m frontdesk check_content`, which is `make check`: what the draft would change, and whether it may go live."""

from __future__ import annotations

import contextlib
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from frontdesk.content.models import Release
from frontdesk.content.questions import UnreadableContent
from frontdesk.content.releases import NotAllowed, release_differences, release_prepare, release_withdraw
from frontdesk.content.terminal import describe, report, wait_while, working

State = Release.State


class Command(BaseCommand):
    """Ends with 1 where the draft may not go live."""

    help = "Checks data/ as a release is checked, and leaves everything as it is"
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """See parent class."""
        with working():
            try:
                release = release_prepare(None, "")
            except NotAllowed as refusal:
                if refusal.code == "nothing":
                    self.stdout.write("data/ says what is live.")
                    return
                raise CommandError(f"It cannot be checked now: {refusal.code}.") from refusal
            except UnreadableContent as problem:
                raise CommandError(str(problem)) from problem
            try:
                self.stdout.write(describe(release_differences(release)))
                wait_while(release, State.CHECKING)
                passed = release.state == State.CHECKED
                self.stdout.write(report(release))
            finally:  # also when it was stopped by whoever started it
                with contextlib.suppress(NotAllowed):  # somebody has withdrawn it meanwhile
                    release_withdraw(None, release)
        if not passed:
            sys.exit(1)

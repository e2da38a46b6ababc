"""`python -m frontdesk release`, which is `make release`: checks what stands in data/ and makes it live."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from frontdesk import environment
from frontdesk.content.models import Release
from frontdesk.content.questions import UnreadableContent
from frontdesk.content.releases import (
    NotAllowed,
    open_release,
    release_approve,
    release_differences,
    release_go_live,
    release_prepare,
)
from frontdesk.content.terminal import describe, report, wait_while, working

State = Release.State


class Command(BaseCommand):
    """Ends with 1 where nothing went live."""

    help = "Checks data/ and gives it to visitors"
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """See parent class."""
        parser.add_argument("--why", default="", help="what it is for, in a line")
        parser.add_argument("--by", default="", help="user name of whoever releases")
        parser.add_argument("--approved-by", default="", help="user name of the clinician who has approved its medical wording")

    def handle(self, *args: Any, **options: Any) -> None:
        """See parent class."""
        by = _person(options["by"])
        with working():
            release = self._checked(by, options["why"])
            if release.state != State.CHECKED:
                raise CommandError(f"Release {release.number} is stopped; what was live stays.")
            if release.medical and not release.approved_at:
                self._approve(release, options["approved_by"])
            try:
                release = wait_while(release_go_live(by, release), State.GOING_LIVE)
            except NotAllowed as refusal:
                raise CommandError(f"It cannot go live: {refusal.code}.") from refusal
            if release.state != State.LIVE:
                raise CommandError(f"It did not go live; what was live stays. {report(release)}")
        self.stdout.write(f"Release {release.number} is live.")

    def _checked(self, by: User | None, why: str) -> Release:
        waiting = open_release()
        if waiting is not None:
            self.stdout.write(f"Release {waiting.number} is on its way already: it goes on.")
            release = waiting
        else:
            try:
                release = release_prepare(by, why)
            except NotAllowed as refusal:
                raise CommandError("data/ says what is live." if refusal.code == "nothing" else refusal.code) from refusal
            except UnreadableContent as problem:
                raise CommandError(str(problem)) from problem
        self.stdout.write(describe(release_differences(release)))
        release = wait_while(release, State.CHECKING)
        self.stdout.write(report(release))
        return release

    def _approve(self, release: Release, name: str) -> None:
        page = f"{environment.PUBLIC_ADDRESS}/desk/content/releases/{release.number}"
        if not name:
            raise CommandError(f"A clinician must approve its wording first: at {page}, or with --approved-by.")
        approver = _person(name)
        assert approver is not None
        try:
            release_approve(approver, release)
        except NotAllowed as refusal:
            why = {"not_clinician": f"{name} is no clinician", "own": f"{name} has written some of it"}
            raise CommandError(f"It is not approved: {why.get(refusal.code, refusal.code)}.") from refusal
        release.refresh_from_db()


def _person(name: str) -> User | None:
    if not name:
        return None
    found = User.objects.filter(username=name, is_active=True).first()
    if found is None:
        raise CommandError(f"There is nobody called {name}.")
    return found

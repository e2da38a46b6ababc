"""`python -m frontdesk open_content`: at the start of everything, what is to answer visitors.

What is live stays live, whatever stands in `data/` by now; trained anew where the code of today needs it. At the first start, what
stands there becomes the first release.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from django.core.management.base import BaseCommand

from frontdesk import environment
from frontdesk.content.builds import TrainingFailed, build_now, train
from frontdesk.content.draft import draft_differences, live_release
from frontdesk.content.models import Build
from frontdesk.content.processes import arrange, processes_begin
from frontdesk.content.questions import UnreadableContent
from frontdesk.content.releases import first_release
from frontdesk.content.services import changes_finish


class Command(BaseCommand):
    """Run by the supervisor, before anything else is."""

    help = "Makes the first release, and says which assistant is to run"
    requires_system_checks = ()  # as the worker's

    def handle(self, *args: Any, **options: Any) -> None:
        """See parent class."""
        changes_finish()
        port = int(environment.ASSISTANT.rpartition(":")[2])
        live = live_release()
        build = live.read_by if live else build_now()
        try:
            model = asyncio.run(train(build, beside=False, tell=_say)).name
        except TrainingFailed:  # what is wrong has been said
            processes_begin(port, build.model if live else "")
        else:
            Build.objects.filter(pk=build.pk).update(model=model, state=Build.State.READY)
            if live is None:
                first_release(build, environment.ASSISTANT)
            processes_begin(port, model)
        arrange()
        if live is not None:
            _tell_of_draft()


def _tell_of_draft() -> None:
    try:
        count = len(draft_differences())
    except UnreadableContent as problem:
        _say(f"{problem} Visitors get what is live; this matters for the next release.")
        return
    if count:
        _say(
            f"data/ differs from what is live in {count} questions: the desk's page Content, or `make release`, makes it live."
        )


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)

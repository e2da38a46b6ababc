"""Takes the pictures of Insight, from a record of some thousand made-up conversations."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tools.bench.servers import CommandFailed
from tools.bench.stack import DESK_PYTHON, ROOT, running_stack
from tools.desk_pictures import both, new_browser, open_page, sign_in

CONVERSATIONS = 8000  # of a year: some twenty a day
SPAN = "from=2026-09-07&to=2026-11-22"
MAKE = (
    ["migrate", "-v", "0"],
    ["first_start"],
    ["shell", "-v", "0", "-c", f"from tools.bench.desk_data import make; make({CONVERSATIONS})"],
)
# What the worker finds of a conversation it finds when that has changed: those that were not understood have.
ASK_FOR_GROUPS = """
import time
from frontdesk.conversations.models import Conversation
from frontdesk.insight.models import Miss
from frontdesk.review.models import Summary
missed = Summary.objects.filter(not_understood=True).values("conversation")
Conversation.objects.filter(pk__in=missed).update(summary_due=True)
while Conversation.objects.filter(summary_due=True).exists() or not Miss.objects.exclude(centre=None).exists():
    time.sleep(0.2)
"""


def insight(browser: Any) -> None:
    """Figures, and what was not understood."""
    with tempfile.TemporaryDirectory(prefix="pictures-") as folder:
        for command in MAKE:
            environment = {**os.environ, "FRONTDESK_VAR": folder}
            made = subprocess.run(
                [str(DESK_PYTHON), "-m", "frontdesk", *command], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
            )
            if made.returncode:
                raise CommandFailed("The record for the pictures could not be made.")
        with running_stack(Path(folder)) as stack:
            page = new_browser(browser)
            open_page(page, stack, "sign-in")
            sign_in(page, "alice")
            open_page(page, stack, f"insight?{SPAN}")
            both(page, "insight", full_page=True)
            stack.run(ASK_FOR_GROUPS)
            open_page(page, stack, f"insight/not-understood?{SPAN}")
            both(page, "not-understood")
            page.context.close()

"""Releases from the command line: with the worker, where everything runs; else this process does the worker's part meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
import time
from collections.abc import Iterator

from django.core.management import call_command

from frontdesk import environment
from frontdesk.chat import assistant
from frontdesk.content.advance import advance
from frontdesk.content.draft import Difference
from frontdesk.content.models import Release
from frontdesk.supervisor import Assistants
from frontdesk.worker import is_at_work, rounds

LOOK_EVERY = 0.3  # seconds


@contextlib.contextmanager
def working() -> Iterator[None]:
    """While it lasts, what is due for releases is done."""
    if is_at_work():
        yield
        return
    for command in (["migrate", "--verbosity", "0"], ["open_content"]):  # as at every start of the whole
        call_command(*command)
    stopping = threading.Event()
    assistants = Assistants(environment.ASSISTANTS_FILE)
    loop = asyncio.new_event_loop()
    releasing = loop.create_task(_release())

    def tend() -> None:
        while not stopping.wait(LOOK_EVERY):
            assistants.tend(time.monotonic())

    release = asyncio.wait({releasing})  # to its end, also where it is broken off
    threads = [threading.Thread(target=tend), threading.Thread(target=loop.run_until_complete, args=(release,))]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        loop.call_soon_threadsafe(releasing.cancel)
        for thread in threads:
            thread.join()
        loop.close()
        assistants.stop()


async def _release() -> None:
    async with assistant.new_client() as client:
        await rounds(asyncio.Event(), lambda: advance(client), LOOK_EVERY)


def wait_while(release: Release, *states: str) -> Release:
    """Waits until a release is in none of these states, and says how far it is."""
    said = ""
    while release.state in states:
        step, of = release.progress.get("step", ""), release.progress.get("of")
        line = f"{step}: {of} messages" if of else step
        if line != said:
            print(f"  {line}", file=sys.stderr, flush=True)
            said = line
        time.sleep(LOOK_EVERY)
        release.refresh_from_db()
    return release


def describe(found: list[Difference]) -> str:
    """What differs, a line for each question."""
    signs = {"new": "+", "deleted": "-", "changed": "*"}
    lines = []
    for one in found:
        parts = [f"{len(one.added)} examples added"] if one.added else []
        parts += [f"{len(one.removed)} examples removed"] if one.removed else []
        parts += ["answer reworded"] if one.is_reworded and one.kind == "changed" else []
        lines.append(f"{signs[one.kind]} {one.question.key} ({one.question.title}): {', '.join(parts) or one.kind}")
    return "\n".join(lines)


def report(release: Release) -> str:
    """What the checks found, a line for each and for what is another."""
    lines = []
    for check in release.report.get("checks", []):
        verdict = "passed" if check["passed"] else "STOPS THE RELEASE" if check["stops"] else "look at it"
        lines.append(f"{check['name']}: {check['looked_at']} looked at, {verdict}")
        lines += [f"    {_line(one)}" for one in check["lines"]]
    if release.progress.get("problem") or (release.state == Release.State.STOPPED and not lines):
        lines.append(f"{release.progress.get('step', '')}: {release.progress.get('problem', '') or 'failed'}")
    return "\n".join(lines)


def _line(one: dict[str, object]) -> str:
    named = {name: value for name, value in one.items() if name != "text"}
    details = ", ".join(f"{name} {_words(value)}" for name, value in named.items() if value not in ("", [], None))
    return f"{one['text']!r}: {details}" if "text" in one else details


def _words(value: object) -> str:
    return " + ".join(map(str, value)) if isinstance(value, list) else str(value)

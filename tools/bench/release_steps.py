"""What editors do in the bench of releases, in the front desk's environment: each step prints what it took, in JSON.

`python -m tools.bench.release_steps <step>`; a process of its own, as an editor's request is.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "frontdesk.settings")

import django

django.setup()

from frontdesk.chat import assistant, database  # noqa: E402
from frontdesk.content import readings, releases, services, trials  # noqa: E402
from frontdesk.content.live import served  # noqa: E402
from frontdesk.content.models import Release  # noqa: E402
from frontdesk.content.questions import content  # noqa: E402
from frontdesk.content.terminal import report  # noqa: E402

State = Release.State
LOOK_EVERY = 0.1  # seconds
TRIED = (
    "can i wear makeup after",
    "is it safe when pregnant",
    "how long until i can swim again",
    "does it hurt",
    "my lip is swelling",
)
KEY, NEW = "aftercare/makeup", "aftercare/jewellery"
MARK = "of shade"  # in the examples that are added
THINGS = (
    "mascara",
    "lip tint",
    "brow gel",
    "bronzer",
    "setting spray",
    "tinted spf",
    "blusher",
    "highlighter",
    "eyeliner",
    "primer",
)
WORN = ("earrings", "nose stud", "eyebrow bar", "septum ring", "hoops")


def draft() -> dict[str, Any]:
    """A change that has to be trained: ten examples, a new question with five, an answer. Each time another, in place of the last."""
    began = time.monotonic()
    for key in [key for key in content().questions if key.startswith(NEW)]:
        services.question_delete(None, key)
        services.examples_delete(None, KEY, [text for text in content().questions[KEY].examples if MARK in text])
    # A word of this run alone, else the model of an earlier one would be found; of letters: many digits are somebody's number.
    word = "".join("abcdefghij"[int(digit)] for digit in str(int(time.time())))
    services.examples_add(None, KEY, [f"is my {thing} {MARK} {word} allowed on again" for thing in THINGS])
    raw = dict(content().questions[KEY].wordings[1].raw)
    title = {**raw["metadata"], "title": f"Jewellery after, {word}"}
    asked = [f"when can my {thing} {MARK} {word} go back in" for thing in WORN]
    services.question_add(None, f"{NEW}_{word}", asked, [{**raw, "metadata": title}])
    return {"seconds": time.monotonic() - began}


def release() -> dict[str, Any]:
    """From the draft to live, with all checks; approved the moment that it can be."""
    began = time.monotonic()
    made = _wait(releases.release_prepare(None, "bench"), State.CHECKING)
    if made.state != State.CHECKED:
        raise SystemExit(f"The release was stopped:\n{report(made)}")
    checked = time.monotonic()
    _approve(made)
    live = _wait(releases.release_go_live(None, made), State.GOING_LIVE)
    if live.state != State.LIVE:
        raise SystemExit(f"The release did not go live:\n{report(live)}")
    return {
        "seconds": time.monotonic() - began,
        "training": live.build.seconds,
        "emergencies_asked": next(check["asked"] for check in live.report["checks"] if check["name"] == "emergencies"),
        "checks": live.report["seconds"],
        "going_live": time.monotonic() - checked,
        "looked_at": sum(check["looked_at"] for check in live.report["checks"]),
        "at": time.time(),
    }


def back() -> dict[str, Any]:
    """Back to the release before, or forth again."""
    live = Release.objects.get(state=State.LIVE)
    others = Release.objects.exclude(live_at=None).exclude(read_by=live.read_by_id).order_by("-number")
    began = time.monotonic()
    made = _wait(releases.release_back(None, others[0]), State.GOING_LIVE)
    if made.state != State.LIVE:
        raise SystemExit(f"It did not go back:\n{report(made)}")
    return {"seconds": time.monotonic() - began, "at": time.time()}


def wording() -> dict[str, Any]:
    """An answer is worded otherwise, checked, approved, live: nothing is trained."""
    question = content().questions[KEY]
    raws = [dict(one.raw) for one in question.wordings]
    text = f"Keep make-up off for 10 to 15 hours after the treatment. ({time.time():.0f})"
    services.answer_change(None, KEY, question.answer_version, [{**raws[0], "text": text}, *raws[1:]])
    began = time.monotonic()
    made = _wait(releases.release_prepare(None, "bench"), State.CHECKING)
    checked = time.monotonic()
    _approve(made)
    releases.release_go_live(None, made)
    return {"text": text, "checks": checked - began, "at": time.time()}


def tries() -> dict[str, Any]:
    """Milliseconds in which draft and live have both answered what an editor types, once the draft runs."""
    return {"milliseconds": asyncio.run(_tries())}


async def _tries() -> list[float]:
    took = []
    async with assistant.new_client() as client:
        until = time.monotonic() + 120
        while True:
            tried = await database.read(trials.draft_try)
            if tried.served and await assistant.is_ready(client, tried.served.address):
                break
            if time.monotonic() > until:
                raise SystemExit("The draft did not get ready.")
            await asyncio.sleep(0.3)
        live = await database.read(served)
        for number in range(50):
            text = TRIED[number % len(TRIED)]
            began = time.perf_counter()
            tried = await database.read(trials.draft_try)
            assert tried.served is not None
            await asyncio.gather(readings.read_whole(client, tried.served, text), readings.read_whole(client, live, text))
            took.append((time.perf_counter() - began) * 1000)
    return took


def _wait(release: Release, state: str) -> Release:
    while release.state == state:
        time.sleep(LOOK_EVERY)
        release.refresh_from_db()
    return release


def _approve(release: Release) -> None:
    """As a clinician's press of the button: who that is, is no matter here."""
    Release.objects.filter(pk=release.pk).update(approved_name="bench", approved_at=release.checked_at)
    release.refresh_from_db()


if __name__ == "__main__":
    print(json.dumps({"draft": draft, "release": release, "back": back, "wording": wording, "try": tries}[sys.argv[1]]()))

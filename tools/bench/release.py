"""What a release costs and whom it keeps waiting, while visitors write twenty messages a second."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.bench.figures import percentile
from tools.bench.frontdesk import Visitor, consent_of
from tools.bench.lines import read_lines
from tools.bench.load import SEED, Connection
from tools.bench.measure import say
from tools.bench.report import as_text
from tools.bench.servers import CommandFailed, machine, memory_of
from tools.bench.stack import DESK_PYTHON, ROOT, Stack, running_stack

PAGE = ROOT / "docs/bench-release.md"
A_SECOND = 20.0  # messages
VISITORS = 40  # connections: enough that a slow answer keeps no later message back
BEFORE = 60.0  # seconds of load that the switch is compared with: of fewer messages, one slow one is the 99th of a hundred
AROUND = (2.0, 8.0)  # seconds before a switch and after it that belong to it
SETTLE = 2.0  # seconds after which an assistant that was told to end has
LONGEST = 60.0  # seconds in which an assistant must have ended that nobody needs
TIMES = 20  # releases, after which memory is compared
BACKS_UNDER_LOAD = 5
BACKS = 10  # more of them, with nobody about
HEADS = ("", "measured", "to reach")


@dataclass
class Sent:
    """A visitor's message: when it was sent, in seconds since the epoch, and the milliseconds until its answer, if there was one."""

    at: float
    took: float | None


@dataclass
class Loading:
    """Messages at a steady pace, whatever becomes of those before, until it is told to stop."""

    port: int
    texts: Sequence[str]
    sent: list[Sent] = field(default_factory=list)
    stopping: bool = False

    async def run(self) -> None:
        """Sends."""
        chance = random.Random(SEED)  # noqa: S311 - no secret
        consent = await consent_of(self.port)
        free: asyncio.Queue[Visitor] = asyncio.Queue()
        for _ in range(VISITORS):
            free.put_nowait(Visitor(Connection(self.port), consent))
        running: set[asyncio.Task[None]] = set()
        due = time.monotonic()
        while not self.stopping:
            visitor = await free.get()
            task = asyncio.create_task(self._send(visitor, chance.choice(self.texts), free))
            running.add(task)
            task.add_done_callback(running.discard)
            due += 1 / A_SECOND
            await asyncio.sleep(max(due - time.monotonic(), 0))
        await asyncio.gather(*running)

    async def _send(self, visitor: Visitor, text: str, free: asyncio.Queue[Visitor]) -> None:
        sent = Sent(time.time(), None)
        self.sent.append(sent)
        try:
            sent.took = await visitor.says(text)
        except (OSError, EOFError, CommandFailed, KeyError, ValueError):
            visitor = Visitor(Connection(self.port), visitor.consent)
        free.put_nowait(visitor)


def main() -> int:
    """Measures, prints the table, writes the page; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--times", type=int, default=TIMES, help="releases in all; fewer, and no page is written")
    options = parser.parse_args()
    os.chdir(ROOT)
    texts = [line.text for line in read_lines(ROOT / "tests/nlu") if line.in_scope]
    with tempfile.TemporaryDirectory(prefix="bench-release-") as folder:
        shutil.copytree(ROOT / "data", Path(folder) / "data")
        try:
            with running_stack(content=Path(folder)) as stack:
                found = asyncio.run(_measure(stack, texts, options.times))
        except CommandFailed as error:
            print(error, file=sys.stderr)
            return 1
    rows = _rows(found, options.times)
    print(f"{machine()}\n\n{as_text(HEADS, rows)}")
    if options.times >= TIMES:
        PAGE.write_text(_page(rows, found), encoding="utf-8")
        print(f"\nWritten to {PAGE.relative_to(ROOT)}.")
    return 0


async def _measure(stack: Stack, texts: Sequence[str], times: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    say("visitors, as on any day")  # what the parts load when somebody writes is no cost of a release
    before = Loading(stack.port, texts)
    loading = asyncio.create_task(before.run())
    await asyncio.sleep(BEFORE)
    before.stopping = True
    await loading
    say("a release with nobody about")
    await _step(stack, "draft")
    found["release"] = await _step(stack, "release")
    await _one_is_left(stack)
    found["after one"] = memory_of(stack.pid)
    say("a draft beside what is live, tried")
    await _step(stack, "draft")
    found["try"] = (await _step(stack, "try"))["milliseconds"]
    say(f"{A_SECOND:.0f} messages a second, and another release")
    await _step(stack, "draft")
    load = Loading(stack.port, texts)
    loading = asyncio.create_task(load.run())
    await asyncio.sleep(BEFORE + 5)
    began = time.time()
    found["release under load"] = await _step(stack, "release")
    await asyncio.sleep(AROUND[1])
    say("wording alone, and back")
    found["wording"] = await _wording(stack)
    found["backs"] = []
    for _ in range(BACKS_UNDER_LOAD):
        await _one_is_left(stack)
        found["backs"].append(await _step(stack, "back"))
        await asyncio.sleep(AROUND[1])
    load.stopping = True
    await loading
    found["sent"], found["lost"] = len(load.sent), sum(one.took is None for one in load.sent)
    found["before"] = _between(load, began - BEFORE, began)
    found["while"] = _between(load, began, found["release under load"]["at"])
    switches = [found["release under load"]["at"], *(one["at"] for one in found["backs"])]
    found["switch"] = [took for at in switches for took in _between(load, at - AROUND[0], at + AROUND[1])]
    say(f"{BACKS} times back or forth, each to an assistant that has to be started")
    for _ in range(BACKS):
        await _one_is_left(stack)
        found["backs"].append(await _step(stack, "back"))
    await _one_is_left(stack)
    say(f"{times} releases")
    found["releases"] = [found["release"]]
    for _ in range(2, times):
        await _step(stack, "draft")
        found["releases"].append(await _step(stack, "release"))
        await _one_is_left(stack)
    found["after many"] = memory_of(stack.pid)
    return found


async def _one_is_left(stack: Stack) -> None:
    """Until what was live before has come to its end, and nothing is kept running for anybody."""
    until = time.monotonic() + LONGEST
    while _assistants(stack) > 1:
        if time.monotonic() > until:
            raise CommandFailed("An assistant that nobody needs does not end.")
        await asyncio.sleep(0.2)
    await asyncio.sleep(SETTLE)


def _assistants(stack: Stack) -> int:
    """How many are to run."""
    return len(json.loads(Path(stack.environment["FRONTDESK_VAR"], "assistants.json").read_text())["assistants"])


async def _step(stack: Stack, name: str) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        str(DESK_PYTHON), "-m", "tools.bench.release_steps", name, env=stack.environment, cwd=ROOT,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, complained = await process.communicate()
    if process.returncode != 0:
        raise CommandFailed(f"{name}: {complained.decode()[-2000:]}")
    return dict(json.loads(said))


async def _wording(stack: Stack) -> dict[str, Any]:
    """Seconds from the approval until a visitor reads the new wording."""
    made = await _step(stack, "wording")
    visitor = Visitor(Connection(stack.port), await consent_of(stack.port))
    while True:
        visitor.turns = 5  # a new conversation: an answer is not given twice in the same words
        if made["text"] in await visitor.hears("can i wear makeup after"):
            return {**made, "seconds": time.time() - made["at"]}
        if time.time() - made["at"] > 60:
            raise CommandFailed("The new wording did not get live.")


def _between(load: Loading, first: float, last: float) -> list[float]:
    return [one.took for one in load.sent if one.took is not None and first <= one.at <= last]


def _rows(found: dict[str, Any], times: int) -> list[tuple[str, ...]]:
    before, during = percentile(found["before"], 0.99), percentile(found["switch"], 0.99)
    quiet, loaded = found["release"], found["release under load"]
    one, many, all_of_them = found["after one"], found["after many"], found["releases"]
    backs = [entry["seconds"] for entry in found["backs"]]

    def spread(took: Sequence[float]) -> str:
        return f"{percentile(took, 0.5):.0f} / {percentile(took, 0.99):.0f} / {max(took):.0f} ms"

    return [
        (
            f"draft to live with all checks, median / slowest of {len(all_of_them)}",
            "{:.0f} / {:.0f} s".format(*_middle_and_most(all_of_them, "seconds")),
            "60 s",
        ),
        ("of it the training", "{:.1f} / {:.1f} s".format(*_middle_and_most(all_of_them, "training")), "10 s"),
        (f"of it the checks, {quiet['looked_at']:,} messages", f"{quiet['checks']:.0f} s", ""),
        (f"another, beside {A_SECOND:.0f} messages a second", f"{loaded['seconds']:.0f} s", ""),
        ("of it the training / the checks", f"{loaded['training']:.1f} / {loaded['checks']:.0f} s", ""),
        ("messages sent meanwhile / without an answer", f"{found['sent']:,} / {found['lost']}", "none"),
        ("a turn before the release, p50 / p99 / slowest", spread(found["before"]), ""),
        ("a turn while it is trained and checked", spread(found["while"]), ""),
        ("a turn during a switch (2 s before, 8 s after)", spread(found["switch"]), ""),
        ("p99 during a switch, of that before", f"{during / before:.2f}", "1.5"),
        ("wording alone, from approval to a visitor's page", f"{found['wording']['seconds']:.1f} s", "5 s"),
        (
            f"back to an earlier release, median / slowest of {len(backs)}",
            f"{percentile(backs, 0.5):.1f} / {max(backs):.1f} s",
            "10 s",
        ),
        (
            "an answer to what an editor tries, draft and live, p50 / p95",
            f"{percentile(found['try'], 0.5):.0f} / {percentile(found['try'], 0.95):.0f} ms",
            "300 ms",
        ),
        (
            f"memory of the whole after one release / after {times}",
            f"{one.resident:.0f} / {many.resident:.0f} MB",
            "as after one",
        ),
    ]  # fmt: skip


def _middle_and_most(releases: Sequence[dict[str, Any]], what: str) -> tuple[float, float]:
    took = [one[what] for one in releases]
    return percentile(took, 0.5), max(took)


def _page(rows: Sequence[tuple[str, ...]], found: dict[str, Any]) -> str:
    table = "\n".join("| " + " | ".join(row) + " |" for row in [HEADS, ("---",) * len(HEADS), *rows])
    return f"""# What a release costs, measured

Written by `make bench-release` on {machine()}: the whole, the visitors and the editor on the same machine. What a training leaves to the
next is there, as it is wherever a second release is made.

{table}

- **Draft to live**: ten examples, a new question with five, and its answer, each time others in place of the last; trained, started beside
  what runs, checked, approved the moment that it can be, warmed, switched. **The training** is everything that the training's process
  does, from its start to the written model.
- **A switch** is where one assistant takes over from another: {1 + BACKS_UNDER_LOAD} of them under load (a release, back and forth).
  Messages come at a steady pace, from {VISITORS} visitors; one that is late keeps none behind it waiting.
- **Back** is a press of the button until the other release answers: its assistant is started, warmed, switched to. The one before has
  ended by then, so none is found running.
- **The machine** is shared: the same training took between 7 and 11 seconds by itself on the day of this run. Compare figures of one run.
- **Memory**: resident, of the supervisor and all its parts, when no assistant is left but the one that answers. Visitors have written
  before the first release too: what the parts load for them is no cost of a release.
"""

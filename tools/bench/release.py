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
from tools.bench.projects import FEW_EXAMPLES, OUR_PYTHON, train_small_default
from tools.bench.report import as_text
from tools.bench.servers import CommandFailed, machine, memory_of, run_to_end
from tools.bench.stack import DESK_PYTHON, ROOT, Stack, running_stack
from tools.bench.steadiness import STALL, WORK, piece_of_work, syncs_of

PAGE = ROOT / "docs/bench-release.md"
A_SECOND = 20.0  # messages
VISITORS = 40  # connections: enough that a slow answer keeps no later message back
WARMING = 40.0  # seconds of load before anything is measured beside it
AROUND = (2.0, 8.0)  # seconds before a switch and after it that belong to it
QUIET = sum(AROUND)  # seconds before each press of a button, with which its switch is compared
SETTLE = 2.0  # seconds after which an assistant that was told to end has
LONGEST = 60.0  # seconds in which an assistant must have ended that nobody needs
PIECES = 5  # of work, by which the machine's speed is told
TIMES = 20  # releases, after which memory is compared
BACKS_UNDER_LOAD = 11  # with these the 99th of a hundred is not one slow message
BACKS = 5  # more of them, with nobody about
READ_BY_TRAINING = ("models/.last_training/*.npz", "models/encoder/*.*")
IMPORTED_BY_TRAINING = """
import sys
from assistant.lean_rasa import UNUSED, install_lean_rasa
install_lean_rasa(sys.meta_path, UNUSED)
import assistant.rasa_training, onnxruntime, scipy.optimize, scipy.sparse
"""
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
            say("Rasa's default: one epoch on a few examples of each question")
            with tempfile.TemporaryDirectory(prefix="bench-default-") as small:
                found["default"] = train_small_default(Path(small))
        except CommandFailed as error:
            print(error, file=sys.stderr)
            return 1
    rows = _rows(found, options.times)
    print(f"{machine()}\n\n{as_text(HEADS, rows)}")
    if options.times >= TIMES:
        PAGE.write_text(_page(rows, found["releases"]), encoding="utf-8")
        print(f"\nWritten to {PAGE.relative_to(ROOT)}.")
    return 0


async def _measure(stack: Stack, texts: Sequence[str], times: int) -> dict[str, Any]:
    found: dict[str, Any] = {"backs": []}
    say("visitors, as on any day")  # what the parts load when somebody writes is no cost of a release
    before = Loading(stack.port, texts)
    loading = asyncio.create_task(before.run())
    await asyncio.sleep(WARMING)
    before.stopping = True
    await loading
    say("a release with nobody about")
    found["releases"] = [await _release(stack)]
    found["after one"] = memory_of(stack.pid)
    say("a draft beside what is live, tried")
    await _step(stack, "draft")
    found["try"] = (await _step(stack, "try"))["milliseconds"]
    await _beside_visitors(stack, texts, found)
    say(f"{BACKS} times back or forth, each to an assistant that has to be started")
    for _ in range(BACKS):
        await _one_is_left(stack)
        found["backs"].append(await _step(stack, "back"))
    await _one_is_left(stack)
    say(f"{times} releases")
    for _ in range(2, times):
        found["releases"].append(await _release(stack))
    found["after many"] = memory_of(stack.pid)
    return found


async def _release(stack: Stack) -> dict[str, Any]:
    """A draft goes live with nobody about; `work` is how fast the machine was just before and just after, in milliseconds."""
    await _draft(stack)
    before = [piece_of_work() for _ in range(PIECES)]
    released = await _step(stack, "release")
    after = [piece_of_work() for _ in range(PIECES)]
    await _one_is_left(stack)
    return {**released, "work": percentile([*before, *after], 0.5)}


async def _draft(stack: Stack) -> None:
    """A change that has to be trained; what the training reads is in memory, as it is wherever memory is not taken back unasked."""
    await _step(stack, "draft")
    for pattern in READ_BY_TRAINING:
        for path in ROOT.glob(pattern):
            path.read_bytes()
    folder, variables = Path(stack.environment["FRONTDESK_VAR"]), {**os.environ, "PYTHONPATH": str(ROOT)}
    run_to_end([str(OUR_PYTHON), "-c", IMPORTED_BY_TRAINING], folder, variables)


async def _beside_visitors(stack: Stack, texts: Sequence[str], found: dict[str, Any]) -> None:
    """A release, another wording, and several ways back, while messages come."""
    say(f"{A_SECOND:.0f} messages a second, and another release")
    await _draft(stack)
    load = Loading(stack.port, texts)
    with syncs_of(Path(stack.environment["FRONTDESK_VAR"])) as syncs:
        loading = asyncio.create_task(load.run())
        await asyncio.sleep(WARMING + QUIET)
        presses = [time.time()]
        found["release under load"] = await _step(stack, "release")
        await asyncio.sleep(AROUND[1])
        say("wording alone, and back")
        found["wording"] = await _wording(stack)
        for _ in range(BACKS_UNDER_LOAD):
            await _one_is_left(stack)
            await asyncio.sleep(QUIET)
            presses.append(time.time())
            found["backs"].append(await _step(stack, "back"))
            await asyncio.sleep(AROUND[1])
        load.stopping = True
        await loading
    switches = [one["at"] for one in (found["release under load"], *found["backs"])]
    times = {
        "before": [(press - QUIET, press) for press in presses],
        "while": [(presses[0], switches[0])],
        "switch": [(at - AROUND[0], at + AROUND[1]) for at in switches],
    }
    found["sent"], found["lost"] = len(load.sent), sum(one.took is None for one in load.sent)
    found["turns"] = {name: [took for span in spans for took in _between(load, *span)] for name, spans in times.items()}
    found["syncs"] = {name: [took for span in spans for took in syncs.between(*span)] for name, spans in times.items()}
    load.sent = [one for one in load.sent if one.took is None or not syncs.stood_still(one.at, one.took)]
    found["steady"] = {name: [took for span in spans for took in _between(load, *span)] for name, spans in times.items()}


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
    loaded, all_of_them = found["release under load"], found["releases"]
    one, many = found["after one"], found["after many"]
    backs = [entry["seconds"] for entry in found["backs"]]
    turns, steady, syncs = found["turns"], found["steady"], found["syncs"]
    switches = 1 + BACKS_UNDER_LOAD

    def spread(took: Sequence[float]) -> str:
        return f"{percentile(took, 0.5):.0f} / {percentile(took, 0.99):.0f} / {max(took):.0f} ms"

    def ratio(of: dict[str, list[float]]) -> str:
        return f"{percentile(of['switch'], 0.99) / percentile(of['before'], 0.99):.2f}"

    return [
        (
            f"draft to live with all checks, median / slowest of {len(all_of_them)}",
            "{:.0f} / {:.0f} s".format(*_middle_and_most(all_of_them, "seconds")),
            "60 s",
        ),
        ("of it the training", "{:.1f} / {:.1f} s".format(*_middle_and_most(all_of_them, "training")), "10 s"),
        (
            f"of it the checks, {all_of_them[0]['looked_at']:,} messages and more",
            "{:.0f} / {:.0f} s".format(*_middle_and_most(all_of_them, "checks")),
            "",
        ),
        ("another, beside 20 messages a second", f"{loaded['seconds']:.0f} s", ""),
        ("of it the training / the checks", f"{loaded['training']:.1f} / {loaded['checks']:.0f} s", ""),
        ("messages sent meanwhile / without an answer", f"{found['sent']:,} / {found['lost']}", "none"),
        (f"a turn in the {QUIET:.0f} s before each of {switches} presses, p50 / p99 / slowest", spread(turns["before"]), ""),
        ("a turn while it is trained and checked", spread(turns["while"]), ""),
        (f"a turn during {switches} switches (2 s before, 8 s after)", spread(turns["switch"]), ""),
        ("p99 during a switch, of that before", ratio(turns), "1.5"),
        ("the same of turns during which the disk did not stand still", ratio(steady), ""),
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
        ("the machine: a sync of its disk before the presses, p50 / p99 / slowest", spread(syncs["before"]), ""),
        ("the same during the switches", spread(syncs["switch"]), ""),
        (
            "the machine: the same work beside each release, median / slowest",
            "{:.0f} / {:.0f} ms".format(*_middle_and_most(all_of_them, "work")),
            "",
        ),
        (f"Rasa's default, one of its 100 epochs on {FEW_EXAMPLES} examples of each question", f"{found['default']:.0f} s", ""),
    ]  # fmt: skip


def _middle_and_most(releases: Sequence[dict[str, Any]], what: str) -> tuple[float, float]:
    took = [one[what] for one in releases]
    return percentile(took, 0.5), max(took)


def _page(rows: Sequence[tuple[str, ...]], releases: Sequence[dict[str, Any]]) -> str:
    each = [
        (f"{number}", f"{one['seconds']:.0f}", f"{one['training']:.1f}", f"{one['checks']:.0f}", f"{one['work']:.0f}")
        for number, one in enumerate(releases, 1)
    ]
    return f"""# What a release costs, measured

Written by `make bench-release` on {machine()}: the whole, the visitors and the editor on the same machine. What a training leaves to the
next is there, as it is wherever a second release is made.

{_table(HEADS, rows)}

- **Draft to live**: ten examples, a new question with five, and its answer, each time others in place of the last; trained, started beside
  what runs, checked, approved the moment that it can be, warmed, switched. **The training** is everything that the training's process
  does, from its start to the written model.
- **Warm**: what a training reads, its programs and what the last one left, is read once before each. This machine takes back from memory
  what nothing has read for a minute, which an ordinary one does not: from its disk the same training takes 13 to 25 seconds, up to 11
  of them waiting for some hundred small pieces.
- **A switch** is where one assistant takes over from another: {1 + BACKS_UNDER_LOAD} of them under load (a release, back and forth).
  Messages come at a steady pace, from {VISITORS} visitors; one that is late keeps none behind it waiting. What a switch is compared with
  are the {QUIET:.0f} seconds before each press: as many messages, at the same hour.
- **Back** is a press of the button until the other release answers: its assistant is started, warmed, switched to. The one before has
  ended by then, so none is found running.
- **The machine** is shared, and what its neighbours do is in every figure. A turn is on the disk before it is answered; how long a sync of
  a file beside the database takes is measured all the while, and the disk stands still where one takes more than {STALL:.0f} ms. The work
  is a loop of {WORK:,} steps. Rasa's default is trained in the same run, where ours learns every example of `data/` to the end.
- **Memory**: resident, of the supervisor and all its parts, when no assistant is left but the one that answers. Visitors have written
  before the first release too: what the parts load for them is no cost of a release.

Each release with nobody about, in seconds, and how fast the machine was beside it, in milliseconds of the same work:

{_table(("release", "draft to live", "training", "checks", "the same work"), each)}
"""


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in [heads, ["---"] * len(heads), *rows])

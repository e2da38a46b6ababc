"""Measures one of the two assistants: from training to what it holds after thousands of conversations."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import secrets
import shutil
import sys
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tools.bench.figures import percentile
from tools.bench.lines import ASKED, Line, tells_a_fact
from tools.bench.load import (
    Answer,
    DefaultServer,
    Load,
    OurServer,
    Server,
    ask_each,
    hold_conversation,
    put_load,
    windows,
)
from tools.bench.projects import (
    DEFAULT_EPOCHS,
    DEFAULT_PYTHON,
    OUR_PYTHON,
    ROOT,
    keys_by_text,
    make_default_project,
    make_our_project,
    write_default_config,
)
from tools.bench.servers import HOST, Memory, free_port, memory_of, run_to_end, server

CLIENTS = (1, 4, 16)
TURNS = (1, 100, 300)
WINDOW = 5  # turns whose median stands for a turn; as many texts are repeated, so that each window has the same ones
WARM_UP = 200  # messages before memory is read and anything is timed
KEPT = ROOT / "results/bench"  # trained models of Rasa's default, which take long to make
# A training's progress bar at its end: "8/8 [05:12<00:00".
EPOCHS_DONE = re.compile(r"\b(\d+)/\1 \[(?:(\d+):)?(\d+):(\d+)<")


@dataclass(frozen=True)
class Sizes:
    """How much is measured.

    Attributes:
        messages: Of the load at each number of clients.
        rounds: Conversations whose turn 1, 100 and 300 are timed.
        conversations: After which memory is read again.
    """

    messages: int
    rounds: int
    conversations: int


@dataclass(frozen=True)
class Training:
    """What a training took.

    Attributes:
        seconds: From process start to process end.
        epochs: Of each component that counts in epochs; None where none does.
        seconds_of_all_epochs: What it would have taken with Rasa's own number of epochs, from the time of those done.
    """

    seconds: float
    epochs: int | None = None
    seconds_of_all_epochs: float | None = None


@dataclass(frozen=True)
class Accuracy:
    """Of the test lines, in shares.

    Attributes:
        right: In-scope lines whose first answer is right.
        asked: In-scope lines that were asked back, with the right question among the buttons.
        ranked_first: In-scope lines whose right question was ranked first, whatever was said.
        refused: Out-of-scope lines not answered with a fact of the article.
        by_topic: Of each family of keys, how many lines were right and how many there are.
        lines: In-scope and out-of-scope lines.
    """

    right: float
    asked: float
    ranked_first: float
    refused: float
    by_topic: dict[str, tuple[int, int]]
    lines: tuple[int, int]


@dataclass
class Measured:
    """All figures of one assistant; None or empty where a figure was not asked for."""

    sizes: Sizes
    training: Training
    ready: float | None = None
    memory: Memory | None = None
    accuracy: Accuracy | None = None
    loads: dict[int, Load] = field(default_factory=dict)
    turns: dict[int, float] = field(default_factory=dict)
    memory_after: Memory | None = None


def measure_ours(folder: Path, lines: list[Line], sizes: Sizes, parts: set[str]) -> Measured:
    """Measures our assistant, trained and started as `make run` does.

    Args:
        folder: An empty one.
        lines: The test lines.
        sizes: How much.
        parts: What.
    """
    key = secrets.token_hex(16)
    variables = environment(ASSISTANT_KEY=key)
    make_our_project(folder)
    say("ours: training")
    seconds = run_to_end([str(OUR_PYTHON), "-m", "assistant.training"], folder, variables)
    measured = Measured(sizes, Training(seconds))
    if parts == {"training"}:
        return measured
    port = free_port()
    ours = OurServer(port, key)
    say("ours: start")
    with server([str(OUR_PYTHON), "-m", "assistant.server", "--port", str(port)], folder, variables, ours.answers) as (
        pid,
        ready,
    ):
        measured.ready = ready
        asyncio.run(_measure_server(ours, pid, lines, parts, measured))
    return measured


def measure_default(folder: Path, lines: list[Line], sizes: Sizes, parts: set[str], epochs: int | None, few: int) -> Measured:
    """Measures Rasa's default on the same data.

    Args:
        folder: An empty one.
        lines: The test lines.
        sizes: How much.
        parts: What.
        epochs: Of its training; None takes the kept model that was trained on this data with the most, if they are at least `few`, else
            trains with `few`.
        few: See there.
    """
    model, training = _default_model(folder, epochs, few)
    measured = Measured(sizes, training)
    if parts == {"training"}:
        return measured
    port = free_port()
    default = DefaultServer(port, keys_by_text(folder))
    arguments = ["--interface", HOST, "--port", str(port), "--enable-api", "--model", str(model)]
    command = [
        str(DEFAULT_PYTHON),
        "-m",
        "rasa",
        "run",
        *arguments,
        "--endpoints",
        "endpoints.yml",
        "--credentials",
        "credentials.yml",
    ]
    say("Rasa's default: start")
    with server(command, folder, environment(), default.answers) as (pid, ready):
        measured.ready = ready
        asyncio.run(_measure_server(default, pid, lines, parts, measured))
    return measured


def environment(**variables: str) -> dict[str, str]:
    """This process's environment, without Rasa's reports to its makers, and with these variables."""
    return {**os.environ, "RASA_TELEMETRY_ENABLED": "false", **variables}


def say(what: str) -> None:
    """Tells whoever waits what is being done."""
    print(f"... {what}", file=sys.stderr, flush=True)


def _default_model(folder: Path, epochs: int | None, few: int) -> tuple[Path, Training]:
    """Rasa's default trained on our data: the kept model if it was made of the same, else a new one, which is then kept."""
    make_default_project(folder)
    digest = hashlib.sha256()
    for path in (folder / "domain.yml", *sorted(folder.glob("data/**/*.yml"))):
        digest.update(path.read_bytes() + b"\0")
    stem = f"default-{digest.hexdigest()[:16]}-"
    kept = {int(path.stem.removeprefix(stem)): path for path in KEPT.glob(f"{stem}*.json")}
    trained = epochs or max([few, *kept])
    model = KEPT / f"{stem}{trained}.tar.gz"
    if trained in kept and model.is_file():
        say(f"Rasa's default: the model in {KEPT.relative_to(ROOT)}, of the same data and {trained} epochs")
        return model, Training(**json.loads(kept[trained].read_text()))
    say(f"Rasa's default: training with {trained} epochs")
    write_default_config(folder, trained)
    command = [str(DEFAULT_PYTHON), "-m", "rasa", "train", "--fixed-model-name", "default", "--out", "models"]
    seconds = run_to_end(command, folder, environment())
    output = (folder / "command.log").read_text(encoding="utf-8", errors="replace")
    training = Training(seconds, trained, seconds + seconds_of_epochs(output) * (DEFAULT_EPOCHS / trained - 1))
    KEPT.mkdir(parents=True, exist_ok=True)
    shutil.copy2(folder / "models/default.tar.gz", model)
    (KEPT / f"{stem}{trained}.json").write_text(json.dumps(asdict(training)))
    return model, training


def seconds_of_epochs(output: str) -> int:
    """What the epochs of all components took together, from the progress bars of a training's output."""
    # A finished bar is drawn several times over, and each component's stands between the log's lines on it.
    components = re.split(r"Finished training component", output)
    bars = [EPOCHS_DONE.findall(component)[-1:] for component in components]
    return sum(
        int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) for found in bars for _, hours, minutes, seconds in found
    )


async def _measure_server(server: Server, pid: int, lines: list[Line], parts: set[str], measured: Measured) -> None:
    """Measures a server that is ready; what it is, is not looked at."""
    name, sizes = server.name, measured.sizes
    texts = [line.text for line in lines]
    await put_load(server, texts, WARM_UP, clients=1, name="warm-up")
    measured.memory = memory_of(pid)
    if "accuracy" in parts:
        say(f"{name}: {len(lines)} test lines")
        answers = await ask_each(server, texts)
        measured.accuracy = accuracy_of(lines, answers, await server.ranked_first(texts, answers))
    if "latency" in parts:
        for clients in CLIENTS:
            say(f"{name}: {sizes.messages} messages by {clients} at once")
            measured.loads[clients] = await put_load(server, texts, sizes.messages, clients, f"load-{clients}")
    if "conversation" in parts:
        say(f"{name}: {TURNS[-1]} turns of one conversation, {sizes.rounds} times")
        around: dict[int, list[float]] = {turn: [] for turn in TURNS}
        length = TURNS[-1] + WINDOW // 2
        for number in range(sizes.rounds):
            took = await hold_conversation(server, texts[:WINDOW], length, f"long-{number}")
            for turn, window in zip(TURNS, windows(took, TURNS, WINDOW)):
                around[turn].extend(window)
        measured.turns = {turn: percentile(window, 0.5) for turn, window in around.items()}
    if "memory" in parts:
        say(f"{name}: {sizes.conversations} conversations")
        await put_load(server, texts, sizes.conversations, max(CLIENTS), "many", turns=(1,))
        measured.memory_after = memory_of(pid)


def accuracy_of(lines: list[Line], answers: list[Answer], ranked: list[str | None]) -> Accuracy:
    """Judges the answers to the test lines.

    Args:
        lines: The lines, at least one in scope and one out of it.
        answers: What was said to each.
        ranked: The question ranked first for each.
    """
    in_scope = [(line, answer, first) for line, answer, first in zip(lines, answers, ranked) if line.in_scope]
    outside = [answer for line, answer in zip(lines, answers) if not line.in_scope]
    right = [line.topic for line, answer, _ in in_scope if answer.keys[0] in line.keys]
    asked = sum(not set(line.keys).isdisjoint(answer.choices) and answer.keys[0] == ASKED for line, answer, _ in in_scope)
    rights, totals = Counter(right), Counter(line.topic for line, _, _ in in_scope)
    return Accuracy(
        right=len(right) / len(in_scope),
        asked=asked / len(in_scope),
        ranked_first=sum(first in line.keys for line, _, first in in_scope) / len(in_scope),
        refused=sum(not any(tells_a_fact(key) for key in answer.keys) for answer in outside) / len(outside),
        by_topic={topic: (rights[topic], total) for topic, total in sorted(totals.items())},
        lines=(len(in_scope), len(outside)),
    )

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
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tools.bench.figures import percentile
from tools.bench.lines import Line, tells_a_fact
from tools.bench.load import (
    Answer,
    DefaultServer,
    Load,
    OurServer,
    Server,
    ask_each,
    hold_conversation,
    parse_each,
    put_load,
    windows,
)
from tools.bench.projects import DEFAULT_PYTHON, OUR_PYTHON, ROOT, keys_by_text, make_default_project, make_our_project
from tools.bench.servers import HOST, Memory, free_port, memory_of, run_to_end, server

CLIENTS = (1, 4, 16)
TURNS = (1, 100, 300)
WINDOW = 5  # turns whose median stands for a turn; as many texts are repeated, so that each window has the same ones
WARM_UP = 200  # messages before memory is read and anything is timed
KEPT = ROOT / "results/bench"  # trained models of Rasa's default, which take long to make
# A training's progress bar at its end: "8/8 [05:12<00:00".
EPOCHS_DONE = re.compile(r"\b(\d+)/\1 \[(?:(\d+):)?(\d+):(\d+)<")
FULL_EPOCHS = 100


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
    training: Training | None = None
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
    with server([str(OUR_PYTHON), "-m", "assistant.server", "--port", str(port)], folder, variables, ours.answers) as (pid, ready):
        measured.ready = ready
        asyncio.run(_measure_server(ours, pid, lines, parts, measured, _no_ranking))
    return measured


def measure_default(folder: Path, lines: list[Line], sizes: Sizes, parts: set[str], epochs: int | None) -> Measured:
    """Measures Rasa's default on the same data.

    Args:
        folder: An empty one.
        lines: The test lines.
        sizes: How much.
        parts: What.
        epochs: Of its training; None takes the kept model that was trained on this data with the most, or trains with a few.
    """
    model, training = _default_model(folder, epochs)
    measured = Measured(sizes, training)
    if parts == {"training"}:
        return measured
    port = free_port()
    default = DefaultServer(port, keys_by_text(folder))
    arguments = ["--interface", HOST, "--port", str(port), "--enable-api", "--model", str(model)]
    command = [str(DEFAULT_PYTHON), "-m", "rasa", "run", *arguments, "--endpoints", "endpoints.yml", "--credentials", "credentials.yml"]
    say("Rasa's default: start")
    with server(command, folder, environment(), default.answers) as (pid, ready):
        measured.ready = ready
        asyncio.run(_measure_server(default, pid, lines, parts, measured, lambda texts: parse_each(default, texts)))
    return measured

"""The supervisor keeps the parts running, stops them all, and says in a sentence why it cannot start."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.stack import PARTS, ROOT, Place, Stack, until


@pytest.fixture
def starting(tmp_path: Path) -> Iterator[Stack]:
    """The whole, all parts of which have been started and none of which is ready."""
    running = Stack(tmp_path).start()
    try:
        until(lambda: all(running.pid(part) for part in PARTS), "all parts run", 60)
        yield running
    finally:
        running.stop(signal.SIGKILL)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_dies_is_started_again(stack: Stack, part: str) -> None:
    since = datetime.now(UTC)

    killed = stack.kill(part)

    assert stack.wait_until_back(part, killed, since) != killed
    until(stack.is_ready, "the whole is ready", 60)


def test_a_part_that_dies_leaves_the_others_alone(stack: Stack) -> None:
    others = {part: until(lambda part=part: stack.pid(part), f"{part} runs") for part in ("assistant", "front desk")}
    since = datetime.now(UTC)

    stack.wait_until_back("worker", stack.kill("worker"), since)

    assert {part: stack.pid(part) for part in others} == others


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_supervisor_that_is_told_to_stop_leaves_nothing_running(starting: Stack, number: signal.Signals) -> None:
    left = starting.stop(number)

    assert (left, starting.supervisor.returncode) == ([], 0)


def test_a_supervisor_whose_terminal_is_closed_leaves_nothing_running(starting: Stack) -> None:
    assert starting.stop(signal.SIGHUP) == []


def test_a_supervisor_that_is_killed_leaves_nothing_running(starting: Stack) -> None:
    starting.supervisor.kill()
    starting.supervisor.wait()

    until(lambda: not starting.processes(), "all parts have ended", 5)


@pytest.mark.parametrize("variable", ["FRONTDESK_PORT", "FRONTDESK_ASSISTANT"])
def test_a_port_in_use_is_told_in_a_sentence(tmp_path: Path, variable: str) -> None:
    place = Place(tmp_path)
    port = place.port if variable == "FRONTDESK_PORT" else place.assistant_port
    with socket.create_server(("127.0.0.1", port)):
        started = _start(place)

    assert started.returncode == 1
    assert started.stderr.splitlines() == [
        f"Port {port} is in use. Stop what listens there, or choose another with {variable}."
    ]
    assert place.processes() == []


def test_a_value_that_is_no_number_is_told_in_a_sentence(tmp_path: Path) -> None:
    started = _start(Place(tmp_path, {"FRONTDESK_PORT": "eighty"}))

    assert started.returncode == 1
    assert len(started.stderr.splitlines()) == 1


def test_a_database_that_cannot_be_opened_is_told_in_a_sentence(tmp_path: Path) -> None:
    started = _start(Place(tmp_path, {"FRONTDESK_DATABASE": str(tmp_path / "not there/frontdesk.sqlite3")}))

    assert started.returncode == 1
    assert len(started.stderr.splitlines()) == 1


def test_the_first_start_prints_two_addresses_and_a_link_that_signs_in_once(stack: Stack) -> None:
    printed = stack.printed.read_text()

    assert f"{stack.address}/\n" in printed
    assert f"{stack.address}/desk/\n" in printed
    assert len(re.findall(rf"{stack.address}/desk/welcome/\S+", printed)) == 1


def _start(place: Place) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "frontdesk.supervisor"],
        cwd=ROOT,
        env=place.variables,
        capture_output=True,
        text=True,
        timeout=60,
    )

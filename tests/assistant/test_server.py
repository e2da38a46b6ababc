"""How the assistant's own command starts and ends. What it answers in between: `test_channel.py`."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

KEY = "the-tests-own-key"
HEADERS = {"Authorization": f"Bearer {KEY}"}
MESSAGES = "/webhooks/frontdesk/messages"
HEALTH = "/webhooks/frontdesk/health"
LONGEST_START = 90  # seconds; 5 on an idle machine
LONGEST_END = 10  # seconds that the supervisor waits; 0.5 on an idle machine
WAITING = 8  # messages that are sent and not answered when the end begins

pytestmark = pytest.mark.slow


def _start(project: Path, port: int, model: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "assistant.server", "--port", str(port), "--model", str(model)],
        cwd=project,
        env={**os.environ, "ASSISTANT_KEY": KEY},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def port() -> int:
    """A free port of this machine's loopback address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def server(model: Path, project: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """The assistant, ready."""
    process = _start(project, port, model)
    give_up = time.monotonic() + LONGEST_START
    while process.poll() is None and time.monotonic() < give_up:
        with contextlib.suppress(ConnectionError):
            if _ask(_connection(port), "GET", HEALTH).status == HTTPStatus.OK:
                break
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
    yield process
    process.kill()
    process.communicate()


def test_it_answers_with_the_model_that_it_is_told(server: subprocess.Popen[str], port: int, model: Path) -> None:
    answer = _ask(_connection(port), "GET", HEALTH)

    assert answer.status == HTTPStatus.OK
    assert json.loads(answer.read())["model"]


@pytest.mark.parametrize("name", ["no-such.tar.gz", "unsealed.tar.gz"])
def test_a_model_that_is_not_as_it_was_trained_is_one_sentence_and_no_start(
    project: Path, tmp_path: Path, port: int, name: str
) -> None:
    (tmp_path / "unsealed.tar.gz").write_bytes(b"anything")

    process = _start(project, port, tmp_path / name)
    said, complained = process.communicate(timeout=LONGEST_START)

    assert process.returncode == 1
    assert said == ""
    assert complained.splitlines() == [f"{tmp_path / name} is not there, or not as it was trained here, and is not used."]


def test_what_was_asked_before_the_end_is_answered_and_every_connection_closed(
    server: subprocess.Popen[str], port: int
) -> None:
    idle, *asked = [_connection(port) for _ in range(WAITING + 1)]
    for connection in (idle, *asked[: WAITING // 2]):  # some are kept from an earlier request, the others are new
        _ask(connection, "GET", HEALTH).read()
    for number, connection in enumerate(asked):
        body = {"conversation": "c", "message_id": str(number), "text": "does it hurt and how much does it cost " * 20}
        connection.request("POST", MESSAGES, json.dumps(body), HEADERS)

    server.send_signal(signal.SIGTERM)
    answers = [connection.getresponse() for connection in asked]
    replies = [json.loads(answer.read())["replies"] for answer in answers]

    assert [answer.status for answer in answers] == [HTTPStatus.OK] * WAITING
    assert all(replies)
    assert answers[-1].getheader("connection") == "close"
    assert idle.sock.recv(1) == b""
    assert server.wait(LONGEST_END) == 0


def _connection(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=20)


def _ask(connection: http.client.HTTPConnection, method: str, path: str) -> http.client.HTTPResponse:
    connection.request(method, path, headers=HEADERS)
    return connection.getresponse()

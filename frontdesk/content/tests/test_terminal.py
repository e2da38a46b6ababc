"""What a command does for releases where no worker runs."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from django.db import OperationalError

from frontdesk import environment
from frontdesk.content import terminal

PATIENCE = 5.0  # seconds


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(terminal, "is_at_work", lambda: False)
    monkeypatch.setattr(terminal, "call_command", lambda *command: None)
    monkeypatch.setattr(terminal, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(environment, "ASSISTANTS_FILE", tmp_path / "assistants.json")


def test_what_is_being_done_has_ended_when_the_command_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, ended = threading.Event(), []

    async def advance(client: object) -> None:
        begun.set()
        try:
            await asyncio.sleep(PATIENCE)
        finally:
            ended.append("in order")

    monkeypatch.setattr(terminal, "advance", advance)
    threads = threading.active_count()
    with terminal.working():
        assert begun.wait(PATIENCE)

    assert ended == ["in order"]
    assert threading.active_count() == threads


def test_after_a_round_that_fails_comes_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds, again = [], threading.Event()

    async def advance(client: object) -> None:
        rounds.append(1)
        if len(rounds) > 1:
            again.set()
        raise OperationalError

    monkeypatch.setattr(terminal, "advance", advance)
    with terminal.working():
        assert again.wait(PATIENCE)

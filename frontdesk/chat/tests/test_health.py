"""`GET /healthz` and `GET /readyz`."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from frontdesk import health
from frontdesk.chat import assistant
from frontdesk.conftest import Assistant, Settings, Visitor


async def _ready(visitor: Visitor) -> Any:
    return await visitor.client.get("/readyz")


async def test_it_is_ready_when_everything_works(stranger: Visitor) -> None:
    ready = await _ready(stranger)

    assert ready.status_code == 200
    assert ready.json() == {"ready": True, "parts": {"database": True, "assistant": True}}


@pytest.mark.parametrize("broken", [{"is_there": False}, {"status": 503}, {"status": 500}])
async def test_it_is_not_ready_without_an_assistant_that_answers(
    stranger: Visitor, bot: Assistant, broken: dict[str, Any]
) -> None:
    for name, value in broken.items():
        setattr(bot, name, value)

    red = await _ready(stranger)

    assert red.status_code == 503
    assert red.json() == {"ready": False, "parts": {"database": True, "assistant": False}}


async def test_it_is_not_ready_while_nobody_listens_where_the_assistant_should(
    stranger: Visitor, environment_with: Settings, unused_tcp_port: int
) -> None:
    environment_with(ASSISTANT=f"http://127.0.0.1:{unused_tcp_port}")

    async with assistant.new_client() as client:
        assert await assistant.is_ready(client) is False


async def test_it_is_ready_again_when_the_assistant_is_back(stranger: Visitor, bot: Assistant) -> None:
    bot.is_there = False
    await _ready(stranger)
    bot.is_there = True

    assert (await _ready(stranger)).status_code == 200


async def test_it_is_not_ready_while_the_database_cannot_be_written(
    stranger: Visitor, impatient_database: None, another_writer: sqlite3.Connection
) -> None:
    another_writer.execute("BEGIN IMMEDIATE")

    red = await _ready(stranger)

    assert red.status_code == 503
    assert red.json() == {"ready": False, "parts": {"database": False, "assistant": True}}


async def test_a_database_that_takes_too_long_is_not_ready(
    stranger: Visitor, another_writer: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "SECONDS", 0.1)
    another_writer.execute("BEGIN IMMEDIATE")

    red = await _ready(stranger)

    another_writer.execute("ROLLBACK")
    assert red.status_code == 503


async def test_it_is_ready_again_when_the_database_is(
    stranger: Visitor, impatient_database: None, another_writer: sqlite3.Connection
) -> None:
    another_writer.execute("BEGIN IMMEDIATE")
    await _ready(stranger)
    another_writer.execute("ROLLBACK")

    assert (await _ready(stranger)).status_code == 200


async def test_the_process_lives_even_if_nothing_else_does(
    stranger: Visitor, bot: Assistant, impatient_database: None, another_writer: sqlite3.Connection
) -> None:
    bot.is_there = False
    another_writer.execute("BEGIN IMMEDIATE")

    alive = await stranger.client.get("/healthz")

    assert (alive.status_code, alive.json()) == (200, {"ready": True})

"""What a visitor gets when something of ours fails, and that nothing is acknowledged which is not kept."""

from __future__ import annotations

import asyncio
import io
import sqlite3
import uuid
from typing import Any

import pytest

from frontdesk.chat import turns
from frontdesk.conftest import Assistant, Visitor
from frontdesk.conversations import services
from frontdesk.conversations.models import Conversation, Message

WRITES = [
    ("/chat/conversations", {"consent": "1-90"}),
    ("/chat/messages", {"id": "0b54ca4f-1d0e-4d5c-9c53-1f2f7a1f7d10", "text": "hello"}),
    ("/chat/contact", {"email": "a.visitor@example.org"}),
    ("/chat/feedback", {"message": "1", "helpful": True}),
    ("/chat/end", {}),
]


@pytest.mark.parametrize(("path", "body"), WRITES)
async def test_while_the_database_is_locked_what_would_be_written_is_refused_for_now(
    visitor: Visitor, impatient_database: None, another_writer: sqlite3.Connection, path: str, body: Any
) -> None:
    another_writer.execute("BEGIN IMMEDIATE")

    refused = await visitor.posts(path, body)

    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "busy")
    assert int(refused.headers["Retry-After"]) > 0


async def test_a_conversation_is_not_deleted_while_the_database_is_locked(
    visitor: Visitor, impatient_database: None, another_writer: sqlite3.Connection
) -> None:
    another_writer.execute("BEGIN IMMEDIATE")

    refused = await visitor.client.delete("/chat/conversation", headers=visitor.headers)

    assert refused.status_code == 503
    assert (await visitor.reads()).status_code == 200


async def test_nothing_of_a_refused_message_is_kept_and_the_assistant_is_not_asked(
    visitor: Visitor, bot: Assistant, impatient_database: None, another_writer: sqlite3.Connection
) -> None:
    another_writer.execute("BEGIN IMMEDIATE")

    await visitor.says("can i wear makeup after")

    another_writer.execute("ROLLBACK")
    assert not await Message.objects.filter(sender="visitor").aexists()
    assert bot.asked == []


async def test_the_refused_message_sent_again_is_there_once(
    visitor: Visitor, impatient_database: None, another_writer: sqlite3.Connection
) -> None:
    message_id = str(uuid.uuid4())
    another_writer.execute("BEGIN IMMEDIATE")
    await visitor.says("can i wear makeup after", message_id=message_id)
    another_writer.execute("ROLLBACK")

    again = await visitor.says("can i wear makeup after", message_id=message_id)

    assert again.status_code == 200
    assert await Message.objects.filter(sender="visitor").acount() == 1


async def test_a_locked_database_can_still_be_read(
    visitor: Visitor, impatient_database: None, another_writer: sqlite3.Connection
) -> None:
    another_writer.execute("BEGIN IMMEDIATE")

    assert (await visitor.reads()).status_code == 200
    assert (await visitor.client.get("/chat/config")).status_code == 200


async def test_an_answer_that_cannot_be_written_is_not_given_and_is_given_when_asked_again(
    visitor: Visitor, bot: Assistant, impatient_database: None, another_writer: sqlite3.Connection
) -> None:
    message_id = str(uuid.uuid4())
    bot.gate.clear()
    sending = asyncio.create_task(visitor.says("can i wear makeup after", message_id=message_id))
    await bot.hears()
    another_writer.execute("BEGIN IMMEDIATE")
    bot.gate.set()
    refused = await sending
    another_writer.execute("ROLLBACK")

    await Conversation.objects.aupdate(turn_until=None)  # the turn ran out
    again = await visitor.says("can i wear makeup after", message_id=message_id)

    assert refused.status_code == 503
    assert [message["text"] for message in again.json()["messages"]] == ["Leave makeup off for a while."]


@pytest.mark.parametrize("failure", [RuntimeError, ValueError, KeyError, AssertionError, RecursionError])
async def test_whatever_fails_is_an_error_that_a_page_can_read(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, log: io.StringIO, failure: type[Exception]
) -> None:
    def fails(*_: Any) -> None:
        raise failure("zebedee quux")

    monkeypatch.setattr(turns, "message_accept", fails)

    failed = await visitor.says("zebedee quux")

    assert (failed.status_code, failed.json()["error"]["code"]) == (500, "failed")
    assert "zebedee" not in failed.content.decode()


async def test_a_failure_is_logged_by_kind_and_place_without_its_words(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    def fails(*_: Any) -> None:
        raise RuntimeError("zebedee quux")

    monkeypatch.setattr(turns, "message_accept", fails)

    await visitor.says("zebedee quux")

    assert "RuntimeError at test_errors.py:" in log.getvalue()
    assert "zebedee" not in log.getvalue()


async def test_a_failure_that_has_a_cause_is_logged_without_the_causes_words(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    def fails(*_: Any) -> None:
        raise RuntimeError("failed") from KeyError("zebedee quux")

    monkeypatch.setattr(services, "conversation_close", fails)

    await visitor.posts("/chat/end", {})

    assert "RuntimeError" in log.getvalue()
    assert "zebedee" not in log.getvalue()

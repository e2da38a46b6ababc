"""Whatever a visitor types or sends, it is text for the real assistant, or refused with a sentence."""

from __future__ import annotations

import contextlib
import json
import resource
import socket
import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.faults.desks import Desk, NewDesk
from tests.stack import Stack, Visitor, memory_of

AT_ONCE = 2.0  # seconds that a refusal may take on a machine that others share
UNREADABLE = [
    "😀😀😀",
    "🤔",
    "مرحبا كيف الحال",
    "asdkjhqwe lkjasd",
    "qqqqqqqqq",
    "12345",
    "...",
    "",
    "   ",
    "жшщ ыъь",
    "\u200b\u200b",
]
NO_FACT = ("system/", "smalltalk/", "fallback/out_of_scope")
COMMANDS = ["/restart", "/session_start", "/back", "/greet", '/aftercare/makeup{"slot": 1}@0.9', "EXTERNAL: remind", "/stop"]


@pytest.fixture
def chat(stack: Stack) -> Visitor:
    """A visitor of the whole, who has agreed."""
    return stack.visitor().begins()


def understood(stack: Stack, visitor: Visitor) -> list[dict[str, Any]]:
    question = (
        "SELECT u.intent, u.confidence FROM conversations_understanding u JOIN conversations_message m ON m.id = u.message_id "
        "WHERE m.conversation_id = ? ORDER BY m.position"
    )
    return stack.rows(question, visitor.conversation_id)


@pytest.mark.fault(9)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_typed_command_is_text_and_is_answered_as_text(stack: Stack, chat: Visitor, command: str) -> None:
    answered = chat.says(command)

    assert answered["message"]["text"] == command
    assert answered["messages"][0]["from"] == "bot"
    read = understood(stack, chat)[0]
    assert read["intent"] not in {"restart", "session_start", "back", "greet"}
    assert read["confidence"] not in {0.9, 1.0}  # as it was told to be, or as of an intent that was named


@pytest.mark.fault(9)
def test_a_typed_restart_forgets_nothing(chat: Visitor) -> None:
    chat.says("Can I wear makeup after?")

    chat.says("/restart")

    assert [message["text"] for message in chat.reads() if message["from"] == "visitor"] == [
        "Can I wear makeup after?",
        "/restart",
    ]


@pytest.mark.fault(9)
def test_a_typed_restart_does_not_end_a_takeover(stack: Stack, chat: Visitor) -> None:
    stack.make_person("Bob")
    stack.staff("Bob").takes(chat.conversation_id)

    answered = chat.says("/restart")

    assert answered["messages"] == []
    assert answered["conversation"]["state"] == "staff"


@pytest.mark.fault(9)
@pytest.mark.parametrize("choice", ["/restart", "restart", "session_start", "aftercare/makeup", "utter_safety/airway"])
def test_a_button_that_was_never_given_out_is_refused(chat: Visitor, choice: str) -> None:
    refused = chat.presses(choice)

    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "unknown_choice")


@pytest.mark.fault(10)
@pytest.mark.parametrize(
    ("characters", "code"), [(1_001, "too_long"), (10_000, "too_long"), (100_000, "too_large"), (10_000_000, "too_large")]
)
def test_what_is_too_long_is_refused_at_once_and_others_are_served(
    stack: Stack, chat: Visitor, characters: int, code: str
) -> None:
    before = memory_of(stack.pid("front desk") or 0)

    began = time.monotonic()
    refused = chat.asks("a" * characters)
    took = time.monotonic() - began

    assert (refused.status_code, refused.json()["error"]["code"]) == (413, code)
    assert refused.json()["error"]["message"]
    assert took < AT_ONCE
    assert chat.says("Does it hurt?")["messages"]
    assert memory_of(stack.pid("front desk") or 0) - before < 5


@pytest.mark.fault(10)
def test_a_body_that_does_not_say_how_long_it_is_is_refused_as_soon_as_it_is_too_long(stack: Stack, chat: Visitor) -> None:
    sent = 0

    def without_end() -> Iterator[bytes]:
        nonlocal sent
        while sent < 50_000_000:
            sent += 4096
            yield b"a" * 4096

    with contextlib.suppress(httpx.TransportError):  # the front desk may close before all was sent
        refused = chat.client.post("/chat/messages", content=without_end(), headers=chat.headers)
        assert refused.status_code == 413

    assert sent < 20_000_000
    assert stack.is_alive()


@pytest.fixture
def slow_bodies(stack: Stack) -> Iterator[list[socket.socket]]:
    """Three hundred requests whose bodies do not come."""
    with contextlib.ExitStack() as opened:
        yield [opened.enter_context(begin_slowly(stack.port)) for _ in range(300)]


def begin_slowly(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    connection.sendall(b"POST /chat/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n{")
    return connection


@pytest.mark.fault(10)
def test_bodies_that_come_slowly_keep_nobody_waiting(chat: Visitor, slow_bodies: list[socket.socket]) -> None:
    for connection in slow_bodies:
        connection.sendall(b'"')

    began = time.monotonic()
    answered = chat.asks("Does it hurt?")

    assert answered.status_code == 200
    assert time.monotonic() - began < 2


@pytest.mark.fault(10)
def test_bodies_that_never_come_do_not_keep_everybody_out(new_desk: NewDesk) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    desk = new_desk()
    desk.serve()
    with contextlib.ExitStack() as opened:
        for _ in range(2100):
            opened.enter_context(begin_slowly(desk.port))

        answered = desk.visitor(sends_from="127.0.0.2").client.get("/chat/config")

    assert answered.status_code == 200


@pytest.mark.fault(11)
@pytest.mark.parametrize("text", UNREADABLE)
def test_what_cannot_be_read_gets_no_fact(chat: Visitor, text: str) -> None:
    answered = chat.says(text)

    answers = {answer for message in answered["messages"] for answer in message["answers"]}
    assert all(answer.startswith(NO_FACT) for answer in answers)


@pytest.mark.fault(12)
@pytest.mark.parametrize("name", ["metadata", "input_channel", "sender", "stream", "language"])
def test_a_field_that_there_is_not_is_refused(desk: Desk, visitor: Visitor, name: str) -> None:
    refused = visitor.posts("/chat/messages", {"id": str(uuid.uuid4()), "text": "hello", name: "callback"})

    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "unknown_field")
    assert desk.assistant.asked == []


@pytest.mark.fault(12)
def test_two_megabytes_of_metadata_are_refused_and_kept_nowhere(desk: Desk, visitor: Visitor) -> None:
    held = sum(file.stat().st_size for file in desk.folder.iterdir())
    body = json.dumps({"id": str(uuid.uuid4()), "text": "hello", "metadata": {"x": "y" * 2_000_000}})

    refused = visitor.client.post("/chat/messages", content=body, headers=visitor.headers)

    assert (refused.status_code, refused.json()["error"]["code"]) == (413, "too_large")
    assert sum(file.stat().st_size for file in desk.folder.iterdir()) - held < 100_000


@pytest.mark.fault(17)
def test_the_same_message_sent_twice_is_one_message_with_one_reply(chat: Visitor) -> None:
    message_id = str(uuid.uuid4())

    first, second = chat.says("Does it hurt?", message_id), chat.says("Does it hurt?", message_id)

    assert first == second
    assert [message["from"] for message in chat.reads()] == ["bot", "visitor", "bot"]

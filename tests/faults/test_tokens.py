"""A token is the server's, opens one conversation, and ends."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from tests.faults.desks import Desk, NewDesk
from tests.stack import Visitor, until


def opens(visitor: Visitor, token: str) -> int:
    return visitor.client.get("/chat/messages", headers={"Authorization": f"Bearer {token}"}).status_code


@pytest.mark.fault(7)
def test_each_visitor_has_a_conversation_of_their_own(desk: Desk) -> None:
    one, other = desk.visitor().begins(), desk.visitor().begins()

    one.says("can i wear makeup after")

    assert one.conversation_id != other.conversation_id
    assert [message["from"] for message in other.reads()] == ["bot"]  # the greeting


@pytest.mark.fault(7)
@pytest.mark.parametrize("name", ["conversation", "sender", "sender_id", "session_id"])
def test_a_client_cannot_name_a_conversation(desk: Desk, visitor: Visitor, name: str) -> None:
    other = desk.visitor().begins()

    at_start = other.posts("/chat/conversations", {"consent": other.consent, name: visitor.conversation_id})
    in_message = other.posts("/chat/messages", {"id": str(uuid4()), "text": "hello", name: visitor.conversation_id})

    assert (at_start.status_code, in_message.status_code) == (400, 400)
    assert [message["from"] for message in visitor.reads()] == ["bot"]


@pytest.mark.fault(7)
def test_without_a_token_nothing_is_read_or_written(visitor: Visitor) -> None:
    visitor.token = ""

    answers = [visitor.asks("hello"), visitor.client.get("/chat/messages"), visitor.client.get("/chat/events")]

    assert [(answer.status_code, answer.json()["error"]["code"]) for answer in answers] == [(401, "token_required")] * 3


@pytest.mark.fault(8)
def test_a_conversation_has_128_bits_that_nobody_guesses(desk: Desk) -> None:
    ids = {desk.visitor().begins().conversation_id for _ in range(5)}

    assert len(ids) == 5
    assert all(re.fullmatch(r"[0-9a-f]{32}", one) for one in ids)


@pytest.mark.fault(8)
def test_a_known_conversation_is_not_opened_with_the_token_of_another(desk: Desk, visitor: Visitor) -> None:
    other = desk.visitor().begins()
    _, _, signature = other.token.partition(":")

    assert opens(visitor, visitor.token) == 200
    assert opens(visitor, f"{visitor.conversation_id}:{signature}") == 401
    assert opens(visitor, visitor.conversation_id) == 401


@pytest.mark.fault(8)
def test_a_token_in_which_any_character_was_changed_opens_nothing(visitor: Visitor) -> None:
    token = visitor.token
    changed = [token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(len(token) - 1)]

    assert {opens(visitor, one) for one in changed} == {401}


@pytest.mark.fault(8)
def test_a_token_of_another_front_desk_opens_nothing(new_desk: NewDesk, visitor: Visitor) -> None:
    other = new_desk(FRONTDESK_SECRET_KEY="another front desk's key, which is as long as keys are")
    other.serve()

    assert opens(other.visitor(), visitor.token) == 401


@pytest.mark.fault(8)
def test_a_token_expires(new_desk: NewDesk) -> None:
    desk = new_desk(FRONTDESK_TOKEN_DAYS=str(2 / 24 / 3600))
    desk.serve()
    visitor = desk.visitor().begins()

    assert opens(visitor, visitor.token) == 200
    until(lambda: opens(visitor, visitor.token) == 401, "the token has expired")
    assert visitor.client.get("/chat/messages", headers=visitor.headers).json()["error"]["code"] == "expired_token"


@pytest.mark.fault(8)
def test_a_deleted_conversation_is_opened_by_nothing(visitor: Visitor) -> None:
    visitor.client.delete("/chat/conversation", headers=visitor.headers).raise_for_status()

    assert opens(visitor, visitor.token) == 410

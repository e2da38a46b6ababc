"""A visitor's token: it opens one conversation, for a while, and nothing else does."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.core import signing

from frontdesk import environment
from frontdesk.chat import tokens
from frontdesk.conftest import Assistant, Visitor
from frontdesk.conversations.models import Message

# Every path that a token opens.
PATHS = [
    ("GET", "/chat/messages", None),
    ("POST", "/chat/messages", {"id": "0b54ca4f-1d0e-4d5c-9c53-1f2f7a1f7d10", "text": "hello"}),
    ("POST", "/chat/typing", {"typing": True}),
    ("POST", "/chat/contact", {"email": "a.visitor@example.org"}),
    ("POST", "/chat/feedback", {"message": "1", "helpful": True}),
    ("POST", "/chat/end", {}),
    ("DELETE", "/chat/conversation", None),
]


async def _asks(visitor: Visitor, method: str, path: str, body: Any, authorization: str | None) -> Any:
    headers = {} if authorization is None else {"Authorization": authorization}
    return await visitor.client.request(method, path, json=body, headers=headers)


def _altered(token: str) -> str:
    return ("0" if token[0] != "0" else "1") + token[1:]


def _of_days_ago(conversation_id: str, days: float, monkeypatch: pytest.MonkeyPatch) -> str:
    with monkeypatch.context() as then:
        at = time.time() - days * 24 * 3600
        then.setattr(time, "time", lambda: at)
        return tokens.mint(conversation_id)


@pytest.mark.parametrize(("method", "path", "body"), PATHS)
async def test_without_a_token_nothing_opens(visitor: Visitor, method: str, path: str, body: Any) -> None:
    refused = await _asks(visitor, method, path, body, None)

    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "token_required")
    assert (await visitor.reads()).status_code == 200


@pytest.mark.parametrize(("method", "path", "body"), PATHS)
async def test_an_altered_token_opens_nothing(visitor: Visitor, method: str, path: str, body: Any) -> None:
    refused = await _asks(visitor, method, path, body, f"Bearer {_altered(visitor.token)}")

    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "invalid_token")


@pytest.mark.parametrize(("method", "path", "body"), PATHS)
async def test_an_old_token_opens_nothing(
    visitor: Visitor, method: str, path: str, body: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = _of_days_ago(visitor.conversation_id, environment.TOKEN_DAYS + 0.1, monkeypatch)

    refused = await _asks(visitor, method, path, body, f"Bearer {old}")

    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "expired_token")


async def test_a_token_opens_until_its_last_day(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    old = _of_days_ago(visitor.conversation_id, environment.TOKEN_DAYS - 0.1, monkeypatch)

    assert (await _asks(visitor, "GET", "/chat/messages", None, f"Bearer {old}")).status_code == 200


@pytest.mark.parametrize("scheme", ["Basic", "Token", "", "BearerX"])
async def test_another_scheme_opens_nothing(visitor: Visitor, scheme: str) -> None:
    refused = await _asks(visitor, "GET", "/chat/messages", None, f"{scheme} {visitor.token}".strip())

    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "token_required")


@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
async def test_the_scheme_is_read_in_any_case(visitor: Visitor, scheme: str) -> None:
    assert (await _asks(visitor, "GET", "/chat/messages", None, f"{scheme} {visitor.token}")).status_code == 200


async def test_the_conversations_id_alone_opens_nothing(visitor: Visitor) -> None:
    refused = await _asks(visitor, "GET", "/chat/messages", None, f"Bearer {visitor.conversation_id}")

    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "invalid_token")


async def test_what_was_signed_for_something_else_opens_nothing(visitor: Visitor) -> None:
    of_another_use = signing.TimestampSigner(salt="another use").sign(visitor.conversation_id)

    assert (await _asks(visitor, "GET", "/chat/messages", None, f"Bearer {of_another_use}")).status_code == 401


async def test_what_was_signed_with_another_key_opens_nothing(visitor: Visitor) -> None:
    of_another_key = signing.TimestampSigner(key="another key", salt=tokens.SALT).sign(visitor.conversation_id)

    assert (await _asks(visitor, "GET", "/chat/messages", None, f"Bearer {of_another_key}")).status_code == 401


async def test_a_token_opens_its_own_conversation_only(visitor: Visitor, bot: Assistant) -> None:
    other = await Visitor(visitor.client).begins()
    await visitor.says("this is mine")

    await other.says("this is another's")

    assert "this is mine" not in (await other.reads()).content.decode()
    assert "this is another's" not in (await visitor.reads()).content.decode()


async def test_one_conversations_id_with_anothers_signature_opens_nothing(visitor: Visitor) -> None:
    other = await Visitor(visitor.client).begins()
    _, _, rest = visitor.token.partition(":")

    refused = await _asks(visitor, "GET", "/chat/messages", None, f"Bearer {other.conversation_id}:{rest}")

    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "invalid_token")


@pytest.mark.parametrize("name", ["conversation", "conversation_id", "id", "sender"])
async def test_a_client_cannot_name_a_conversation(visitor: Visitor, name: str) -> None:
    other = await Visitor(visitor.client).begins()
    await other.says("this is another's")

    read = await visitor.client.get(f"/chat/messages?{name}={other.conversation_id}", headers=visitor.headers)

    assert read.json()["conversation"]["id"] == visitor.conversation_id
    assert "this is another's" not in read.content.decode()


@pytest.mark.parametrize(
    ("method", "path", "body"), [one for one in PATHS if one[1] not in ("/chat/end", "/chat/conversation")]
)
async def test_of_a_deleted_conversation_it_opens_nothing(visitor: Visitor, method: str, path: str, body: Any) -> None:
    await visitor.client.delete("/chat/conversation", headers=visitor.headers)

    refused = await _asks(visitor, method, path, body, f"Bearer {visitor.token}")

    assert (refused.status_code, refused.json()["error"]["code"]) == (410, "conversation_deleted")
    assert not await Message.objects.aexists()

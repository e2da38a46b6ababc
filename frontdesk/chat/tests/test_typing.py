"""`POST /chat/typing`."""

from __future__ import annotations

from typing import Any

import pytest

from frontdesk.chat.serving import serving
from frontdesk.conftest import Visitor


@pytest.mark.parametrize("typing", [True, False])
async def test_whoever_follows_the_conversation_hears_of_it(visitor: Visitor, typing: bool) -> None:
    with serving().hub.subscribed(visitor.conversation_id) as follower:
        told = await visitor.posts("/chat/typing", {"typing": typing})

        assert (told.status_code, told.content) == (204, b"")
        assert follower.typing() == {"visitor": typing}


async def test_whoever_follows_another_does_not(visitor: Visitor) -> None:
    other = await Visitor(visitor.client).begins()
    with serving().hub.subscribed(other.conversation_id) as follower:
        await visitor.posts("/chat/typing", {"typing": True})

        assert follower.typing() == {}


async def test_nothing_of_it_is_kept(visitor: Visitor) -> None:
    before = await visitor.conversation()

    await visitor.posts("/chat/typing", {"typing": True})

    after = await visitor.conversation()
    assert (after.last_position, after.last_activity_at) == (before.last_position, before.last_activity_at)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid_field"),
        ({"typing": 1}, "invalid_field"),
        ({"typing": "yes"}, "invalid_field"),
        ({"typing": True, "text": "secret"}, "unknown_field"),
    ],
)
async def test_a_wrong_body_is_refused(visitor: Visitor, body: Any, code: str) -> None:
    refused = await visitor.posts("/chat/typing", body)

    assert (refused.status_code, refused.json()["error"]["code"]) == (400, code)


async def test_nobody_types_in_a_deleted_conversation(visitor: Visitor) -> None:
    await visitor.client.delete("/chat/conversation", headers=visitor.headers)

    assert (await visitor.posts("/chat/typing", {"typing": True})).status_code == 410

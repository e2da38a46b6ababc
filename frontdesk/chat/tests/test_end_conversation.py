"""`POST /chat/end`."""

from __future__ import annotations

import asyncio

from frontdesk.conftest import Assistant, Visitor
from frontdesk.conversations.models import StateChange


async def test_it_ends_and_says_so(visitor: Visitor) -> None:
    ended = await visitor.posts("/chat/end", {})

    assert ended.status_code == 200
    assert ended.json()["conversation"]["state"] == "closed"
    assert [message["text"] for message in ended.json()["messages"]] == ["You have ended this chat."]


async def test_it_needs_no_body(visitor: Visitor) -> None:
    assert (await visitor.client.post("/chat/end", headers=visitor.headers)).status_code == 200


async def test_it_is_recorded_who_ended_it(visitor: Visitor) -> None:
    await visitor.posts("/chat/end", {})

    moved = await StateChange.objects.aget(conversation_id=visitor.conversation_id)
    assert (moved.before, moved.after, moved.by, moved.why) == ("bot", "closed", "visitor", "ended")
    assert (await visitor.conversation()).closed_at is not None


async def test_ending_it_again_is_harmless(visitor: Visitor) -> None:
    await visitor.posts("/chat/end", {})
    before = (await visitor.reads()).json()

    again = await visitor.posts("/chat/end", {})

    assert (again.status_code, again.json()["messages"]) == (200, [])
    assert (await visitor.reads()).json() == before


async def test_it_can_still_be_read(visitor: Visitor) -> None:
    await visitor.says("can i wear makeup after")
    await visitor.posts("/chat/end", {})

    assert "can i wear makeup after" in (await visitor.reads()).content.decode()


async def test_a_waiting_conversation_can_be_ended(visitor: Visitor, bot: Assistant) -> None:
    bot.calls_person("Of course.")
    await visitor.says("a person please")

    assert (await visitor.posts("/chat/end", {})).json()["conversation"]["state"] == "closed"


async def test_what_the_assistant_says_after_the_end_is_not_heard(visitor: Visitor, bot: Assistant) -> None:
    bot.gate.clear()
    sending = asyncio.create_task(visitor.says("can i wear makeup after"))
    await bot.hears()
    await visitor.posts("/chat/end", {})

    bot.gate.set()
    answered = await sending

    assert (answered.status_code, answered.json()["messages"]) == (200, [])
    assert "Leave makeup off" not in (await visitor.reads()).content.decode()


async def test_a_message_sent_again_after_the_end_has_its_reply(visitor: Visitor) -> None:
    message_id = "0b54ca4f-1d0e-4d5c-9c53-1f2f7a1f7d10"
    first = await visitor.says("can i wear makeup after", message_id=message_id)
    await visitor.posts("/chat/end", {})

    again = await visitor.says("can i wear makeup after", message_id=message_id)

    assert again.status_code == 200
    assert again.json()["messages"] == first.json()["messages"]

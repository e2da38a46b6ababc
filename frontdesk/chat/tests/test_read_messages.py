"""`GET /chat/messages`."""

from __future__ import annotations

from datetime import datetime

import pytest

from frontdesk.conftest import Assistant, Visitor


async def test_it_gives_the_record_in_order(visitor: Visitor, bot: Assistant) -> None:
    for number in range(3):
        bot.says(f"answer {number}")
        await visitor.says(f"question {number}")

    record = (await visitor.reads()).json()["messages"]

    assert [message["text"] for message in record[1:]] == [
        text for number in range(3) for text in (f"question {number}", f"answer {number}")
    ]
    assert [int(message["id"]) for message in record] == sorted(int(message["id"]) for message in record)


async def test_an_answer_says_what_it_answers(visitor: Visitor) -> None:
    await visitor.says("can i wear makeup after")

    _, asked, answered = (await visitor.reads()).json()["messages"]

    assert answered["reply_to"] == asked["id"]
    assert answered["answers"] == ["aftercare/makeup"]
    assert "client_id" in asked


async def test_after_a_message_it_gives_what_came_later(visitor: Visitor) -> None:
    await visitor.says("first")
    last = (await visitor.reads()).json()["messages"][-1]["id"]
    await visitor.says("second")

    later = (await visitor.reads(after=last)).json()["messages"]

    assert [message["text"] for message in later] == ["second", "Leave makeup off for a while."]


async def test_after_the_last_there_is_nothing(visitor: Visitor) -> None:
    last = (await visitor.reads()).json()["messages"][-1]["id"]

    assert (await visitor.reads(after=last)).json()["messages"] == []


async def test_after_a_message_that_is_not_there_yet_there_is_nothing(visitor: Visitor) -> None:
    assert (await visitor.reads(after="9" * 18)).json()["messages"] == []


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "9" * 19, "1%20", "%D9%A1", "0x1", "1e3"])
async def test_what_is_no_id_is_refused(visitor: Visitor, after: str) -> None:
    refused = await visitor.reads(after=after)

    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid_field")


async def test_an_empty_id_is_refused(visitor: Visitor) -> None:
    assert (await visitor.client.get("/chat/messages?after=", headers=visitor.headers)).status_code == 400


async def test_a_deleted_conversation_is_gone(visitor: Visitor) -> None:
    await visitor.client.delete("/chat/conversation", headers=visitor.headers)

    gone = await visitor.reads()

    assert (gone.status_code, gone.json()["error"]["code"]) == (410, "conversation_deleted")


async def test_times_name_their_zone(visitor: Visitor) -> None:
    [greeting] = (await visitor.reads()).json()["messages"]

    assert datetime.fromisoformat(greeting["sent_at"]).tzinfo is not None

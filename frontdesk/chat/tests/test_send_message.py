"""`POST /chat/messages`."""

from __future__ import annotations

import asyncio
import uuid

import pytest

from frontdesk.chat import limits
from frontdesk.conftest import Assistant, Settings, Visitor
from frontdesk.conversations.models import Message, Understanding


async def test_it_answers_with_what_the_assistant_says(visitor: Visitor) -> None:
    answered = await visitor.says("can i wear makeup after")

    assert answered.status_code == 200
    assert [(m["from"], m["text"]) for m in answered.json()["messages"]] == [("bot", "Leave makeup off for a while.")]
    assert answered.json()["conversation"]["state"] == "bot"


async def test_it_keeps_what_was_understood_and_how_long_it_took(visitor: Visitor) -> None:
    await visitor.says("can i wear makeup after")

    kept = await Understanding.objects.aget(message__conversation_id=visitor.conversation_id)
    assert (kept.intent, kept.confidence, kept.answers, kept.model) == (
        "aftercare/makeup",
        0.9,
        ["aftercare/makeup"],
        "a model",
    )
    assert kept.turn_ms > 0


async def test_a_message_is_in_the_record_before_the_assistant_hears_of_it(visitor: Visitor, bot: Assistant) -> None:
    bot.gate.clear()

    sending = asyncio.create_task(visitor.says("can i wear makeup after"))
    await bot.hears()

    kept = await Message.objects.aget(conversation_id=visitor.conversation_id, sender="visitor")
    assert kept.text == "can i wear makeup after"
    bot.gate.set()
    await sending


async def test_the_same_id_gives_the_same_reply_and_one_message(visitor: Visitor, bot: Assistant) -> None:
    message_id = str(uuid.uuid4())

    first = await visitor.says("can i wear makeup after", message_id=message_id)
    bot.says("Something else.")
    second = await visitor.says("can i wear makeup after", message_id=message_id)

    assert first.json() == second.json()
    assert len(bot.asked) == 1
    assert await Message.objects.filter(sender="visitor").acount() == 1


async def test_the_same_id_sent_many_times_at_once_is_one_message(visitor: Visitor, bot: Assistant) -> None:
    message_id = str(uuid.uuid4())

    answered = await asyncio.gather(*(visitor.says("hello", message_id=message_id) for _ in range(8)))

    assert len({str(response.json()) for response in answered}) == 1
    assert len(bot.asked) == 1


async def test_an_id_that_stands_for_another_message_is_refused(visitor: Visitor) -> None:
    message_id = str(uuid.uuid4())
    await visitor.says("can i wear makeup after", message_id=message_id)

    refused = await visitor.says("something else", message_id=message_id)

    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "id_reused")


async def test_messages_that_arrive_at_once_are_answered_one_at_a_time_in_order(visitor: Visitor, bot: Assistant) -> None:
    answered = await asyncio.gather(*(visitor.says(f"question {number}") for number in range(10)))

    assert {response.status_code for response in answered} == {200}
    record = (await visitor.reads()).json()["messages"][1:]
    asked = [m["id"] for m in record if m["from"] == "visitor"]
    assert [m["reply_to"] for m in record if m["from"] == "bot"] == asked
    assert [request["message_id"] for request in bot.asked] == asked


async def test_it_sends_the_context_that_the_assistant_gave_last(visitor: Visitor, bot: Assistant) -> None:
    await visitor.says("can i wear makeup after")
    await visitor.says("and exercise?")

    assert "answers" not in bot.asked[0]["context"]
    assert bot.asked[1]["context"]["answers"] == ["aftercare/makeup"]
    assert bot.asked[1]["context"]["settings"]["clinic_name"] == "Example Clinic"


async def test_a_button_that_was_given_out_is_pressed(visitor: Visitor, bot: Assistant) -> None:
    bot.says("Yes.", choices=[{"id": "aftercare/water", "title": "When can I shower?"}])
    await visitor.says("can i wear makeup after")

    answered = await visitor.presses("aftercare/water")

    assert answered.json()["message"]["text"] == "When can I shower?"
    assert bot.asked[1]["choice"] == "aftercare/water"


@pytest.mark.parametrize("choice", ["aftercare/water", "/restart", "", "nothing"])
async def test_a_button_that_was_not_given_out_is_refused(visitor: Visitor, bot: Assistant, choice: str) -> None:
    refused = await visitor.presses(choice)

    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "unknown_choice")
    assert bot.asked == []


@pytest.mark.parametrize("choice", ["handoff/person", "basics/what_it_is"])
async def test_a_person_and_the_starters_can_always_be_chosen(visitor: Visitor, choice: str) -> None:
    assert (await visitor.presses(choice)).status_code == 200


@pytest.mark.parametrize("text", ["/restart", '/aftercare{"slot": 1}@0.9', "\u200b/restart", "\uff0frestart"])
async def test_a_typed_command_is_only_text(visitor: Visitor, bot: Assistant, text: str) -> None:
    await visitor.says(text)

    assert bot.asked[0]["text"] == text
    assert "choice" not in bot.asked[0]


async def test_a_message_of_over_a_thousand_characters_is_refused_and_reaches_nobody(visitor: Visitor, bot: Assistant) -> None:
    refused = await visitor.says("a" * 1001)

    assert (refused.status_code, refused.json()["error"]["code"]) == (413, "too_long")
    assert bot.asked == []
    assert (await visitor.says("a" * 1000)).status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"text": "no id"}, 400, "invalid_field"),
        ({"id": "7", "text": "no uuid"}, 400, "invalid_field"),
        ({"id": str(uuid.uuid4())}, 400, "invalid_field"),
        ({"id": str(uuid.uuid4()), "text": "both", "choice": "handoff/person"}, 400, "invalid_field"),
        ({"id": str(uuid.uuid4()), "text": 7}, 400, "invalid_field"),
        ({"id": str(uuid.uuid4()), "text": "\ud800"}, 400, "invalid_field"),
        ({"id": str(uuid.uuid4()), "text": "x", "metadata": {}}, 400, "unknown_field"),
        ({"id": str(uuid.uuid4()), "text": "x", "conversation": "another's"}, 400, "unknown_field"),
        (["a list"], 400, "not_json"),
    ],
)
async def test_a_wrong_body_is_refused(visitor: Visitor, body: object, status: int, code: str) -> None:
    refused = await visitor.posts("/chat/messages", body)

    assert (refused.status_code, refused.json()["error"]["code"]) == (status, code)


async def test_what_is_no_json_is_refused(visitor: Visitor) -> None:
    refused = await visitor.client.post(
        "/chat/messages", content="{", headers={**visitor.headers, "Content-Type": "application/json"}
    )
    other = await visitor.client.post(
        "/chat/messages", content="a=b", headers={**visitor.headers, "Content-Type": "text/plain"}
    )

    assert (refused.status_code, other.status_code) == (400, 415)


async def test_more_than_a_visitor_may_send_in_a_minute_is_refused(visitor: Visitor, environment_with: Settings) -> None:
    environment_with(MESSAGES_A_MINUTE=3)
    for number in range(3):
        assert (await visitor.says(f"question {number}")).status_code == 200

    refused = await visitor.says("one more")

    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_many_messages")
    assert int(refused.headers["Retry-After"]) > 0


async def test_more_than_an_address_may_send_in_a_minute_is_refused(visitor: Visitor, environment_with: Settings) -> None:
    environment_with(MESSAGES_A_MINUTE_FROM_ADDRESS=2)
    for number in range(2):
        await visitor.says(f"question {number}")

    refused = await visitor.says("one more")

    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_many_from_address")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.5", "203.0.113.6", False),
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
    ],
)
def test_of_an_address_what_one_visitor_is_given_is_counted(one: str, other: str, same: bool) -> None:
    assert (limits.network(one) == limits.network(other)) is same


async def test_an_ended_conversation_takes_no_message(visitor: Visitor) -> None:
    await visitor.posts("/chat/end", {})

    refused = await visitor.says("hello")

    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "conversation_closed")

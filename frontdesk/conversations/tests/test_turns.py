"""A turn: from a message's arrival to what is said to it, whoever dies or fails on the way."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from frontdesk import environment, worker
from frontdesk.chat import assistant, database
from frontdesk.chat.serving import serving
from frontdesk.clinic.models import AlertRecipient, Clinic
from frontdesk.clinic.selectors import forget_clinic
from frontdesk.conftest import Assistant, Clock, Settings, Visitor
from frontdesk.conversations import services, turns
from frontdesk.conversations.models import Alert, Conversation, Message, Understanding
from frontdesk.conversations.tests.conftest import Talk

FAILED = "I'm sorry, I can't answer just now."
ADDED = "Thank you, your message has been added for the team."


async def _works() -> int:
    """One round of the worker: how many answers it gave."""
    async with assistant.new_client() as client:
        return await worker.answer_due(client)


async def _due_at_once() -> None:
    """The pause before the next try is over."""
    await Message.objects.filter(answer="due").aupdate(try_at=timezone.now())


# Whose turn it is.


def test_while_a_turn_runs_no_other_begins(talk: Talk) -> None:
    talk.visitor_says("one")

    assert talk.visitor_says("two") is None
    assert turns.turn_claim(talk.pk) is None


def test_the_next_turn_is_the_oldest_messages(talk: Talk) -> None:
    first = talk.visitor_says("one")
    talk.visitor_says("two")
    talk.visitor_says("three")
    talk.assistant_says(first)

    turn = turns.turn_claim(talk.pk)

    assert turn is not None
    assert turn.message.text == "two"


def test_when_nothing_is_due_there_is_no_turn(talk: Talk) -> None:
    talk.assistant_says(talk.visitor_says("one"))

    assert turns.turn_claim(talk.pk) is None


def test_a_mark_that_ran_out_is_taken_over(talk: Talk, clock: Clock) -> None:
    first = talk.visitor_says("one")
    clock.passes(seconds=turns.TURN_LASTS.total_seconds() + 1)

    second = turns.turn_claim(talk.pk)

    assert first is not None
    assert second is not None
    assert (second.message.pk, second.mark != first.mark) == (first.message.pk, True)


def test_a_mark_lasts_longer_than_the_assistant_is_waited_for(talk: Talk, clock: Clock) -> None:
    talk.visitor_says("one")
    clock.passes(seconds=environment.ASSISTANT_SECONDS + 1)

    assert turns.turn_claim(talk.pk) is None


def test_the_late_answer_of_one_whose_mark_ran_out_is_not_heard(talk: Talk, clock: Clock) -> None:
    first = talk.visitor_says("one")
    clock.passes(seconds=turns.TURN_LASTS.total_seconds() + 1)
    second = turns.turn_claim(talk.pk)

    assert talk.assistant_says(first, "Late.") is None
    talk.assistant_says(second, "In time.")

    assert talk.said == [("visitor", "one"), ("bot", "In time.")]


def test_an_answer_that_comes_after_the_other_was_given_is_not_heard(talk: Talk, clock: Clock) -> None:
    first = talk.visitor_says("one")
    clock.passes(seconds=turns.TURN_LASTS.total_seconds() + 1)
    talk.assistant_says(turns.turn_claim(talk.pk), "In time.")

    assert talk.assistant_says(first, "Late.") is None
    assert Message.objects.filter(sender="bot", reply_to__isnull=False).count() == 1


def test_the_late_failure_of_one_whose_mark_ran_out_is_not_told(talk: Talk, clock: Clock) -> None:
    first = talk.visitor_says("one")
    clock.passes(seconds=turns.TURN_LASTS.total_seconds() + 1)
    turns.turn_claim(talk.pk)

    assert talk.assistant_fails(first) is False
    assert talk.said == [("visitor", "one")]


def test_a_message_whose_process_died_is_found(talk: Talk, clock: Clock) -> None:
    talk.visitor_says("one")
    assert turns.due_conversations(timezone.now()) == []

    clock.passes(seconds=turns.TURN_LASTS.total_seconds() + 1)

    assert turns.due_conversations(timezone.now()) == [talk.pk]


async def test_a_message_that_waits_behind_a_dead_process_is_answered_with_it(
    visitor: Visitor, bot: Assistant, flags: object
) -> None:
    talk = Talk(visitor.conversation_id, flags)  # type: ignore[arg-type]
    await database.write(talk.visitor_says, "of a process that died")
    await Conversation.objects.aupdate(turn_until=timezone.now() + timedelta(seconds=0.2))

    answered = await visitor.says("of one that lives")

    assert [message["text"] for message in answered.json()["messages"]] == ["Leave makeup off for a while."]
    assert [asked["text"] for asked in bot.asked] == ["of a process that died", "of one that lives"]


# The assistant fails.


def test_the_visitor_is_told_that_a_person_follows_up(talk: Talk) -> None:
    talk.assistant_fails(talk.visitor_says("can i wear makeup after"))

    (_, _), (sender, text), (_, promise) = talk.said
    assert sender == "system"
    assert text.startswith(FAILED)
    assert "call 999" in text
    assert promise.startswith("A person from the team joins")


def test_a_person_is_called_and_told(talk: Talk, clinic: Clinic) -> None:
    AlertRecipient.objects.create(clinic=clinic, channel="webhook", address="http://127.0.0.1:9/")

    talk.assistant_fails(talk.visitor_says("can i wear makeup after"))

    assert talk.now.state == "waiting"
    assert talk.calls == [("none", "assistant_failed")]
    assert Alert.objects.count() == 1


def test_it_is_kept_why_it_failed(talk: Talk) -> None:
    talk.assistant_fails(talk.visitor_says("can i wear makeup after"), "status_500")

    assert Understanding.objects.get().failure == "status_500"


def test_the_turn_is_over_and_the_message_stays_due(talk: Talk) -> None:
    talk.assistant_fails(talk.visitor_says("can i wear makeup after"))

    assert talk.now.turn == ""
    assert Message.objects.get(sender="visitor").answer == "due"


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("i cant breathe", "Call 999 now and say it may be a severe allergic reaction."),
        ("i am bleeding and it wont stop", "Call 999 now. Press firmly on the bleeding place"),
        ("i want to kill myself", ""),
    ],
)
def test_an_emergency_gets_its_advice_with_the_number(talk: Talk, text: str, begins: str) -> None:
    talk.assistant_fails(talk.visitor_says(text))

    advice = Message.objects.get(sender="bot", reply_to__isnull=False)
    assert advice.emergency
    assert advice.text.startswith(begins)
    assert "999" in advice.text
    assert talk.now.concern == "emergency"
    assert talk.calls == [("emergency", "emergency_while_assistant_failed")]


def test_the_clinics_own_number_is_told(talk: Talk, clinic: Clinic) -> None:
    clinic.emergency_number = "555 0100"
    clinic.save()
    forget_clinic()

    talk.assistant_fails(talk.visitor_says("i cant breathe"))

    assert "Call 555 0100 now" in talk.said[1][1]


def test_a_second_message_that_fails_is_added_for_the_team(talk: Talk, clock: Clock) -> None:
    talk.assistant_fails(talk.visitor_says("one"))
    clock.passes(seconds=2)
    turn = talk.visitor_says("two")

    talk.assistant_fails(turn)

    assert [text for _, text in talk.said if text in ("one", "two", ADDED) or text.startswith(FAILED)] == [
        "one",
        talk.said[1][1],
        "two",
        ADDED,
    ]


def test_what_was_written_meanwhile_fails_with_it(talk: Talk) -> None:
    turn = talk.visitor_says("one")
    talk.visitor_says("two")

    talk.assistant_fails(turn)

    assert [(m.text, m.tries) for m in Message.objects.filter(sender="visitor")] == [("one", 1), ("two", 1)]
    assert [m.text for m in Message.objects.filter(reply_to__text="two")] == [ADDED]


def test_an_emergency_that_was_written_meanwhile_gets_its_advice(talk: Talk) -> None:
    turn = talk.visitor_says("one")
    talk.visitor_says("i cant breathe")

    talk.assistant_fails(turn)

    assert Message.objects.get(reply_to__text="i cant breathe", emergency=True).text.startswith("Call 999 now")
    assert talk.now.concern == "emergency"


def test_an_emergency_after_a_failure_gets_its_advice_and_alerts(talk: Talk, clock: Clock) -> None:
    talk.assistant_fails(talk.visitor_says("one"))
    clock.passes(seconds=2)

    talk.assistant_fails(talk.visitor_says("i cant breathe"))

    assert talk.said[-1][1].startswith("Call 999 now")
    assert talk.calls[-1] == ("emergency", "emergency_while_assistant_failed")


async def test_right_after_a_failure_the_assistant_is_not_asked_again_at_once(
    visitor: Visitor, bot: Assistant, environment_with: Settings
) -> None:
    bot.status = 500
    await visitor.says("one")
    await Message.objects.filter(text="one").aupdate(try_at=timezone.now() + timedelta(minutes=1))

    answered = await visitor.says("two")

    assert answered.status_code == 200
    assert [message["text"] for message in answered.json()["messages"]] == [ADDED]
    assert [asked["text"] for asked in bot.asked] == ["one"]


async def test_an_emergency_right_after_a_failure_gets_its_advice(visitor: Visitor, bot: Assistant) -> None:
    bot.status = 500
    await visitor.says("one")
    await Message.objects.filter(text="one").aupdate(try_at=timezone.now() + timedelta(minutes=1))

    answered = await visitor.says("i cant breathe")

    assert answered.status_code == 200
    assert answered.json()["messages"][0]["emergency"] is True
    assert answered.json()["messages"][0]["text"].startswith("Call 999 now")


async def test_one_that_failed_is_told_once(visitor: Visitor, bot: Assistant) -> None:
    bot.status = 500
    await visitor.says("one")
    for _ in range(3):
        await _due_at_once()
        await _works()

    said = [message["text"] for message in (await visitor.reads()).json()["messages"]]
    assert len([text for text in said if text.startswith(FAILED)]) == 1


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"replies": [], "understanding": {}, "handoff": None, "context": {}},
        {"replies": [{"text": "x"}]},
        [],
        "x",
        None,
    ],
)
async def test_an_answer_that_is_none_is_a_failure(visitor: Visitor, bot: Assistant, answer: object) -> None:
    bot.answers["*"] = answer  # type: ignore[assignment]

    told = await visitor.says("can i wear makeup after")

    assert told.status_code == 200
    assert told.json()["messages"][0]["text"].startswith(FAILED)


@pytest.mark.parametrize(
    "broken",
    [
        {"understanding": {}},
        {"understanding": None},
        {"replies": [{"text": "no choices"}]},
        {"replies": "text"},
        {"handoff": {}},
    ],
)
async def test_an_answer_of_another_shape_is_a_failure(visitor: Visitor, bot: Assistant, broken: dict[str, object]) -> None:
    bot.answers["*"].update(broken)

    told = await visitor.says("can i wear makeup after")

    assert told.status_code == 200
    assert told.json()["messages"][0]["text"].startswith(FAILED)


async def test_an_assistant_that_is_not_there_is_waited_for_a_while_only(
    visitor: Visitor, bot: Assistant, environment_with: Settings
) -> None:
    environment_with(ASSISTANT_SECONDS=0.3)
    bot.is_there = False

    told = await visitor.says("can i wear makeup after")

    assert told.json()["messages"][0]["text"].startswith(FAILED)
    assert (await Understanding.objects.aget()).failure in ("unreachable", "timeout")  # by how the last try ended


async def test_in_an_emergency_the_advice_does_not_wait_as_long(
    visitor: Visitor, bot: Assistant, environment_with: Settings
) -> None:
    environment_with(ASSISTANT_SECONDS=60, EMERGENCY_SECONDS=0.1)
    bot.gate.clear()

    async with asyncio.timeout(10):
        told = await visitor.says("i cant breathe")

    bot.gate.set()
    assert told.json()["messages"][0]["text"].startswith("Call 999 now")


async def test_a_message_is_answered_though_its_visitors_connection_broke(visitor: Visitor, bot: Assistant) -> None:
    bot.gate.clear()
    saying = asyncio.create_task(visitor.says("can i wear makeup after"))
    await bot.hears()
    saying.cancel()
    await asyncio.wait([saying])

    bot.gate.set()
    await serving().turns.finish()

    assert (await visitor.reads()).json()["messages"][-1]["text"] == "Leave makeup off for a while."


async def test_an_assistant_that_comes_back_in_time_answers(visitor: Visitor, bot: Assistant) -> None:
    bot.is_there = False
    asyncio.get_running_loop().call_later(0.1, lambda: setattr(bot, "is_there", True))

    answered = await visitor.says("can i wear makeup after")

    assert [message["text"] for message in answered.json()["messages"]] == ["Leave makeup off for a while."]


async def test_an_assistant_that_hangs_is_waited_for_a_while_only(
    visitor: Visitor, bot: Assistant, environment_with: Settings
) -> None:
    environment_with(ASSISTANT_SECONDS=0.1)
    bot.gate.clear()

    told = await visitor.says("can i wear makeup after")

    bot.gate.set()
    assert told.json()["messages"][0]["text"].startswith(FAILED)
    assert (await Understanding.objects.aget()).failure == "timeout"


async def test_a_button_of_an_earlier_release_is_asked_as_text(visitor: Visitor, bot: Assistant) -> None:
    bot.gone.add("basics/what_it_is")
    bot.says("It is a treatment.", to="What is mesotherapy?")

    answered = await visitor.presses("basics/what_it_is")

    assert [message["text"] for message in answered.json()["messages"]] == ["It is a treatment."]


# It is answered late.


async def test_it_is_answered_when_the_assistant_is_back(visitor: Visitor, bot: Assistant) -> None:
    bot.status = 500
    await visitor.says("can i wear makeup after")
    bot.status = 200
    await _due_at_once()

    assert await _works() == 1

    last = (await visitor.reads()).json()["messages"][-1]
    assert (last["from"], last["text"]) == ("bot", "Leave makeup off for a while.")
    assert last["reply_to"] == "2"


async def test_answered_late_and_nobody_called_for_another_reason_it_is_the_bots_again(
    visitor: Visitor, bot: Assistant
) -> None:
    bot.status = 500
    await visitor.says("can i wear makeup after")
    bot.status = 200
    await _due_at_once()
    await _works()

    assert (await visitor.conversation()).state == "bot"


async def test_what_was_understood_late_is_kept_beside_why_it_failed(visitor: Visitor, bot: Assistant) -> None:
    bot.status = 500
    await visitor.says("can i wear makeup after")
    bot.status = 200
    await _due_at_once()
    await _works()

    kept = await Understanding.objects.aget()
    assert (kept.intent, kept.failure) == ("aftercare/makeup", "status_500")


async def test_two_that_failed_are_answered_late_in_order(visitor: Visitor, bot: Assistant) -> None:
    bot.status = 500
    await visitor.says("one")
    await _due_at_once()
    await visitor.says("two")
    bot.status = 200
    bot.asked.clear()
    while await Message.objects.filter(answer="due").aexists():
        await _due_at_once()
        await _works()

    assert [asked["text"] for asked in bot.asked] == ["one", "two"]


async def test_where_a_person_was_called_for_another_reason_they_are_still_waited_for(visitor: Visitor, bot: Assistant) -> None:
    bot.status = 500
    await visitor.says("i cant breathe")
    bot.status = 200
    await _due_at_once()
    await _works()

    assert (await visitor.conversation()).state == "waiting"


async def test_one_who_left_contact_details_meanwhile_is_still_waited_for(visitor: Visitor, bot: Assistant) -> None:
    bot.calls_person("Of course.")
    await visitor.says("a person please")
    bot.status = 500
    await visitor.says("can i wear makeup after")
    bot.status = 200
    bot.says("Leave it off.")
    await _due_at_once()
    await _works()

    assert (await visitor.conversation()).state == "waiting"


async def test_one_who_asked_for_a_person_while_the_assistant_was_down_is_still_waited_for(
    visitor: Visitor, bot: Assistant
) -> None:
    bot.status = 500
    await visitor.says("a person please")
    await _due_at_once()
    await visitor.says("can i wear makeup after")
    bot.status = 200
    bot.calls_person("Of course.", to="a person please")
    while await Message.objects.filter(answer="due").aexists():
        await _due_at_once()
        await _works()

    assert (await visitor.conversation()).state == "waiting"


async def test_what_staff_took_over_is_not_answered_late(visitor: Visitor, bot: Assistant, alice: User) -> None:
    bot.status = 500
    await visitor.says("can i wear makeup after")
    await database.write(services.conversation_take, visitor.conversation_id, alice)
    await database.write(services.conversation_give_back, visitor.conversation_id, alice)
    bot.status = 200
    bot.asked.clear()
    await _due_at_once()

    assert await _works() == 0
    assert bot.asked == []


async def test_what_was_ended_is_not_answered_late(visitor: Visitor, bot: Assistant) -> None:
    bot.status = 500
    await visitor.says("can i wear makeup after")
    await visitor.posts("/chat/end", {})
    bot.status = 200
    await _due_at_once()

    assert await _works() == 0


async def test_the_assistant_is_not_asked_again_before_its_pause_is_over(visitor: Visitor, bot: Assistant) -> None:
    bot.status = 500
    await visitor.says("can i wear makeup after")
    await Message.objects.filter(answer="due").aupdate(try_at=timezone.now() + timedelta(seconds=5))
    bot.asked.clear()

    await _works()

    assert bot.asked == []


def test_the_pauses_grow_to_eight_seconds(talk: Talk, clock: Clock) -> None:
    turn, pauses = talk.visitor_says("one"), []
    for _ in range(6):
        talk.assistant_fails(turn)
        message = Message.objects.get(sender="visitor")
        assert message.try_at is not None
        pauses.append(round((message.try_at - timezone.now()).total_seconds()))
        clock.passes(seconds=9)
        turn = turns.turn_claim(talk.pk)

    assert pauses == [1, 2, 4, 8, 8, 8]


def test_an_assistant_that_is_down_for_long_is_still_asked_every_eight_seconds(talk: Talk) -> None:
    turn = talk.visitor_says("one")
    Message.objects.filter(sender="visitor").update(tries=100)
    before = timezone.now()

    talk.assistant_fails(turn)

    message = Message.objects.get(sender="visitor")
    assert message.try_at is not None
    assert message.try_at - before < timedelta(seconds=9)


async def test_a_conversation_that_cannot_be_answered_does_not_keep_others_waiting(visitor: Visitor, bot: Assistant) -> None:
    other = await Visitor(visitor.client).begins()
    bot.status = 500
    await visitor.says("one")
    await other.says("two")
    bot.status = 200
    bot.answers["one"] = {}
    await _due_at_once()

    assert await _works() == 1
    assert (await other.reads()).json()["messages"][-1]["text"] == "Leave makeup off for a while."


# What may be sent.


def test_a_minute_later_more_may_be_sent(talk: Talk, clock: Clock, environment_with: Settings) -> None:
    environment_with(MESSAGES_A_MINUTE=2)
    for number in range(2):
        talk.assistant_says(talk.visitor_says(f"question {number}"))
    with pytest.raises(turns.TooManyMessages):
        talk.visitor_says("too many")

    clock.passes(seconds=61)

    assert talk.visitor_says("later") is not None


def test_what_was_said_to_the_visitor_does_not_count(talk: Talk, environment_with: Settings) -> None:
    environment_with(MESSAGES_A_MINUTE=3)
    for number in range(3):
        talk.assistant_says(talk.visitor_says(f"question {number}"))

    with pytest.raises(turns.TooManyMessages):
        talk.visitor_says("too many")

    assert Message.objects.filter(sender="visitor").count() == 3


def test_the_same_message_again_does_not_count(talk: Talk, environment_with: Settings) -> None:
    environment_with(MESSAGES_A_MINUTE=1)
    talk.assistant_says(talk.visitor_says("one"))
    known = Message.objects.get(sender="visitor")
    assert known.client_id is not None

    again, _ = turns.message_accept(talk.pk, turns.Incoming(known.client_id, "one", "", talk.flags.check("one")))

    assert again == known.pk

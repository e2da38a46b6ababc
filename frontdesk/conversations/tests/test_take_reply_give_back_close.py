"""A member of staff has a conversation: Alice takes it, Bob cannot, and the assistant is silent."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from frontdesk.chat import database
from frontdesk.clinic.models import AlertRecipient, Clinic
from frontdesk.conftest import Assistant, Visitor
from frontdesk.conversations import services
from frontdesk.conversations.models import Alert, Conversation, Message, StateChange
from frontdesk.conversations.services import ConversationClosed, NotYours
from frontdesk.conversations.tests.conftest import Talk

By = StateChange.By


def test_who_takes_a_conversation_is_announced_by_name_and_role(talk: Talk, alice: User) -> None:
    talk.waits()

    services.conversation_take(talk.pk, alice)

    assert (talk.now.state, talk.now.staff) == ("staff", alice)
    assert talk.said[-1] == ("system", "Alice (nurse) has joined the chat.")


def test_it_can_be_taken_from_the_bot(talk: Talk, alice: User) -> None:
    services.conversation_take(talk.pk, alice)

    assert talk.now.state == "staff"


def test_two_people_cannot_take_one(talk: Talk, alice: User, bob: User) -> None:
    services.conversation_take(talk.pk, alice)

    with pytest.raises(NotYours):
        services.conversation_take(talk.pk, bob)

    assert talk.now.staff == alice


def test_of_two_people_who_take_one_at_once_one_has_it(talk: Talk, alice: User, bob: User) -> None:
    together, refused = threading.Barrier(2), []

    def take(user: User) -> None:
        together.wait()
        try:
            services.conversation_take(talk.pk, user)
        except NotYours:
            refused.append(user)
        connection.close()

    threads = [threading.Thread(target=take, args=(user,)) for user in (alice, bob)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert talk.now.staff not in refused
    assert StateChange.objects.count() == 1


def test_taking_what_one_has_changes_nothing(talk: Talk, alice: User) -> None:
    services.conversation_take(talk.pk, alice)
    before = talk.now.last_position

    services.conversation_take(talk.pk, alice)

    assert talk.now.last_position == before


def test_one_whose_colleague_is_gone_can_be_taken(talk: Talk, alice: User, bob: User) -> None:
    services.conversation_take(talk.pk, alice)
    alice.delete()

    services.conversation_take(talk.pk, bob)

    assert talk.now.staff == bob


def test_a_reply_is_said_in_ones_own_name(talk: Talk, alice: User) -> None:
    services.conversation_take(talk.pk, alice)

    services.conversation_reply(talk.pk, alice, "Good morning.")

    said = Message.objects.last()
    assert said is not None
    assert (said.sender, said.text, said.author_name, said.author_role) == ("staff", "Good morning.", "Alice", "nurse")


@pytest.mark.parametrize(
    "act",
    [
        lambda pk, who: services.conversation_reply(pk, who, "mine now"),
        lambda pk, who: services.conversation_give_back(pk, who),
    ],
)
@pytest.mark.parametrize("is_taken", [True, False])
def test_who_does_not_have_it_can_neither_reply_nor_give_it_back(
    talk: Talk, alice: User, bob: User, act: Any, is_taken: bool
) -> None:
    if is_taken:
        services.conversation_take(talk.pk, alice)
    before = talk.now.last_position

    with pytest.raises(NotYours):
        act(talk.pk, bob)

    assert talk.now.last_position == before


def test_given_back_it_is_the_bots_again(talk: Talk, alice: User) -> None:
    services.conversation_take(talk.pk, alice)

    services.conversation_give_back(talk.pk, alice)

    assert (talk.now.state, talk.now.staff) == ("bot", None)
    assert talk.said[-1][1].startswith("You're back with the assistant.")


def test_after_it_was_given_back_the_assistant_answers(talk: Talk, alice: User) -> None:
    services.conversation_take(talk.pk, alice)
    talk.visitor_says("to you")
    services.conversation_give_back(talk.pk, alice)

    turn = talk.visitor_says("to the bot")

    assert turn is not None
    assert turn.message.text == "to the bot"


def test_closed_by_staff_it_says_so(talk: Talk, alice: User) -> None:
    services.conversation_take(talk.pk, alice)

    services.conversation_close(talk.pk, By.STAFF, "closed", alice)

    assert talk.now.state == "closed"
    assert talk.said[-1] == ("system", "This chat has ended. Start a new one whenever you need to.")
    assert talk.moves[-1] == ("staff", "closed", "staff", "closed")


def test_a_closed_conversation_takes_no_message(talk: Talk) -> None:
    services.conversation_close(talk.pk, By.VISITOR, "ended")

    with pytest.raises(ConversationClosed):
        talk.visitor_says("hello")


async def test_while_staff_have_it_the_assistant_is_not_called(visitor: Visitor, bot: Assistant, alice: User) -> None:
    await database.write(services.conversation_take, visitor.conversation_id, alice)

    answered = await visitor.says("can i wear makeup after")

    assert (answered.status_code, answered.json()["messages"]) == (200, [])
    assert bot.asked == []
    assert answered.json()["conversation"]["staff"] == {"name": "Alice", "role": "nurse"}


async def test_while_staff_have_it_the_visitors_message_is_recorded(visitor: Visitor, alice: User) -> None:
    await database.write(services.conversation_take, visitor.conversation_id, alice)

    await visitor.says("can i wear makeup after")

    kept = await Message.objects.aget(sender="visitor")
    assert (kept.text, kept.answer) == ("can i wear makeup after", "staff")


async def test_what_the_assistant_says_to_a_message_that_staff_took_over_is_not_heard(
    visitor: Visitor, bot: Assistant, alice: User
) -> None:
    bot.gate.clear()
    saying = asyncio.create_task(visitor.says("can i wear makeup after"))
    await bot.hears()
    await database.write(services.conversation_take, visitor.conversation_id, alice)

    bot.gate.set()
    answered = await saying

    assert (answered.status_code, answered.json()["messages"]) == (200, [])
    assert "Leave makeup off" not in (await visitor.reads()).content.decode()


async def test_an_emergency_gets_its_advice_from_the_front_desk_while_staff_have_it(visitor: Visitor, alice: User) -> None:
    await database.write(services.conversation_take, visitor.conversation_id, alice)

    answered = await visitor.says("i cant breathe")

    assert [(m["from"], m["emergency"]) for m in answered.json()["messages"]] == [("system", True)]
    assert answered.json()["messages"][0]["text"].startswith("Call 999 now")


@pytest.mark.parametrize(("text", "level"), [("i cant breathe", "emergency"), ("the bleeding won't stop", "emergency")])
def test_emergency_words_while_staff_have_it_raise_the_concern_and_alert(
    talk: Talk, clinic: Clinic, alice: User, text: str, level: str
) -> None:
    AlertRecipient.objects.create(clinic=clinic, channel="webhook", address="http://127.0.0.1:9/")
    services.conversation_take(talk.pk, alice)

    talk.visitor_says(text)

    assert (talk.now.state, talk.now.concern, talk.now.staff) == ("staff", level, alice)
    assert talk.calls == [(level, "concern_while_staff")]
    assert Alert.objects.count() == 1


def test_the_same_again_while_staff_have_it_alerts_no_more(talk: Talk, clinic: Clinic, alice: User) -> None:
    AlertRecipient.objects.create(clinic=clinic, channel="webhook", address="http://127.0.0.1:9/")
    services.conversation_take(talk.pk, alice)

    talk.visitor_says("i cant breathe")
    talk.visitor_says("i really cant breathe")

    assert Alert.objects.count() == 1


def test_ordinary_words_while_staff_have_it_alert_nobody(talk: Talk, alice: User) -> None:
    services.conversation_take(talk.pk, alice)

    talk.visitor_says("can i wear makeup after")

    assert talk.calls == []
    assert Conversation.objects.get().concern == "none"


def test_taking_it_opens_its_hand_offs(talk: Talk, alice: User) -> None:
    talk.waits()

    services.conversation_take(talk.pk, alice)

    handoff = talk.now.handoffs.get()
    assert handoff.opened_by == alice
    assert handoff.opened_at is not None


@pytest.mark.parametrize("has_profile", [True, False])
def test_one_without_a_profile_has_at_least_a_name(talk: Talk, alice: User, has_profile: bool) -> None:
    if not has_profile:
        alice.profile.delete()
        alice = User.objects.get(pk=alice.pk)

    services.conversation_take(talk.pk, alice)

    assert talk.said[-1][1] == ("Alice (nurse)" if has_profile else "alice") + " has joined the chat."

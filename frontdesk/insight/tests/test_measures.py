"""What is counted: each measure, of conversations made through the services."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from frontdesk.conftest import Clock
from frontdesk.conversations import services, turns
from frontdesk.conversations.models import Conversation, StateChange
from frontdesk.insight.tests.conftest import Counted, calls, incoming, number, numbers, thumb
from frontdesk.review.tests.conftest import Chats, turn

New = Callable[[], Conversation]
BECAME = ("answered", "asked_back", "not_understood", "handed_over", "to_staff", "open")


def _became() -> dict[str, int]:
    return {key: number("became", key) for key in BECAME if number("became", key)}


def _fails(conversation: Conversation, text: str = "hello?") -> None:
    """The assistant does not answer."""
    _, begun = turns.message_accept(conversation.pk, incoming(text))
    assert begun is not None
    turns.turn_fail(begun, "no_answer")


def test_conversations_and_their_levels(chats: Chats, counted: Counted) -> None:
    for level in ("none", "none", "urgent", "emergency"):
        chats("can i wear makeup", concern=level)

    counted()

    assert number("conversations") == 4
    assert numbers("level") == {"none": 2, "urgent": 1, "emergency": 1}


def test_a_message_is_answered(chats: Chats, counted: Counted) -> None:
    chats("can i wear makeup")

    counted()

    assert _became() == {"answered": 1}


def test_a_message_is_asked_back(chats: Chats, counted: Counted) -> None:
    chats("makeup?", answers=["system/which"])

    counted()

    assert _became() == {"asked_back": 1}
    assert number("question_in", "system/which") == 1


@pytest.mark.parametrize("answer", ["system/not_understood", "system/offer_person", "fallback/out_of_scope"])
def test_a_message_is_not_understood(chats: Chats, counted: Counted, answer: str) -> None:
    chats("blub", "bla", answers=[answer])

    counted()

    assert _became() == {"not_understood": 2}
    assert number("not_understood_in") == 1


def test_a_message_is_handed_over(new: New, counted: Counted) -> None:
    calls(new(), "a person please")

    counted()

    assert _became() == {"handed_over": 1}


def test_what_the_assistant_does_not_answer_is_not_understood_as_in_the_list(new: New, counted: Counted) -> None:
    _fails(new())

    counted()

    assert _became() == {"not_understood": 1}
    assert number("not_understood_in") == 1


def test_a_message_that_the_assistant_has_still_to_answer_is_open(new: New, counted: Counted) -> None:
    turns.message_accept(new().pk, incoming("hello?"))

    counted()

    assert _became() == {"open": 1}


def test_a_message_to_a_person_is_no_message_to_the_assistant(chats: Chats, counted: Counted, alice: User) -> None:
    conversation = chats("can i wear makeup")
    services.conversation_take(conversation.pk, alice)
    turns.message_accept(conversation.pk, incoming("thank you"))

    counted()

    assert _became() == {"answered": 1, "to_staff": 1}


def test_each_message_is_counted_once(new: New, chats: Chats, counted: Counted, alice: User) -> None:
    chats("one", "two")
    chats("blub", answers=["system/not_understood"])
    chats("hm?", answers=["system/which"])
    failing, waiting = new(), new()
    _fails(failing)
    calls(waiting, "a person please")
    services.conversation_take(waiting.pk, alice)
    turns.message_accept(waiting.pk, incoming("are you there"))

    counted()

    assert sum(_became().values()) == sum(numbers("hour").values()) == 7


def test_questions_and_topics_by_messages_and_by_conversations(chats: Chats, counted: Counted) -> None:
    chats("makeup?", "really?", key="aftercare/makeup")
    chats("water?", key="aftercare/water")
    chats("price?", key="cost/price")

    counted()

    assert numbers("topic") == {"aftercare": 3, "cost": 1}
    assert numbers("topic_in") == {"aftercare": 2, "cost": 1}
    assert numbers("question") == {"aftercare/makeup": 2, "aftercare/water": 1, "cost/price": 1}
    assert numbers("question_in") == {"aftercare/makeup": 1, "aftercare/water": 1, "cost/price": 1}


def test_a_message_that_asks_two_things_counts_for_both(chats: Chats, counted: Counted) -> None:
    chats("makeup, and what does it cost?", key="aftercare/makeup", answers=["aftercare/makeup", "cost/price"])

    counted()

    assert numbers("question") == {"aftercare/makeup": 1, "cost/price": 1}
    assert numbers("topic") == {"aftercare": 1, "cost": 1}


def test_what_was_only_guessed_at_is_no_question(chats: Chats, counted: Counted) -> None:
    chats("blub", key="cost/price", answers=["system/not_understood"])

    counted()

    assert numbers("question") == {}
    assert numbers("topic") == numbers("topic_in") == {}


def test_thumbs_count_for_the_answer(chats: Chats, counted: Counted) -> None:
    for helpful in (True, False, False):
        thumb(chats("can i wear makeup"), helpful=helpful)
    thumb(chats("price?", key="cost/price"), helpful=True)

    counted()

    assert numbers("helpful") == {"aftercare/makeup": 1, "cost/price": 1}
    assert numbers("unhelpful") == {"aftercare/makeup": 2}
    assert numbers("unhelpful_in") == {"aftercare/makeup": 2}


def test_a_thumb_that_is_taken_back_does_not_count(chats: Chats, counted: Counted) -> None:
    conversation = chats("can i wear makeup")
    thumb(conversation, helpful=False)
    counted()
    answer = conversation.messages.filter(sender="bot").last()
    assert answer is not None

    services.feedback_set(conversation.pk, answer.position, None)
    counted()

    assert numbers("unhelpful") == numbers("unhelpful_in") == {}


def test_the_wait_is_from_the_call_to_the_first_word_of_a_person(new: New, counted: Counted, alice: User, noon: Clock) -> None:
    conversation = new()
    calls(conversation, "a person please")
    noon.passes(seconds=90)
    services.conversation_take(conversation.pk, alice)
    noon.passes(seconds=30)
    services.conversation_reply(conversation.pk, alice, "Hello.")
    noon.passes(seconds=600)
    services.conversation_reply(conversation.pk, alice, "Are you there?")

    counted()

    assert numbers("wait") == {"120": 1}
    assert (number("call"), number("no_reply")) == (1, 0)


def test_a_conversation_that_somebody_takes_unasked_is_no_call(chats: Chats, counted: Counted, alice: User) -> None:
    conversation = chats("can i wear makeup")
    services.conversation_take(conversation.pk, alice)
    services.conversation_reply(conversation.pk, alice, "Hello.")

    counted()

    assert number("call") == 0
    assert numbers("wait") == {}


@pytest.mark.parametrize("ends", ["closed", "given back"])
def test_a_call_that_ends_without_a_word_has_no_reply(new: New, counted: Counted, alice: User, ends: str) -> None:
    conversation = new()
    calls(conversation, "a person please")
    services.conversation_take(conversation.pk, alice)
    if ends == "closed":
        services.conversation_close(conversation.pk, StateChange.By.STAFF, "closed", alice)
    else:
        services.conversation_give_back(conversation.pk, alice)

    counted()

    assert (number("call"), number("no_reply")) == (1, 1)
    assert numbers("wait") == {}


def test_a_call_that_nobody_has_replied_to_yet_is_open(new: New, counted: Counted) -> None:
    calls(new(), "a person please")

    counted()

    assert (number("call"), number("no_reply")) == (1, 0)
    assert numbers("wait") == {}


def test_who_waits_for_another_colleague_has_waited_all_the_time(
    new: New, counted: Counted, alice: User, bob: User, noon: Clock
) -> None:
    conversation = new()
    calls(conversation, "a person please")
    services.conversation_take(conversation.pk, alice)
    noon.passes(seconds=60)
    services.conversations_put_back(alice)
    noon.passes(seconds=60)
    services.conversation_take(conversation.pk, bob)
    services.conversation_reply(conversation.pk, bob, "Hello.")

    counted()

    assert number("call") == 1
    assert numbers("wait") == {"120": 1}


def test_each_call_of_a_conversation_has_its_wait(new: New, counted: Counted, alice: User, noon: Clock) -> None:
    conversation = new()
    for seconds in (10, 20):
        calls(conversation, "a person please")
        services.conversation_take(conversation.pk, alice)
        noon.passes(seconds=seconds)
        services.conversation_reply(conversation.pk, alice, "Hello.")
        services.conversation_give_back(conversation.pk, alice)

    counted()

    assert number("call") == 2
    assert numbers("wait") == {"10": 1, "20": 1}


def test_tags_are_no_questions(chats: Chats, counted: Counted, alice: User) -> None:
    from frontdesk.review.services import tag_add

    tag_add([chats("can i wear makeup").pk], alice, "Refund")

    counted()

    assert numbers("topic_in") == {"aftercare": 1}


def test_a_conversation_without_a_question_counts(new: New, counted: Counted) -> None:
    new()

    counted()

    assert number("conversations") == 1
    assert numbers("hour") == {}


def test_a_second_message_does_not_count_the_first_again(chats: Chats, counted: Counted) -> None:
    conversation = chats("can i wear makeup")
    counted()

    turn(conversation, "and water?", "aftercare/water")
    counted()

    assert number("conversations") == 1
    assert _became() == {"answered": 2}

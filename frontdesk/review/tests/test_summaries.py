"""The summaries by which conversations are found: what they say, and that the worker brings them up to date."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from frontdesk import worker
from frontdesk.conftest import Clock
from frontdesk.conversations import services
from frontdesk.conversations.models import Conversation, Message, StateChange
from frontdesk.review import search, summaries
from frontdesk.review.models import Purge, Summary, SummaryKey
from frontdesk.review.services import reviewed_set
from frontdesk.review.tests.conftest import Chats, summary, turn


def _keys(conversation: Conversation) -> set[str]:
    return set(SummaryKey.objects.filter(summary__conversation=conversation).values_list("key", flat=True))


def _thumb(conversation: Conversation, helpful: bool | None) -> None:
    answer = conversation.messages.filter(sender=Message.Sender.BOT).last()
    assert answer is not None
    services.feedback_set(conversation.pk, answer.position, helpful)


async def test_the_worker_writes_the_summary_of_a_new_conversation(conversation: Conversation, clock: Clock) -> None:
    clock.passes(seconds=2)

    await worker.sum_up()

    assert await Summary.objects.filter(conversation=conversation).aexists()


async def test_a_conversation_that_has_just_changed_waits_a_moment(conversation: Conversation) -> None:
    assert await worker.sum_up() == 0


async def test_a_summary_that_is_written_is_not_written_again(conversation: Conversation, clock: Clock) -> None:
    clock.passes(seconds=2)
    await worker.sum_up()

    assert await worker.sum_up() == 0


def test_a_message_makes_the_summary_due(chats: Chats) -> None:
    conversation = chats("can i wear makeup")

    turn(conversation, "and exercise?")

    assert Conversation.objects.get().summary_due


@pytest.mark.parametrize("helpful", [True, None])
def test_a_thumb_makes_the_summary_due(chats: Chats, helpful: bool | None) -> None:
    conversation = chats("can i wear makeup")

    _thumb(conversation, helpful)

    assert Conversation.objects.get().summary_due


def test_topics_and_questions_are_its_keys(chats: Chats) -> None:
    conversation = chats("can i wear makeup")

    assert _keys(conversation) == {"aftercare", "aftercare/makeup"}


def test_what_was_only_guessed_at_is_no_topic(chats: Chats) -> None:
    conversation = chats("blub", key="cost/price", answers=["system/not_understood"])

    assert _keys(conversation) == {"system/not_understood"}
    assert summary(conversation).not_understood


def test_the_lowest_confidence_counts(chats: Chats) -> None:
    conversation = chats("can i wear makeup")
    turn(conversation, "hm?", confidence=0.31)

    summaries.summaries_write([conversation.pk])

    assert summary(conversation).lowest_confidence == 31


def test_the_excerpt_is_the_first_question_without_personal_details(chats: Chats) -> None:
    conversation = chats("can i wear makeup? mail me at jo.bloggs@example.org", "thanks")

    assert summary(conversation).excerpt.startswith("can i wear makeup?")
    assert "jo.bloggs" not in summary(conversation).excerpt


@pytest.mark.parametrize(("helpful", "up", "down"), [(True, True, False), (False, False, True), (None, False, False)])
def test_thumbs_are_counted_and_taken_back(chats: Chats, helpful: bool | None, up: bool, down: bool) -> None:
    conversation = chats("can i wear makeup")
    _thumb(conversation, True)
    _thumb(conversation, helpful)

    summaries.summaries_write([conversation.pk])

    assert (summary(conversation).helpful, summary(conversation).unhelpful) == (up, down)


def test_who_had_it_is_known_after_its_end(chats: Chats, alice: User) -> None:
    conversation = chats("can i wear makeup")
    services.conversation_take(conversation.pk, alice)
    services.conversation_close(conversation.pk, StateChange.By.STAFF, "closed", alice, outcome="answered")

    summaries.summaries_write([conversation.pk])

    assert (summary(conversation).staff, summary(conversation).outcome) == (alice, "answered")


def test_what_is_said_after_a_review_is_not_reviewed(chats: Chats, alice: User) -> None:
    conversation = chats("can i wear makeup")
    reviewed_set([conversation.pk], alice, reviewed=True)
    turn(conversation, "and exercise?")

    summaries.summaries_write([conversation.pk])

    assert not summary(conversation).reviewed


def test_that_it_was_closed_is_nothing_to_review_again(chats: Chats, alice: User) -> None:
    conversation = chats("can i wear makeup")
    reviewed_set([conversation.pk], alice, reviewed=True)
    services.conversation_close(conversation.pk, StateChange.By.SYSTEM, "idle")

    summaries.summaries_write([conversation.pk])

    assert summary(conversation).reviewed


def test_a_conversation_that_was_deleted_meanwhile_is_passed_over(chats: Chats) -> None:
    conversation = chats("can i wear makeup")
    services.conversation_delete(conversation.pk)

    assert summaries.summaries_write([conversation.pk]) == 0


def test_a_deleted_conversation_is_found_no_more(chats: Chats) -> None:
    conversation = chats("zebedee")

    services.conversation_delete(conversation.pk)

    assert search.newest("zebedee", 10) == []
    assert not SummaryKey.objects.exists()


async def test_the_worker_takes_deleted_words_out_of_the_index(conversation: Conversation) -> None:
    await Purge.objects.acreate()

    await worker.sum_up()

    assert not await Purge.objects.aexists()

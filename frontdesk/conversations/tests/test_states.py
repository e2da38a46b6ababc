"""The moves of a conversation: which there are, and that each is recorded with who and why."""

from __future__ import annotations

import itertools

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from frontdesk.conversations import services
from frontdesk.conversations.models import Conversation, StateChange
from frontdesk.conversations.services import ConversationClosed, NotYours, move
from frontdesk.conversations.tests.conftest import Talk

State, By = Conversation.State, StateChange.By
ALLOWED = {
    ("bot", "waiting"), ("bot", "staff"), ("bot", "closed"),
    ("waiting", "staff"), ("waiting", "bot"), ("waiting", "closed"),
    ("staff", "bot"), ("staff", "waiting"), ("staff", "closed"),
}  # fmt: skip
SAME = {(state, state) for state in ("bot", "waiting", "staff")}  # its concern rose
ALL = set(itertools.product(State.values, repeat=2))


@pytest.mark.parametrize(("before", "after"), sorted(ALLOWED | SAME))
def test_a_move_is_recorded_with_who_and_why(conversation: Conversation, alice: User, before: str, after: str) -> None:
    conversation.state = before

    move(conversation, after, By.STAFF, "because", timezone.now(), alice)

    moved = StateChange.objects.get(conversation=conversation)
    assert (moved.before, moved.after, moved.by, moved.user, moved.why) == (before, after, "staff", alice, "because")
    assert moved.position == conversation.last_position
    assert conversation.state == after


@pytest.mark.parametrize("after", State.values)
def test_closed_is_final(conversation: Conversation, after: str) -> None:
    conversation.state = State.CLOSED

    with pytest.raises(ConversationClosed):
        move(conversation, after, By.SYSTEM, "because", timezone.now())

    assert not StateChange.objects.exists()


def test_every_move_is_either_allowed_or_refused() -> None:
    refused = {(before, after) for before, after in ALL if before == "closed"}

    assert ALLOWED | SAME | refused == ALL
    assert {(before, after) for before, moves in services.MOVES.items() for after in moves} == ALLOWED


def test_a_waiting_conversation_knows_since_when(talk: Talk) -> None:
    before = timezone.now()

    talk.waits()

    since = talk.now.waiting_since
    assert since is not None
    assert since >= before


def test_one_that_no_longer_waits_knows_no_time(talk: Talk, alice: User) -> None:
    talk.waits()

    services.conversation_take(talk.pk, alice)

    assert talk.now.waiting_since is None


def test_a_whole_way_is_recorded_in_order(talk: Talk, alice: User) -> None:
    talk.waits()
    services.conversation_take(talk.pk, alice)
    services.conversation_give_back(talk.pk, alice)
    services.conversation_close(talk.pk, By.VISITOR, "ended")

    assert talk.moves == [
        ("bot", "waiting", "bot", "asked"),
        ("waiting", "staff", "staff", "taken"),
        ("staff", "bot", "staff", "given_back"),
        ("bot", "closed", "visitor", "ended"),
    ]


def test_messages_and_moves_share_one_numbering_without_gaps(talk: Talk, alice: User) -> None:
    talk.waits()
    services.conversation_take(talk.pk, alice)
    services.conversation_reply(talk.pk, alice, "Good morning.")
    services.conversation_close(talk.pk, By.STAFF, "closed", alice)

    positions = [
        *Conversation.objects.values_list("messages__position", flat=True),
        *Conversation.objects.values_list("changes__position", flat=True),
    ]
    assert sorted(positions) == list(range(1, talk.now.last_position + 1))


@pytest.mark.parametrize("act", [services.conversation_take, services.conversation_give_back])
def test_staff_move_nothing_that_is_closed(talk: Talk, alice: User, act: object) -> None:
    services.conversation_close(talk.pk, By.VISITOR, "ended")

    with pytest.raises((ConversationClosed, NotYours)):
        act(talk.pk, alice)  # type: ignore[operator]

    assert talk.now.state == "closed"


@pytest.mark.parametrize(
    "act",
    [
        lambda pk, who: services.conversation_take(pk, who),
        lambda pk, who: services.conversation_reply(pk, who, "x"),
        lambda pk, who: services.conversation_give_back(pk, who),
        lambda pk, who: services.conversation_close(pk, By.STAFF, "closed", who),
        lambda pk, who: services.waiting_told(pk),
    ],
)
def test_nothing_moves_what_is_deleted(talk: Talk, alice: User, act: object) -> None:
    services.conversation_delete(talk.pk)

    with pytest.raises(services.ConversationDeleted):
        act(talk.pk, alice)  # type: ignore[operator]

    assert not Conversation.objects.exists()

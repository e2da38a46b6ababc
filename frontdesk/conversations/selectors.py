"""Reads the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Case, F, IntegerField, Prefetch, QuerySet, Value, When

from frontdesk.conversations.models import Conversation, HandOff, Message, Note, StateChange
from frontdesk.conversations.services import ConversationDeleted
from frontdesk.people.selectors import name_of, role_of


@dataclass(frozen=True)
class Event:
    """What happened at a position of a conversation.

    Attributes:
        kind: `message` or `state`.
        position: Where.
        data: In the shape in which visitors read it.
    """

    kind: str
    position: int
    data: dict[str, Any]


def conversation_of(conversation_id: str) -> Conversation:
    """The conversation, with who has it.

    Raises:
        ConversationDeleted: If it is gone.
    """
    try:
        return Conversation.objects.select_related("staff__profile").get(pk=conversation_id)
    except Conversation.DoesNotExist as error:
        raise ConversationDeleted from error


def messages_of(conversation_id: str, after: int = 0) -> list[Message]:
    """What was said after a position, in order."""
    return list(_messages().filter(conversation_id=conversation_id, position__gt=after))


def replies_to(message_id: int) -> list[Message]:
    """What was said to a visitor's message, in order."""
    return list(_messages().filter(reply_to_id=message_id))


def message_of(message_id: int) -> Message:
    """One message."""
    return _messages().get(pk=message_id)


def events_after(conversation_id: str, after: int) -> list[Event]:
    """What happened after a position, in order.

    Raises:
        ConversationDeleted: If the conversation is gone.
    """
    # The row first: what comes after it was read is another call's.
    conversation = conversation_of(conversation_id)
    if conversation.last_position <= after:
        return []
    messages = [
        Event("message", message.position, message_as_json(message))
        for message in messages_of(conversation_id, after)
        if message.position <= conversation.last_position
    ]
    moves = StateChange.objects.filter(
        conversation_id=conversation_id, position__gt=after, position__lte=conversation.last_position
    ).select_related("user__profile")
    states = [Event("state", change.position, _state_at(conversation, change)) for change in moves]
    return sorted(messages + states, key=lambda event: event.position)


def conversation_as_json(conversation: Conversation) -> dict[str, Any]:
    """A conversation as visitors read it."""
    person = None
    if conversation.state == Conversation.State.STAFF and conversation.staff:
        person = _person(conversation.staff)
    return {"id": conversation.pk, "state": conversation.state, "concern": conversation.concern, "staff": person}


def message_as_json(message: Message) -> dict[str, Any]:
    """A message as visitors read it."""
    seen: dict[str, Any] = {
        "id": str(message.position),
        "from": message.sender,
        "text": message.text,
        "choices": message.choices,
        "answers": message.answers,
        "sent_at": message.sent_at.isoformat(),
    }
    if message.client_id:
        seen["client_id"] = str(message.client_id)
    if message.reply_to:
        seen["reply_to"] = str(message.reply_to.position)
    if message.form:
        seen["form"] = message.form
    if message.author_name:
        seen["author"] = {"name": message.author_name, "role": message.author_role}
    if message.emergency:
        seen["emergency"] = True
    feedback = message._state.fields_cache.get("feedback")  # joined by `_messages`; what was just said has none
    if feedback:
        seen["helpful"] = feedback.helpful
    return seen


def waiting_too_long(now: datetime, patience: timedelta) -> list[str]:
    """Conversations whose visitor has waited longer than `patience` and has not been told."""
    waiting = Conversation.objects.filter(
        state=Conversation.State.WAITING, waiting_since__lte=now - patience, told_to_wait_at=None
    )
    return list(waiting.values_list("pk", flat=True)[:100])


def idle(now: datetime, after: timedelta) -> list[str]:
    """Conversations with the bot in which nothing was said for so long."""
    left = Conversation.objects.filter(state=Conversation.State.BOT, last_activity_at__lte=now - after)
    return list(left.values_list("pk", flat=True)[:100])


def kept_long_enough(now: datetime, kept: timedelta) -> list[str]:
    """Conversations in which nothing has happened for longer than they are kept, as visitors were told."""
    return list(Conversation.objects.filter(last_activity_at__lte=now - kept).values_list("pk", flat=True)[:100])


def inbox() -> QuerySet[Conversation]:
    """Who needs a person or has one; the most serious first, then who has waited longest."""
    rank = Case(
        *[When(concern=level, then=Value(place)) for place, level in enumerate(reversed(Conversation.Concern.values))],
        output_field=IntegerField(),
    )
    return (
        Conversation.objects.filter(state__in=(Conversation.State.WAITING, Conversation.State.STAFF))
        .select_related("staff__profile")
        .prefetch_related(Prefetch("handoffs", HandOff.objects.order_by("-at"), to_attr="calls"))
        .annotate(rank=rank)
        .order_by("-state", "rank", F("waiting_since").asc(nulls_last=True), "last_activity_at")
    )


def record_of(conversation_id: str) -> list[Message | StateChange | Note]:
    """Everything that happened, in order, with what staff noted: for staff."""
    said = _messages().filter(conversation_id=conversation_id).select_related("understanding", "feedback", "reply_to")
    moved = StateChange.objects.filter(conversation_id=conversation_id).select_related("user__profile")
    noted = Note.objects.filter(conversation_id=conversation_id)
    # A note stands after what it was written to.
    return sorted([*said, *moved, *noted], key=lambda happened: (happened.position, isinstance(happened, Note)))


def _messages() -> QuerySet[Message]:
    return Message.objects.select_related("reply_to", "feedback").order_by("position")


def _person(user: User) -> dict[str, str]:
    return {"name": name_of(user), "role": role_of(user)}


def _state_at(conversation: Conversation, change: StateChange) -> dict[str, Any]:
    has = change.user if change.after == Conversation.State.STAFF else None
    return {
        "id": conversation.pk,
        "state": change.after,
        "concern": change.concern,
        "staff": _person(has) if has else None,
    }

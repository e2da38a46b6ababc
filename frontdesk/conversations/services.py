"""Everything that changes a conversation. Each function is one transaction; the conversation's row is its lock.

States: `bot` → `waiting` (a person is needed) → `staff` (a person has it) → `bot` or `closed`. Every move is one `StateChange`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from frontdesk import environment, words
from frontdesk.clinic.selectors import promised, the_clinic
from frontdesk.conversations import alerts, contact
from frontdesk.conversations.changes import changed
from frontdesk.conversations.models import (
    AnswerMail,
    Conversation,
    Feedback,
    HandOff,
    Message,
    Note,
    StateChange,
)
from frontdesk.people.selectors import name_of, role_of
from safety import Level

State, Sender, By = Conversation.State, Message.Sender, StateChange.By
MOVES = {
    State.BOT: {State.WAITING, State.STAFF, State.CLOSED},
    State.WAITING: {State.STAFF, State.BOT, State.CLOSED},
    State.STAFF: {State.BOT, State.WAITING, State.CLOSED},
    State.CLOSED: set(),
}


# What of a conversation's row ever changes: consent, language and origin stay as they were begun with.
CHANGING = (
    "state", "concern", "last_activity_at", "waiting_since", "told_to_wait_at", "closed_at", "staff", "outcome", "last_position",
    "context", "turn", "turn_until", "summary_due",
)  # fmt: skip


# In plain SQL: it is asked twice in every turn, and to make it of a queryset takes Django three times as long.
BY_ID = "SELECT * FROM conversations_conversation WHERE id = %s"


class ConversationDeleted(Exception):
    """There is no such conversation any more."""


class ConversationClosed(Exception):
    """Nothing can be said in it any more."""


class NotYours(Exception):
    """Another member of staff has the conversation."""


class UnknownMessage(Exception):
    """There is no such answer in the conversation."""


def locked(conversation_id: str) -> Conversation:
    """The conversation, for a change; to be called in a transaction.

    Raises:
        ConversationDeleted: If it is gone.
    """
    for_change = " FOR UPDATE" if connection.features.has_select_for_update else ""
    for conversation in Conversation.objects.raw(BY_ID + for_change, [conversation_id]):
        return conversation
    raise ConversationDeleted


def append(conversation: Conversation, sender: Message.Sender, text: str, now: datetime, **fields: Any) -> Message:
    """Writes down what was said. The caller saves the conversation, whose `last_position` moves on."""
    conversation.last_position += 1
    conversation.last_activity_at = now
    return Message.objects.create(
        conversation=conversation, position=conversation.last_position, sender=sender, text=text, sent_at=now, **fields
    )


def move(conversation: Conversation, after: str, by: StateChange.By, why: str, now: datetime, user: User | None = None) -> None:
    """Moves a conversation, or writes down that its concern rose where `after` is its state. The caller saves it.

    Raises:
        ConversationClosed: If it has ended.
    """
    before = State(conversation.state)
    if before is State.CLOSED:
        raise ConversationClosed
    assert after == before or after in MOVES[before], f"{before} to {after}"
    conversation.state = after
    conversation.staff = user if after == State.STAFF else None
    if after == State.WAITING and before != State.WAITING:
        conversation.waiting_since, conversation.told_to_wait_at = now, None
    elif after != State.WAITING:
        conversation.waiting_since = None
    if after == State.CLOSED:
        conversation.closed_at = now
    if after in (State.STAFF, State.CLOSED):
        conversation.turn, conversation.turn_until = "", None  # what the assistant is about to say is not heard any more
    conversation.last_position += 1
    StateChange.objects.create(
        conversation=conversation, position=conversation.last_position, before=before, after=after,
        concern=conversation.concern, by=by, user=user, why=why, at=now,
    )  # fmt: skip


def save(conversation: Conversation) -> None:
    """Writes the conversation's row and lets those who follow it know."""
    conversation.summary_due = True
    conversation.save(update_fields=CHANGING)
    changed(conversation.pk)


@transaction.atomic
def conversation_start(*, consent_version: str, consent_text: str, language: str, origin: str = "") -> Conversation:
    """Begins a conversation with its greeting, once the visitor has agreed."""
    now = timezone.now()
    conversation = Conversation.objects.create(
        language=language, origin=origin[:200], consent_version=consent_version, consent_text=consent_text,
        started_at=now, last_activity_at=now,
    )  # fmt: skip
    append(conversation, Sender.BOT, words.say("greeting", language, clinic=the_clinic().name), now)
    save(conversation)
    return conversation


def call_person(
    conversation: Conversation,
    message: Message | None,
    level: Level,
    why: str,
    now: datetime,
    reasons: list[Any],
    by: StateChange.By,
) -> list[Message]:
    """A person is needed: moves the conversation to `waiting`, promises what can be kept, and has staff told. The caller saves.

    In a conversation that waits already, or that somebody has, staff are told again only when it is more serious than before.

    Returns:
        What was said to the visitor.
    """
    more_serious = level > Level.named(conversation.concern)
    if more_serious:
        conversation.concern = str(level)
    calls = conversation.state == State.BOT
    if not calls and not more_serious:
        since = conversation.waiting_since
        if since and not conversation.handoffs.filter(at__gte=since, why=why).exists():
            # Another reason: for who takes it, and so that the conversation waits on when the first reason is gone.
            HandOff.objects.create(
                conversation=conversation, message=message, level=str(level), why=why, reasons=reasons, at=now
            )
        return []
    move(conversation, State.WAITING if calls else conversation.state, by, why, now, conversation.staff)
    handoff = HandOff.objects.create(
        conversation=conversation, message=message, level=str(level), why=why, reasons=reasons, at=now
    )
    alerts.alerts_make(handoff, now)
    return [promise(conversation, message, now)] if calls else []


def promise(conversation: Conversation, message: Message | None, now: datetime) -> Message:
    """Says when a person comes, by the opening hours; with the form for contact details where nobody does soon."""
    text, is_open = promised(the_clinic(), conversation.language, now)
    return append(conversation, Sender.SYSTEM, text, now, reply_to=message, form="" if is_open else "contact")


@transaction.atomic
def waiting_told(conversation_id: str) -> bool:
    """Tells a visitor who waits too long that it takes longer, and offers the other way; once. False where nobody waits any more."""
    now = timezone.now()
    conversation = locked(conversation_id)
    if conversation.state != State.WAITING or conversation.told_to_wait_at:
        return False
    conversation.told_to_wait_at = now
    append(conversation, Sender.SYSTEM, words.say("takes_longer", conversation.language), now, form="contact")
    save(conversation)
    return True


@transaction.atomic
def conversation_take(conversation_id: str, user: User, *, why: str = "taken") -> Conversation:
    """A member of staff has the conversation; the assistant is silent from here on.

    Args:
        conversation_id: Which.
        user: Who has it.
        why: `taken` by themselves, or `assigned` by a colleague.

    Raises:
        NotYours: If a colleague has it.
        ConversationClosed, ConversationDeleted: If there is nothing to take.
    """
    now = timezone.now()
    conversation = locked(conversation_id)
    if conversation.state == State.STAFF:
        if conversation.staff_id not in (None, user.pk):
            raise NotYours
        if conversation.staff_id == user.pk:
            return conversation
    move(conversation, State.STAFF, By.STAFF, why, now, user)
    # What the assistant still owed, a person answers now.
    conversation.messages.filter(answer=Message.Answer.DUE).update(answer=Message.Answer.STAFF, try_at=None)
    conversation.handoffs.filter(opened_at=None).update(opened_at=now, opened_by=user)
    name, role = name_of(user), role_of(user)
    append(
        conversation, Sender.SYSTEM, words.say("staff_joined", conversation.language, name=words.person(name, role)), now,
        author=user, author_name=name, author_role=role,
    )  # fmt: skip
    save(conversation)
    return conversation


@transaction.atomic
def conversation_reply(conversation_id: str, user: User, text: str, *, visitor_is_there: bool = True) -> Message:
    """What a member of staff says; to a visitor who has left, by e-mail besides, where they gave an address.

    Raises:
        NotYours: If they do not have the conversation.
        ConversationDeleted: If it is gone.
    """
    now = timezone.now()
    conversation = _of(conversation_id, user)
    name, role = name_of(user), role_of(user)
    message = append(conversation, Sender.STAFF, text, now, author=user, author_name=name, author_role=role)
    if not visitor_is_there and environment.SMTP_HOST and contact.email_of(conversation):
        AnswerMail.objects.create(message=message, try_at=now)
    save(conversation)
    return message


@transaction.atomic
def conversation_hand_over(conversation_id: str, user: User, colleague: User) -> Conversation:
    """A colleague has the conversation from here on.

    Raises:
        NotYours: If the member of staff does not have it.
        ConversationDeleted: If it is gone.
    """
    now = timezone.now()
    conversation = _of(conversation_id, user)
    move(conversation, State.STAFF, By.STAFF, "handed_over", now, colleague)
    name, role = name_of(colleague), role_of(colleague)
    append(
        conversation, Sender.SYSTEM, words.say("staff_joined", conversation.language, name=words.person(name, role)), now,
        author=colleague, author_name=name, author_role=role,
    )  # fmt: skip
    save(conversation)
    return conversation


@transaction.atomic
def note_add(conversation_id: str, user: User, text: str) -> Note:
    """A note for colleagues.

    Raises:
        ConversationDeleted: If there is no conversation to add it to.
    """
    conversation = locked(conversation_id)
    note = Note.objects.create(
        conversation=conversation, author=user, author_name=name_of(user), position=conversation.last_position, text=text,
        at=timezone.now(),
    )  # fmt: skip
    changed(conversation_id)
    return note


@transaction.atomic
def conversation_give_back(conversation_id: str, user: User) -> Conversation:
    """The assistant answers again.

    Raises:
        NotYours: If the member of staff does not have the conversation.
        ConversationDeleted: If it is gone.
    """
    now = timezone.now()
    conversation = _of(conversation_id, user)
    move(conversation, State.BOT, By.STAFF, "given_back", now, user)
    conversation.staff = None
    append(conversation, Sender.SYSTEM, words.say("given_back", conversation.language), now)
    save(conversation)
    return conversation


@transaction.atomic
def conversations_put_back(user: User) -> int:
    """What a member of staff had, who is here no more, waits for a colleague; they are told. Returns how many conversations."""
    now = timezone.now()
    held = list(Conversation.objects.filter(state=State.STAFF, staff=user).values_list("pk", flat=True))
    for conversation_id in held:
        conversation = _of(conversation_id, user)
        move(conversation, State.WAITING, By.STAFF, "colleague_gone", now, user)
        handoff = HandOff.objects.create(conversation=conversation, level=conversation.concern, why="colleague_gone", at=now)
        alerts.alerts_make(handoff, now)
        promise(conversation, None, now)
        save(conversation)
    return len(held)


@transaction.atomic
def conversation_close(
    conversation_id: str, by: StateChange.By, why: str, user: User | None = None, *, outcome: str = ""
) -> Conversation:
    """Ends a conversation. One that has ended stays as it is.

    Raises:
        NotYours: If a colleague has it.
        ConversationDeleted: If it is gone.
    """
    now = timezone.now()
    conversation = locked(conversation_id)
    if conversation.state == State.CLOSED:
        return conversation
    if user and conversation.state == State.STAFF and conversation.staff_id != user.pk:
        raise NotYours
    conversation.outcome = outcome
    move(conversation, State.CLOSED, by, why, now, user)
    conversation.messages.filter(answer=Message.Answer.DUE).update(answer=Message.Answer.STAFF, try_at=None)
    append(conversation, Sender.SYSTEM, words.say(f"closed_by_{by}", conversation.language), now)
    save(conversation)
    return conversation


@transaction.atomic
def handoffs_open(conversation_id: str, user: User) -> None:
    """A member of staff has looked at the conversation: nobody need be told of it again."""
    HandOff.objects.filter(conversation_id=conversation_id, opened_at=None).update(opened_at=timezone.now(), opened_by=user)


@transaction.atomic
def contact_leave(conversation_id: str, details: contact.Details) -> Conversation:
    """Keeps how a visitor can be reached, and says so.

    Raises:
        ConversationClosed, ConversationDeleted: If there is no conversation to keep it with.
    """
    now = timezone.now()
    conversation = locked(conversation_id)
    if conversation.state == State.CLOSED:
        raise ConversationClosed
    conversation.contacts.create(sealed=contact.seal(details), at=now)
    append(conversation, Sender.SYSTEM, words.say("contact_kept", conversation.language), now)
    if conversation.state == State.BOT:
        call_person(conversation, None, Level.NONE, "contact_left", now, [], By.VISITOR)
    save(conversation)
    return conversation


@transaction.atomic
def feedback_set(conversation_id: str, position: int, helpful: bool | None, comment: str = "") -> None:
    """A visitor's thumb for an answer; None takes it back.

    Raises:
        UnknownMessage: If there is no such answer.
    """
    message = Message.objects.filter(
        conversation_id=conversation_id, position=position, sender__in=(Sender.BOT, Sender.STAFF)
    ).first()
    if message is None:
        raise UnknownMessage
    Conversation.objects.filter(pk=conversation_id).update(summary_due=True)
    if helpful is None:
        Feedback.objects.filter(message=message).delete()
        return
    Feedback.objects.update_or_create(message=message, defaults={"helpful": helpful, "comment": comment, "at": timezone.now()})


@transaction.atomic
def conversation_delete(conversation_id: str) -> None:
    """Deletes a conversation with everything in it; one that is gone already stays gone."""
    Conversation.objects.filter(pk=conversation_id).delete()
    changed(conversation_id)


def _of(conversation_id: str, user: User) -> Conversation:
    conversation = locked(conversation_id)
    if conversation.state != State.STAFF or conversation.staff_id != user.pk:
        raise NotYours
    return conversation

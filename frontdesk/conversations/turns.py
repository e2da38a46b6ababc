"""A turn: a visitor's message from its arrival to what is said to it. Three transactions, between which any process may die.

    accept   the message is in the record; if nobody answers another of the conversation, it is this caller's turn
    claim    the oldest message that is still due becomes the caller's turn, once no other turn runs
    finish   what was said is in the record, and the turn is over; or `fail`, and the worker asks again later

A turn is a mark on the conversation's row that runs out: the place of a process that died is taken, and what it says afterwards is not
heard. So no message is answered twice, and the order is kept, whichever process answers.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from frontdesk import environment, words
from frontdesk.clinic.selectors import settings_for_assistant, the_clinic
from frontdesk.content.live import Served, served
from frontdesk.conversations import advice
from frontdesk.conversations.models import Conversation, Message, StateChange, Understanding
from frontdesk.conversations.services import ConversationClosed, append, call_person, locked, move, save
from safety import Level

if TYPE_CHECKING:
    from safety import Concern

State, Sender, Answer, By = Conversation.State, Message.Sender, Message.Answer, StateChange.By
ASK_PERSON = "handoff/person"  # the choice that is always there
TURN_LASTS = timedelta(seconds=environment.ASSISTANT_SECONDS + 2)  # after which the process that had it counts as dead
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=1), timedelta(seconds=8)  # before the assistant is asked again


DOUBLED = 10  # times at most: by then any pause is longer than the longest
TURN_FIELDS = ("turn", "turn_until")
# In plain SQL, as `services.BY_ID`.
IS_ANY_RELEVANT = (
    "SELECT EXISTS (SELECT 1 FROM conversations_message WHERE conversation_id = %s AND (client_id = %s OR answer = %s))"
)


class IdReused(Exception):
    """The client's id stands for another message already."""


class UnknownChoice(Exception):
    """No such button was given to this conversation."""


class TooManyMessages(Exception):
    """The visitor has sent as many as are taken in a minute."""


@dataclass(frozen=True)
class Incoming:
    """What a visitor sends: text, or the id of a button.

    Attributes:
        client_id: Made by the client; the same id is the same message.
        text: As typed; empty where a button was pressed.
        choice: The button's id, or empty.
        concern: What the safety rules say of the text.
    """

    client_id: UUID
    text: str
    choice: str
    concern: Concern


@dataclass(frozen=True)
class Turn:
    """The right to answer one message, for a while.

    Attributes:
        conversation_id: Whose.
        mark: By which the conversation knows this turn.
        message: Which; nobody else changes it while the mark stands.
        context: What the assistant must be told.
        rests: The assistant failed on it a moment ago, and is to be asked again later.
        is_emergency: The safety rules say so.
        served: What is to answer it.
    """

    conversation_id: str
    mark: str
    message: Message
    context: dict[str, Any]
    rests: bool
    is_emergency: bool
    served: Served


@dataclass(frozen=True)
class Outcome:
    """What became of a message.

    Attributes:
        conversation: As it stands now.
        message: The visitor's.
        said: To it, in order.
    """

    conversation: Conversation
    message: Message
    said: list[Message]


@dataclass(frozen=True)
class Reply:
    """What the assistant says to a message: the JSON of its channel, see `docs/channel.md`."""

    replies: list[dict[str, Any]]
    understanding: dict[str, Any]
    handoff: dict[str, Any] | None
    context: dict[str, Any]
    release: int = 0  # of which the answer is; 0 where there is none


@transaction.atomic
def message_accept(conversation_id: str, incoming: Incoming) -> tuple[int, Turn | None]:
    """Writes a visitor's message down, before anything else happens to it.

    Returns:
        The message's row, and the turn that can begin: of this message, or of an older one that is still due. A message that was sent
        before is not written again.

    Raises:
        ConversationDeleted, ConversationClosed, IdReused, UnknownChoice, TooManyMessages: Nothing was written.
    """
    now = timezone.now()
    conversation = locked(conversation_id)
    relevant = _relevant(conversation, incoming)
    known = next((message for message in relevant if message.client_id == incoming.client_id), None)
    due = [message for message in relevant if message.answer == Answer.DUE]
    if known is not None:
        if (known.choice or known.text) != (incoming.choice or incoming.text):
            raise IdReused
        turn = _begin(conversation, due, now)
        if turn:
            conversation.save(update_fields=TURN_FIELDS)
        return known.pk, turn
    if conversation.state == State.CLOSED:
        raise ConversationClosed
    _limit(conversation, now)
    with_staff = conversation.state == State.STAFF
    message = append(
        conversation, Sender.VISITOR, _title(conversation, incoming.choice) if incoming.choice else incoming.text, now,
        client_id=incoming.client_id, choice=incoming.choice, flags=flags_of(incoming.concern),
        answer=Answer.STAFF if with_staff else Answer.DUE, try_at=None if with_staff else now,
    )  # fmt: skip
    if with_staff:
        level, reasons = _flagged(message)
        if level is Level.EMERGENCY:
            # Whoever has the conversation may have looked away: what to do now does not wait for them.
            clinic = the_clinic()
            for text in advice.emergency(reasons, conversation.language, clinic):
                append(conversation, Sender.SYSTEM, text, now, reply_to=message, emergency=True)
        if level >= Level.URGENT:
            call_person(conversation, message, level, "concern_while_staff", now, reasons, By.SYSTEM)
        turn = None
    else:
        turn = _begin(conversation, [*due, message], now)
    save(conversation)
    return message.pk, turn


def _relevant(conversation: Conversation, incoming: Incoming) -> list[Message]:
    """The same message, should it have been sent before, and those that are due before it; nearly always there are none."""
    with connection.cursor() as cursor:
        cursor.execute(IS_ANY_RELEVANT, [conversation.pk, incoming.client_id.hex, Answer.DUE])
        if not cursor.fetchone()[0]:
            return []
    return list(conversation.messages.filter(Q(client_id=incoming.client_id) | Q(answer=Answer.DUE)))


@transaction.atomic
def turn_claim(conversation_id: str) -> Turn | None:
    """The next turn of the conversation; None while another runs, or if nothing is due.

    Raises:
        ConversationDeleted: If it is gone.
    """
    conversation = locked(conversation_id)
    turn = _begin(conversation, conversation.messages.filter(answer=Answer.DUE)[:1], timezone.now())
    if turn:
        conversation.save(update_fields=TURN_FIELDS)
    return turn


def _begin(conversation: Conversation, due: Iterable[Message], now: datetime) -> Turn | None:
    """Begins the turn of the oldest message that is due, if no turn runs. The caller saves the conversation."""
    message = next(iter(due), None)
    if message is None or (conversation.turn_until and conversation.turn_until > now):
        return None
    conversation.turn, conversation.turn_until = secrets.token_hex(8), now + TURN_LASTS
    context = {**conversation.context, "settings": settings_for_assistant(the_clinic())}
    rests = message.tries > 0 and message.try_at is not None and message.try_at > now
    is_emergency = _flagged(message)[0] is Level.EMERGENCY
    return Turn(conversation.pk, conversation.turn, message, context, rests, is_emergency, served())


@transaction.atomic
def turn_finish(turn: Turn, reply: Reply) -> Outcome | None:
    """Writes down what the assistant said. None, and nothing is written, if it is no longer this turn."""
    now = timezone.now()
    conversation = locked(turn.conversation_id)
    message = _still(conversation, turn)
    if message is None:
        return None
    flagged, reasons = _flagged(message)
    level = max(Level.named(reply.understanding["concern"]), flagged)
    if reply.handoff:
        reasons = reply.handoff["reasons"]
    said = [
        append(
            conversation, Sender.BOT, one["text"], now, reply_to=message, choices=one["choices"], answers=one["answers"],
            emergency=level is Level.EMERGENCY and one["handoff"],
        )
        for one in reply.replies
    ]  # fmt: skip
    message.answer, message.try_at = Answer.GIVEN, None
    message.save(update_fields=["answer", "try_at"])
    _understood(message, reply, level, reasons, now)
    conversation.context = reply.context
    if reply.handoff or level is not Level.NONE:
        why = "asked" if level is Level.NONE else "concern"
        by = By.VISITOR if message.choice else By.BOT
        said += call_person(conversation, message, level, why, now, reasons, by)
    elif message.tries and _waits_for_assistant_only(conversation):
        move(conversation, State.BOT, By.BOT, "assistant_answers_again", now)
    _over(conversation)
    return Outcome(conversation, message, said)


@transaction.atomic
def turn_fail(turn: Turn, failure: str) -> bool:
    """The assistant did not answer: says so, calls a person, and leaves the message due. False if it is no longer this turn.

    What the visitor has written since fails with it: it would have to wait for this one. An emergency that the rules found gets its
    advice, whatever the assistant does.
    """
    now = timezone.now()
    conversation = locked(turn.conversation_id)
    message = _still(conversation, turn)
    if message is None:
        return False
    if not turn.rests:
        message.tries += 1
        message.try_at = now + min(FIRST_PAUSE * 2 ** min(message.tries - 1, DOUBLED), LONGEST_PAUSE)
        message.save(update_fields=["tries", "try_at"])
    for waiting in conversation.messages.filter(answer=Answer.DUE):
        fails_first = waiting == message and not turn.rests and message.tries == 1
        if waiting.tries and not fails_first:
            continue  # has been told before
        _say_failed(conversation, waiting, failure, now)
        if waiting != message:
            waiting.tries, waiting.try_at = 1, message.try_at
            waiting.save(update_fields=["tries", "try_at"])
    _over(conversation)
    return True


def _say_failed(conversation: Conversation, message: Message, failure: str, now: datetime) -> None:
    level, reasons = _flagged(message)
    Understanding.objects.create(message=message, concern=str(level), reasons=reasons, failure=failure)
    clinic, language = the_clinic(), conversation.language
    if level is Level.EMERGENCY:
        for text in advice.emergency(reasons, language, clinic):
            append(conversation, Sender.BOT, text, now, reply_to=message, emergency=True)
    elif conversation.messages.filter(answer=Answer.DUE, tries__gt=0, position__lt=message.position).exists():
        append(conversation, Sender.SYSTEM, words.say("added", language), now, reply_to=message)
    else:
        text = words.say("assistant_failed", language, number=clinic.number_to_call)
        append(conversation, Sender.SYSTEM, text, now, reply_to=message)
    why = "assistant_failed" if level is Level.NONE else f"{_kind(level)}_while_assistant_failed"
    call_person(conversation, message, level, why, now, reasons, By.SYSTEM)


def due_conversations(now: datetime) -> list[str]:
    """Conversations with a message that the assistant is to be asked again, or that nobody answers because a process died."""
    due = Message.objects.filter(answer=Answer.DUE, try_at__lte=now).exclude(conversation__turn_until__gt=now)
    return list(due.order_by("try_at").values_list("conversation_id", flat=True).distinct()[:100])


def flags_of(concern: Concern) -> dict[str, Any]:
    """What the rules say of a message, in the shape in which it is kept; the reasons as the assistant tells them too."""
    if concern.level is Level.NONE:
        return {}
    reasons = [
        {"rule": reason.rule, "level": str(reason.level), "why": reason.why, "words": reason.words}
        for reason in concern.reasons
    ]
    return {"level": str(concern.level), "reasons": reasons}


def _flagged(message: Message) -> tuple[Level, list[dict[str, str]]]:
    """What the rules said of a message."""
    return Level.named(message.flags.get("level", "none")), message.flags.get("reasons", [])


def _limit(conversation: Conversation, now: datetime) -> None:
    """Refuses what is more than a visitor may send.

    Raises:
        TooManyMessages: If it is.
    """
    most = environment.MESSAGES_A_MINUTE
    if conversation.last_position < most:  # in the whole conversation there are fewer: nobody need count
        return
    if conversation.messages.filter(sender=Sender.VISITOR, sent_at__gt=now - timedelta(minutes=1)).count() >= most:
        raise TooManyMessages


def _kind(level: Level) -> str:
    return "emergency" if level is Level.EMERGENCY else "concern"


def _still(conversation: Conversation, turn: Turn) -> Message | None:
    """The turn's message, if it is still this turn: nobody has taken its place, or the conversation."""
    return turn.message if conversation.turn == turn.mark else None


def _over(conversation: Conversation) -> None:
    conversation.turn, conversation.turn_until = "", None
    save(conversation)


def _understood(message: Message, reply: Reply, level: Level, reasons: list[Any], now: datetime) -> None:
    read = reply.understanding
    fields = {
        "intent": read["intent"] or "",
        "confidence": read["confidence"],
        "ranking": read["ranking"],
        "answers": read["answers"],
        "concern": str(level),
        "reasons": reasons,
        "language": read["language"],
        "model": read["model"],
        "release": reply.release,
        "understanding_ms": read["milliseconds"]["understanding"],
        "answering_ms": read["milliseconds"]["answering"],
        "turn_ms": (now - message.sent_at).total_seconds() * 1000,
    }
    if message.tries:  # there is a row, which says why it failed at first
        Understanding.objects.update_or_create(message=message, defaults=fields)
    else:
        Understanding.objects.create(message=message, **fields)


def _waits_for_assistant_only(conversation: Conversation) -> bool:
    """Whether nobody was called but because the assistant had failed, and nobody has looked yet."""
    if conversation.state != State.WAITING:
        return False
    since = conversation.waiting_since
    return not conversation.handoffs.filter(at__gte=since).exclude(why="assistant_failed").exists()


def _title(conversation: Conversation, choice: str) -> str:
    """What a button says that this conversation was given.

    Raises:
        UnknownChoice: If it was given none of that id.
    """
    for shown in conversation.messages.exclude(choices=[]).order_by("-position").values_list("choices", flat=True):
        for button in shown:
            if button["id"] == choice:
                return str(button["title"])
    for button in words.starters(conversation.language):
        if button["id"] == choice:
            return button["title"]
    if choice == ASK_PERSON:
        return words.say("ask_person", conversation.language)
    raise UnknownChoice

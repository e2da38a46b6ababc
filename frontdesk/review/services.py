"""Everything that reviewing changes. Each function is one transaction, and leaves the list as the record has it."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from frontdesk.content.decisions import message_waits_again
from frontdesk.conversations.models import Conversation, Message
from frontdesk.review.filters import from_query
from frontdesk.review.models import ConversationTag, Correction, Flag, Reviewed, SavedFilter, Tag
from frontdesk.review.questions import question_of
from frontdesk.review.summaries import summaries_write

MOST_AT_ONCE = 200  # conversations of one action: more than a page has
LONGEST_TAG = 40
LONGEST_NAME = 60
Kind, State = Correction.Kind, Correction.State
# A message has one correction of each of these: what it asks, and whether a person was needed.
ASPECTS = ({Kind.QUESTION, Kind.OUT_OF_SCOPE}, {Kind.SHOULD_HAND_OVER, Kind.SHOULD_NOT_HAND_OVER})


class UnknownQuestion(Exception):
    """There is no such question, or more than one of that title."""


class UnknownMessage(Exception):
    """There is no such message of a visitor's in the conversation."""


class InvalidName(Exception):
    """A name that is empty or too long."""


class Decided(Exception):
    """Editors have already said what becomes of it."""


@transaction.atomic
def tag_add(conversation_ids: Sequence[str], user: User, name: str) -> Tag:
    """Tags conversations; a tag that nobody has used yet is made.

    Raises:
        InvalidName: If that is no name for one.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_TAG:
        raise InvalidName
    tag = Tag.objects.filter(name__iexact=name).first() or Tag.objects.create(name=name)
    now = timezone.now()
    ids = _existing(conversation_ids)
    ConversationTag.objects.bulk_create(
        [ConversationTag(conversation_id=one, tag=tag, user=user, at=now) for one in ids], ignore_conflicts=True
    )
    summaries_write(ids)
    return tag


@transaction.atomic
def tag_remove(conversation_id: str, tag_id: int) -> None:
    """Takes a tag off a conversation; one that nothing has any more is gone."""
    ConversationTag.objects.filter(conversation_id=conversation_id, tag_id=tag_id).delete()
    summaries_write([conversation_id])
    if not ConversationTag.objects.filter(tag_id=tag_id).exists():
        Tag.objects.filter(pk=tag_id).delete()


@transaction.atomic
def reviewed_set(conversation_ids: Sequence[str], user: User, *, reviewed: bool) -> list[str]:
    """Marks conversations as reviewed up to where they are now, or takes that back; returns those that are still there."""
    ids, now = _existing(conversation_ids), timezone.now()
    Reviewed.objects.filter(conversation__in=ids).delete()
    if reviewed:
        Reviewed.objects.bulk_create(
            Reviewed(conversation_id=pk, user=user, at=now, position=position)
            for pk, position in Conversation.objects.filter(pk__in=ids).values_list("pk", "last_position")
        )
    summaries_write(ids)
    return ids


@transaction.atomic
def flag_set(conversation_id: str, user: User, *, flagged: bool) -> None:
    """Asks colleagues to look at a conversation, or no longer."""
    if flagged:
        Flag.objects.get_or_create(conversation_id=conversation_id, defaults={"user": user, "at": timezone.now()})
    else:
        Flag.objects.filter(conversation_id=conversation_id).delete()
    summaries_write([conversation_id])


@transaction.atomic
def correction_make(conversation_id: str, position: int, user: User, *, kind: str, question: str = "") -> Correction:
    """Says what should have been made of a visitor's message. It replaces what was said of the same before, as long as that is open.

    Args:
        conversation_id: Whose message.
        position: Of the message.
        user: Who says so.
        kind: See `Correction.Kind`.
        question: The right one, by key or title; where the kind asks for it.

    Raises:
        UnknownMessage, UnknownQuestion: Nothing was written.
    """
    message = (
        Message.objects.filter(conversation_id=conversation_id, position=position, sender=Message.Sender.VISITOR)
        .select_related("understanding").first()
    )  # fmt: skip
    if message is None or kind not in Kind.values:
        raise UnknownMessage
    chosen = question_of(question) if kind == Kind.QUESTION else None
    if kind == Kind.QUESTION and chosen is None:
        raise UnknownQuestion
    aspect = next(aspect for aspect in ASPECTS if kind in aspect)
    message.corrections.filter(kind__in=aspect, state=State.OPEN).delete()
    understanding = getattr(message, "understanding", None)
    made = Correction.objects.create(
        message=message, kind=kind, key=chosen.key if chosen else "", understood=understanding.intent if understanding else "",
        user=user, at=timezone.now(),
    )  # fmt: skip
    message_waits_again(message)
    summaries_write([conversation_id])
    return made


@transaction.atomic
def correction_withdraw(conversation_id: str, correction_id: int) -> None:
    """Takes a correction back.

    Raises:
        Decided: If editors have decided on it; then it stays.
    """
    correction = Correction.objects.filter(pk=correction_id, message__conversation_id=conversation_id).first()
    if correction is None:
        return
    if correction.state != State.OPEN:
        raise Decided
    correction.delete()
    summaries_write([conversation_id])


@transaction.atomic
def correction_decide(correction_id: int, editor: User, *, accepted: bool) -> Correction:
    """An editor accepts a correction, or refuses it.

    Raises:
        Decided: If somebody has already.
        Correction.DoesNotExist: If it was taken back.
    """
    correction = Correction.objects.select_for_update().get(pk=correction_id)
    if correction.state != State.OPEN:
        raise Decided
    correction.state = State.ACCEPTED if accepted else State.REFUSED
    correction.decided_by, correction.decided_at = editor, timezone.now()
    correction.save(update_fields=["state", "decided_by", "decided_at"])
    return correction


@transaction.atomic
def filter_save(user: User, name: str, query: str, *, shared: bool) -> SavedFilter:
    """Keeps a filter under a name; the owner's own of that name is replaced. The words sought are not kept: they may be a person's.

    Raises:
        InvalidName: If that is no name for one.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise InvalidName
    query = from_query(query).without_words.query
    saved, _ = SavedFilter.objects.update_or_create(owner=user, name=name, defaults={"query": query, "shared": shared})
    return saved


@transaction.atomic
def filter_delete(user: User, filter_id: int) -> None:
    """Deletes one of somebody's own filters."""
    SavedFilter.objects.filter(owner=user, pk=filter_id).delete()


def _existing(conversation_ids: Sequence[str]) -> list[str]:
    given = list(dict.fromkeys(conversation_ids))[:MOST_AT_ONCE]
    return list(Conversation.objects.filter(pk__in=given).values_list("pk", flat=True))

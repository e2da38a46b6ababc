"""Keeps the summaries as the record has them. A conversation that has changed is due; the worker writes its summary a moment later."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from frontdesk.conversations.models import Conversation, Message, StateChange
from frontdesk.insight.due import days_mark, days_with
from frontdesk.insight.misses import misses_write
from frontdesk.privacy.masking import mask
from frontdesk.review import search
from frontdesk.review.models import (
    SURE,
    ConversationTag,
    Correction,
    Flag,
    Purge,
    Reviewed,
    Summary,
    SummaryKey,
    level_of,
)
from frontdesk.review.questions import keys_of_message, topics_of, was_missed, was_read_in_vain

SETTLE = timedelta(seconds=1)  # a message and its answer are one change
AT_ONCE = 10  # summaries in a transaction: some milliseconds in which no visitor's message is written
LONGEST_EXCERPT = 160
Sender = Message.Sender


@dataclass
class _Said:
    """What a conversation's messages come to."""

    asked: int = 0
    last_position: int = 0
    first: int = 0  # position of the visitor's first message
    words: list[tuple[int, str]] = field(default_factory=list)
    questions: dict[str, None] = field(default_factory=dict)  # in order, each once
    lowest: float = SURE / 100
    not_understood: bool = False
    helpful: bool = False
    unhelpful: bool = False
    read_in_vain: dict[int, datetime] = field(default_factory=dict)  # when each such message was sent


def summaries_due(now: datetime) -> list[str]:
    """Some of the conversations that have changed a moment ago, the longest ago first."""
    due = Conversation.objects.filter(summary_due=True, last_activity_at__lte=now - SETTLE).order_by("last_activity_at")
    return list(due.values_list("pk", flat=True)[:AT_ONCE])


def summaries_write(conversation_ids: Sequence[str], *, with_words: bool = True) -> int:
    """Brings the summaries of these conversations up to date; returns how many there are: others are gone.

    Args:
        conversation_ids: Which.
        with_words: Whether their words are to be found, too: not, where they are about to be erased.
    """
    masked = _masked_ahead(conversation_ids) if with_words else {}
    with transaction.atomic():
        return _write(conversation_ids, masked, with_words=with_words)


def _write(conversation_ids: Sequence[str], masked: dict[tuple[str, int], str], *, with_words: bool) -> int:
    conversations = list(Conversation.objects.select_for_update().filter(pk__in=conversation_ids).order_by("started_at"))
    ids = [conversation.pk for conversation in conversations]
    known = {summary.conversation_id: summary for summary in Summary.objects.filter(conversation__in=ids)}
    said = _said_in(ids)
    staff = dict(
        StateChange.objects.filter(conversation__in=ids, after=Conversation.State.STAFF)
        .order_by("position").values_list("conversation_id", "user_id")
    )  # fmt: skip
    reviewed = dict(Reviewed.objects.filter(conversation__in=ids).values_list("conversation_id", "position"))
    flagged = set(Flag.objects.filter(conversation__in=ids).values_list("conversation_id", flat=True))
    corrections = list(Correction.objects.filter(message__conversation__in=ids).select_related("message"))
    corrected = {correction.message.conversation_id for correction in corrections}
    tags = defaultdict(list)
    for conversation_id, tag in ConversationTag.objects.filter(conversation__in=ids).values_list("conversation_id", "tag_id"):
        tags[conversation_id].append(f"#{tag}")
    words: list[tuple[int, int, str, str]] = []
    keys: dict[int, set[str]] = {}
    # The days on which they count in the figures: where they were, and where they are.
    were, are = ([one.last_activity_at for one in known.values()], [one.last_activity_at for one in conversations])
    days_mark(days_with([*were, *are]))
    missed = {pk: at for it in said.values() for pk, at in it.read_in_vain.items()}
    missed |= {one.message_id: one.message.sent_at for one in corrections if one.says_misread}
    misses_write(ids, missed)
    for conversation in conversations:
        it, one = said[conversation.pk], known.get(conversation.pk) or Summary(conversation=conversation, position=0)
        searchable = one.position
        one.started_at, one.last_activity_at = conversation.started_at, conversation.last_activity_at
        one.level, one.state, one.outcome = level_of(conversation.concern), conversation.state, conversation.outcome
        one.staff_id = conversation.staff_id or staff.get(conversation.pk)
        one.language = conversation.language.partition("-")[0].lower()[:10]
        one.helpful, one.unhelpful, one.not_understood = it.helpful, it.unhelpful, it.not_understood
        one.lowest_confidence = round(it.lowest * 100)
        one.reviewed = reviewed.get(conversation.pk, -1) >= it.last_position
        one.corrected, one.flagged = conversation.pk in corrected, conversation.pk in flagged
        one.asked, one.position = min(it.asked, 30_000), conversation.last_position
        one.questions = list(it.questions)
        new = [
            (position, text, masked.get((conversation.pk, position)) or mask(text))
            for position, text in it.words
            if with_words and position > searchable
        ]
        if not one.excerpt:
            one.excerpt = next((_on_a_line(hidden) for position, _, hidden in new if position == it.first), "")
        one.save()
        words += [(one.pk, *said_there) for said_there in new]
        keys[one.pk] = {*it.questions, *topics_of(it.questions), *tags[conversation.pk]}
    search.words_add(words)
    _keys_write(keys)
    Conversation.objects.filter(pk__in=ids).update(summary_due=False)
    return len(ids)


def _masked_ahead(conversation_ids: Sequence[str]) -> dict[tuple[str, int], str]:
    """New messages without personal details, by conversation and position: found before others have to wait for the transaction."""
    new = Message.objects.filter(conversation__in=list(conversation_ids), sender__in=(Sender.VISITOR, Sender.STAFF)).filter(
        Q(conversation__summary=None) | Q(position__gt=F("conversation__summary__position"))
    )
    return {
        (conversation_id, position): mask(text)
        for conversation_id, position, text in new.values_list("conversation_id", "position", "text")
    }


def _on_a_line(text: str) -> str:
    """The beginning of a text."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_EXCERPT else line[: LONGEST_EXCERPT - 1] + "…"


def purge_due() -> int | None:
    """Up to which `Purge` the search index is to be merged; None where it need not be."""
    last = Purge.objects.order_by("-pk").values_list("pk", flat=True).first()
    return int(last) if last is not None else None


@transaction.atomic
def purge_step(*, first: bool) -> bool:
    """Merges some of the search index; whether there is more."""
    return search.words_merge(first=first)


@transaction.atomic
def purge_done(up_to: int) -> None:
    """The words are out of the index's files: of what was deleted before the merging began."""
    Purge.objects.filter(pk__lte=up_to).delete()


def words_purge() -> None:
    """Takes the words of all deleted conversations out of the index's files, now."""
    up_to = purge_due()
    if up_to is None:
        return
    first = True
    while purge_step(first=first):
        first = False
    purge_done(up_to)


def _said_in(ids: Iterable[str]) -> dict[str, _Said]:
    """What was said in these conversations, and what was understood."""
    found: dict[str, _Said] = defaultdict(_Said)
    rows = Message.objects.filter(conversation__in=ids).order_by("conversation_id", "position").values_list(
        "conversation_id", "position", "sender", "text", "understanding__intent", "understanding__confidence",
        "understanding__answers", "understanding__failure", "feedback__helpful", "pk", "sent_at",
    )  # fmt: skip
    for conversation_id, position, sender, text, intent, confidence, answers, failure, helpful, pk, sent_at in rows:
        it = found[conversation_id]
        if sender != Sender.SYSTEM:  # that it was closed is nothing to be reviewed again
            it.last_position = position
        it.helpful |= helpful is True
        it.unhelpful |= helpful is False
        if sender in (Sender.VISITOR, Sender.STAFF):
            it.words.append((position, text))
        if sender != Sender.VISITOR:
            continue
        it.asked += 1
        it.first = it.first or position
        if intent is not None:
            _understood(it, intent, confidence, answers or [], failure)
            if was_read_in_vain(intent, answers or []):
                it.read_in_vain[pk] = sent_at
    return found


def _understood(it: _Said, intent: str, confidence: float, answers: list[Any], failure: str) -> None:
    missed = was_missed(intent, answers, failure)
    it.not_understood |= missed
    if intent:
        it.lowest = min(it.lowest, max(confidence, 0.0))
    for key in keys_of_message(intent, answers, missed=missed):
        it.questions[str(key)[:100]] = None


def _keys_write(wanted: dict[int, set[str]]) -> None:
    """Writes down which keys summaries have; only what is not written yet."""
    gone = []
    missing = {summary_id: set(keys) for summary_id, keys in wanted.items()}
    for row in SummaryKey.objects.filter(summary__in=list(wanted)):
        if row.key in missing[row.summary_id]:
            missing[row.summary_id].discard(row.key)
        else:
            gone.append(row.pk)
    if gone:
        SummaryKey.objects.filter(pk__in=gone).delete()
    SummaryKey.objects.bulk_create(
        SummaryKey(summary_id=summary_id, key=key) for summary_id, keys in missing.items() for key in sorted(keys)
    )

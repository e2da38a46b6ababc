"""What is counted of conversations: one list, from which a day's totals are made, and what an erased conversation leaves behind.

Everything in a conversation counts on the day of its last activity, as in the list of conversations: so a number and its list are the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from frontdesk.conversations.models import Conversation, HandOff, Message, StateChange
from frontdesk.review.models import LEVELS, Summary, SummaryKey
from frontdesk.review.questions import NO_QUESTION, keys_of_message, topics_of, was_missed

State, Sender = Conversation.State, Message.Sender
WHICH = "system/which"  # the answer that asks which question was meant
LONGEST_KEY = 100  # characters: a summary's keys end there too
TAG = "#"  # with this, a summary's key is a tag and no question


class Measure(StrEnum):
    """What is counted. `…_IN` are conversations, of which there is a list; the others are messages, unless they say what."""

    CONVERSATIONS = "conversations"
    LEVEL = "level"  # conversations, by how serious they were
    BECAME = "became"  # visitors' messages, by what became of them: each is one of `Became`
    NOT_UNDERSTOOD_IN = "not_understood_in"
    TOPIC = "topic"
    TOPIC_IN = "topic_in"
    QUESTION = "question"
    QUESTION_IN = "question_in"  # the assistant's own, such as `system/which`, too
    HELPFUL = "helpful"  # thumbs, by answer
    UNHELPFUL = "unhelpful"
    UNHELPFUL_IN = "unhelpful_in"  # with the answer, and with a thumb down
    CALL = "call"  # calls for a person
    WAIT = "wait"  # calls that somebody of the staff replied to, by the seconds that it took
    NO_REPLY = "no_reply"  # calls that ended before anybody replied
    HOUR = "hour"  # messages by weekday and hour, `0-23` for Monday from eleven at night


class Became(StrEnum):
    """What became of a visitor's message."""

    ANSWERED = "answered"
    ASKED_BACK = "asked_back"
    NOT_UNDERSTOOD = "not_understood"  # or the assistant did not answer
    HANDED_OVER = "handed_over"  # a person was called because of it
    TO_STAFF = "to_staff"  # written while a person had the conversation
    OPEN = "open"  # the assistant has still to answer


Totals = Counter[tuple[Measure, str]]
Row = tuple[Any, ...]


def count(summaries: QuerySet[Summary], zone: ZoneInfo) -> Totals:
    """What these conversations come to.

    Args:
        summaries: Which.
        zone: The clinic's, for the hours.
    """
    totals: Totals = Counter()
    _count_conversations(totals, summaries)
    _count_messages(totals, summaries, zone)
    _count_waits(totals, summaries)
    return totals


def _count_conversations(totals: Totals, summaries: QuerySet[Summary]) -> None:
    """What the list of conversations is filtered by."""
    with_thumb_down = set()
    for pk, level, not_understood, unhelpful in summaries.values_list("pk", "level", "not_understood", "unhelpful"):
        totals[Measure.CONVERSATIONS, ""] += 1
        totals[Measure.LEVEL, LEVELS[level]] += 1
        if not_understood:
            totals[Measure.NOT_UNDERSTOOD_IN, ""] += 1
        if unhelpful:
            with_thumb_down.add(pk)
    for pk, key in SummaryKey.objects.filter(summary__in=summaries.values("pk")).values_list("summary_id", "key"):
        if key.startswith(TAG):
            continue
        is_question = "/" in key
        totals[Measure.QUESTION_IN if is_question else Measure.TOPIC_IN, key] += 1
        if is_question and pk in with_thumb_down:
            totals[Measure.UNHELPFUL_IN, key] += 1


def _count_messages(totals: Totals, summaries: QuerySet[Summary], zone: ZoneInfo) -> None:
    """What visitors asked, what became of it, and their thumbs."""
    conversations = summaries.values("conversation_id")
    calls = set(
        HandOff.objects.filter(conversation__in=conversations).exclude(message=None).values_list("message_id", flat=True)
    )
    asked: Iterable[Row] = Message.objects.filter(conversation__in=conversations, sender=Sender.VISITOR).values_list(
        "pk", "sent_at", "answer", "understanding__intent", "understanding__answers", "understanding__failure"
    )
    for pk, sent_at, answer, intent, answers, failure in asked:
        at = sent_at.astimezone(zone)
        totals[Measure.HOUR, f"{at.weekday()}-{at.hour}"] += 1
        missed = intent is not None and was_missed(intent, answers or [], failure)
        totals[Measure.BECAME, _became(answer, intent, answers or [], missed=missed, calls=pk in calls)] += 1
        if intent is None:
            continue
        keys = {str(key)[:LONGEST_KEY] for key in keys_of_message(intent, answers or [], missed=missed)}
        for key in keys:
            if "/" in key and not key.startswith(NO_QUESTION):
                totals[Measure.QUESTION, key] += 1
        for topic in topics_of(keys):
            totals[Measure.TOPIC, topic] += 1
    thumbs = Message.objects.filter(conversation__in=conversations, feedback__isnull=False)
    for answers, helpful in thumbs.values_list("answers", "feedback__helpful"):
        for key in {str(key)[:LONGEST_KEY] for key in answers}:
            totals[Measure.HELPFUL if helpful else Measure.UNHELPFUL, key] += 1


def _became(answer: str, intent: str | None, answers: list[Any], *, missed: bool, calls: bool) -> Became:
    """What became of a message. Not understood comes first, so that it is said of the same messages as in the list of conversations."""
    if missed:
        return Became.NOT_UNDERSTOOD
    if calls:
        return Became.HANDED_OVER
    if intent is None and answer != Message.Answer.GIVEN:
        return Became.TO_STAFF if answer == Message.Answer.STAFF else Became.OPEN
    return Became.ASKED_BACK if WHICH in answers else Became.ANSWERED


def _count_waits(totals: Totals, summaries: QuerySet[Summary]) -> None:
    """How long those who called a person waited for the first word of one."""
    conversations = summaries.values("conversation_id")
    moves = StateChange.objects.filter(conversation__in=conversations).values_list("conversation_id", "position", "at", "after")
    replies = Message.objects.filter(conversation__in=conversations, sender=Sender.STAFF).values_list(
        "conversation_id", "position", "sent_at"
    )
    happened = sorted([*moves, *((*reply, "") for reply in replies)], key=itemgetter(0, 1))
    for _, of_one in groupby(happened, key=itemgetter(0)):
        for wait in _waits(of_one):
            totals[Measure.CALL, ""] += 1
            if wait is None:
                totals[Measure.NO_REPLY, ""] += 1
            elif wait >= 0:
                totals[Measure.WAIT, str(wait)] += 1


def _waits(happened: Iterable[Row]) -> Iterator[int | None]:
    """The seconds of each call of one conversation; None where nobody replied, and -1 where somebody may still.

    A call begins when the conversation begins to wait, and ends with the first word of a person. It ends without one when the conversation
    goes back to the assistant or is closed; not when a colleague goes who has said nothing yet: the visitor waits on.

    Args:
        happened: Moves and replies in order: conversation, position, time, state after the move (empty for a reply).
    """
    since: datetime | None = None
    for _, _, at, after in happened:
        if since is None:
            since = at if after == State.WAITING else None
        elif not after:
            yield max(int((at - since).total_seconds()), 0)
            since = None
        elif after in (State.BOT, State.CLOSED):
            yield None
            since = None
    if since is not None:
        yield -1

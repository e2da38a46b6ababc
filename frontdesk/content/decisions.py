"""What editors have decided on visitors' messages: rows that are written with the change that they make, and taken back with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from frontdesk.content.models import Change, Suggestion
from frontdesk.conversations.models import Message
from frontdesk.review.models import Correction

Kind, State = Correction.Kind, Correction.State
READING = (Kind.QUESTION, Kind.OUT_OF_SCOPE)  # what staff say a message asks
PERSON = (Kind.SHOULD_HAND_OVER, Kind.SHOULD_NOT_HAND_OVER)  # whether somebody was to be called


class AlreadyDecided(Exception):
    """A colleague has decided on one of the messages in this very moment."""


def decisions_write(
    user: User | None,
    examples: Mapping[int, str],
    decision: Suggestion.Decision,
    *,
    at: datetime,
    key: str = "",
    change: Change | None = None,
) -> None:
    """Writes down what was decided, and tells staff who have corrected; in the transaction of what it goes with.

    Args:
        user: Who decides.
        examples: By message: as what it stands among the examples now; empty where it does not. Messages that were erased are left out.
        decision: What was decided on all of them.
        at: When; the corrections that are decided with them say the same.
        key: The question.
        change: What was done to the files for it.

    Raises:
        AlreadyDecided: If one has a decision.
    """
    there = set(Message.objects.select_for_update().filter(pk__in=list(examples)).values_list("pk", flat=True))
    if Suggestion.objects.filter(pk__in=there).exists():
        raise AlreadyDecided
    Suggestion.objects.bulk_create(
        Suggestion(message_id=pk, decision=decision, key=key, example=text, change=change, user=user, at=at)
        for pk, text in examples.items()
        if pk in there
    )
    waiting = Correction.objects.filter(message__in=there, state=State.OPEN)
    waiting.filter(_agrees(decision, key)).update(state=State.ACCEPTED, decided_by=user, decided_at=at)
    waiting.update(state=State.REFUSED, decided_by=user, decided_at=at)


def decisions_take_back(of: QuerySet[Suggestion]) -> int:
    """The messages wait again, and the corrections that were decided with them; in the caller's transaction. Returns how many."""
    rows = list(of.values_list("pk", "at"))
    for pk, at in rows:
        Correction.objects.filter(message=pk, decided_at=at).update(state=State.OPEN, decided_by=None, decided_at=None)
    Suggestion.objects.filter(pk__in=[pk for pk, _ in rows]).delete()
    return len(rows)


def message_waits_again(message: Message) -> None:
    """A colleague says something of it that editors did not know when they left it out: they look again; in the caller's transaction.

    One that has become an example stays so: what was decided on it is how its words are found when they are erased.
    """
    Suggestion.objects.filter(message=message, example="").delete()


def decisions_of(change: Change) -> QuerySet[Suggestion]:
    """What was decided with a change; also of messages in the same words, which it made examples already."""
    added = {text for one in change.operations for text in one.get("added", one.get("examples", ())) if text}
    return Suggestion.objects.filter(Q(change=change) | Q(change=None, example__in=added))


def _agrees(decision: Suggestion.Decision, key: str) -> Q:
    """Corrections that say what the editor says."""
    if decision == Suggestion.Decision.ACCEPTED:
        return Q(kind=Kind.QUESTION, key=key) | Q(kind__in=PERSON)
    return Q(kind=Kind.OUT_OF_SCOPE) if decision == Suggestion.Decision.OUT_OF_SCOPE else Q(pk__in=[])

"""Erases conversations, and lets staff see personal details for a while. What is done is noted in the transaction that does it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils import timezone

from frontdesk.audit.services import note
from frontdesk.content.erased_examples import erasure_note, erasures_wait
from frontdesk.conversations import services as conversations
from frontdesk.conversations.models import Conversation
from frontdesk.insight.counting import conversation_keep
from frontdesk.privacy.files import write_ahead_log_empty
from frontdesk.privacy.masking import mask
from frontdesk.privacy.models import Erasure
from frontdesk.review.summaries import purge_due, summaries_write

REVEALED_FOR = timedelta(minutes=15)  # after these a conversation that one does not have is masked again
SHORTEST_REASON, LONGEST_REASON = 5, 200  # characters
MOST_REVEALED = 20  # conversations at the same time, in one session
SESSION_KEY = "revealed"
VISITOR, RETENTION, STAFF = "visitor", "retention", "staff"  # by whom a conversation is erased


class ReasonNeeded(Exception):
    """Personal details are not shown without a reason."""


@transaction.atomic
def conversation_erase(conversation_id: str, *, by: str = VISITOR, user: User | None = None) -> bool:
    """Erases a conversation everywhere: every row that belongs to it goes, and with it what the search index has of it.

    What is overwritten in the files later is done by the worker (`erasures_finish`). In the figures it stays as numbers. Examples that an
    editor has made of its messages, masked, go with it when the person or the clinic asks for it, not when its time is over.

    Args:
        conversation_id: Which.
        by: The visitor, retention, or staff.
        user: Who of the staff.

    Returns:
        Whether there was one.
    """
    is_changed = Conversation.objects.filter(pk=conversation_id).values_list("summary_due", flat=True).first()
    if is_changed is None:
        return False
    if is_changed:
        summaries_write([conversation_id], with_words=False)  # so that what was said last is in the figures, too
    conversation_keep(conversation_id)
    if by != RETENTION:
        erasure_note(conversation_id, timezone.now())
    conversations.conversation_delete(conversation_id)
    Erasure.objects.create(conversation_id=conversation_id, at=timezone.now())
    note(user, "erased", conversation_id, by=by)
    return True


def conversations_erase(conversation_ids: Iterable[str], *, user: User) -> int:
    """Erases several, each in a transaction of its own; returns how many there were."""
    return sum(conversation_erase(one, by=STAFF, user=user) for one in conversation_ids)


def erasures_finish() -> int:
    """Sees to it that the words of erased conversations are in no file of the database any more; returns of how many.

    Not in a transaction. Where somebody reads just now, or the search index is not merged yet, nothing is lost: the next round tries again.
    """
    pending = list(Erasure.objects.values_list("pk", flat=True))
    if not pending or purge_due() is not None or not write_ahead_log_empty() or erasures_wait():
        return 0
    Erasure.objects.filter(pk__in=pending).delete()
    return len(pending)


def conversation_reveal(session: SessionBase, conversation_id: str, *, user: User, reason: str) -> None:
    """From here on, somebody who does not have a conversation sees its personal details, for a quarter of an hour.

    Args:
        session: Of who asks: it ends with it.
        conversation_id: Which.
        user: Who asks.
        reason: Why; noted, without personal details that may have slipped into it.

    Raises:
        ReasonNeeded: If none is given.
    """
    reason = " ".join(reason.split())
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise ReasonNeeded
    now = timezone.now()
    shown = {one: until for one, until in session.get(SESSION_KEY, {}).items() if until > now.timestamp()}
    shown[conversation_id] = (now + REVEALED_FOR).timestamp()
    session[SESSION_KEY] = dict(list(shown.items())[-MOST_REVEALED:])
    note(user, "revealed", conversation_id, reason=mask(reason))


def conversation_conceal(session: SessionBase, conversation_id: str) -> None:
    """Masks it again before its time."""
    session[SESSION_KEY] = {one: until for one, until in session.get(SESSION_KEY, {}).items() if one != conversation_id}

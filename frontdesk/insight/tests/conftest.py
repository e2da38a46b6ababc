"""What tests of the figures share: conversations made through the services, and the worker's part done at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from frontdesk.clinic.selectors import the_clinic
from frontdesk.conftest import Clock
from frontdesk.conversations import services, turns
from frontdesk.conversations.models import Conversation, Message
from frontdesk.insight import counting
from frontdesk.insight.models import Total
from frontdesk.review.summaries import summaries_write
from frontdesk.review.tests.conftest import Chats, chats, reply, reviewer, serves, turn
from safety import Concern

__all__ = ["Chats", "chats", "reviewer", "serves", "turn"]
Counted = Callable[[], None]


def count_now() -> None:
    """What the worker does: summaries first, then the days that are due."""
    due = list(Conversation.objects.filter(summary_due=True).values_list("pk", flat=True))
    summaries_write(due)
    if counting.basis_is_old():
        counting.basis_renew(the_clinic().time_zone, counting.days_of_record())
    for day in counting.days_due():
        assert counting.day_write(day, counting.day_read(day))


def number(measure: str, key: str = "", day: date | None = None) -> int:
    """A total: of a day, or of all."""
    rows = Total.objects.filter(measure=measure, key=key)
    return sum((rows.filter(day=day) if day else rows).values_list("number", flat=True))


def numbers(measure: str) -> dict[str, int]:
    """All keys of a measure."""
    return {key: number(measure, key) for key in Total.objects.filter(measure=measure).values_list("key", flat=True)}


def everything() -> list[tuple[Any, ...]]:
    """All totals."""
    return sorted(Total.objects.values_list("day", "measure", "key", "number"))


def calls(conversation: Conversation, text: str, *, level: str = "none", key: str = "handoff/person", **rest: Any) -> None:
    """A visitor asks, and is handed over."""
    _, begun = turns.message_accept(conversation.pk, incoming(text))
    assert begun is not None
    said = reply(key, concern=level, **rest)
    handoff = {"level": level, "reasons": [], "message": text, "earlier_messages": []}
    turns.turn_finish(begun, turns.Reply(said.replies, said.understanding, handoff, {}))


def incoming(text: str) -> turns.Incoming:
    """A message."""
    return turns.Incoming(uuid4(), text, "", Concern())


def thumb(conversation: Conversation, *, helpful: bool) -> None:
    """For the last answer."""
    answer = conversation.messages.filter(sender=Message.Sender.BOT).last()
    assert answer is not None
    services.feedback_set(conversation.pk, answer.position, helpful)


@pytest.fixture
def new(clinic: object) -> Callable[[], Conversation]:
    """Begins a conversation."""

    def begin() -> Conversation:
        return services.conversation_start(consent_version="1-90", consent_text="What is kept.", language="en")

    return begin


@pytest.fixture
def counted() -> Counted:
    """Does what the worker does."""
    return count_now


@pytest.fixture
def editor(client: Client, dave: User) -> Client:
    """Dave's browser."""
    client.force_login(dave)
    return client


@pytest.fixture
def noon(clock: Clock) -> Clock:
    """A day's middle, so that no test runs over midnight."""
    clock.is_set(timezone.now().replace(hour=12, minute=0, second=0))
    return clock

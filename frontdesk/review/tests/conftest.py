"""What tests of review share: conversations as the record has them after some turns."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from frontdesk.clinic.models import Clinic
from frontdesk.conftest import Served
from frontdesk.conversations import services, turns
from frontdesk.conversations.models import Conversation
from frontdesk.review.models import Summary
from frontdesk.review.summaries import summaries_write
from safety import Concern

Chats = Callable[..., Conversation]


@pytest.fixture(autouse=True)
def serves(server: Served) -> None:
    """The desk's pages say who else is there."""


def reply(key: str = "aftercare/makeup", **rest: Any) -> turns.Reply:
    """What the assistant says to a message."""
    understanding = {
        "intent": key, "confidence": rest.get("confidence", 0.9), "answers": rest.get("answers", [key]),
        "ranking": [{"name": key, "confidence": 0.9}, {"name": "aftercare/water", "confidence": 0.3}],
        "concern": rest.get("concern", "none"), "language": "en", "model": "a model",
        "milliseconds": {"understanding": 1.0, "answering": 1.0},
    }  # fmt: skip
    answer = {"text": "Leave it off for a while.", "choices": [], "answers": [key], "handoff": False}
    return turns.Reply([answer], understanding, None, {})


def turn(conversation: Conversation, text: str, key: str = "aftercare/makeup", **rest: Any) -> None:
    """A visitor asks, and is answered."""
    _, begun = turns.message_accept(conversation.pk, turns.Incoming(uuid.uuid4(), text, "", Concern()))
    assert begun is not None
    turns.turn_finish(begun, reply(key, **rest))


@pytest.fixture
def chats(clinic: Clinic) -> Chats:
    """Makes a conversation of some turns, that can be found."""

    def make(*texts: str, key: str = "aftercare/makeup", language: str = "en", **rest: Any) -> Conversation:
        made = services.conversation_start(consent_version="1-90", consent_text="What is kept.", language=language)
        for text in texts:
            turn(made, text, key, **rest)
        summaries_write([made.pk])
        made.refresh_from_db()
        return made

    return make


@pytest.fixture
def reviewer(client: Client, alice: Any) -> Client:
    """Alice's browser."""
    client.force_login(alice)
    return client


def summary(conversation: Conversation) -> Summary:
    """As the list has it."""
    return Summary.objects.get(conversation=conversation)

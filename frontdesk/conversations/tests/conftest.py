"""A conversation as its services see it: what the visitor writes, what the assistant says to it, one transaction after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from frontdesk.conftest import Assistant
from frontdesk.conversations import turns
from frontdesk.conversations.models import Conversation, HandOff, Message, StateChange
from frontdesk.conversations.turns import Incoming, Outcome, Reply, Turn
from safety import RedFlags


@dataclass
class Talk:
    """One conversation."""

    pk: str
    flags: RedFlags

    def visitor_says(self, text: str, choice: str = "") -> Turn | None:
        """Takes a message in; gives the turn that begins."""
        _, turn = turns.message_accept(self.pk, Incoming(uuid4(), text, choice, self.flags.check(text)))
        return turn

    def assistant_says(self, turn: Turn | None, text: str = "An answer.", **rest: Any) -> Outcome | None:
        """Ends a turn with an answer."""
        assert turn is not None
        return turns.turn_finish(turn, answer(text, **rest))

    def assistant_calls(self, turn: Turn | None, level: str = "none") -> Outcome | None:
        """Ends a turn with an answer that hands over."""
        assert turn is not None
        return turns.turn_finish(turn, handing_over(level))

    def assistant_fails(self, turn: Turn | None, failure: str = "timeout") -> bool:
        """Ends a turn without an answer."""
        assert turn is not None
        return turns.turn_fail(turn, failure)

    def waits(self, level: str = "none") -> Talk:
        """A person has been asked for."""
        self.assistant_calls(self.visitor_says("a person please"), level)
        return self

    @property
    def now(self) -> Conversation:
        """As the record has it."""
        return Conversation.objects.get(pk=self.pk)

    @property
    def said(self) -> list[tuple[str, str]]:
        """Who said what, after the greeting."""
        return [(message.sender, message.text) for message in Message.objects.filter(conversation_id=self.pk)[1:]]

    @property
    def moves(self) -> list[tuple[str, str, str, str]]:
        """From where, to where, by whom, why."""
        return list(StateChange.objects.filter(conversation_id=self.pk).values_list("before", "after", "by", "why"))

    @property
    def calls(self) -> list[tuple[str, str]]:
        """How urgently a person was called, and why."""
        return list(HandOff.objects.filter(conversation_id=self.pk).order_by("pk").values_list("level", "why"))


def answer(text: str = "An answer.", **rest: Any) -> Reply:
    """What the assistant says."""
    stand_in = Assistant()
    stand_in.says(text, **rest)
    return Reply(**stand_in.answers["*"])


def handing_over(level: str = "none") -> Reply:
    """What the assistant says when it hands over."""
    stand_in = Assistant()
    stand_in.calls_person("I'll get somebody.", level=level)
    return Reply(**stand_in.answers["*"])


@pytest.fixture
def talk(conversation: Conversation, flags: RedFlags) -> Talk:
    """A conversation that has begun."""
    return Talk(conversation.pk, flags)

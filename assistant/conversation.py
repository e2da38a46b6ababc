"""What a turn has to know of the turns before it. The front desk sends it along; in Rasa's own shell it is read from the tracker."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rasa.shared.constants import UTTER_PREFIX
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.dialogue.cues import Cue, follow_up_cue

REMEMBERED_MESSAGES = 5  # of the visitor, back: what a person who takes over reads first
REMEMBERED_ANSWERS = 6  # answers back, that a follow-up can refer to or that must not be repeated word for word
FIELDS = ("answers", "misses", "question", "messages", "settings")
CONTEXT = "context"  # key of the metadata in which the front desk's request brings it

# Answers after which the visitor has still not been helped; so many in a row and a person is offered.
MISSES = (
    "system/not_understood",
    "system/not_understood_again",
    "system/offer_person",
    "system/unreadable",
    "fallback/out_of_scope",
)
LONGEST_QUESTION = 300  # characters that are kept of the visitor's last question


class InvalidContext(ValueError):
    """The context that came with a request does not have the shape it must have."""


@dataclass(frozen=True)
class Conversation:
    """The recent past of a conversation.

    Attributes:
        answers: Keys of the answers given so far ("aftercare/makeup"), the newest last.
        misses: How many turns in a row have just not been understood.
        question: The visitor's last message, if it says itself what it is about; a follow-up is read together with it.
        messages: The visitor's last messages, the newest last.
        settings: The clinic's settings, where the request brings newer ones than the assistant's own file has.
    """

    answers: tuple[str, ...] = ()
    misses: int = 0
    question: str = ""
    messages: tuple[str, ...] = ()
    settings: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, tracker: DialogueStateTracker, metadata: dict[str, Any] | None = None) -> Conversation:
        """The conversation up to the message that is being read or answered now.

        Args:
            tracker: Rasa's record of the conversation.
            metadata: Of a message that is not in the tracker yet; without it, the message is the tracker's latest.
        """
        in_tracker = metadata is None
        if in_tracker:
            metadata = tracker.latest_message.metadata if tracker.latest_message else {}
        if metadata and CONTEXT in metadata:
            return cls.from_request(metadata[CONTEXT])
        turns = _turns(tracker)
        conversation = cls()
        for said, answers in turns[:-1] if in_tracker else turns:
            conversation = conversation.then(said, answers)
        return conversation

    @classmethod
    def from_request(cls, context: object) -> Conversation:
        """Reads the context of a request: `{"answers": [], "misses": 0, "question": "", "messages": [], "settings": {}}`, all optional.

        Raises:
            InvalidContext: If it has another shape.
        """
        if not isinstance(context, dict) or context.keys() - set(FIELDS):
            raise InvalidContext(f"context is an object with {', '.join(FIELDS)}.")
        answers, misses = context.get("answers", []), context.get("misses", 0)
        question, messages, settings = context.get("question", ""), context.get("messages", []), context.get("settings", {})
        if not isinstance(answers, list) or not all(isinstance(answer, str) for answer in answers):
            raise InvalidContext("context.answers is a list of answer keys.")
        if not isinstance(misses, int) or isinstance(misses, bool) or misses < 0:
            raise InvalidContext("context.misses is a number from 0.")
        if not isinstance(question, str):
            raise InvalidContext("context.question is a string.")
        if not isinstance(messages, list) or not all(isinstance(message, str) for message in messages):
            raise InvalidContext("context.messages is a list of strings.")
        if not isinstance(settings, dict) or not all(isinstance(value, str) for value in settings.values()):
            raise InvalidContext("context.settings is an object of strings.")
        return cls(
            tuple(answers[-REMEMBERED_ANSWERS:]),
            misses,
            question[:LONGEST_QUESTION],
            tuple(messages[-REMEMBERED_MESSAGES:]),
            settings,
        )

    def then(self, said: str, answers: list[str]) -> Conversation:
        """The conversation once the visitor has said this (nothing, where they pressed a button) and got these answers."""
        if not answers:
            return self
        missed = any(answer in MISSES for answer in answers)
        recent = (*self.answers, *answers)[-REMEMBERED_ANSWERS:]
        question = said[:LONGEST_QUESTION] if follow_up_cue(said) in (None, Cue.SHORT) else ""
        messages = (*self.messages, said)[-REMEMBERED_MESSAGES:] if said else self.messages
        return Conversation(recent, self.misses + 1 if missed else 0, question, messages, self.settings)

    def as_request(self) -> dict[str, Any]:
        """What the next request must bring as its context."""
        return {
            "answers": list(self.answers), "misses": self.misses, "question": self.question, "messages": list(self.messages),
        }  # fmt: skip


def _turns(tracker: DialogueStateTracker) -> list[tuple[str, list[str]]]:
    """Each of the visitor's messages with the keys of its answers, oldest first."""
    turns: list[tuple[str, list[str]]] = []
    for event in tracker.applied_events():
        if isinstance(event, UserUttered):
            turns.append((event.text or "", []))
        elif isinstance(event, BotUttered) and turns and "utter_action" in event.metadata:
            turns[-1][1].append(event.metadata["utter_action"].removeprefix(UTTER_PREFIX))
    return turns

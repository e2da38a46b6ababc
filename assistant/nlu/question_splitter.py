"""Prepares the readings of one message: as it stands, cut into the questions it may hold, and as a follow-up.

Rasa's pipeline works on lists of messages. The splitter puts the readings behind the visitor's message in that list, so that the
featurizers and the classifier treat them like any other; `QuestionCollector`, last in the pipeline, gathers what came out.
"""

from __future__ import annotations

import json
import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.conversation import Conversation
from assistant.dialogue.cues import follow_up_cue
from assistant.nlu.text import plain_text

# Properties of the readings.
PART_OF_MESSAGE = "part_of_message"
IN_CONTEXT = "in_context"
LANGUAGE = "language"

MAX_PARTS = 5  # people ask two or three things at once, with a greeting; a list of ten is not answered piece by piece
MAX_FOLLOW_UP_WORDS = 12  # a message longer than this says itself what it is about

# Where one question may end and the next begin.
SENTENCE_END = re.compile(
    r"(?<=[.?!;])\s+|[\n\r]+|(?<=\w)\?+(?=\w)|\s+-\s+|(?:^|\s+)(?:(?:and\s+)?(?:\d\s*[.)]|first(?:ly| of all)|secondly|thirdly)),?\s+"
)
QUESTION_WORD = (
    r"(?:can|could|may|do|does|did|is|are|was|will|would|should|what|whats|what's|how|hows|how's|when|where|which|who|whos|whether|why|if|any|"
    r"there)\b"
)
CONJUNCTION = re.compile(
    rf"[,;]?\s+(?:and also|and then|and|also|plus|oh and|&|but|or)\s+(?={QUESTION_WORD}|(?:also|i|am|im|it)\b)|,\s*(?={QUESTION_WORD})",
    re.IGNORECASE,
)
# The start of another question without any sign before it, as people dictate: "how much is it does it hurt".
RUN_ON = re.compile(
    r"\s+(?=(?:how (?:much|long|many|deep|often|do|does)|does (?:it|that)|do (?:i|you|they)|can i|is it|is there|are there|what (?:is|are)|"
    r"whats|when can|who (?:is|does))\b)",
    re.IGNORECASE,
)
# What is still going on at its last word.
UNFINISHED = re.compile(
    r"\b(?:me|know|say|ask|tell|times|much|many|long|often|hours|days|weeks|what|when|that|the|if|and|or|to|so|about|after|before)$",
    re.IGNORECASE,
)
# What has not come to its verb: "how many sessions" before "do i need".
VERBLESS = re.compile(
    r"^(?:and |but |so |or )*(?:how|what|which|whose)\b(?!.*(?:\b(?:is|are|was|were|do|does|did|can|could|may|will|would|should|"
    r"has|have|had|happens|costs|hurts|works)\b|'s\b|\bwhats\b|\bhows\b))",
    re.IGNORECASE,
)
# Three or more short things with commas between: "how many visits, price, parking".
LISTED_WORDS, LEAST_LISTED = 5, 3
RUN_ON_WORDS = 3  # a question before a run-on has at least so many words: "tell me how much" is one


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class QuestionSplitter(GraphComponent):
    """Adds the readings of a message behind it."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See parent class."""
        return {}

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        """An untrained splitter, which knows no earlier questions."""
        self._model_storage = model_storage
        self._resource = resource
        # Of every label, the example that stands first in the data: the question as an editor would put it.
        self._typical_question: dict[str, str] = {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> QuestionSplitter:
        """See parent class."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Remembers how each question is put, to read a follow-up together with it."""
        for example in training_data.intent_examples:
            if example.get(TEXT):
                self._typical_question.setdefault(example.get_full_intent(), example.get(TEXT))
        with self._model_storage.write_to(self._resource) as folder:
            words = json.dumps(self._typical_question, ensure_ascii=False)
            (folder / "typical_questions.json").write_text(words, encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> QuestionSplitter:
        """See parent class."""
        splitter = cls(config, model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder:
                words = (folder / "typical_questions.json").read_text(encoding="utf-8")
                splitter._typical_question = json.loads(words)
        except ValueError:
            pass  # trained on nothing
        return splitter

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training examples are one question each."""
        return training_data

    def process(self, messages: list[Message], tracker: DialogueStateTracker | None = None) -> list[Message]:
        """Puts the readings behind the message.

        Args:
            messages: Usually the one that is to be understood; of several, none is split.
            tracker: Its conversation.
        """
        if len(messages) != 1 or not messages[0].get(TEXT):
            return messages
        message = messages[0]
        text = plain_text(message.get(TEXT))
        readings = [Message({TEXT: part, PART_OF_MESSAGE: True}) for part in split_questions(text)]
        question = self._question_before(message, tracker) if follow_up_cue(text) else None
        if question and len(text.split()) <= MAX_FOLLOW_UP_WORDS:
            readings.append(Message({TEXT: f"{question} {text}", IN_CONTEXT: True}))
        return [message, *readings]

    def _question_before(self, message: Message, tracker: DialogueStateTracker | None) -> str | None:
        """The question before: in the visitor's words where they said it in full, else as it is typically put."""
        if tracker is None:
            return None
        conversation = Conversation.of(tracker, message.get(METADATA) or {})
        if conversation.question:
            return conversation.question
        return next(
            (self._typical_question[key] for key in reversed(conversation.answers) if key in self._typical_question), None
        )


def split_questions(text: str) -> list[str]:
    """Cuts a message into the questions it may hold; an empty list where it is only one.

    Greetings and thanks around a question are parts too; whoever reads the parts leaves them out.
    """
    parts = [
        question
        for sentence in SENTENCE_END.split(text)
        for clause in _listed(sentence or "") or CONJUNCTION.split(sentence or "")
        for question in _run_on(clause or "")
        if question.strip(" ,.?!;-)0123456789")
    ]
    return [part.strip(" ,;") for part in parts][:MAX_PARTS] if len(parts) > 1 else []


def _listed(sentence: str) -> list[str]:
    """The things of a list with commas; an empty list where it is none."""
    things = [thing.strip() for thing in re.split(r",\s*(?:and\s+)?|:\s+", sentence)]
    is_list = len(things) >= LEAST_LISTED and all(0 < len(thing.split()) <= LISTED_WORDS for thing in things)
    return things if is_list else []


def _run_on(clause: str) -> list[str]:
    """Cuts a clause where another question starts without a sign, if what is before it is a question itself."""
    parts: list[str] = []
    for piece in RUN_ON.split(clause):
        before = parts[-1].strip() if parts else ""
        unfinished = len(before.split()) < RUN_ON_WORDS or UNFINISHED.search(before) or VERBLESS.match(before)
        if parts and (unfinished or not re.match(QUESTION_WORD, before, re.IGNORECASE)):
            parts[-1] = f"{parts[-1]} {piece}"
        else:
            parts.append(piece)
    return parts

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
from assistant.nlu.text import plain_text

# Properties of the readings.
PART_OF_MESSAGE = "part_of_message"
IN_CONTEXT = "in_context"
LANGUAGE = "language"

MAX_PARTS = 4  # people ask two or three things at once; a list of ten is not answered piece by piece
MAX_FOLLOW_UP_WORDS = 12  # a message longer than this says itself what it is about

# Where one question may end and the next begin.
SENTENCE_END = re.compile(r"(?<=[.?!;])\s+|[\n\r]+|(?<=\w)\?+(?=\w)|\s+-\s+")
CONJUNCTION = re.compile(
    r"[,;]?\s+(?:and also|and then|and|also|plus|oh and|&|but|or)\s+(?="
    r"(?:can|could|may|do|does|did|is|are|was|will|would|should|what|whats|how|hows|when|where|which|who|whos|why|if|any|"
    r"also|i|am|im|it|does|what's|how's|there)\b)"
    r"|,\s*(?=(?:can|could|may|do|does|is|are|will|would|should|what|whats|how|when|where|which|who|why)\b)",
    re.IGNORECASE,
)
LIST_AND = re.compile(r"\s*(?:,|\band\b|\bor\b|&|\bplus\b|\+|/)\s*", re.IGNORECASE)


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
        question = self._question_before(message, tracker)
        if question and len(text.split()) <= MAX_FOLLOW_UP_WORDS:
            readings.append(Message({TEXT: f"{question} {text}", IN_CONTEXT: True}))
        return [message, *readings]

    def _question_before(self, message: Message, tracker: DialogueStateTracker | None) -> str | None:
        """The question that the newest answer in the conversation belongs to."""
        if tracker is None:
            return None
        conversation = Conversation.of(tracker, message.get(METADATA) or {})
        for key in reversed(conversation.answers):
            if key in self._typical_question:
                return self._typical_question[key]
        return None


def split_questions(text: str) -> list[str]:
    """Cuts a message into the questions it may hold; an empty list where it is only one.

    Greetings and thanks around a question are parts too; whoever reads the parts leaves them out.
    """
    sentences = [part for part in SENTENCE_END.split(text) if part and part.strip(" ,.?!;-")]
    parts = [part.strip(" ,;") for sentence in sentences for part in CONJUNCTION.split(sentence) if part.strip(" ,.?!;-")]
    return parts[:MAX_PARTS] if len(parts) > 1 else []

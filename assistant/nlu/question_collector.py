"""Gathers the readings of one message, which `QuestionSplitter` put into the pipeline, back into that message."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.language import read_language
from assistant.nlu.one_vs_rest_intent_classifier import QUESTION_RANKING
from assistant.nlu.question_splitter import IN_CONTEXT, LANGUAGE, PART_OF_MESSAGE
from assistant.nlu.text import plain_text

# Property of a parsed message: the rankings of its readings, for the dialogue policy.
READINGS = "readings"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class QuestionCollector(GraphComponent):
    """Adds to a message what its parts and its reading in context were understood as, and the language it is in."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> QuestionCollector:
        """See parent class."""
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training examples have no readings."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """See parent class.

        Returns:
            The visitor's message alone, with `readings`: `{"parts": [{"text", "ranking"}], "in_context": ranking or None}`.
        """
        message, readings = messages[0], messages[1:]
        parts = [
            {"text": reading.get(TEXT), "ranking": reading.get(QUESTION_RANKING)}
            for reading in readings
            if reading.get(PART_OF_MESSAGE)
        ]
        in_context = [reading.get(QUESTION_RANKING) for reading in readings if reading.get(IN_CONTEXT)]
        message.set(READINGS, {"parts": parts, "in_context": in_context[0] if in_context else None}, add_to_output=True)
        message.set(LANGUAGE, read_language(plain_text(message.get(TEXT) or "")), add_to_output=True)
        return [message]

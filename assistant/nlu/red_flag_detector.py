"""Looks for red flags before anything else is made of a message: the first of the three ways that raise the level."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.rules import red_flags
from safety import InvalidRules, RedFlags

# Property of a parsed message: `{"level", "mentioned", "reasons": [{"rule", "level", "why", "words"}]}`.
RED_FLAGS = "red_flags"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class RedFlagDetector(GraphComponent):
    """Adds to a message what the rules in `safety/` say of it."""

    def __init__(self, rules: RedFlags | None = None) -> None:
        """With the rules; without them only in training, where reading them would take a while."""
        self._red_flags = rules

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> RedFlagDetector:
        """See parent class. In training, which has no model yet, there are no rules: examples need none.

        Raises:
            RasaException: If they are missing or wrong: an assistant without them must not start.
        """
        if execution_context.model_id is None:
            return cls()
        try:
            return cls(red_flags())
        except InvalidRules as error:
            raise RasaException(f"The safety rules cannot be used. {error}") from error

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training examples need no rules."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """See parent class."""
        rules = self._red_flags or red_flags()
        for message in messages:
            concern = rules.check(message.get(TEXT) or "")
            reasons = [
                {"rule": reason.rule, "level": str(reason.level), "why": reason.why, "words": reason.words}
                for reason in concern.reasons
            ]
            found = {"level": str(concern.level), "mentioned": str(concern.mentioned), "reasons": reasons}
            message.set(RED_FLAGS, found, add_to_output=True)
        return messages

"""Says how likely a message is a medical concern of the visitor's own: the second of the three ways that raise the level."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.concern_model import ConcernModel
from assistant.nlu.features import feature_rows, form_features, sentence_features
from assistant.nlu.last_training import LastTraining
from assistant.nlu.sentence_encoder_featurizer import CONCERN_LOGITS
from safety import Level

SAFETY = "safety/"  # family of intents whose examples are concerns, named after the levels
# Property of a parsed message: the probability of each level and above, by the level's name.
CONCERN_PROBABILITIES = "concern_probabilities"
LEVELS = [level for level in Level if level is not Level.NONE]
FILE = "concerns.npz"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ConcernClassifier(GraphComponent):
    """Learns from the examples of `safety/routine`, `safety/urgent` and `safety/emergency` against all others."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See parent class."""
        return {}

    def __init__(self, model_storage: ModelStorage, resource: Resource) -> None:
        """An untrained classifier, which says nothing."""
        self._model_storage = model_storage
        self._resource = resource
        self._model: ConcernModel | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ConcernClassifier:
        """See parent class."""
        return cls(model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Trains on all examples with features; on data without concerns of every level there is nothing to learn."""
        given = feature_rows(training_data)
        levels = np.array([_level(example.get_full_intent()) for example in given.examples], dtype=int)
        if set(levels) == set(Level):
            texts = [example.get(TEXT) for example in given.examples]
            self._model = ConcernModel.train(given.rows, texts, levels, LastTraining.of(self._model_storage))
            with self._model_storage.write_to(self._resource) as folder:
                self._model.save(folder / FILE)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """See parent class.

        Returns:
            The same messages; the first, which is the visitor's own, with its probabilities. The others are readings of it.
        """
        features = sentence_features(messages[0]) if messages else None
        if self._model is not None and features is not None:
            probabilities = self._model.probabilities(
                np.concatenate([features, form_features(messages[0])]),
                messages[0].get(TEXT),
                messages[0].get(CONCERN_LOGITS),
            )
            by_level = {str(level): float(probability) for level, probability in zip(LEVELS, probabilities)}
            messages[0].set(CONCERN_PROBABILITIES, by_level, add_to_output=True)
        return messages

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ConcernClassifier:
        """See parent class."""
        component = cls(model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder:
                component._model = ConcernModel.load(folder / FILE)
        except ValueError:
            pass  # trained on data without concerns
        return component


def _level(intent: str) -> Level:
    return Level.named(intent.removeprefix(SAFETY)) if intent.startswith(SAFETY) else Level.NONE

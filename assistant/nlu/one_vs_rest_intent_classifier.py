"""Says which question a message asks, and how sure it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, RESPONSE_SELECTOR, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.features import feature_rows, form_features, sentence_features, text_as_meant
from assistant.nlu.last_training import LastTraining
from assistant.nlu.one_vs_rest import OneVsRest, Scored

# Property of a parsed message: the ranking of its full labels ("aftercare/makeup"), which Rasa's own ranking cuts to "aftercare".
QUESTION_RANKING = "question_ranking"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class OneVsRestIntentClassifier(IntentClassifier, GraphComponent):
    """Classifies by every dense sentence feature of the pipeline together.

    Plain intents and retrieval intents alike: for a retrieval intent it also says which of its questions was asked, in the
    place where Rasa's ResponseSelector would, so that `utter_<topic>` answers it.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """See parent class."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See parent class."""
        return {
            # Inverse strength of the regularisation: scikit-learn's C.
            "C": 30.0,
            "iterations": 40,
            "ranking_length": 10,
            # The label of messages that are about something else, if the data has one. The surer the classifier is of it, the less it
            # is of every other.
            "out_of_scope": "fallback/out_of_scope",
        }

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        """An untrained classifier: it finds every message's intent to be None."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._classifier: OneVsRest | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> OneVsRestIntentClassifier:
        """See parent class."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Trains on all examples with an intent and features; with fewer than two intents there is nothing to tell apart."""
        given = feature_rows(training_data)
        labels = [example.get_full_intent() for example in given.examples]
        if len(set(labels)) >= 2:
            self._classifier = OneVsRest.train(
                given.rows,
                given.features,
                labels,
                [example.get(TEXT) for example in given.examples],
                strength=self._config["C"],
                iterations=self._config["iterations"],
                last=LastTraining.of(self._model_storage),
            )
            with self._model_storage.write_to(self._resource) as folder:
                self._classifier.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """See parent class. A message without features (no text), or that a rule has read already, is left as it is."""
        for message in messages:
            if message.get(QUESTION_RANKING):
                continue
            features = sentence_features(message)
            if self._classifier is None or features is None:
                set_intent(message, [])
            else:
                ranking = self._classifier.rank(
                    features, form_features(message), text_as_meant(message), self._config["ranking_length"]
                )
                set_intent(message, self._less_sure_if_out_of_scope(ranking))
        return messages

    def _less_sure_if_out_of_scope(self, ranking: list[Scored]) -> list[Scored]:
        label = self._config["out_of_scope"]
        doubt = next((scored.confidence for scored in ranking if scored.label == label), 0.0)
        if ranking[0].label == label or not doubt:
            return ranking
        return [
            scored if scored.label == label else replace(scored, confidence=scored.confidence * (1 - doubt))
            for scored in ranking
        ]

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> OneVsRestIntentClassifier:
        """See parent class."""
        component = cls(config, model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder:
                component._classifier = OneVsRest.load(folder)
        except ValueError:
            pass  # trained on nothing
        return component


def set_intent(message: Message, ranking: list[Scored]) -> None:
    """Writes a ranking of labels into a message in Rasa's terms."""
    questions = [{"name": s.label, "confidence": s.confidence, "nearest": s.nearest} for s in ranking]
    intents: dict[str, float] = {}
    selected: dict[str, Any] = {}
    for scored in ranking:
        intent = scored.label.partition("/")[0]
        intents.setdefault(intent, scored.confidence)
        if "/" in scored.label and intent not in selected:
            ofs = [
                {"confidence": s.confidence, "intent_response_key": s.label}
                for s in ranking
                if s.label.startswith(f"{intent}/")
            ]
            selected[intent] = {
                "response": {
                    "responses": None,
                    "confidence": scored.confidence,
                    "intent_response_key": scored.label,
                    "utter_action": f"utter_{scored.label}",
                },
                "ranking": ofs,
            }
    intent_ranking = [{"name": name, "confidence": confidence} for name, confidence in intents.items()]
    message.set(INTENT, intent_ranking[0] if intent_ranking else {"name": None, "confidence": 0.0}, add_to_output=True)
    message.set("intent_ranking", intent_ranking, add_to_output=True)
    message.set(QUESTION_RANKING, questions, add_to_output=True)
    message.set(RESPONSE_SELECTOR, {"all_retrieval_intents": list(selected), **selected}, add_to_output=True)

"""Gives every message the vectors of its meaning and its form, and what the encoder makes of how serious it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.encoder_files import EncoderFileError
from assistant.nlu.features import FORM, text_as_meant
from assistant.nlu.last_training import LastTraining
from assistant.nlu.sentence_encoder import Encoded, SentenceEncoder, load_encoder

PART = "meaning"  # of what the last training left
CONCERN_LOGITS = "concern_logits"  # property of a message: (3,), of each level of concern and above


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoderFeaturizer(DenseFeaturizer, GraphComponent):
    """Adds two sentence features of shape (1, 384), each of length one, made by a pretrained sentence encoder.

    A message that is to be understood, as against a training example, also gets the encoder's logits of concern.
    """

    @staticmethod
    def required_packages() -> list[str]:
        """See parent class."""
        return ["onnxruntime", "tokenizers"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See parent class."""
        return {
            **DenseFeaturizer.get_default_config(),
            # The folder of another encoder, exported by `make encoder`, can be named here.
            "encoder": "models/encoder",
        }

    def __init__(self, config: dict[str, Any], name: str, last: LastTraining | None = None) -> None:
        """Loads the encoder.

        Args:
            config: Names the encoder's folder.
            name: Of this component in the pipeline.
            last: Has the vectors of the last training's examples; of use in training only.

        Raises:
            RasaException: If the encoder's files are missing or altered.
        """
        super().__init__(name, config)
        self._last = last or LastTraining()
        try:
            self._encoder: SentenceEncoder = load_encoder(Path(config["encoder"]))
        except EncoderFileError as error:
            raise RasaException(str(error)) from error

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoderFeaturizer:
        """See parent class."""
        return cls(config, execution_context.node_name, LastTraining.of(model_storage))

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """See parent class."""
        self._add_features(training_data.training_examples, self._encode_for_training)
        return training_data

    def _encode_for_training(self, texts: list[str]) -> Encoded:
        """Most examples were in the last training too, and encoding takes longest of all."""
        encode = self._encoder.encode_many
        return Encoded(**self._last.rows(PART, self._encoder.digest, texts, lambda new: vars(encode(new))))

    def process(self, messages: list[Message]) -> list[Message]:
        """See parent class."""
        encoded = self._add_features(messages, self._encoder.encode)
        for message, logits in encoded:
            if logits.size:
                message.set(CONCERN_LOGITS, logits)
        return messages

    def _add_features(
        self, messages: list[Message], encode: Callable[[list[str]], Encoded]
    ) -> list[tuple[Message, np.ndarray]]:
        """Adds the vectors to the messages that have text, and returns these messages with their logits."""
        with_text = [message for message in messages if text_as_meant(message)]
        if not with_text:
            return []
        encoded = encode([text_as_meant(message) for message in with_text])
        for message, meaning, form in zip(with_text, encoded.meaning, encoded.form):
            message.add_features(Features(meaning[np.newaxis], FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
            if form.size:
                message.add_features(Features(form[np.newaxis], FEATURE_TYPE_SENTENCE, TEXT, FORM))
        return list(zip(with_text, encoded.concern))

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """See parent class."""

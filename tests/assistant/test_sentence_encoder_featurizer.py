"""The component that gives a message the vector of its meaning."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.features import form_features, sentence_features
from assistant.nlu.sentence_encoder_featurizer import CONCERN_LOGITS, SentenceEncoderFeaturizer


@pytest.fixture
def featurizer(
    storage: LocalModelStorage, resource: Resource, execution_context: ExecutionContext
) -> SentenceEncoderFeaturizer:
    return SentenceEncoderFeaturizer.create(
        SentenceEncoderFeaturizer.get_default_config(), storage, resource, execution_context
    )


@pytest.mark.parametrize("features", [sentence_features, form_features], ids=["meaning", "form"])
def test_a_message_gets_vectors_of_length_one(featurizer: SentenceEncoderFeaturizer, features: Callable) -> None:
    message = Message({TEXT: "does it hurt"})

    featurizer.process([message])

    assert features(message).shape == (384,)
    assert np.linalg.norm(features(message)) == pytest.approx(1, abs=1e-4)


def test_a_message_gets_the_encoders_opinion_of_how_serious_it_is(featurizer: SentenceEncoderFeaturizer) -> None:
    message = Message({TEXT: "does it hurt"})

    featurizer.process([message])

    assert message.get(CONCERN_LOGITS).shape == (3,)


@pytest.mark.parametrize("data", [{}, {TEXT: ""}, {TEXT: None}], ids=["no text", "empty", "none"])
def test_a_message_without_text_gets_no_vector(featurizer: SentenceEncoderFeaturizer, data: dict) -> None:
    message = Message(data)

    featurizer.process([message])

    assert message.features == []


def test_a_text_of_spaces_gets_a_finite_vector(featurizer: SentenceEncoderFeaturizer) -> None:
    message = Message({TEXT: "   "})

    featurizer.process([message])

    assert np.isfinite(sentence_features(message)).all()


def test_every_training_example_gets_a_vector(featurizer: SentenceEncoderFeaturizer, training_data: TrainingData) -> None:
    featurizer.process_training_data(training_data)

    assert all(sentence_features(example) is not None for example in training_data.training_examples)


def test_a_missing_encoder_is_an_error_of_rasas_with_the_same_sentence(
    storage: LocalModelStorage, resource: Resource, execution_context: ExecutionContext
) -> None:
    config = {**SentenceEncoderFeaturizer.get_default_config(), "encoder": "models/nowhere"}

    with pytest.raises(RasaException, match=r"models/nowhere/encoder\.yml is missing"):
        SentenceEncoderFeaturizer.create(config, storage, resource, execution_context)

"""The component that gives a message the vector of its spelling."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.character_ngram_featurizer import CharacterNgramFeaturizer
from assistant.nlu.last_training import LastTraining

CONFIG = CharacterNgramFeaturizer.get_default_config()


@pytest.fixture
def featurizer(storage: LocalModelStorage, resource: Resource, execution_context: ExecutionContext) -> CharacterNgramFeaturizer:
    return CharacterNgramFeaturizer.create(CONFIG, storage, resource, execution_context)


@pytest.fixture
def trained(featurizer: CharacterNgramFeaturizer, training_data: TrainingData) -> CharacterNgramFeaturizer:
    featurizer.train(training_data)
    return featurizer


def test_a_message_gets_a_sentence_vector_of_the_configured_length(trained: CharacterNgramFeaturizer) -> None:
    vector = _vector(trained, "when can i shower")

    assert np.linalg.norm(vector) == pytest.approx(CONFIG["weight"], abs=1e-5)


def test_a_typo_moves_a_word_only_a_little(trained: CharacterNgramFeaturizer) -> None:
    right, misspelt, other = (_vector(trained, text) for text in ("foundation", "foundashion", "price"))

    assert right @ misspelt > 2 * abs(right @ other)


def test_case_and_spaces_do_not_count(trained: CharacterNgramFeaturizer) -> None:
    assert (_vector(trained, " HOW  MUCH\n") == _vector(trained, "how much")).all()


@pytest.mark.parametrize("data", [{}, {TEXT: ""}, {TEXT: None}], ids=["no text", "empty", "none"])
def test_a_message_without_text_gets_no_vector(trained: CharacterNgramFeaturizer, data: dict) -> None:
    message = Message(data)

    trained.process([message])

    assert message.features == []


@pytest.mark.parametrize("text", ["   ", "多少钱", "😂"])
def test_a_text_without_a_known_ngram_has_a_vector_of_noughts(trained: CharacterNgramFeaturizer, text: str) -> None:
    vector = _vector(trained, text)

    assert not vector.any()


def test_an_untrained_featurizer_leaves_messages_as_they_are(featurizer: CharacterNgramFeaturizer) -> None:
    message = Message({TEXT: "hello"})

    featurizer.process([message])

    assert message.features == []


@pytest.mark.parametrize("texts", [[], ["hello"], ["", ""], ["a", "a"]], ids=["none", "one", "empty", "the same"])
def test_data_too_poor_to_learn_from_are_survived(featurizer: CharacterNgramFeaturizer, texts: list[str]) -> None:
    featurizer.train(TrainingData([Message({TEXT: text}) for text in texts]))

    message = Message({TEXT: "hello"})
    featurizer.process([message])
    assert all(np.isfinite(feature.features).all() for feature in message.features)


@pytest.mark.parametrize("text", ["when can i wear makeup", "HELLO!!", "x"])
def test_a_loaded_featurizer_gives_the_same_vector_to_the_last_digit(
    trained: CharacterNgramFeaturizer,
    storage: LocalModelStorage,
    resource: Resource,
    execution_context: ExecutionContext,
    text: str,
) -> None:
    loaded = CharacterNgramFeaturizer.load(CONFIG, storage, resource, execution_context)

    assert (_vector(loaded, text) == _vector(trained, text)).all()


def test_one_that_learnt_nothing_loads(
    featurizer: CharacterNgramFeaturizer, storage: LocalModelStorage, resource: Resource, execution_context: ExecutionContext
) -> None:
    featurizer.train(TrainingData([]))

    loaded = CharacterNgramFeaturizer.load(CONFIG, storage, resource, execution_context)

    assert loaded.process([Message({TEXT: "hello"})])[0].features == []


def test_an_example_gets_the_vector_that_a_message_gets(trained: CharacterNgramFeaturizer, training_data: TrainingData) -> None:
    trained.process_training_data(training_data)

    for example in training_data.training_examples:
        assert example.features[0].features[0] == pytest.approx(_vector(trained, example.get(TEXT)), abs=1e-5)


def test_the_dimensions_stay_while_nearly_all_examples_do(
    storage: LocalModelStorage, resource: Resource, execution_context: ExecutionContext, tmp_path: Path
) -> None:
    storage.last_training = LastTraining(tmp_path / "last")
    texts = [
        f"{first} {second}"
        for first in ("can", "may", "will", "do")
        for second in ("swim", "run", "eat", "drink", "drive", "fly")
    ]
    first = _trained_on(texts, storage, resource, execution_context)

    nearly = _trained_on(texts[:-1], storage, resource, execution_context)
    others = _trained_on([*texts[:8], "zqzq"], storage, resource, execution_context)

    assert (_vector(nearly, "can i swim") == _vector(first, "can i swim")).all()
    assert _vector(others, "zqzq").any()
    assert not _vector(first, "zqzq").any()


def _trained_on(
    texts: list[str], storage: LocalModelStorage, resource: Resource, execution_context: ExecutionContext
) -> CharacterNgramFeaturizer:
    featurizer = CharacterNgramFeaturizer.create(CONFIG, storage, resource, execution_context)
    featurizer.train(TrainingData([Message({TEXT: text}) for text in texts]))
    return featurizer


def _vector(featurizer: CharacterNgramFeaturizer, text: str) -> np.ndarray:
    message = Message({TEXT: text})
    featurizer.process([message])
    return message.get_dense_features(TEXT)[1].features[0]

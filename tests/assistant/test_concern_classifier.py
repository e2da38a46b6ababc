"""The component that says how likely a message is a concern of the visitor's own."""

from __future__ import annotations

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.concern_classifier import CONCERN_PROBABILITIES, ConcernClassifier
from assistant.nlu.question_splitter import IN_CONTEXT, PART_OF_MESSAGE
from assistant.nlu.sentence_encoder_featurizer import CONCERN_LOGITS

# What a message means, as a featurizer would say it: a direction of its own for each level.
NONE, ROUTINE, URGENT, EMERGENCY = range(4)
EXAMPLES = [
    ("cost/price", NONE, "how much is it"),
    ("greet", NONE, "hello"),
    ("safety/routine", ROUTINE, "i take pills"),
    ("safety/routine", ROUTINE, "i am diabetic"),
    ("safety/urgent", URGENT, "my cheek is red"),
    ("safety/urgent", URGENT, "it is still swollen"),
    ("safety/emergency", EMERGENCY, "i cannot breathe"),
    ("safety/emergency", EMERGENCY, "my throat is closing"),
]


@pytest.fixture
def classifier(storage: LocalModelStorage, resource: Resource, execution_context: ExecutionContext) -> ConcernClassifier:
    return ConcernClassifier.create({}, storage, resource, execution_context)


@pytest.fixture
def trained(classifier: ConcernClassifier) -> ConcernClassifier:
    classifier.train(_data())
    return classifier


@pytest.mark.parametrize(("level", "above"), [(NONE, 0), (ROUTINE, 1), (URGENT, 2), (EMERGENCY, 3)])
def test_a_message_is_likely_of_its_level_and_those_below(trained: ConcernClassifier, level: int, above: int) -> None:
    text = next(text for _, example, text in EXAMPLES if example == level)

    probabilities = _probabilities(trained, _message(text, level))

    assert [name for name, probability in probabilities.items() if probability > 0.5] == ["routine", "urgent", "emergency"][
        :above
    ]


def test_the_probabilities_are_in_the_output(trained: ConcernClassifier) -> None:
    message = _message("my throat is closing", EMERGENCY)

    trained.process([message])

    assert CONCERN_PROBABILITIES in message.as_dict(only_output_properties=True)


def test_a_message_without_features_has_no_probabilities(trained: ConcernClassifier) -> None:
    message = Message({TEXT: ""})

    trained.process([message])

    assert message.get(CONCERN_PROBABILITIES) is None


@pytest.mark.parametrize("text", ["", "?", "😂"])
def test_a_message_without_words_has_probabilities(trained: ConcernClassifier, text: str) -> None:
    probabilities = _probabilities(trained, _message(text, NONE))

    assert all(0 <= probability <= 1 for probability in probabilities.values())


def test_the_encoders_opinion_counts(trained: ConcernClassifier) -> None:
    message = _message("hello", NONE)
    message.set(CONCERN_LOGITS, np.full(3, 20, dtype=np.float32))

    assert _probabilities(trained, message)["emergency"] > 0.9


@pytest.mark.parametrize("reading", [PART_OF_MESSAGE, IN_CONTEXT])
def test_readings_of_a_message_do_not_count(trained: ConcernClassifier, reading: str) -> None:
    alone = _probabilities(trained, _message("hello", NONE))

    together = _probabilities(trained, _message("hello", NONE), _message("my throat is closing", EMERGENCY, reading))

    assert together == alone


@pytest.mark.parametrize("text", ["how much is it", "my throat is closing", "the moon"])
def test_a_loaded_classifier_says_the_same_to_the_last_digit(
    trained: ConcernClassifier,
    storage: LocalModelStorage,
    resource: Resource,
    execution_context: ExecutionContext,
    text: str,
) -> None:
    loaded = ConcernClassifier.load({}, storage, resource, execution_context)

    assert _probabilities(loaded, _message(text, URGENT)) == _probabilities(trained, _message(text, URGENT))


def test_an_untrained_classifier_says_nothing(classifier: ConcernClassifier) -> None:
    message = _message("my throat is closing", EMERGENCY)

    classifier.process([message])

    assert message.get(CONCERN_PROBABILITIES) is None


@pytest.mark.parametrize("missing", [NONE, ROUTINE, URGENT, EMERGENCY])
def test_without_examples_of_every_level_there_is_nothing_to_learn(classifier: ConcernClassifier, missing: int) -> None:
    classifier.train(_data(without=missing))
    message = _message("my throat is closing", EMERGENCY)

    classifier.process([message])

    assert message.get(CONCERN_PROBABILITIES) is None


def test_a_classifier_that_learnt_nothing_can_be_loaded(
    classifier: ConcernClassifier, storage: LocalModelStorage, resource: Resource, execution_context: ExecutionContext
) -> None:
    classifier.train(_data(without=EMERGENCY))
    message = _message("my throat is closing", EMERGENCY)

    ConcernClassifier.load({}, storage, resource, execution_context).process([message])

    assert message.get(CONCERN_PROBABILITIES) is None


def test_examples_without_text_are_left_out_of_training(classifier: ConcernClassifier) -> None:
    data = _data()
    data.training_examples.append(Message({INTENT: "greet"}))

    classifier.train(data)

    assert _probabilities(classifier, _message("my throat is closing", EMERGENCY))["emergency"] > 0.5


def _data(without: int | None = None) -> TrainingData:
    examples = []
    for label, level, text in EXAMPLES:
        if level == without:
            continue
        example = _message(text, level)
        example.set(INTENT, label.partition("/")[0])
        if "/" in label:
            example.set(INTENT_RESPONSE_KEY, label)
        examples.append(example)
    return TrainingData(examples)


def _message(text: str, level: int, reading: str | None = None) -> Message:
    """A message that means a level; a reading of another message if so marked."""
    message = Message({TEXT: text} if reading is None else {TEXT: text, reading: True})
    message.add_features(Features(np.eye(4, dtype=np.float32)[[level]], FEATURE_TYPE_SENTENCE, TEXT, "encoder"))
    return message


def _probabilities(classifier: ConcernClassifier, message: Message, *readings: Message) -> dict[str, float]:
    classifier.process([message, *readings])
    probabilities: dict[str, float] = message.get(CONCERN_PROBABILITIES)
    return probabilities

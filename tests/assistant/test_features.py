"""The features of examples, side by side."""

from __future__ import annotations

import numpy as np
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.features import FORM, feature_rows


def _example(*features: tuple[str, list[float]]) -> Message:
    message = Message({TEXT: "how much is it", INTENT: "cost"})
    for origin, values in features:
        _add(message, origin, values)
    return message


def _add(message: Message, origin: str, values: list[float]) -> None:
    message.add_features(Features(np.array([values], np.float32), FEATURE_TYPE_SENTENCE, TEXT, origin))


def test_the_form_comes_after_the_features_wherever_it_was_added() -> None:
    made = feature_rows(TrainingData([_example(("meaning", [1, 2]), (FORM, [9]), ("spelling", [3]))]))

    assert made.rows.tolist() == [[1, 2, 3, 9]]
    assert made.features == 3


def test_an_example_without_features_is_left_out() -> None:
    full = _example(("meaning", [1, 2]))

    made = feature_rows(TrainingData([full, _example()]))

    assert made.examples == [full]


def test_they_are_put_together_once_for_all_that_learn_of_the_same_data() -> None:
    data = TrainingData([_example(("meaning", [1, 2]))])

    assert feature_rows(data) is feature_rows(data)


def test_other_data_have_other_rows() -> None:
    first, second = TrainingData([_example(("meaning", [1, 2]))]), TrainingData([_example(("meaning", [3, 4]))])
    feature_rows(first)

    assert feature_rows(second).rows.tolist() == [[3, 4]]


def test_what_a_further_component_adds_is_seen() -> None:
    data = TrainingData([_example(("meaning", [1, 2]))])
    feature_rows(data)
    for example in data.intent_examples:
        _add(example, "spelling", [3])

    assert feature_rows(data).rows.tolist() == [[1, 2, 3]]


def test_data_without_examples_have_no_rows() -> None:
    assert feature_rows(TrainingData([])).rows.shape == (0, 0)

"""The component that says which question a message asks; alone, and in a model of the whole pipeline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.core.agent import Agent, load_agent
from rasa.core.channels.channel import UserMessage
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.one_vs_rest_intent_classifier import QUESTION_RANKING, OneVsRestIntentClassifier
from assistant.nlu.sentence_encoder import load_encoder

ENCODER = Path("models/encoder")
CONFIG = OneVsRestIntentClassifier.get_default_config()


@pytest.fixture
def classifier(
    storage: LocalModelStorage, resource: Resource, execution_context: ExecutionContext
) -> OneVsRestIntentClassifier:
    return OneVsRestIntentClassifier.create(CONFIG, storage, resource, execution_context)


@pytest.fixture
def trained(classifier: OneVsRestIntentClassifier, training_data: TrainingData) -> OneVsRestIntentClassifier:
    for example in training_data.training_examples:
        _featurize(example)
    classifier.train(training_data)
    return classifier


@pytest.fixture(scope="session")
async def small_agent(small_model: Path) -> Agent:
    return await load_agent(str(small_model))


def test_a_retrieval_intent_is_found_with_its_question(trained: OneVsRestIntentClassifier) -> None:
    message = _classified(trained, "may i shower after it")

    assert message.get(INTENT)["name"] == "aftercare"
    assert message.get(QUESTION_RANKING)[0]["name"] == "aftercare/water"


def test_a_retrieval_intent_says_which_response_answers_it(trained: OneVsRestIntentClassifier) -> None:
    message = _classified(trained, "may i shower after it")

    assert message.get("response_selector")["aftercare"]["response"]["utter_action"] == "utter_aftercare/water"


def test_a_plain_intent_is_found(trained: OneVsRestIntentClassifier) -> None:
    message = _classified(trained, "hello good morning")

    assert message.get(INTENT)["name"] == "greet"
    assert "greet" not in message.get("response_selector")["all_retrieval_intents"]


def test_each_intent_is_in_the_ranking_once(trained: OneVsRestIntentClassifier) -> None:
    names = [entry["name"] for entry in _classified(trained, "makeup").get("intent_ranking")]

    assert sorted(names) == ["aftercare", "cost", "greet"]


def test_a_message_without_features_has_no_intent(trained: OneVsRestIntentClassifier) -> None:
    message = Message({TEXT: ""})

    trained.process([message])

    assert message.get(INTENT) == {"name": None, "confidence": 0.0}


def test_a_message_that_has_been_read_already_is_left_as_it_is(trained: OneVsRestIntentClassifier) -> None:
    message = Message({TEXT: "hello", QUESTION_RANKING: [{"name": "cost/price", "confidence": 1.0}]})

    trained.process([message])

    assert message.get(QUESTION_RANKING) == [{"name": "cost/price", "confidence": 1.0}]


def test_an_untrained_classifier_finds_no_intent(classifier: OneVsRestIntentClassifier) -> None:
    assert _classified(classifier, "hello").get(INTENT)["name"] is None


def test_one_intent_only_is_nothing_to_tell_apart(
    classifier: OneVsRestIntentClassifier,
    storage: LocalModelStorage,
    resource: Resource,
    execution_context: ExecutionContext,
) -> None:
    examples = [_featurize(Message({TEXT: text, INTENT: "greet"})) for text in ("hello", "hi")]
    classifier.train(TrainingData(examples))

    loaded = OneVsRestIntentClassifier.load(CONFIG, storage, resource, execution_context)

    assert _classified(loaded, "hello").get(INTENT)["name"] is None


def test_examples_without_text_are_left_out_of_training(
    classifier: OneVsRestIntentClassifier, training_data: TrainingData
) -> None:
    for example in training_data.training_examples:
        _featurize(example)
    training_data.training_examples.append(Message({INTENT: "greet"}))

    classifier.train(training_data)

    assert _classified(classifier, "hello").get(INTENT)["name"] == "greet"


def test_the_surer_it_is_of_something_else_the_less_of_every_other(
    storage: LocalModelStorage, resource: Resource, execution_context: ExecutionContext, training_data: TrainingData
) -> None:
    for example in training_data.training_examples:
        _featurize(example)
    doubting = OneVsRestIntentClassifier.create({**CONFIG, "out_of_scope": "greet"}, storage, resource, execution_context)
    sure = OneVsRestIntentClassifier.create(CONFIG, storage, resource, execution_context)
    doubting.train(training_data)
    sure.train(training_data)

    with_doubt, without = (_classified(each, "hello how much is it").get(QUESTION_RANKING)[0] for each in (doubting, sure))

    assert with_doubt["name"] == without["name"] == "cost/price"
    assert with_doubt["confidence"] < without["confidence"]


@pytest.mark.parametrize("text", ["can i wear makeup", "what does it cost", "hi", "the moon is far away"])
def test_a_loaded_classifier_says_the_same_to_the_last_digit(
    trained: OneVsRestIntentClassifier,
    storage: LocalModelStorage,
    resource: Resource,
    execution_context: ExecutionContext,
    text: str,
) -> None:
    loaded = OneVsRestIntentClassifier.load(CONFIG, storage, resource, execution_context)

    assert _classified(loaded, text).get(QUESTION_RANKING) == _classified(trained, text).get(QUESTION_RANKING)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("how much is it", "cost/price"),
        ("hello", "greet"),
        ("may i wash my face", "aftercare/water"),
        ("lipstick?", "aftercare/makeup"),
    ],
)
async def test_a_trained_model_understands_plain_and_retrieval_intents(small_agent: Agent, text: str, label: str) -> None:
    parsed = await _parsed(small_agent, text)

    assert parsed["intent"]["name"] == label.partition("/")[0]
    assert parsed[QUESTION_RANKING][0]["name"] == label


async def test_two_loads_of_one_model_say_the_same_to_the_last_digit(small_agent: Agent, small_model: Path) -> None:
    again = await load_agent(str(small_model))

    first, second = await _parsed(small_agent, "can i wear makeup"), await _parsed(again, "can i wear makeup")

    assert first[QUESTION_RANKING] == second[QUESTION_RANKING]


@pytest.mark.parametrize("text", ["", " ", "?", "😂", "\u200b"])
async def test_a_model_survives_a_text_without_words(small_agent: Agent, text: str) -> None:
    parsed = await _parsed(small_agent, text)

    assert 0 <= parsed["intent"]["confidence"] <= 1


async def _parsed(agent: Agent, text: str) -> dict[str, Any]:
    assert agent.processor is not None
    parsed: dict[str, Any] = await agent.processor.parse_message(UserMessage(text))
    return parsed


def _featurize(message: Message) -> Message:
    vector = load_encoder(ENCODER).encode([message.get(TEXT)]).meaning
    message.add_features(Features(vector.astype(np.float32), FEATURE_TYPE_SENTENCE, TEXT, "encoder"))
    return message


def _classified(classifier: OneVsRestIntentClassifier, text: str) -> Message:
    message = _featurize(Message({TEXT: text}))
    classifier.process([message])
    return message

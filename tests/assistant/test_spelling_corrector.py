"""The component that reads misspelt words as they are meant."""

from __future__ import annotations

import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu import spelling_corrector
from assistant.nlu.features import AS_MEANT, text_as_meant
from assistant.nlu.spelling_corrector import SpellingCorrector

CONFIG = SpellingCorrector.get_default_config()


@pytest.fixture
def corrector(storage: LocalModelStorage, resource: Resource, execution_context: ExecutionContext) -> SpellingCorrector:
    return SpellingCorrector.create(CONFIG, storage, resource, execution_context)


@pytest.fixture
def trained(corrector: SpellingCorrector, training_data: TrainingData) -> SpellingCorrector:
    corrector.train(training_data)
    return corrector


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("can i wear foundatoin", "can i wear foundation"),
        ("Aftrewards?", "afterwards?"),
        ("SWIMMMING", "swimming"),
        ("when afer the treatmnt", "when after the treatment"),
    ],
)
def test_a_misspelt_word_is_read_as_the_examples_word(trained: SpellingCorrector, text: str, meant: str) -> None:
    message = Message({TEXT: text})

    trained.process([message])

    assert text_as_meant(message) == meant
    assert message.get(TEXT) == text


@pytest.mark.parametrize(
    "text",
    ["can i wear makeup afterwards", "the treatments", "qwrtzpsd", "x1 ünïcode 多少", "", "qick"],
    ids=["an example's", "a word that the encoder knows", "like nothing", "other letters", "empty", "like nothing, short"],
)
def test_anything_else_is_left_as_it_is(trained: SpellingCorrector, text: str) -> None:
    message = Message({TEXT: text})

    trained.process([message])

    assert message.get(AS_MEANT) is None


def test_of_two_words_equally_like_it_the_commoner_is_meant(corrector: SpellingCorrector) -> None:
    texts = ["zorbing", "a zorbina", "the zorbina"]
    corrector.train(TrainingData([Message({TEXT: text, "intent": "a"}) for text in texts]))
    message = Message({TEXT: "zorbin"})

    corrector.process([message])

    assert text_as_meant(message) == "zorbina"


def test_a_rare_word_of_many_examples_is_left_alone_and_not_corrected_to(
    corrector: SpellingCorrector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spelling_corrector, "RARE", 3)
    corrector.train(TrainingData([Message({TEXT: text, "intent": "a"}) for text in ["a zorbina", "the zorbina", "zorbinna"]]))
    messages = [Message({TEXT: text}) for text in ("zorbinna", "zorbiina")]

    corrector.process(messages)

    assert [text_as_meant(message) for message in messages] == ["zorbinna", "zorbina"]


def test_an_untrained_corrector_leaves_messages_as_they_are(corrector: SpellingCorrector) -> None:
    message = Message({TEXT: "afterwrads"})

    corrector.process([message])

    assert text_as_meant(message) == "afterwrads"


def test_a_loaded_corrector_corrects_alike(
    trained: SpellingCorrector, storage: LocalModelStorage, resource: Resource, execution_context: ExecutionContext
) -> None:
    loaded = SpellingCorrector.load(CONFIG, storage, resource, execution_context)
    message = Message({TEXT: "aftrewards"})

    loaded.process([message])

    assert text_as_meant(message) == "afterwards"


def test_one_that_learnt_nothing_loads(
    storage: LocalModelStorage, resource: Resource, execution_context: ExecutionContext
) -> None:
    loaded = SpellingCorrector.load(CONFIG, storage, resource, execution_context)

    assert loaded.process([Message({TEXT: "hello"})])[0].get(AS_MEANT) is None

"""The component that looks for red flags before anything else is made of a message."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.red_flag_detector import RED_FLAGS, RedFlagDetector
from safety import RedFlags
from safety.rules import read_rules


@pytest.fixture(scope="module")
def detector() -> RedFlagDetector:
    return RedFlagDetector()


def test_a_red_flag_is_told_with_its_level(detector: RedFlagDetector) -> None:
    assert _flags(detector, "my throat is closing")["level"] == "emergency"


def test_a_reason_is_told_in_words(detector: RedFlagDetector) -> None:
    reason = _flags(detector, "my throat is closing")["reasons"][0]

    assert set(reason) == {"rule", "level", "why", "words"}
    assert all(isinstance(value, str) and value for value in reason.values())


@pytest.mark.parametrize("text", ["how much is it", "", "😂", "\u200b"])
def test_a_harmless_message_has_no_red_flag(detector: RedFlagDetector, text: str) -> None:
    assert _flags(detector, text) == {"level": "none", "mentioned": "none", "reasons": []}


def test_a_danger_asked_about_in_general_is_only_mentioned(detector: RedFlagDetector) -> None:
    flags = _flags(detector, "can it make people collapse")

    assert (flags["level"], flags["mentioned"]) == ("none", "emergency")


def test_a_message_without_text_has_no_red_flag(detector: RedFlagDetector) -> None:
    message = Message({})

    detector.process([message])

    assert message.get(RED_FLAGS)["level"] == "none"


def test_every_message_is_looked_at(detector: RedFlagDetector) -> None:
    messages = [Message({TEXT: "hello"}), Message({TEXT: "my throat is closing"})]

    detector.process(messages)

    assert [message.get(RED_FLAGS)["level"] for message in messages] == ["none", "emergency"]


def test_the_red_flags_are_in_the_output(detector: RedFlagDetector) -> None:
    message = Message({TEXT: "hello"})

    detector.process([message])

    assert RED_FLAGS in message.as_dict(only_output_properties=True)


def test_training_examples_are_left_as_they_are(detector: RedFlagDetector, training_data: TrainingData) -> None:
    detector.process_training_data(training_data)

    assert not any(example.get(RED_FLAGS) for example in training_data.training_examples)


def test_without_usable_rules_there_is_no_detector(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.nlu.red_flag_detector.red_flags", lambda: RedFlags(read_rules(tmp_path)))

    with pytest.raises(RasaException, match=str(tmp_path / "words.yml")):
        RedFlagDetector.load(
            {}, LocalModelStorage(tmp_path), Resource("rules"), ExecutionContext(GraphSchema({}), model_id="a model")
        )


def _flags(detector: RedFlagDetector, text: str) -> dict[str, Any]:
    message = Message({TEXT: text})
    detector.process([message])
    flags: dict[str, Any] = message.get(RED_FLAGS)
    return flags

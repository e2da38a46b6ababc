"""The readings of one message: its parts, and the message as a follow-up."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.question_splitter import IN_CONTEXT, MAX_PARTS, PART_OF_MESSAGE, QuestionSplitter, split_questions


@pytest.fixture
def splitter(storage: LocalModelStorage, resource: Resource, execution_context: ExecutionContext) -> QuestionSplitter:
    return QuestionSplitter.create({}, storage, resource, execution_context)


@pytest.fixture
def trained(splitter: QuestionSplitter, training_data: TrainingData) -> QuestionSplitter:
    splitter.train(training_data)
    return splitter


@pytest.fixture
def tracker() -> DialogueStateTracker:
    return DialogueStateTracker.from_events("visitor", [])


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Does it hurt? How much is it?", ["Does it hurt?", "How much is it?"]),
        ("does it hurt and how much is it", ["does it hurt", "how much is it"]),
        ("how much is it does it hurt", ["how much is it", "does it hurt"]),
        ("is it safe\ncan i swim", ["is it safe", "can i swim"]),
        ("does it hurt?how much", ["does it hurt", "how much"]),
        ("Hello! What is it? Thanks", ["Hello!", "What is it?", "Thanks"]),
        ("1. alcohol before?\n2. makeup after?", ["alcohol before?", "makeup after?"]),
        ("tell me 1) what you inject 2) whether it hurts", ["tell me", "what you inject", "whether it hurts"]),
        ("firstly is it safe, and secondly how much", ["is it safe", "how much"]),
        ("number of sessions, price, parking", ["number of sessions", "price", "parking"]),
        ("chin: does it work, how many visits and price", ["chin", "does it work", "how many visits and price"]),
    ],
)
def test_a_message_is_cut_where_a_question_ends(text: str, parts: list[str]) -> None:
    assert split_questions(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "does it hurt",
        "how many sessions do i need",
        "which areas can i have done",
        "tell me how much it is",
        "can i drink tea and coffee",
        "",
        "?",
        "   ",
        "... ???",
        "is it safe or not",
        "this is my first time",
        "makeup, shower",
    ],
)
def test_one_question_is_not_cut(text: str) -> None:
    assert split_questions(text) == []


def test_a_long_list_is_cut_into_a_few_parts_only() -> None:
    assert len(split_questions("does it hurt? " * 30)) == MAX_PARTS


def test_a_part_is_a_reading_behind_the_message(trained: QuestionSplitter, tracker: DialogueStateTracker) -> None:
    message = Message({TEXT: "does it hurt? how much is it?"})

    first, *readings = trained.process([message], tracker)

    assert first is message
    assert [reading.get(TEXT) for reading in readings] == ["does it hurt?", "how much is it?"]
    assert all(reading.get(PART_OF_MESSAGE) for reading in readings)


def test_a_follow_up_is_read_behind_the_question_that_was_answered(
    trained: QuestionSplitter, tracker: DialogueStateTracker
) -> None:
    message = _message("and makeup?", ["cost/price", "aftercare/water"])

    readings = trained.process([message], tracker)[1:]

    assert [reading.get(TEXT) for reading in readings] == ["can i take a shower afterwards and makeup?"]
    assert readings[0].get(IN_CONTEXT)


def test_small_talk_between_does_not_hide_the_question_before(trained: QuestionSplitter, tracker: DialogueStateTracker) -> None:
    message = _message("and makeup?", ["aftercare/water", "smalltalk/thanks"])

    readings = trained.process([message], tracker)[1:]

    assert readings[0].get(TEXT).startswith("can i take a shower afterwards")


@pytest.mark.parametrize("answers", [[], ["unknown/key"]], ids=["nothing answered", "an answer without examples"])
def test_without_a_question_before_nothing_is_read_in_context(
    trained: QuestionSplitter, tracker: DialogueStateTracker, answers: list[str]
) -> None:
    assert len(trained.process([_message("and makeup?", answers)], tracker)) == 1


def test_a_long_message_is_not_read_in_context(trained: QuestionSplitter, tracker: DialogueStateTracker) -> None:
    message = _message("is there anything that somebody my age would have to know about makeup", ["aftercare/water"])

    assert len(trained.process([message], tracker)) == 1


@pytest.mark.parametrize("data", [{}, {TEXT: ""}, {TEXT: None}], ids=["no text", "empty", "none"])
def test_a_message_without_text_has_no_readings(trained: QuestionSplitter, tracker: DialogueStateTracker, data: dict) -> None:
    assert len(trained.process([Message(data)], tracker)) == 1


def test_several_messages_are_not_split(trained: QuestionSplitter) -> None:
    messages = [Message({TEXT: "is it safe? is it dear?"}), Message({TEXT: "hello"})]

    assert trained.process(messages) == messages


def test_an_untrained_splitter_reads_nothing_in_context(splitter: QuestionSplitter, tracker: DialogueStateTracker) -> None:
    assert len(splitter.process([_message("and makeup?", ["aftercare/water"])], tracker)) == 1


def test_a_loaded_splitter_makes_the_same_readings(
    trained: QuestionSplitter,
    storage: LocalModelStorage,
    resource: Resource,
    execution_context: ExecutionContext,
    tracker: DialogueStateTracker,
) -> None:
    loaded = QuestionSplitter.load({}, storage, resource, execution_context)

    before = trained.process([_message("makeup? price?", ["aftercare/water"])], tracker)
    after = loaded.process([_message("makeup? price?", ["aftercare/water"])], tracker)
    assert [reading.get(TEXT) for reading in after] == [reading.get(TEXT) for reading in before]


def _message(text: str, answers: list[str]) -> Message:
    context: dict[str, Any] = {"context": {"answers": answers}}
    return Message({TEXT: text, METADATA: context})

"""What a turn knows of the turns before it."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.conversation import LONGEST_QUESTION, REMEMBERED_ANSWERS, Conversation, InvalidContext

MISS = "system/not_understood"


@pytest.mark.parametrize(
    ("context", "conversation"),
    [
        ({}, Conversation()),
        ({"answers": ["cost/price"]}, Conversation(("cost/price",))),
        ({"misses": 2}, Conversation(misses=2)),
        ({"settings": {"phone": "1"}}, Conversation(settings={"phone": "1"})),
    ],
)
def test_each_part_of_a_context_is_optional(context: dict[str, Any], conversation: Conversation) -> None:
    assert Conversation.from_request(context) == conversation


@pytest.mark.parametrize(
    "context",
    [
        None,
        [],
        "answers",
        {"answer": []},
        {"answers": "cost/price"},
        {"answers": [1]},
        {"misses": -1},
        {"misses": "1"},
        {"misses": True},
        {"misses": 1.5},
        {"question": 1},
        {"settings": []},
        {"settings": {"phone": 1}},
    ],
    ids=repr,
)
def test_a_context_of_another_shape_is_refused(context: object) -> None:
    with pytest.raises(InvalidContext):
        Conversation.from_request(context)


def test_only_the_newest_answers_are_remembered() -> None:
    answers = [f"topic/{number}" for number in range(50)]

    assert Conversation.from_request({"answers": answers}).answers == tuple(answers[-REMEMBERED_ANSWERS:])


def test_an_answer_is_added_at_the_end() -> None:
    assert Conversation(("a/b",)).then("hello", ["c/d", "e/f"]).answers == ("a/b", "c/d", "e/f")


def test_a_miss_is_counted() -> None:
    assert Conversation(misses=1).then("blah", [MISS]).misses == 2


def test_an_answer_ends_the_misses() -> None:
    assert Conversation(misses=2).then("how much", ["cost/price"]).misses == 0


def test_the_next_request_brings_what_it_was_told() -> None:
    conversation = Conversation().then("what does it cost", ["cost/price"]).then("blah", [MISS])

    assert Conversation.from_request(conversation.as_request()) == conversation


def test_settings_are_not_sent_back() -> None:
    assert "settings" not in Conversation(settings={"phone": "1"}).as_request()


def test_a_turn_without_an_answer_changes_nothing() -> None:
    assert Conversation(("a/b",), misses=1).then("hello", []) == Conversation(("a/b",), misses=1)


@pytest.mark.parametrize("said", ["can i wear makeup after the treatment", "price?"])
def test_a_question_that_says_itself_what_it_is_about_is_remembered(said: str) -> None:
    assert Conversation().then(said, ["cost/price"]).question == said


@pytest.mark.parametrize("said", ["and makeup?", "how long?", "no, before the treatment", ""])
def test_a_follow_up_is_not_remembered_as_a_question(said: str) -> None:
    assert Conversation(question="can i swim").then(said, ["cost/price"]).question == ""


def test_of_a_long_question_only_the_beginning_is_kept() -> None:
    assert len(Conversation().then("how much " * 100, ["cost/price"]).question) == LONGEST_QUESTION


def test_a_request_goes_before_the_tracker() -> None:
    tracker = _tracker(*_turn("hello", "smalltalk/greeting"))

    conversation = Conversation.of(tracker, {"context": {"answers": ["cost/price"]}})

    assert conversation.answers == ("cost/price",)


def test_in_rasas_own_shell_the_tracker_is_read_up_to_its_latest_message() -> None:
    tracker = _tracker(*_turn("how much", "cost/price"), *_turn("hurts?", "side_effects/pain"))

    assert Conversation.of(tracker).answers == ("cost/price",)


def test_for_a_message_that_is_still_to_be_read_the_whole_tracker_counts() -> None:
    tracker = _tracker(*_turn("how much", "cost/price"), *_turn("hurts?", "side_effects/pain"))

    assert Conversation.of(tracker, {}).answers == ("cost/price", "side_effects/pain")


def test_an_empty_tracker_is_a_new_conversation() -> None:
    assert Conversation.of(_tracker()) == Conversation()


def _turn(says: str, answer: str) -> list[Event]:
    return [UserUttered(says), ActionExecuted(f"utter_{answer}"), BotUttered("…", metadata={"utter_action": f"utter_{answer}"})]


def _tracker(*events: Event) -> DialogueStateTracker:
    return DialogueStateTracker.from_events("visitor", list(events))

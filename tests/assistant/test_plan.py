"""How a turn is decided, from what was understood and what went before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from assistant.conversation import Conversation
from assistant.dialogue.plan import MISS_ANSWERS, MOST_ANSWERS, OUT_OF_SCOPE, WHICH, Plan, Thresholds, plan_turn

THRESHOLDS = Thresholds(answer=0.3, ask=0.2, close=0.9, part=0.3)
AFTER_MAKEUP = Conversation(("aftercare/makeup",))


def test_a_sure_reading_is_answered() -> None:
    assert _plan([("cost/price", 0.8), ("cost/area", 0.2)]).answers == ("cost/price",)


def test_a_pressed_button_is_answered_whatever_else_there_is() -> None:
    plan = _plan([("safety/emergency", 0.9)], choice="cost/price")

    assert plan.answers == ("cost/price",)


@pytest.mark.parametrize("first", [0.8, 0.25], ids=["sure", "unsure"])
def test_two_close_readings_are_asked_about(first: float) -> None:
    plan = _plan([("cost/price", first), ("cost/area", first * 0.95)])

    assert plan.answers == (WHICH,)
    assert plan.choices == ("cost/price", "cost/area")


def test_three_readings_are_offered_at_most() -> None:
    plan = _plan([("a/a", 0.5), ("b/b", 0.49), ("c/c", 0.48), ("d/d", 0.47)])

    assert plan.choices == ("a/a", "b/b", "c/c")


def test_a_weak_reading_is_asked_about() -> None:
    assert _plan([("cost/price", 0.25), ("cost/area", 0.1)]) == Plan((WHICH,), ("cost/price",), "whole")


def test_a_close_reading_that_is_something_else_is_not_offered() -> None:
    plan = _plan([("cost/price", 0.5), (OUT_OF_SCOPE, 0.49)])

    assert OUT_OF_SCOPE not in plan.choices


@pytest.mark.parametrize("smalltalk", ["smalltalk/yes", "smalltalk/greeting", "smalltalk/thanks"])
def test_small_talk_which_has_no_title_is_not_offered(smalltalk: str) -> None:
    plan = _plan([("cost/price", 0.5), (smalltalk, 0.49)])

    assert smalltalk not in plan.choices


@pytest.mark.parametrize("concern", ["safety/emergency", "safety/urgent", "safety/routine"])
def test_a_concern_is_never_one_of_several_choices(concern: str) -> None:
    plan = _plan([("side_effects/pain", 0.5), (concern, 0.49)])

    assert concern not in plan.choices


@pytest.mark.parametrize("language", ["en", "pl", "unreadable", "empty"])
def test_a_concern_goes_before_every_rule(language: str) -> None:
    red_flags = {"level": "emergency", "mentioned": "emergency", "reasons": [{"rule": "other/rule", "level": "emergency"}]}

    plan = _plan([("cost/price", 0.9)], language=language, conversation=Conversation(misses=2), red_flags=red_flags)

    assert plan.answers == ("safety/emergency",)


def test_a_concern_is_the_only_answer_to_a_message_with_questions() -> None:
    parts = [("is it much?", "cost/price", 0.5), ("does it hurt?", "side_effects/pain", 0.5)]

    plan = _plan([("cost/price", 0.5)], parts=parts, red_flags={"level": "urgent", "mentioned": "urgent", "reasons": []})

    assert plan.answers == ("safety/urgent",)


def test_another_language_has_its_own_answer() -> None:
    assert _plan([("cost/price", 0.9)], language="fr").answers == ("system/language_fr",)


@pytest.mark.parametrize("language", ["empty", "unreadable"])
def test_what_cannot_be_read_is_said_to_be_so(language: str) -> None:
    assert _plan([("cost/price", 0.9)], language=language).answers == (f"system/{language}",)


def test_after_two_misses_what_cannot_be_read_gets_a_person_offered() -> None:
    assert _plan([], language="unreadable", conversation=Conversation(misses=2)).answers == ("system/offer_person",)


@pytest.mark.parametrize(
    ("misses", "answer"), [(0, MISS_ANSWERS[0]), (1, MISS_ANSWERS[1]), (2, MISS_ANSWERS[2]), (9, MISS_ANSWERS[2])]
)
def test_each_miss_in_a_row_is_answered_otherwise(misses: int, answer: str) -> None:
    assert _plan([("cost/price", 0.1)], conversation=Conversation(misses=misses)).answers == (answer,)


def test_something_else_after_two_misses_gets_a_person_offered() -> None:
    assert _plan([(OUT_OF_SCOPE, 0.9)], conversation=Conversation(misses=2)).answers == ("system/offer_person",)


def test_nothing_understood_at_all_is_a_miss() -> None:
    assert _plan([]).answers == (MISS_ANSWERS[0],)


def test_all_questions_of_a_message_are_answered_in_their_order() -> None:
    plan = _plan([("cost/price", 0.5)], parts=[("does it hurt?", "side_effects/pain", 0.8), ("how much?", "cost/price", 0.8)])

    assert plan.answers == ("side_effects/pain", "cost/price")


def test_a_question_asked_twice_in_a_message_is_answered_once() -> None:
    plan = _plan([("cost/price", 0.5)], parts=[("price?", "cost/price", 0.8), ("how much?", "cost/price", 0.8)])

    assert plan.answers == ("cost/price",)


def test_no_message_gets_a_wall_of_answers() -> None:
    parts = [("is it a question?", f"topic/{number}", 0.8) for number in range(5)]

    assert len(_plan([("topic/0", 0.5)], parts=parts).answers) == MOST_ANSWERS


@pytest.mark.parametrize(
    "part",
    [
        ("thanks", "smalltalk/thanks", 0.9),
        ("my wedding is in the middle of june", "fallback/downtime", 0.5),
        ("how much?", "cost/area", 0.2),
    ],
    ids=["pleasantry", "background", "unsure"],
)
def test_what_is_no_question_of_its_own_is_not_answered_beside_one(part: tuple[str, str, float]) -> None:
    plan = _plan([("side_effects/pain", 0.8)], parts=[("does it hurt?", "side_effects/pain", 0.8), part])

    assert plan.answers == ("side_effects/pain",)


def test_a_follow_up_is_read_together_with_the_question_before() -> None:
    plan = _plan(
        [("fallback/aftercare_other", 0.3), ("aftercare/exercise", 0.28)],
        text="and sport?",
        in_context=[("aftercare/exercise", 0.6), ("aftercare/makeup", 0.5)],
        conversation=AFTER_MAKEUP,
    )

    assert plan == Plan(("aftercare/exercise",), reading="context")


def test_a_message_that_says_what_it_is_about_is_not_read_in_context() -> None:
    plan = _plan(
        [("cost/price", 0.7)],
        text="how much money do i have to bring along for a session",
        in_context=[("aftercare/makeup", 0.9)],
        conversation=AFTER_MAKEUP,
    )

    assert plan == Plan(("cost/price",), reading="whole")


@pytest.mark.parametrize(("says", "answer"), [({"aftercare/makeup": ["why"]}, "aftercare/makeup"), ({}, "fallback/reason_why")])
def test_why_gets_the_answer_again_where_it_says_so_else_that_it_is_not_known(says: dict[str, list[str]], answer: str) -> None:
    plan = _plan(
        [("smalltalk/misunderstood", 0.4)], text="why?", in_context=[("cost/price", 0.5)], conversation=AFTER_MAKEUP, says=says
    )

    assert plan.answers == (answer,)


@pytest.mark.parametrize(
    ("last", "answer"),
    [
        ("side_effects/itching", "side_effects/temporary"),
        ("uses/hair", "fallback/results_duration"),
        ("procedure/nappage", "fallback/session_length"),
    ],
)
def test_how_long_is_answered_where_something_is_said_about_it(last: str, answer: str) -> None:
    plan = _plan([("cost/price", 0.2)], text="how long?", in_context=[("cost/price", 0.5)], conversation=Conversation((last,)))

    assert plan.answers == (answer,)


@pytest.mark.parametrize(
    ("text", "answer"), [("and before?", "preparation/alcohol"), ("and after?", "aftercare/water")], ids=["before", "after"]
)
def test_the_other_time_is_looked_for_among_its_own_questions(text: str, answer: str) -> None:
    plan = _plan(
        [("cost/price", 0.4)],
        text=text,
        in_context=[("uses/skin", 0.6), ("preparation/alcohol", 0.5), ("aftercare/water", 0.5)],
        conversation=Conversation(("uses/skin",)),
    )

    assert plan.answers == (answer,)


@pytest.mark.parametrize("last", ["fallback/brands", "handoff/booking", "system/offer_person"])
def test_yes_after_a_person_was_offered_asks_for_one(last: str) -> None:
    plan = _plan([("smalltalk/yes", 0.9)], text="yes", in_context=[("cost/price", 0.3)], conversation=Conversation((last,)))

    assert plan.answers == ("handoff/person",)


def test_yes_after_a_person_was_offered_needs_no_question_before() -> None:
    plan = _plan([("smalltalk/yes", 0.9)], text="yes", in_context=None, conversation=Conversation(("system/offer_person",)))

    assert plan.answers == ("handoff/person",)


def _plan(
    ranking: list[tuple[str, float]],
    *,
    text: str = "some words that stand alone for themselves",
    language: str = "en",
    parts: list[tuple[str, str, float]] | None = None,
    in_context: list[tuple[str, float]] | None = None,
    choice: str | None = None,
    conversation: Conversation | None = None,
    says: dict[str, list[str]] | None = None,
    red_flags: dict[str, Any] | None = None,
) -> Plan:
    """Plans a turn from readings given as (key, confidence), and parts as (text, key, confidence); without what it says of concerns."""
    understanding: dict[str, Any] = {
        "text": text,
        "language": language,
        "question_ranking": _ranking(ranking),
        "readings": {
            "parts": [{"text": words, "ranking": _ranking([(key, confidence)])} for words, key, confidence in parts or []],
            "in_context": _ranking(in_context) if in_context is not None else None,
        },
    }
    if choice:
        understanding["choice"] = choice
    if red_flags:
        understanding["red_flags"] = red_flags
    return replace(plan_turn(understanding, conversation or Conversation(), THRESHOLDS, says), concern=None)


def _ranking(readings: list[tuple[str, float]]) -> list[dict[str, Any]]:
    return [{"name": key, "confidence": confidence} for key, confidence in readings]

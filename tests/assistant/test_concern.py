"""Whether a message is a concern, from all that was understood of it."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.dialogue.concern import (
    CATEGORIES,
    CHOSEN,
    LANGUAGES,
    Concern,
    ConcernThresholds,
    level_of_answer,
    read_concern,
)
from assistant.nlu.concern_classifier import CONCERN_PROBABILITIES
from assistant.nlu.one_vs_rest_intent_classifier import QUESTION_RANKING
from assistant.nlu.red_flag_detector import RED_FLAGS
from safety import Level

THRESHOLDS = ConcernThresholds(emergency=0.6, urgent=0.7, routine=0.8, ranked=0.5, doubt=0.3)
LEVELS = [Level.ROUTINE, Level.URGENT, Level.EMERGENCY]


def test_a_message_of_which_nothing_is_known_is_no_concern() -> None:
    assert read_concern({}, THRESHOLDS) == Concern(Level.NONE, "", (), Level.NONE, "")


@pytest.mark.parametrize("level", LEVELS, ids=str)
def test_a_rule_raises(level: Level) -> None:
    assert _read(rules=[("heart/pain", level)]).level is level


@pytest.mark.parametrize(
    ("probabilities", "level"),
    [
        ({"routine": 0.8, "urgent": 0.69, "emergency": 0.59}, Level.ROUTINE),
        ({"routine": 0.9, "urgent": 0.7, "emergency": 0.59}, Level.URGENT),
        ({"routine": 0.9, "urgent": 0.8, "emergency": 0.6}, Level.EMERGENCY),
        ({"routine": 0.1, "urgent": 0.1, "emergency": 0.6}, Level.EMERGENCY),
        ({"routine": 0.79, "urgent": 0.69, "emergency": 0.59}, Level.NONE),
    ],
)
def test_a_probability_raises_from_its_threshold_on(probabilities: dict[str, float], level: Level) -> None:
    assert _read(probabilities=probabilities).level is level


@pytest.mark.parametrize("level", LEVELS, ids=str)
def test_a_concern_that_is_ranked_first_raises(level: Level) -> None:
    assert _read(ranking=[(f"safety/{level}", 0.5), ("cost/price", 0.4)]).level is level


@pytest.mark.parametrize(
    "ranking", [[("safety/emergency", 0.49)], [("cost/price", 0.9), ("safety/emergency", 0.8)]], ids=["unsure", "second"]
)
def test_a_concern_that_is_not_surely_first_does_not_raise(ranking: list[tuple[str, float]]) -> None:
    assert _read(ranking=ranking).level is Level.NONE


@pytest.mark.parametrize("level", LEVELS, ids=str)
def test_a_pressed_button_raises(level: Level) -> None:
    assert _read(choice=f"safety/{level}").level is level


@pytest.mark.parametrize("level", LEVELS, ids=str)
@pytest.mark.parametrize(
    "way",
    [
        {"probabilities": {"routine": 0.0, "urgent": 0.0, "emergency": 0.0}},
        {"probabilities": {"routine": 0.9, "urgent": 0.0, "emergency": 0.0}},
        {"ranking": [("cost/price", 1.0)]},
        {"ranking": [("safety/routine", 1.0)]},
        {"choice": "cost/price"},
        {"choice": "safety/routine"},
    ],
    ids=str,
)
def test_no_other_way_lowers_what_a_rule_says(level: Level, way: dict[str, Any]) -> None:
    assert _read(rules=[("heart/pain", level)], **way).level is level


@pytest.mark.parametrize(
    "way",
    [
        {"rules": [("personal/pills", Level.ROUTINE)]},
        {"ranking": [("cost/price", 1.0)]},
        {"ranking": [("safety/urgent", 1.0)]},
        {"choice": "cost/price"},
        {"choice": "safety/urgent"},
    ],
    ids=str,
)
def test_no_other_way_lowers_a_probable_emergency(way: dict[str, Any]) -> None:
    assert _read(probabilities={"emergency": 0.9}, **way).level is Level.EMERGENCY


@pytest.mark.parametrize(
    "way",
    [
        {"rules": [("personal/pills", Level.ROUTINE)]},
        {"probabilities": {"routine": 0.9, "urgent": 0.8, "emergency": 0.0}},
        {"choice": "safety/routine"},
    ],
    ids=str,
)
def test_no_other_way_lowers_an_emergency_that_is_ranked_first(way: dict[str, Any]) -> None:
    assert _read(ranking=[("safety/emergency", 0.9)], **way).level is Level.EMERGENCY


def test_the_reasons_of_the_rules_are_kept_as_they_are() -> None:
    concern = _read(rules=[("heart/pain", Level.EMERGENCY), ("personal/pills", Level.ROUTINE)])

    assert concern.reasons == (_reason("heart/pain", Level.EMERGENCY), _reason("personal/pills", Level.ROUTINE))


def test_a_button_is_a_reason() -> None:
    reasons = _read(choice="safety/airway").reasons

    assert reasons == ({"rule": "choice", "level": "emergency", "why": CHOSEN, "words": ""},)


def test_a_probability_is_a_reason_with_its_figure() -> None:
    (reason,) = _read(probabilities={"urgent": 0.72}).reasons

    assert (reason["rule"], reason["level"]) == ("classifier", "urgent")
    assert "probability 0.72" in reason["why"]


def test_a_ranking_is_a_reason_with_its_figure() -> None:
    (reason,) = _read(ranking=[("safety/urgent", 0.66)]).reasons

    assert (reason["rule"], reason["level"]) == ("classifier", "urgent")
    assert "confidence 0.66" in reason["why"]


def test_of_the_two_classifiers_the_more_serious_is_the_reason() -> None:
    (reason,) = _read(probabilities={"routine": 0.9}, ranking=[("safety/urgent", 0.66)]).reasons

    assert reason["level"] == "urgent"
    assert "confidence 0.66" in reason["why"]


def test_every_way_that_raises_is_a_reason() -> None:
    concern = _read(
        rules=[("heart/pain", Level.EMERGENCY)], probabilities={"urgent": 0.9, "routine": 0.9}, choice="safety/routine"
    )

    assert [(reason["rule"], reason["level"]) for reason in concern.reasons] == [
        ("heart/pain", "emergency"),
        ("choice", "routine"),
        ("classifier", "urgent"),
    ]


def test_the_understanding_is_left_as_it_was() -> None:
    understanding = {RED_FLAGS: {"level": "urgent", "mentioned": "urgent", "reasons": []}, "choice": "safety/routine"}

    read_concern(understanding, THRESHOLDS)

    assert understanding[RED_FLAGS] == {"level": "urgent", "mentioned": "urgent", "reasons": []}


@pytest.mark.parametrize("category", sorted(CATEGORIES))
def test_an_emergency_of_a_category_has_its_own_answer(category: str) -> None:
    concern = _read(rules=[(f"{category}/rule", Level.EMERGENCY)])

    assert (concern.category, concern.answer) == (category, f"safety/{category}")


def test_an_emergency_of_another_category_has_the_general_answer() -> None:
    assert _read(rules=[("somewhere/rule", Level.EMERGENCY)]).answer == "safety/emergency"


def test_an_emergency_that_no_rule_found_has_the_general_answer() -> None:
    concern = _read(probabilities={"emergency": 0.9})

    assert (concern.category, concern.answer) == ("", "safety/emergency")


def test_an_emergency_that_only_the_classifier_saw_has_no_category_of_a_lesser_rule() -> None:
    concern = _read(rules=[("heart/pills", Level.ROUTINE)], probabilities={"emergency": 0.9})

    assert (concern.category, concern.answer) == ("", "safety/emergency")


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_an_emergency_in_another_language_is_answered_in_it(language: str) -> None:
    assert _read(rules=[("heart/pain", Level.EMERGENCY)], language=language).answer == f"safety/emergency_{language}"


@pytest.mark.parametrize("language", ["en", "xx", None])
def test_an_emergency_in_a_language_without_an_answer_is_answered_in_english(language: str | None) -> None:
    assert _read(rules=[("heart/pain", Level.EMERGENCY)], language=language).answer == "safety/heart"


@pytest.mark.parametrize("level", [Level.ROUTINE, Level.URGENT], ids=str)
@pytest.mark.parametrize("language", ["en", "de"])
def test_a_lesser_concern_has_the_answer_of_its_level(level: Level, language: str) -> None:
    assert _read(rules=[("heart/pain", level)], language=language).answer == f"safety/{level}"


@pytest.mark.parametrize("choice", ["safety/airway", "safety/urgent", "safety/emergency_de"])
def test_a_pressed_button_has_the_answer_that_it_names(choice: str) -> None:
    assert _read(choice=choice).answer == choice


def test_a_pressed_button_does_not_keep_a_more_serious_answer_away() -> None:
    assert _read(rules=[("heart/pain", Level.EMERGENCY)], choice="safety/urgent").answer == "safety/heart"


@pytest.mark.parametrize("mentioned", LEVELS, ids=str)
def test_what_is_only_mentioned_is_in_doubt(mentioned: Level) -> None:
    concern = _read(mentioned=mentioned)

    assert (concern.level, concern.in_doubt, concern.answer) == (Level.NONE, mentioned, "")


def test_what_may_be_a_concern_is_in_doubt() -> None:
    assert _read(probabilities={"routine": 0.5, "urgent": 0.3, "emergency": 0.29}).in_doubt is Level.URGENT


def test_the_more_serious_doubt_counts() -> None:
    assert _read(mentioned=Level.EMERGENCY, probabilities={"routine": 0.5}).in_doubt is Level.EMERGENCY


def test_what_is_unlikely_is_not_in_doubt() -> None:
    assert _read(probabilities={"routine": 0.29, "urgent": 0.2, "emergency": 0.1}).in_doubt is Level.NONE


def test_a_concern_is_not_in_doubt() -> None:
    assert _read(rules=[("heart/pain", Level.URGENT)], mentioned=Level.EMERGENCY).in_doubt is Level.NONE


def test_without_thresholds_only_certainty_raises() -> None:
    understanding = {CONCERN_PROBABILITIES: {"routine": 0.99, "urgent": 0.99, "emergency": 0.99}}

    assert read_concern(understanding, ConcernThresholds()).level is Level.NONE


@pytest.mark.parametrize(
    ("key", "level"),
    [
        ("safety/routine", Level.ROUTINE),
        ("safety/urgent", Level.URGENT),
        ("safety/emergency", Level.EMERGENCY),
        ("safety/airway", Level.EMERGENCY),
        ("safety/emergency_de", Level.EMERGENCY),
        ("cost/price", Level.NONE),
        ("", Level.NONE),
    ],
)
def test_an_answer_has_the_level_of_what_it_is_about(key: str, level: Level) -> None:
    assert level_of_answer(key) is level


def test_a_concern_is_kept_in_words() -> None:
    concern = _read(rules=[("heart/pain", Level.EMERGENCY)])

    assert concern.as_json() == {
        "level": "emergency",
        "reasons": [_reason("heart/pain", Level.EMERGENCY)],
        "in_doubt": "none",
    }


@pytest.mark.parametrize("language", ["de", "other", "unreadable", "empty"])
def test_the_classifiers_are_not_heard_on_what_is_not_english(language: str) -> None:
    certain = {"routine": 1.0, "urgent": 1.0, "emergency": 1.0}

    assert _read(probabilities=certain, ranking=[("safety/emergency", 1.0)], language=language).level is Level.NONE


def _read(
    rules: list[tuple[str, Level]] | None = None,
    mentioned: Level | None = None,
    probabilities: dict[str, float] | None = None,
    ranking: list[tuple[str, float]] | None = None,
    choice: str | None = None,
    language: str | None = "en",
) -> Concern:
    """What is made of a message of which so much is known; the most serious rule first, as the detector gives them."""
    level = max((level for _, level in rules or []), default=Level.NONE)
    understanding: dict[str, Any] = {
        RED_FLAGS: {
            "level": str(level),
            "mentioned": str(level if mentioned is None else mentioned),
            "reasons": [_reason(name, its_level) for name, its_level in rules or []],
        },
        "language": language,
    }
    if probabilities is not None:
        understanding[CONCERN_PROBABILITIES] = probabilities
    if ranking is not None:
        understanding[QUESTION_RANKING] = [{"name": name, "confidence": confidence} for name, confidence in ranking]
    if choice is not None:
        understanding["choice"] = choice
    return read_concern(understanding, THRESHOLDS)


def _reason(rule: str, level: Level) -> dict[str, str]:
    return {"rule": rule, "level": str(level), "why": f"Why {rule}", "words": "words"}

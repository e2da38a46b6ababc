"""Signs that a message leans on the turn before."""

from __future__ import annotations

import pytest

from assistant.dialogue.cues import Cue, follow_up_cue, names_two, stands_alone


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("why?", Cue.WHY),
        ("but why is that", Cue.WHY),
        ("how come", Cue.WHY),
        ("how long?", Cue.HOW_LONG),
        ("ok and for how long", Cue.HOW_LONG),
        ("no, before the treatment", Cue.BEFORE),
        ("and beforehand?", Cue.BEFORE),
        ("what about after", Cue.AFTER),
        ("and makeup?", Cue.POINTING),
        ("what about the needle-free one?", Cue.POINTING),
        ("is that normal", Cue.POINTING),
        ("for hair?", Cue.SHORT),
        ("makeup", Cue.SHORT),
    ],
)
def test_a_follow_up_shows_how_it_leans(text: str, cue: Cue) -> None:
    assert follow_up_cue(text) is cue


@pytest.mark.parametrize(
    "text",
    [
        "can i wear makeup on the day of my treatment",
        "why do clinics in big cities charge so much more money",
        "how many sessions does a person need",
    ],
)
def test_a_message_that_says_itself_what_it_is_about_leans_on_nothing(text: str) -> None:
    assert follow_up_cue(text) is None


@pytest.mark.parametrize("text", ["", " ", "?"])
def test_a_message_without_words_is_survived(text: str) -> None:
    assert follow_up_cue(text) in (None, Cue.SHORT)


@pytest.mark.parametrize("part", ["how much is it", "does it hurt?", "price", "side effects", "and can i swim"])
def test_a_question_or_a_bare_subject_stands_alone(part: str) -> None:
    assert stands_alone(part)


@pytest.mark.parametrize(
    "part", ["", "?", "can i", "or not", "when", "and why?", "my wedding is in the middle of june", "it", "ok"]
)
def test_background_and_scraps_do_not_stand_alone(part: str) -> None:
    assert not stands_alone(part)


@pytest.mark.parametrize("text", ["bruises or lumps", "makeup and gym", "diabetics, smokers", "face & neck", "one\ntwo"])
def test_two_things_coupled_are_seen(text: str) -> None:
    assert names_two(text)


@pytest.mark.parametrize("text", ["makeup", "does it hurt?", "and makeup", "", "no, before the treatment", "ok, thanks"])
def test_one_thing_is_not_two(text: str) -> None:
    assert not names_two(text)

"""Misspelt words, read as the rules' words."""

from __future__ import annotations

import pytest

from safety.spelling import Spelling


@pytest.fixture(scope="module")
def spelling() -> Spelling:
    return Spelling(
        {"throat", "swelling", "blood", "help", "pain", "fièvre"}, {"breath"}, frozenset({"throaty", "flood", "bloody"})
    )


@pytest.mark.parametrize("word", ["thoat", "throaat", "thrpat", "thraot"], ids=["left out", "added", "changed", "swapped"])
def test_one_mistake_is_read_over(spelling: Spelling, word: str) -> None:
    assert spelling.correct(word) == "throat"


@pytest.mark.parametrize("word", ["sweling", "sweeling", "swelin"])
def test_two_mistakes_in_a_long_word_are_read_over(spelling: Spelling, word: str) -> None:
    assert spelling.correct(word) == "swelling"


@pytest.mark.parametrize("word", ["thrt", "tohrta", "thrappt"])
def test_two_mistakes_in_a_shorter_word_make_another_word(spelling: Spelling, word: str) -> None:
    assert spelling.correct(word) == word


@pytest.mark.parametrize(
    ("word", "meant"), [("heeelp", "help"), ("throaaaat", "throat"), ("bloooood", "blood"), ("painnnnn", "pain")]
)
def test_a_stretched_word_is_read_as_the_word(spelling: Spelling, word: str, meant: str) -> None:
    assert spelling.correct(word) == meant


@pytest.mark.parametrize("word", ["throat", "blood", "pain"])
def test_a_word_of_the_rules_stays(spelling: Spelling, word: str) -> None:
    assert spelling.correct(word) == word


@pytest.mark.parametrize("word", ["throaty", "bloody"])
def test_a_correct_word_stays_however_like_one_of_the_rules(spelling: Spelling, word: str) -> None:
    assert spelling.correct(word) == word


@pytest.mark.parametrize("word", ["breathing", "breathless"])
def test_a_word_with_a_stem_of_the_rules_stays(spelling: Spelling, word: str) -> None:
    assert spelling.correct(word) == word


def test_a_short_word_is_not_read_as_another(spelling: Spelling) -> None:
    assert spelling.correct("pian") == "pian"


def test_the_first_letter_is_taken_as_meant(spelling: Spelling) -> None:
    assert spelling.correct("shroat") == "shroat"


@pytest.mark.parametrize("word", ["38.5", "thr0at", "fievre", "горло", "の", "🩸", ".", "zzz", "a", "xxxx", ""])
def test_what_is_like_no_word_of_the_rules_stays(spelling: Spelling, word: str) -> None:
    assert spelling.correct(word) == word

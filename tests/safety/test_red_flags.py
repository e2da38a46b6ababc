"""What the rules make of messages: how serious, why, and whether it is happening."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from safety import Concern, InvalidRules, Level, Reason, RedFlags
from safety.rules import read_rules

TIGHT = "throat feels tight"
MOST_TO_LOAD = 1.0  # seconds, so that an assistant that is started again is soon back
MOST_PER_MESSAGE = 0.002  # seconds on average, a small part of a turn
MOST_FOR_ANY_MESSAGE = 0.5  # seconds: while it is read, nobody else is answered
LONGEST_MESSAGE = 1000  # characters that a visitor can send
TIME_A_LOAD = """
import time
from safety import RedFlags
start = time.perf_counter()
RedFlags.load()
print(time.perf_counter() - start)
"""
PRINT_REASONS = """
from safety import RedFlags
red_flags = RedFlags.load()
for rule in red_flags.rules:
    for text in rule.catches:
        print(text, [(reason.rule, reason.words) for reason in red_flags.check(text).reasons])
"""


@pytest.fixture
def few(folder: Path) -> RedFlags:
    """A few short rules."""
    return RedFlags.load(folder)


@pytest.fixture(scope="module")
def red_flags() -> RedFlags:
    """The real rules."""
    return RedFlags.load()


@pytest.fixture(scope="module")
def questions(project: Path) -> list[str]:
    lines = yaml.safe_load((project / "tests" / "nlu" / "questions.yml").read_text(encoding="utf-8"))
    return [line["text"] for line in lines]


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("my throat feels tight", Level.EMERGENCY),
        ("i have a rash", Level.URGENT),
        ("look at this freckle", Level.ROUTINE),
        ("how much is it", Level.NONE),
    ],
)
def test_a_message_has_the_level_of_its_rule(few: RedFlags, text: str, level: Level) -> None:
    assert few.check(text).level is level


def test_the_highest_level_counts(few: RedFlags) -> None:
    assert few.check("a freckle, a rash and my throat feels tight").level is Level.EMERGENCY


def test_the_most_serious_reason_comes_first(few: RedFlags) -> None:
    reasons = few.check("a freckle, a rash and my throat feels tight").reasons

    assert [reason.rule for reason in reasons] == ["airway/throat_tight", "personal/rash", "personal/freckle"]


def test_a_rule_is_a_reason_once(few: RedFlags) -> None:
    assert len(few.check("a rash. a rash, and another rash").reasons) == 1


def test_a_reason_says_all_that_staff_need(few: RedFlags) -> None:
    reasons = few.check("since lunch my throat feels tight").reasons

    assert reasons == (
        Reason(
            rule="airway/throat_tight",
            category="airway",
            level=Level.EMERGENCY,
            why="Throat tight or closing",
            source="https://example.org/airway",
            words="throat feels tight",
        ),
    )


def test_a_reason_quotes_the_words_as_they_were_spelt(few: RedFlags) -> None:
    reasons = few.check("my thraot is clossing").reasons

    assert [reason.words for reason in reasons] == ["thraot is clossing"]


def test_a_correct_word_is_not_read_as_a_rules_word(few: RedFlags) -> None:
    assert few.check("a throaty voice, closing").level is Level.NONE


def test_a_word_is_read_as_the_rules_spell_it(few: RedFlags) -> None:
    assert few.as_read("thraot") == "throat"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"can it be that the {TIGHT}", id="asks"),
        pytest.param(f"years ago my {TIGHT}", id="past"),
        pytest.param(f"is it normal that the {TIGHT}", id="may ask"),
    ],
)
def test_what_is_not_happening_is_only_mentioned(few: RedFlags, text: str) -> None:
    assert few.check(text) == Concern(mentioned=Level.EMERGENCY)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"the {TIGHT}", id="said"),
        pytest.param(f"can it be that my {TIGHT} right now", id="asks, now"),
        pytest.param(f"years ago it was fine and right now my {TIGHT}", id="past, now"),
        pytest.param(f"is it normal that my {TIGHT}", id="may ask, somebody"),
        pytest.param(f"is it normal that the {TIGHT} right now", id="may ask, now"),
    ],
)
def test_what_is_happening_counts(few: RedFlags, text: str) -> None:
    assert few.check(text).level is Level.EMERGENCY


@pytest.mark.parametrize("also", ["", "right now ", "my "])
def test_a_way_of_speaking_never_counts(few: RedFlags, also: str) -> None:
    assert few.check(f"{also}throat at a tight deadline").level is Level.NONE


@pytest.mark.parametrize("text", ["can it be that i hurt myself", "years ago i hurt myself", "is it normal to hurt myself"])
def test_a_rule_that_counts_always_counts_however_it_is_meant(few: RedFlags, text: str) -> None:
    assert few.check(text).level is Level.EMERGENCY


def test_a_way_of_speaking_is_none_even_of_a_rule_that_counts_always(few: RedFlags) -> None:
    assert few.check("i hurt myself laughing").level is Level.NONE


def test_a_way_of_speaking_elsewhere_in_the_sentence_spares_nothing(few: RedFlags) -> None:
    assert few.check("with this tight deadline i got a rash").level is Level.URGENT


def test_another_sentences_question_does_not_spare(few: RedFlags) -> None:
    assert few.check(f"can it be moved? the {TIGHT}").level is Level.EMERGENCY


def test_another_sentences_now_does_not_make_a_question_count(few: RedFlags) -> None:
    assert few.check(f"can it be that the {TIGHT}? i am at work right now").level is Level.NONE


def test_a_sign_asked_about_first_and_felt_later_counts(few: RedFlags) -> None:
    assert few.check(f"can it be that the {TIGHT}? because the {TIGHT}").level is Level.EMERGENCY


def test_what_counts_is_also_mentioned(few: RedFlags) -> None:
    assert few.check(f"my {TIGHT}").mentioned is Level.EMERGENCY


def test_what_is_mentioned_may_be_more_serious_than_what_counts(few: RedFlags) -> None:
    concern = few.check(f"i have a rash. can it be that the {TIGHT}")

    assert (concern.level, concern.mentioned) == (Level.URGENT, Level.EMERGENCY)


@pytest.mark.parametrize(
    "text",
    ["my throat is not tight", "my throat isn't very tight", "no tightness in my throat", "i don't think my throat is tight"],
)
def test_negation_never_silences(few: RedFlags, text: str) -> None:
    assert few.check(text).level is Level.EMERGENCY


@pytest.mark.parametrize("text", ["my throat. tight jeans", "my throat\ntight jeans"])
def test_a_rule_does_not_reach_over_the_end_of_a_sentence(few: RedFlags, text: str) -> None:
    assert few.check(text) == Concern()


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "\u200b\u200d\ufeff", "...", "?", "😀👍", "👩‍⚕️", "💉💉💉", "\x00", "\ud800"], ids=repr
)
def test_a_text_that_says_nothing_is_no_concern(red_flags: RedFlags, text: str) -> None:
    assert red_flags.check(text) == Concern()


@pytest.mark.parametrize("sign", ["\u200b", "\u200d", "\u00ad", "\ufeff"], ids=repr)
def test_signs_that_nobody_sees_hide_nothing(red_flags: RedFlags, sign: str) -> None:
    text = sign.join("my throat is closing")

    assert red_flags.check(text).level is Level.EMERGENCY


@pytest.mark.parametrize(
    "text", ["MY THROAT IS CLOSING!!!", "my throat is closing 😭😭", "ｍｙ ｔｈｒｏａｔ ｉｓ ｃｌｏｓｉｎｇ"]
)
def test_how_it_is_written_hides_nothing(red_flags: RedFlags, text: str) -> None:
    assert red_flags.check(text).level is Level.EMERGENCY


def test_a_sign_at_the_end_of_a_long_message_counts(red_flags: RedFlags) -> None:
    sign = ". my throat is closing"
    text = ("thank you so much " * LONGEST_MESSAGE)[: LONGEST_MESSAGE - len(sign)] + sign

    assert red_flags.check(text).level is Level.EMERGENCY


@pytest.mark.parametrize(
    "text", ["a" * 1_000_000, "a " * 500_000, "😀" * 1_000_000, "ﷺ" * 1_000_000], ids=lambda text: text[:2]
)
def test_a_text_longer_than_any_message_is_read_in_no_time(red_flags: RedFlags, text: str) -> None:
    start = time.perf_counter()

    red_flags.check(text)

    assert time.perf_counter() - start < MOST_FOR_ANY_MESSAGE


@pytest.mark.parametrize("words", ["wks fit", "pus fever", "hot shivery", "my throat is closing", "the"])
def test_the_same_words_over_and_over_are_read_in_no_time(red_flags: RedFlags, words: str) -> None:
    text = f"{words} " * LONGEST_MESSAGE
    start = time.perf_counter()

    red_flags.check(text[:LONGEST_MESSAGE])

    assert time.perf_counter() - start < MOST_FOR_ANY_MESSAGE


def test_threads_that_ask_at_once_are_told_the_same(questions: list[str]) -> None:
    alone, shared = RedFlags.load(), RedFlags.load()
    messages = [text for rule in alone.rules for text in rule.catches] + questions
    one_by_one = [alone.check(text) for text in messages]

    with ThreadPoolExecutor(8) as threads:
        at_once = list(threads.map(shared.check, messages))

    assert at_once == one_by_one


def test_every_process_gives_the_same_reasons(project: Path) -> None:
    first, second = (_printed(PRINT_REASONS, project, PYTHONHASHSEED=seed) for seed in ("1", "2"))

    assert first.splitlines() == second.splitlines()


def test_the_vocabulary_does_not_grow_with_visitors_words() -> None:
    book = read_rules()
    red_flags = RedFlags(book)
    red_flags.check("my throat feels xylophonic tight")
    before = len(book.vocabulary), len(book.vocabulary.strings)

    for i in range(100):
        red_flags.check(f"my throat feels qwertz{chr(97 + i % 26)}{i} tight")

    assert (len(book.vocabulary), len(book.vocabulary.strings)) == before


def test_what_a_visitor_wrote_is_not_in_the_vocabulary() -> None:
    book = read_rules()

    RedFlags(book).check("my name is Wilhelmina Zwetschgenbaum and my throat feels tight")

    assert "zwetschgenbaum" not in book.vocabulary.strings


def test_rules_that_cannot_be_used_are_not_loaded(tmp_path: Path) -> None:
    with pytest.raises(InvalidRules):
        RedFlags.load(tmp_path)


def test_loading_takes_less_than_a_second(project: Path) -> None:
    seconds = [float(_printed(TIME_A_LOAD, project)) for _ in range(3)]

    assert min(seconds) < MOST_TO_LOAD


def test_a_message_takes_less_than_two_milliseconds_on_average(questions: list[str]) -> None:
    red_flags = RedFlags.load()  # which has seen no word yet
    start = time.perf_counter()

    for text in questions:
        red_flags.check(text)

    assert (time.perf_counter() - start) / len(questions) < MOST_PER_MESSAGE


def _printed(program: str, project: Path, **environment: str) -> str:
    """What a program prints in a process of its own, to which every word is new."""
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=project, env=os.environ | environment, capture_output=True, text=True, check=True
    )
    return run.stdout

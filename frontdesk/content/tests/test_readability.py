"""The grade of Flesch and Kincaid: against what is published, and syllables against the CMU Pronouncing Dictionary's counts."""

from __future__ import annotations

import pytest

from frontdesk.content.readability import grade, grade_of, syllables

# Published with the formula: https://en.wikipedia.org/wiki/Flesch–Kincaid_readability_tests
PLATYPUS = "The Australian platypus is seemingly a hybrid of a mammal and reptilian creature."


def test_a_published_example_has_its_published_grade() -> None:
    assert grade(PLATYPUS) == pytest.approx(11.3, abs=0.1)


@pytest.mark.parametrize(
    ("words", "sentences", "counted", "published"),
    [
        (13, 1, 24, 11.3),
        (5.7, 1, 5.7 * 1.02, -1.3),
        (1, 1, 1, -3.4),
    ],  # the platypus; Green Eggs and Ham; the lowest that there is
)
def test_the_formula_is_the_published_one(words: int, sentences: int, counted: int, published: float) -> None:
    assert grade_of(words, sentences, counted) == pytest.approx(published, abs=0.05)


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("skin", 1), ("needle", 2), ("needles", 2), ("mesotherapy", 5), ("treated", 2), ("area", 3), ("practitioner", 4), ("bruise", 1),
        ("bruises", 2), ("reaction", 3), ("technique", 2), ("medicine", 3), ("medicines", 3), ("prescribed", 2), ("doesn't", 2),
        ("isn't", 2), ("don't", 1), ("someone", 2), ("everything", 3), ("swelling", 2), ("idea", 3), ("usually", 4), ("the", 1),
        ("being", 2), ("safely", 2), ("used", 1), ("injected", 3), ("choose", 1), ("Pistor", 2), ("hyaluronic", 5), ("layer", 2),
    ],
)  # fmt: skip
def test_syllables_are_counted_as_they_are_spoken(word: str, count: int) -> None:
    assert syllables(word) == count


def test_shorter_sentences_are_easier() -> None:
    long = (
        "The clinic's practitioner assesses your individual condition and recommends whichever technique appears appropriate."
    )
    short = "The practitioner looks at your skin. Then you hear which technique fits. You can ask what you like."

    assert grade(long) > 9 > grade(short)  # type: ignore[operator]


def test_a_number_or_a_title_ends_no_sentence() -> None:
    whole = "The figure is 4.5 mm in the view of Dr. Pistor and his team of nine."

    assert grade(whole) == pytest.approx(grade(whole.replace("4.5", "4").replace("Dr.", "Dr")), abs=0.01)


def test_a_year_at_its_end_ends_a_sentence() -> None:
    assert grade("It has been so since 1987. We can say no more of it here.") < grade(
        "It has been so since 1987 we can say no more of it here."
    )  # type: ignore[operator]


@pytest.mark.parametrize("text", ["", "Yes.", "{phone}", "…", "很抱歉，我目前只能用英语回答。"])
def test_too_little_to_read_has_no_grade(text: str) -> None:
    assert grade(text) is None

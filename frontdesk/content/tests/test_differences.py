"""Words that are another, marked in both texts."""

from __future__ import annotations

import pytest

from frontdesk.content.differences import Piece, marked

BEFORE = "Leave makeup off for 12 hours, then use what is clean."


def _marks(pieces: list[Piece]) -> str:
    return "".join(f"[{piece.text}]" if piece.is_changed else piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("after", "shown_before", "shown_after"),
    [
        (BEFORE, BEFORE, BEFORE),
        (
            "Leave makeup off for 24 hours, then use what is clean.",
            "Leave makeup off for [12] hours, then use what is clean.",
            "Leave makeup off for [24] hours, then use what is clean.",
        ),
        ("Leave makeup off for 12 hours.", "Leave makeup off for 12 hours[, then use what is clean].", "Leave makeup off for 12 hours."),
        (
            "Leave all makeup off for 12 hours, then use what is clean.",
            BEFORE,
            "Leave [all] makeup off for 12 hours, then use what is clean.",
        ),
        # A short word between two marks is marked with them.
        (
            "Leave makeup off for 24 or 36 days, then use what is clean.",
            "Leave makeup off for [12 hours], then use what is clean.",
            "Leave makeup off for [24 or 36 days], then use what is clean.",
        ),
        # Of a text that says something else, nothing is picked out.
        ("Ask the clinic.", f"[{BEFORE}]", "[Ask the clinic.]"),
        ("", f"[{BEFORE}]", ""),
    ],
)  # fmt: skip
def test_words_that_differ_are_marked(after: str, shown_before: str, shown_after: str) -> None:
    before_pieces, after_pieces = marked(BEFORE, after)

    assert _marks(before_pieces) == shown_before
    assert _marks(after_pieces) == shown_after


@pytest.mark.parametrize("before", ["", "  ", "One line.\nAnother line."])
def test_white_space_alone_is_no_difference(before: str) -> None:
    pieces, others = marked(before, before.replace("\n", " \n "))

    assert not any(piece.is_changed for piece in [*pieces, *others])


def test_a_new_text_is_all_new() -> None:
    assert marked("", BEFORE) == ([], [Piece(BEFORE, True)])


def test_marked_texts_are_whole() -> None:
    after = "Keep makeup off for a day, and then use only clean things."

    for text, pieces in zip((BEFORE, after), marked(BEFORE, after), strict=True):
        assert "".join(piece.text for piece in pieces) == text

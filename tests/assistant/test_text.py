"""Visitors' characters as plain text."""

from __future__ import annotations

import pytest

from assistant.nlu.text import plain_text, without_command

HIDDEN = ["\u200b", "\u200d", "\ufeff", "\u00ad", "\u202e", "\u2060", "\ufe0f", "\x00", "\x1f", "\x7f", "\ud83d"]


@pytest.mark.parametrize("hidden", HIDDEN, ids=lambda character: f"U+{ord(character):04X}")
def test_a_character_that_shows_nothing_is_dropped(hidden: str) -> None:
    assert plain_text(f"ma{hidden}keup{hidden}") == "makeup"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("ｍａｋｅｕｐ？", "makeup?"),
        ("ﬁne", "fine"),
        ("  hello \n", "hello"),
        ("one\ntwo\tthree", "one\ntwo\tthree"),
        ("déjà vu", "déjà vu"),
        ("does it hurt 😬", "does it hurt 😬"),
        ("", ""),
    ],
)
def test_compatibility_forms_become_the_usual_ones_and_the_rest_stays(text: str, plain: str) -> None:
    assert plain_text(text) == plain


@pytest.mark.parametrize(
    "text", ["/restart", "／restart", "\u200b/\u200brestart", " / /restart", "//restart", "\ufeff／\u200drestart"]
)
def test_nothing_of_a_command_is_left(text: str) -> None:
    assert without_command(text) == "restart"


@pytest.mark.parametrize("text", ["and/or", "1/2 hour", "https://example.com/a"])
def test_a_slash_inside_stays(text: str) -> None:
    assert without_command(text) == text


@pytest.mark.parametrize("text", ["／restart\u200b", "  /x ", "ﬁ\u00adne", "/"])
def test_plain_text_is_plain_already(text: str) -> None:
    assert without_command(without_command(text)) == without_command(text)

"""What visitors and staff read: in every language the same sentences, with the same names to be filled in."""

from __future__ import annotations

import ast
import re
from string import Formatter
from typing import Any

import pytest
import yaml

from frontdesk import environment, words
from frontdesk.conversations.models import Conversation

OTHERS = [language for language in words.LANGUAGES if language != "en"]
CODE = [
    file
    for file in sorted((environment.ROOT / "frontdesk").rglob("*.py"))
    if "tests" not in file.parts and "migrations" not in file.parts
]


def _words(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((words.FOLDER / f"{name}.yml").read_text(encoding="utf-8")))


def _names(sentence: Any) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(str(sentence)) if name}


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_the_same_sentences(language: str) -> None:
    assert _words(language).keys() == _words("en").keys()


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_has_the_same_names_in_it(language: str) -> None:
    english = {key: _names(sentence) for key, sentence in _words("en").items() if key != "starters"}

    assert {key: _names(sentence) for key, sentence in _words(language).items() if key != "starters"} == english


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_the_same_starters_in_the_same_order(language: str) -> None:
    assert list(_words(language)["starters"]) == list(_words("en")["starters"])


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_no_sentence_is_empty(language: str) -> None:
    assert all(_words(language).values())
    assert all(_words(language)["starters"].values())


@pytest.mark.parametrize("language", OTHERS)
def test_no_sentence_is_left_in_english(language: str) -> None:
    english, other = _words("en"), _words(language)

    assert not [key for key in english if key != "consent_version" and english[key] == other[key]]


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_consents_version_is_one_for_all(language: str) -> None:
    assert _words(language)["consent_version"] == _words("en")["consent_version"]


def test_the_starters_are_questions_that_the_assistant_has() -> None:
    for key in _words("en")["starters"]:
        topic, _, question = key.partition("/")
        assert re.search(rf"utter_{topic}/{question}:", (environment.ROOT / f"data/{topic}.yml").read_text(encoding="utf-8")), (
            key
        )


def _whys_in_code() -> set[str]:
    """Every reason for which a person is called: the fourth argument of `call_person`, and what `why` is set to."""
    found: set[str] = set()
    for file in CODE:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "call_person":
                found |= {each.value for each in ast.walk(node.args[3]) if isinstance(each, ast.Constant)}
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "why":
                found |= _values(node.value)
    return found


def _values(node: ast.expr) -> set[str]:
    if isinstance(node, ast.IfExp):
        return _values(node.body) | _values(node.orelse)
    if isinstance(node, ast.JoinedStr):
        return {f"{kind}_while_assistant_failed" for kind in ("emergency", "concern")}
    return {str(node.value)} if isinstance(node, ast.Constant) else set()


def test_the_reasons_are_found_in_the_code() -> None:
    assert {"asked", "concern", "contact_left", "concern_while_staff", "assistant_failed"} <= _whys_in_code()


@pytest.mark.parametrize("why", sorted(_whys_in_code()))
def test_staff_read_a_sentence_for_every_reason(why: str) -> None:
    assert words.staff(f"why_{why}")


@pytest.mark.parametrize("level", Conversation.Concern.values)
def test_staff_read_a_sentence_for_every_level(level: str) -> None:
    assert words.staff(f"level_{level}")


@pytest.mark.parametrize(
    ("tag", "language"), [("pt-BR", "pt"), ("AR", "ar"), ("es-419", "es"), ("zh-Hant", "en"), ("", "en"), ("staff", "en")]
)
def test_a_tag_leads_to_a_language_that_there_are_words_in(tag: str, language: str) -> None:
    assert words.language_of(tag) == language


def test_a_name_with_braces_is_only_a_name() -> None:
    assert words.say("staff_joined", "en", name="{number}") == "{number} has joined the chat."


@pytest.mark.parametrize(("role", "read"), [("nurse", "Alice (nurse)"), ("", "Alice")])
def test_a_person_is_read_with_their_role(role: str, read: str) -> None:
    assert words.person("Alice", role) == read

"""What a visitor in danger is told when the assistant does not answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from frontdesk import environment, words
from frontdesk.clinic.models import Clinic
from frontdesk.conversations import advice

CATEGORIES = sorted(
    file.stem for file in (environment.ROOT / "safety/rules").glob("*.yml") if "emergency" in file.read_text(encoding="utf-8")
)


def _reasons(*rules: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"rule": rule, "level": level, "why": "", "words": ""} for rule, level in rules]


def _advice(clinic: Clinic, *rules: tuple[str, str], language: str = "en") -> list[str]:
    return advice.emergency(_reasons(*rules), language, clinic)


def _file() -> dict[str, Any]:
    _, _, answers = (environment.ROOT / "data/safety.yml").read_text(encoding="utf-8").partition("\nresponses:\n")
    return dict(yaml.safe_load("responses:\n" + answers)["responses"])


@pytest.mark.parametrize("category", ["airway", "heart", "collapse", "stroke", "bleeding", "vessel", "infection", "poisoning"])
def test_it_is_the_wording_of_the_assistants_own_file(clinic: Clinic, category: str) -> None:
    wording = (
        _file()[f"utter_safety/{category}"][0]["text"].replace("{emergency_number}", "999").replace("{crisis_line}", "116 123")
    )

    assert _advice(clinic, (f"{category}/any", "emergency")) == [wording]


def test_it_is_of_the_first_emergency_that_was_found(clinic: Clinic) -> None:
    both = _advice(clinic, ("skin/rash", "urgent"), ("bleeding/does_not_stop", "emergency"), ("airway/throat", "emergency"))

    assert "Press firmly" in both[0]


def test_for_a_kind_that_has_none_there_is_the_general_advice(clinic: Clinic) -> None:
    assert _advice(clinic, ("nothing/known", "emergency"))[0].startswith("Call 999 now. Don't wait for a reply in this chat.")


@pytest.mark.parametrize("language", ["es", "fr", "de", "pt", "ar"])
def test_in_another_language_it_comes_in_that_first_and_then_in_english(clinic: Clinic, language: str) -> None:
    texts = _advice(clinic, ("airway/throat", "emergency"), language=language)

    assert len(texts) == 2
    assert "999" in texts[0]
    assert texts[1].startswith("Call 999 now")


def test_a_tags_language_is_what_counts(clinic: Clinic) -> None:
    assert _advice(clinic, ("airway/throat", "emergency"), language="pt-BR") == _advice(
        clinic, ("airway/throat", "emergency"), language="pt"
    )


@pytest.mark.parametrize("country", ["GB", "DE", "US", "AU", ""])
@pytest.mark.parametrize("category", CATEGORIES)
def test_nothing_is_left_to_be_filled_in(clinic: Clinic, category: str, country: str) -> None:
    clinic.country = country

    texts = _advice(clinic, (f"{category}/any", "emergency"))

    assert texts
    assert "{" not in "".join(texts)
    assert clinic.number_to_call in "".join(texts)


@pytest.mark.parametrize("content", ["", "nonsense: [", "responses:\n", "\nresponses:\n"])
@pytest.mark.parametrize("language", ["en", "de", "ja"])
def test_there_is_a_sentence_even_while_the_file_is_in_an_editors_hands(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str, language: str
) -> None:
    file = tmp_path / "safety.yml"
    file.write_text(content, encoding="utf-8")
    monkeypatch.setattr(advice, "FILE", file)

    assert _advice(clinic, ("airway/throat", "emergency"), language=language) == [
        words.say("emergency", language, number="999")
    ]


def test_there_is_a_sentence_even_without_the_file(clinic: Clinic, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(advice, "FILE", tmp_path / "none.yml")

    assert _advice(clinic, ("airway/throat", "emergency"))[0].startswith("Call 999 now.")


@pytest.mark.parametrize("content", ["\nresponses:\n  - a list\n", "\nresponses:\n  utter_safety/airway: [text]\n"])
def test_there_is_a_sentence_even_if_the_file_has_another_shape(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "safety.yml"
    file.write_text(content, encoding="utf-8")
    monkeypatch.setattr(advice, "FILE", file)

    assert _advice(clinic, ("airway/throat", "emergency"))[0].startswith("Call 999 now.")


def test_once_the_editor_is_done_the_files_wording_is_told(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "safety.yml"
    monkeypatch.setattr(advice, "FILE", file)
    _advice(clinic, ("airway/throat", "emergency"))
    file.write_text(
        "\nresponses:\n  utter_safety/airway:\n    - text: The editor's wording, {emergency_number}.\n", encoding="utf-8"
    )

    assert _advice(clinic, ("airway/throat", "emergency")) == ["The editor's wording, 999."]

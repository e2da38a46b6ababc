"""Whom to call, by country."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from safety.numbers import FILE, emergency_numbers

ENTRIES: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
COUNTRIES = sorted(ENTRIES, key=str)


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_country_is_a_code_of_two_capitals(country: str) -> None:
    assert re.fullmatch("[A-Z]{2}", str(country))


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_country_has_an_emergency_number(country: str) -> None:
    # Three digits or so, kept as text: as a number Australia's 000 would be 0.
    assert re.fullmatch(r"\d{2,5}", emergency_numbers()[country].emergency)


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_country_has_a_source(country: str) -> None:
    assert re.match(r"https?://\w", ENTRIES[country]["source"])


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_crisis_line_and_its_name_come_together(country: str) -> None:
    assert ("crisis" in ENTRIES[country]) == bool(ENTRIES[country].get("crisis_name"))


@pytest.mark.parametrize("country", [country for country in COUNTRIES if "crisis" in ENTRIES[country]])
def test_a_crisis_line_is_given_with_its_name(country: str) -> None:
    crisis = emergency_numbers()[country].crisis

    assert re.fullmatch(r"[*\d][\d -]+ \(.*\w.*\)", crisis)


def test_a_country_without_a_confirmed_crisis_line_has_none() -> None:
    without = next(country for country in COUNTRIES if "crisis" not in ENTRIES[country])

    assert emergency_numbers()[without].crisis == ""

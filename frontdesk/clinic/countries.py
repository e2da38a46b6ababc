"""The countries whose numbers are known, by name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import yaml

from safety.numbers import FILE, emergency_numbers


@dataclass(frozen=True)
class Country:
    """As `safety/emergency_numbers.yml` has it."""

    code: str
    name: str
    emergency: str
    crisis: str


@cache
def countries() -> tuple[Country, ...]:
    """Sorted by name."""
    names = {code: entry["name"] for code, entry in yaml.safe_load(FILE.read_text(encoding="utf-8")).items()}
    known = (Country(code, names[code], numbers.emergency, numbers.crisis) for code, numbers in emergency_numbers().items())
    return tuple(sorted(known, key=lambda country: country.name))


def country_of(code: str) -> Country | None:
    """By its code; None where its numbers are not known."""
    return next((country for country in countries() if country.code == code.upper()), None)

"""Whom to call, by country."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).parent / "emergency_numbers.yml"


@dataclass(frozen=True)
class Numbers:
    """Of one country.

    Attributes:
        emergency: The number for an ambulance.
        crisis: A line for people who think of suicide, with its name; empty where none could be confirmed.
    """

    emergency: str
    crisis: str


@cache
def emergency_numbers() -> dict[str, Numbers]:
    """The numbers by ISO 3166 code in capitals; with their sources in `emergency_numbers.yml`."""
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {
        country: Numbers(entry["emergency"], f"{entry['crisis']} ({entry['crisis_name']})" if "crisis" in entry else "")
        for country, entry in data.items()
    }

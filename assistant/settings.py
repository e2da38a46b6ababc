"""The one place where the assistant reads its environment and the clinic's settings file."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import yaml

from safety.numbers import emergency_numbers

# What a clinic can tell the assistant about itself, and responses may name in braces.
CLINIC_SETTINGS = (
    "clinic_name",
    "phone",
    "email",
    "address",
    "opening_hours",
    "booking_url",
    "payment_methods",
    "cancellation",
    "country",
    "emergency_number",
    "crisis_line",
)
# What a visitor reads where neither the country nor the number is set.
IN_WORDS = {"emergency_number": "your local emergency number", "crisis_line": "a crisis line in your country"}
MAX_CHARACTERS = int(os.environ.get("ASSISTANT_MAX_CHARACTERS", "1000"))
CLINIC_FILE = Path(os.environ.get("ASSISTANT_CLINIC_FILE", "clinic.yml"))
KEY_FILE = Path(os.environ.get("ASSISTANT_KEY_FILE", "var/assistant.key"))


class InvalidSettings(Exception):
    """The clinic's settings file cannot be used."""


def clinic_settings(path: Path = CLINIC_FILE) -> dict[str, str]:
    """What the clinic has set; a setting left empty is as if it were not there.

    Raises:
        InvalidSettings: If the file is not YAML, or names a setting that there is not.
    """
    if not path.is_file():
        return {}
    try:
        settings = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        raise InvalidSettings(f"{path} is not valid YAML: {error}") from error
    if not isinstance(settings, dict):
        raise InvalidSettings(f"{path} must hold lines such as 'phone: \"01 23 45\"'.")
    unknown = sorted(settings.keys() - set(CLINIC_SETTINGS))
    if unknown:
        raise InvalidSettings(
            f"{path} has a setting that there is not: {', '.join(unknown)}. There are: {', '.join(CLINIC_SETTINGS)}."
        )
    known = {name: str(value).strip() for name, value in settings.items() if value is not None}
    country = known.get("country", "").upper()
    if country and country not in emergency_numbers():
        raise InvalidSettings(
            f"{path}: country is {country}. There are: {', '.join(sorted(emergency_numbers()))}; for another, leave country out and "
            f"set emergency_number and crisis_line."
        )
    return {name: value for name, value in known.items() if value}


def with_emergency_numbers(settings: dict[str, str]) -> dict[str, str]:
    """The settings with the numbers that a visitor in danger is told: as set, else of the country."""
    numbers = emergency_numbers().get(settings.get("country", "").upper())
    of_country = {"emergency_number": numbers.emergency, "crisis_line": numbers.crisis} if numbers else {}
    return {**{name: number for name, number in of_country.items() if number}, **settings}


def shared_key() -> str:
    """The key that the front desk shows the assistant: from ASSISTANT_KEY, else from a file that is made at the first start."""
    from_environment = os.environ.get("ASSISTANT_KEY", "").strip()
    if from_environment:
        return from_environment
    kept = KEY_FILE.read_text().strip() if KEY_FILE.is_file() else ""
    if kept:
        return kept
    # A file that a full disk left empty is made anew: an empty key would let everybody in.
    KEY_FILE.unlink(missing_ok=True)
    KEY_FILE.parent.mkdir(parents=True, exist_ok=True)
    made = secrets.token_urlsafe(32)
    with os.fdopen(os.open(KEY_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(made)
    return made

"""What the front desk itself says to visitors and staff: `<language>.yml` for visitors, `staff.yml` for staff."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from babel.dates import format_datetime

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "es", "fr", "de", "pt", "ar")


def language_of(tag: str) -> str:
    """The language in which a visitor is spoken to who asked for `tag` ("pt-BR"): English where we have no words in theirs."""
    short = tag.lower().partition("-")[0]
    return short if short in LANGUAGES else "en"


def say(key: str, language: str, **names: str) -> str:
    """A sentence for visitors, with names filled in."""
    return str(_of(language_of(language))[key]).format(**names)


def as_written(key: str, language: str) -> str:
    """A sentence for visitors, with the places for names as `{name}`."""
    return str(_of(language_of(language))[key])


def starters(language: str) -> list[dict[str, str]]:
    """Questions to begin with: a button's id and its title."""
    return [{"id": key, "title": title} for key, title in _of(language_of(language))["starters"].items()]


def staff(key: str, **names: str) -> str:
    """A sentence for staff, with names filled in."""
    return str(_of("staff")[key]).format(**names)


def audited() -> dict[str, str]:
    """What stands in the audit log, as staff say it: by action."""
    return {key.removeprefix("audit_"): str(text) for key, text in _of("staff").items() if key.startswith("audit_")}


def topics() -> dict[str, str]:
    """Topics that read otherwise than their key: by topic."""
    return {key.removeprefix("topic_"): str(text) for key, text in _of("staff").items() if key.startswith("topic_")}


def person(name: str, role: str) -> str:
    """A member of staff, as a visitor reads it in a sentence."""
    return f"{name} ({role})" if role else name


def moment(at: datetime, language: str) -> str:
    """A day and a time as they are said in the language; in the time's own zone."""
    return format_datetime(at, "EEEE d MMMM, HH:mm", tzinfo=at.tzinfo, locale=language_of(language))


@cache
def _of(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8")))

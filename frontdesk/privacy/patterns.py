"""Reads `patterns.yml`: by which words personal details are known."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal, overload

import yaml

FILE = Path(__file__).with_name("patterns.yml")
ARABIC = str.maketrans("أإآىة", "ااايه")  # written in either way
GIVEN_NAMES = Path(__file__).with_name("given_names.txt")


@overload
def pattern(key: str) -> str: ...
@overload
def pattern(key: str, *, joined: Literal[False]) -> list[str]: ...
def pattern(key: str, *, joined: bool = True) -> str | list[str]:
    """The alternatives of one entry, as one regular expression or as a list of them."""
    entry = _read()[key]
    alternatives = [entry] if isinstance(entry, str) else [str(one) for one in entry]
    return "|".join(alternatives) if joined else alternatives


def is_given_name(word: str) -> bool:
    """Whether this is a first name that is known; one that is also a word ("rose") only where it is written with a capital."""
    plain = word.translate(ARABIC)
    return plain.lower() in _given_names() or (word[0].isupper() and plain.capitalize() in _given_names())


@cache
def _given_names() -> frozenset[str]:
    return frozenset(name.translate(ARABIC) for name in GIVEN_NAMES.read_text(encoding="utf-8").split())


@cache
def _read() -> dict[str, Any]:
    return dict(yaml.safe_load(FILE.read_text(encoding="utf-8")))

"""The facts on which answers rest, as `docs/facts.yml` has them: the only source of medical content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from frontdesk import environment

FILE = environment.ROOT / "docs" / "facts.yml"


@dataclass(frozen=True)
class Fact:
    """One thing that the clinic's article says.

    Attributes:
        key: Its `id`.
        topic: Where a visitor would look for it.
        section: The article's heading.
        text: What an answer must convey.
        caution: How to phrase what the article says loosely; empty where there is nothing to mind.
    """

    key: str
    topic: str
    section: str
    text: str
    caution: str = ""


def facts() -> Mapping[str, Fact]:
    """All facts, by their key, in the order of the file, which is read again when it was changed."""
    return _read(FILE, FILE.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _read(file: Path, _mtime: int) -> dict[str, Fact]:
    read = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {
        one["id"]: Fact(one["id"], one["topic"], str(one.get("section", "")), one["fact"], str(one.get("caution", "")))
        for one in read
    }

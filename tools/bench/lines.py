"""Reads the test lines: messages with the question that they ask, written apart from the training lines."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

OUT_OF_SCOPE = "fallback/out_of_scope"
# Families of keys that are not of the article: an answer from any other family tells a fact of it.
NOT_TOPICS = frozenset({"fallback", "handoff", "smalltalk", "safety", "system"})
ASKED = "system/which"  # the answer that asks back
FIELDS = {"text", "key", "also"}


@dataclass(frozen=True)
class Line:
    """A message.

    Attributes:
        text: What the visitor types.
        keys: The answers that satisfy them; the first is the label.
    """

    text: str
    keys: tuple[str, ...]

    @property
    def in_scope(self) -> bool:
        """Whether the message asks something that there is an answer to."""
        return self.keys[0] != OUT_OF_SCOPE

    @property
    def topic(self) -> str:
        """The family of its label."""
        return self.keys[0].partition("/")[0]


def read_lines(folder: Path) -> list[Line]:
    """All `{text, key, also}` of the folder's files; lines of conversations or of several questions have another shape."""
    lines: list[Line] = []
    for path in sorted(folder.glob("*.yml")):
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        lines.extend(
            Line(entry["text"], (entry["key"], *entry.get("also", ())))
            for entry in (entries if isinstance(entries, list) else [])
            if isinstance(entry, dict) and {"text", "key"} <= entry.keys() <= FIELDS
        )
    return lines


def tells_a_fact(key: str) -> bool:
    """Whether an answer is one of the article's."""
    return key.partition("/")[0] not in NOT_TOPICS

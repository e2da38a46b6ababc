"""What an editor is told about something that they write, in a sentence: notes stop nothing by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from frontdesk import words


class Level(StrEnum):
    """How much it matters."""

    STOP = "stop"  # is certainly wrong, and cannot go live
    WARN = "warn"  # is wrong as far as a rule can tell: somebody has to look at it
    HINT = "hint"  # may be better otherwise


@dataclass(frozen=True)
class Note:
    """Something to look at.

    Attributes:
        level: How much it matters.
        code: What it is; the sentence stands under `guide_<code>` in `words/staff.yml`.
        names: What the sentence names.
        data: What a page can do something with: the other question, a text that is offered instead.
    """

    level: Level
    code: str
    names: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def stops(self) -> bool:
        """Whether nothing goes live with it."""
        return self.level is Level.STOP

    @property
    def warns(self) -> bool:
        """Whether somebody has to look at it."""
        return self.level is Level.WARN

    @property
    def sentence(self) -> str:
        """For an editor."""
        return words.staff(f"guide_{self.code}", **self.names)

    def as_json(self) -> dict[str, Any]:
        """As a page takes it."""
        return {"level": str(self.level), "code": self.code, "sentence": self.sentence, **self.data}

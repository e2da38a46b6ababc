"""What can be done to questions and answers: four operations, each of which can be undone by another.

An operation says what it takes away as well as what it puts there. It fits only where that is what stands there: whatever somebody else has
written meanwhile, in the editor or outside of it, is never overwritten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Raw = Mapping[str, Any]


class DoesNotFit(Exception):
    """What an operation takes away is not what stands there.

    Attributes:
        key: Of the question.
        what: `example_gone`, `example_there`, `answer_changed`, `question_gone`, `question_there`, `question_changed`.
        text: The example, where it is one.
    """

    def __init__(self, key: str, what: str, text: str = "") -> None:
        super().__init__(f"{key}: {what}")
        self.key, self.what, self.text = key, what, text


@dataclass(frozen=True)
class Examples:
    """Examples of one question are taken away, others put there: those that replace one stand in its place."""

    key: str
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    def undone(self) -> Operation:
        """What takes it back."""
        return Examples(self.key, self.added, self.removed)

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {"do": "examples", "key": self.key, "removed": list(self.removed), "added": list(self.added)}


@dataclass(frozen=True)
class Answer:
    """All wordings of an answer are replaced."""

    key: str
    before: tuple[Raw, ...]
    after: tuple[Raw, ...]

    def undone(self) -> Operation:
        """What takes it back."""
        return Answer(self.key, self.after, self.before)

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {"do": "answer", "key": self.key, "before": list(self.before), "after": list(self.after)}


@dataclass(frozen=True)
class Added:
    """A question that was not there."""

    key: str
    examples: tuple[str, ...]
    wordings: tuple[Raw, ...]

    def undone(self) -> Operation:
        """What takes it back."""
        return Deleted(self.key, self.examples, self.wordings)

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {"do": "added", "key": self.key, "examples": list(self.examples), "wordings": list(self.wordings)}


@dataclass(frozen=True)
class Deleted:
    """A question with all that it had."""

    key: str
    examples: tuple[str, ...]
    wordings: tuple[Raw, ...]

    def undone(self) -> Operation:
        """What takes it back."""
        return Added(self.key, self.examples, self.wordings)

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {"do": "deleted", "key": self.key, "examples": list(self.examples), "wordings": list(self.wordings)}


Operation = Examples | Answer | Added | Deleted


def undone(operations: Sequence[Operation]) -> list[Operation]:
    """What takes them all back, in the order in which that is done."""
    return [one.undone() for one in reversed(operations)]


def as_json(operations: Iterable[Operation]) -> list[dict[str, Any]]:
    """As they are kept."""
    return [one.as_json() for one in operations]


def from_json(kept: Iterable[Mapping[str, Any]]) -> list[Operation]:
    """Reads what `as_json` wrote."""
    return [_from_json(one) for one in kept]


def _from_json(kept: Mapping[str, Any]) -> Operation:
    key = kept["key"]
    if kept["do"] == "examples":
        return Examples(key, tuple(kept["removed"]), tuple(kept["added"]))
    if kept["do"] == "answer":
        return Answer(key, tuple(kept["before"]), tuple(kept["after"]))
    kind = Added if kept["do"] == "added" else Deleted
    return kind(key, tuple(kept["examples"]), tuple(kept["wordings"]))

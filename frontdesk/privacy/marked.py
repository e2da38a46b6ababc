"""Reads lines in which personal details are marked by hand, as ⟨kind:words⟩: what masking is measured by."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from frontdesk.privacy.masking import Span

MARK = re.compile(r"⟨(\w+):([^⟩]*)⟩")
# Whether a title is hidden with the name does not matter.
TITLES = re.compile(r"(?i)(?:(?:la|mrs?|ms|dra?|prof|nurse|colonel|frau|dona)\.? +)+")


@dataclass(frozen=True)
class Detail:
    """What somebody marked."""

    kind: str
    start: int
    end: int

    def is_hidden_by(self, spans: list[Span], text: str) -> bool:
        """Whether every letter and digit of it is hidden, as whatever kind."""
        begun = TITLES.match(text, self.start, self.end)
        places = range(begun.end() if begun else self.start, self.end)
        return all(any(span.start <= place < span.end for span in spans) for place in places if text[place].isalnum())


@dataclass(frozen=True)
class Marked:
    """A line as a visitor would have written it, and what is personal in it."""

    text: str
    details: tuple[Detail, ...]


def marked_lines(file: Path) -> list[Marked]:
    """The lines of a file, without its comments."""
    return [_read(line) for line in file.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def _read(line: str) -> Marked:
    text, details, place = "", [], 0
    for mark in MARK.finditer(line):
        text += line[place : mark.start()]
        details.append(Detail(mark[1], len(text), len(text) + len(mark[2])))
        text += mark[2]
        place = mark.end()
    return Marked(text + line[place:], tuple(details))

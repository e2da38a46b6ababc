"""What is another in a text, word by word, so that a page can mark it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

WORDS = re.compile(r"(?:\w+(?:['’.-]\w+)*|[^\w\s])\s*")  # a word or a sign, with the space behind it
LEAST_ALIKE = 0.35  # share of words that stay: below, marks between words are harder to read than two texts
SHORT = 3  # letters: a word so short between two marks only breaks them


@dataclass(frozen=True)
class Piece:
    """A part of a text.

    Attributes:
        is_changed: Whether it is not in the other text.
    """

    text: str
    is_changed: bool = False


def marked(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces. White space is never another by itself."""
    old, new = WORDS.findall(before.strip()), WORDS.findall(after.strip())
    matcher = SequenceMatcher(None, [word.rstrip() for word in old], [word.rstrip() for word in new], autojunk=False)
    if before.strip() and after.strip() and matcher.ratio() < LEAST_ALIKE:
        return [Piece(before.strip(), True)], [Piece(after.strip(), True)]
    blocks = matcher.get_opcodes()
    sides: tuple[list[tuple[str, bool]], list[tuple[str, bool]]] = ([], [])
    for place, (kind, old_from, old_to, new_from, new_to) in enumerate(blocks):
        is_between = 0 < place < len(blocks) - 1
        is_changed = kind != "equal" or (is_between and _breaks(old[old_from:old_to]))
        sides[0].append(("".join(old[old_from:old_to]), is_changed))
        sides[1].append(("".join(new[new_from:new_to]), is_changed))
    return _joined(sides[0]), _joined(sides[1])


def _breaks(words: list[str]) -> bool:
    return len(words) == 1 and len(words[0].rstrip()) <= SHORT


def _joined(parts: list[tuple[str, bool]]) -> list[Piece]:
    """Neighbours of one kind together, and no mark under the space behind a word."""
    joined: list[tuple[str, bool]] = []
    for text, is_changed in parts:
        words = text.rstrip() if is_changed else text
        for some, mark in ((words, is_changed), (text[len(words) :], False)):
            if some:
                joined.append((some, mark))
    pieces: list[Piece] = []
    for place, (text, is_changed) in enumerate(joined):
        between = text.isspace() and 0 < place < len(joined) - 1 and joined[place - 1][1] and joined[place + 1][1]
        mark = is_changed or between
        if pieces and pieces[-1].is_changed == mark:
            pieces[-1] = Piece(pieces[-1].text + text, mark)
        else:
            pieces.append(Piece(text, mark))
    return pieces

"""What rules are written in, and how it is matched.

A pattern is words in order. `|` separates words that stand for one another, `*` ends a stem, `@name` is a list of words in
`safety/words.yml`, `~3` is up to three other words, `<5>` is both sides in either order with up to five other words between:

    cant|cannot ~3 breath*       "can't really breathe", "cannot catch my breath"
    @throat <4> @tight           "my throat feels tight", "tightness in my throat"

Nothing reaches over the end of a sentence. Case, accents and apostrophes do not count (`safety/text.py`).
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from spacy.matcher import Matcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from safety.text import BREAK, UNSPACED, words_of

GAP = re.compile(r"~(\d+)$")
EITHER_ORDER = re.compile(r"\s<(\d+)>\s")
MISWRITTEN = re.compile(r"[<>~]")
SHORTEST_STEM = 2


class InvalidPattern(ValueError):
    """A pattern that cannot be read, and why."""


@dataclass(frozen=True)
class Element:
    """One place of a pattern: whole words and stems, any of which may stand there."""

    words: frozenset[str]
    stems: tuple[str, ...] = ()

    def matches(self, word: str) -> bool:
        """Whether a word may stand there."""
        return word in self.words or word.startswith(self.stems)

    def as_token(self) -> dict[str, object]:
        """The same for spaCy."""
        if not self.stems:
            return {"ORTH": {"IN": sorted(self.words)}}
        alternatives = [re.escape(word) + "$" for word in sorted(self.words)] + [re.escape(stem) for stem in self.stems]
        return {"ORTH": {"REGEX": f"^(?:{'|'.join(alternatives)})"}}


Run = tuple[Element, ...]  # elements that follow one another directly


class Pattern:
    """A pattern that can be looked for.

    Args:
        source: As written.
        lists: The named lists of words.
        vocabulary: spaCy's, one for all that is matched together.

    Raises:
        InvalidPattern: If it cannot be read.
    """

    def __init__(self, source: str, lists: Mapping[str, Element], vocabulary: Vocab) -> None:
        self.source = source
        sequences = _sequences(source, lists)
        # What must stand somewhere in a message before it is worth looking closer.
        self.elements = frozenset(element for element in sequences[0] if isinstance(element, Element))
        self._orders = [_runs(sequence) for sequence in sequences]
        self._vocabulary = vocabulary

    @cached_property
    def _matcher(self) -> Matcher:
        """Looks for the runs of elements without a gap; made when it is needed first: most patterns never are."""
        matcher = Matcher(self._vocabulary, validate=False)
        for run in {run for order in self._orders for run, _ in order}:
            matcher.add(_name(run), [[element.as_token() for element in run]])
        return matcher

    def find(self, doc: Doc) -> list[tuple[int, int]]:
        """Where it stands: first word, and the one after the last; of the places that begin alike, the shortest.

        Gaps are counted here, not in spaCy's pattern: as optional tokens there, their cost grows with every word that fits twice.
        """
        found = defaultdict(list)
        for name, start, end in self._matcher(doc):
            found[doc.vocab.strings[name]].append((start, end))
        breaks = [i for i, token in enumerate(doc) if token.text == BREAK]
        return [place for order in self._orders for place in _in_order(order, found, breaks)]


def _in_order(
    order: list[tuple[Run, int]], found: Mapping[str, list[tuple[int, int]]], breaks: list[int]
) -> list[tuple[int, int]]:
    """Where the runs stand one after the other, each at most its gap behind the one before and in the same sentence."""
    places = found.get(_name(order[0][0]), [])
    for run, gap in order[1:]:
        after = sorted(found.get(_name(run), []))
        joined = []
        for start, end in places:
            sentence_end = breaks[bisect_left(breaks, end)] if breaks and breaks[-1] >= end else sys.maxsize
            nearest = bisect_left(after, (end, 0))
            if nearest < len(after) and after[nearest][0] <= min(end + gap, sentence_end):
                joined.append((start, after[nearest][1]))
        places = joined
    return places


def _runs(sequence: list[Element | int]) -> list[tuple[Run, int]]:
    """The elements between the gaps, each run with the gap before it."""
    runs: list[tuple[list[Element], int]] = [([], 0)]
    for part in sequence:
        if isinstance(part, Element):
            runs[-1][0].append(part)
        else:
            runs.append(([], part))
    return [(tuple(elements), gap) for elements, gap in runs if elements]


def _name(run: Run) -> str:
    return " ".join("|".join([*sorted(element.words), *(f"{stem}*" for stem in element.stems)]) for element in run)


def read_list(entries: list[str]) -> Element:
    """A named list of words and stems.

    Raises:
        InvalidPattern: If an entry is not one word.
    """
    return _element("|".join(str(entry) for entry in entries))


def _sequences(source: str, lists: Mapping[str, Element]) -> list[list[Element | int]]:
    """The orders in which the pattern's elements may stand; a number is a gap of up to so many words."""
    halves = EITHER_ORDER.split(f" {source} ".strip())
    if len(halves) == 1:
        return [_sequence(source, lists)]
    if len(halves) != 3:
        raise InvalidPattern("only one <n> can stand in a pattern")
    left, gap, right = _sequence(halves[0], lists), int(halves[1]), _sequence(halves[2], lists)
    return [[*left, gap, *right], [*right, gap, *left]]


def _sequence(source: str, lists: Mapping[str, Element]) -> list[Element | int]:
    sequence: list[Element | int] = []
    for piece in source.split():
        gap = GAP.match(piece)
        if not gap and MISWRITTEN.search(piece):
            raise InvalidPattern(f"{piece!r} is neither a word nor a gap; a gap is ~3, or <3> between two sides")
        if gap:
            sequence.append(int(gap[1]))
        elif "|" not in piece and not piece.startswith("@") and UNSPACED.search(piece):
            sequence += [Element(frozenset(word)) for word in words_of(piece)]
        else:
            sequence.append(_named(piece, lists))
    if not any(isinstance(element, Element) for element in sequence):
        raise InvalidPattern("there is no word in it")
    return sequence


def _named(piece: str, lists: Mapping[str, Element]) -> Element:
    """Alternatives, some of which may be named lists."""
    words: set[str] = set()
    stems: list[str] = []
    for alternative in piece.split("|"):
        if alternative.startswith("@"):
            if alternative[1:] not in lists:
                raise InvalidPattern(f"there is no list {alternative} in words.yml")
            element = lists[alternative[1:]]
        else:
            element = _element(alternative)
        words |= element.words
        stems += element.stems
    return Element(frozenset(words), tuple(dict.fromkeys(stems)))


def _element(source: str) -> Element:
    words, stems = set(), []
    for alternative in source.split("|"):
        stem = alternative.endswith("*")
        normal = words_of(alternative.rstrip("*"))
        if len(normal) != 1 or normal == [BREAK]:
            raise InvalidPattern(f"{alternative!r} is not one word")
        if not stem:
            words.add(normal[0])
        elif len(normal[0]) < SHORTEST_STEM:
            raise InvalidPattern(f"{alternative!r} would match almost anything")
        else:
            stems.append(normal[0])
    return Element(frozenset(words), tuple(stems))

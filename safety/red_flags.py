"""Looks for red flags in a message."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from spacy.tokens import Doc

from safety.levels import Level
from safety.patterns import Element, Pattern
from safety.rules import FOLDER, Rule, RuleBook, read_rules
from safety.spelling import Spelling
from safety.text import BREAK, words_of

UNKNOWN = "_"  # stands for a word that no rule names
LONGEST_STEM = 24  # letters; of a word, so many beginnings are compared with the stems


@dataclass(frozen=True)
class Reason:
    """Why a message is a concern.

    Attributes:
        rule: `category/rule`.
        category: What kind of danger.
        level: How serious, by this rule.
        why: In words that staff can read.
        source: The public page that says so.
        words: What of the message it was found in.
    """

    rule: str
    category: str
    level: Level
    why: str
    source: str
    words: str


@dataclass(frozen=True)
class Concern:
    """What the rules say of a message.

    Attributes:
        level: The highest level of the reasons.
        reasons: The most serious first.
        mentioned: The highest level that would hold if what is asked in general, or told of the past, were happening now.
    """

    level: Level = Level.NONE
    reasons: tuple[Reason, ...] = ()
    mentioned: Level = Level.NONE


class RedFlags:
    """The rules, ready to be asked. Safe to share between threads: nothing changes after loading."""

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self._patterns = patterns = [(pattern, rule) for rule in book.rules for pattern in rule.patterns]
        framing = [pattern for patterns_of_one in book.framing.values() for pattern in patterns_of_one]
        self._index = _Index({element for pattern in [*framing, *(p for p, _ in patterns)] for element in pattern.elements})
        # Of every pattern one element, of which a message must have one before the pattern is looked at.
        self._patterns_of: dict[Element, list[int]] = defaultdict(list)
        rarity = self._rarity(pattern for pattern, _ in patterns)
        for place, (pattern, _) in enumerate(patterns):
            rarest = min(pattern.elements, key=lambda element: (rarity[element], sorted(element.words), element.stems))
            self._patterns_of[rarest].append(place)
        elements = [element for pattern, _ in patterns for element in pattern.elements]
        words, stems = {word for e in elements for word in e.words}, {stem for e in elements for stem in e.stems}
        self._spelling = Spelling(sorted(words), stems, book.correct_words)

    @classmethod
    def load(cls, folder: Path = FOLDER) -> RedFlags:
        """Reads the rules.

        Raises:
            InvalidRules: If they are missing or wrong: then nobody must go on without them.
        """
        return cls(read_rules(folder))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules."""
        return self._book.rules

    def as_read(self, word: str) -> str:
        """A word as the rules read it: corrected where it is like one of theirs."""
        return self._spelling.correct(word)

    def check(self, text: str) -> Concern:
        """What a message gives reason for. Any text will do; an empty one gives none."""
        words = words_of(text)
        if not words:
            return Concern()
        read = [self._index.as_known(self._spelling.correct(word)) for word in words]
        doc = Doc(self._book.vocabulary, words=read)
        present = self._index.elements_in(read)
        found: dict[str, Reason] = {}
        mentioned = Level.NONE
        framing: _Framing | None = None
        for pattern, rule in self._worth_looking_at(present):
            if rule.name in found:
                continue
            for start, end in pattern.find(doc):
                framing = framing or self._framing(doc, present)
                if framing.is_happening(start, end, rule.always):
                    found[rule.name] = _reason(rule, " ".join(words[start:end]))
                    break
                mentioned = max(mentioned, rule.level)
        reasons = tuple(sorted(found.values(), key=lambda reason: (-reason.level, reason.rule)))
        level = reasons[0].level if reasons else Level.NONE
        return Concern(level, reasons, max(level, mentioned))

    def _worth_looking_at(self, present: set[Element]) -> list[tuple[Pattern, Rule]]:
        """The patterns all of whose elements a message has, in the order of the rules."""
        places = {
            place
            for element in present
            for place in self._patterns_of.get(element, ())
            if self._patterns[place][0].elements <= present
        }
        return [self._patterns[place] for place in sorted(places)]

    def _framing(self, doc: Doc, present: set[Element]) -> _Framing:
        places = {
            name: [place for pattern in patterns if pattern.elements <= present for place in pattern.find(doc)]
            for name, patterns in self._book.framing.items()
        }
        return _Framing(doc, places)

    @staticmethod
    def _rarity(patterns: Iterable[Pattern]) -> dict[Element, int]:
        """How many patterns each element stands in: the fewer, the better it picks."""
        counts: dict[Element, int] = defaultdict(int)
        for pattern in patterns:
            for element in pattern.elements:
                counts[element] += 1
        return counts


class _Index:
    """Which elements a message has, by a lookup or two per word."""

    def __init__(self, elements: set[Element]) -> None:
        self._words: dict[str, list[Element]] = defaultdict(list)
        self._stems: dict[str, list[Element]] = defaultdict(list)
        for element in elements:
            for word in element.words:
                self._words[word].append(element)
            for stem in element.stems:
                self._stems[stem].append(element)

    def as_known(self, word: str) -> str:
        """The word if a rule names it, else the longest stem that it begins with and a `*`, else `UNKNOWN`.

        So spaCy's vocabulary, which keeps every word that it has ever seen, neither grows nor keeps what visitors wrote.
        """
        if word in self._words or word == BREAK:
            return word
        beginnings = (word[:length] for length in range(min(len(word), LONGEST_STEM), 1, -1))
        return next((f"{beginning}*" for beginning in beginnings if beginning in self._stems), UNKNOWN)

    def elements_in(self, words: Iterable[str]) -> set[Element]:
        present: set[Element] = set()
        for word in set(words):
            present.update(self._words.get(word, ()))
            for length in range(2, min(len(word), LONGEST_STEM) + 1):
                present.update(self._stems.get(word[:length], ()))
        return present


class _Framing:
    """How the sentences of a message are meant: as a question in general, as something past, as something that is going on.

    Args:
        doc: The message.
        places: Of each way of speaking in `safety/framing.yml`, where it stands.
    """

    def __init__(self, doc: Doc, places: dict[str, list[tuple[int, int]]]) -> None:
        self._places = places
        self._ends = [i for i, token in enumerate(doc) if token.text == BREAK]
        self._length = len(doc)

    def is_happening(self, start: int, end: int, always: bool) -> bool:
        """Whether what stands from `start` to `end` is to be taken as happening to somebody now.

        Never where the words themselves are a way of speaking. A general question or a story of long ago is not, unless the sentence
        says that it is going on or, where the question could be either, whom it is about; a rule may have it count `always`.
        """
        first = max((i for i in self._ends if i < start), default=-1)
        last = min((i for i in self._ends if i >= end), default=self._length)

        def says(name: str) -> bool:
            return any(first < at and upto <= last for at, upto in self._places.get(name, ()))

        if any(at < end and start < upto for at, upto in self._places.get("figurative", ())):
            return False
        if always or says("now"):
            return True
        if says("asks") or says("past"):
            return False
        if self._places.get("hearsay"):
            return says("own")
        return says("somebody") or not says("may_ask")


def _reason(rule: Rule, words: str) -> Reason:
    return Reason(rule.name, rule.category, rule.level, rule.why, rule.source, words)

"""Reads misspelt words as the words of the rules that they are meant to be."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable
from operator import itemgetter

from spacy.matcher.levenshtein import levenshtein

SHORTEST = 5  # letters; a shorter word is too often another word
LONG = 8  # letters, from which two mistakes are allowed
STRETCHED = re.compile(r"(.)\1{2,}")  # "heeelp"


class Spelling:
    """Corrects towards a set of words.

    Args:
        words: What the rules look for; of two equally like a misspelt word, the first is meant.
        stems: Beginnings of words that they look for.
        correct_words: Other words, which are left alone.
    """

    def __init__(self, words: Iterable[str], stems: Iterable[str], correct_words: Container[str]) -> None:
        self._known = dict.fromkeys(words)
        self._stems = tuple(stems)
        self._correct_words = correct_words
        self._by_first_letter: dict[str, list[str]] = defaultdict(list)
        for word in self._known:
            if len(word) >= SHORTEST and word.isascii() and word.isalpha():
                self._by_first_letter[word[0]].append(word)

    def correct(self, word: str) -> str:
        """The word that is meant; the word itself where it is known, or like nothing that is."""
        if (
            word in self._known
            or word in self._correct_words
            or word.startswith(self._stems)
            or not word.isascii()
            or not word.isalpha()
        ):
            return word
        short = STRETCHED.sub(r"\1", word)
        for candidate in (short, STRETCHED.sub(r"\1\1", word)):
            if candidate != word and (candidate in self._known or candidate in self._correct_words):
                return candidate
        if len(short) < SHORTEST - 1:
            return word
        best = min(
            (
                (_distance(short, known), known)
                for known in self._by_first_letter[short[0]]
                if abs(len(known) - len(short)) <= 2
            ),
            default=(9, word),
            key=itemgetter(0),
        )
        return best[1] if best[0] <= (2 if len(best[1]) >= LONG else 1) else word


def _distance(one: str, other: str) -> int:
    """Letters to add, leave out or change; two swapped count as one."""
    distance: int = levenshtein(one, other)
    if distance == 2 and len(one) == len(other) and sorted(one) == sorted(other):
        differing = [i for i, (a, b) in enumerate(zip(one, other)) if a != b]
        if len(differing) == 2 and differing[1] - differing[0] == 1:
            return 1
    return distance

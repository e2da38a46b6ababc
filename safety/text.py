"""Cuts a message into words, so that spelling, accents and scripts matter as little as possible."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

LONGEST = 2000  # characters that are read; a visitor's message has at most 1,000
MOST_WORDS = 220  # that are read of a message
LONGEST_REPETITION = 12  # words that say again what the words before them said
BREAK = "."  # what stands for every end of a sentence

APOSTROPHES = str.maketrans("", "", "'’‘`´ʼ")
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
LATIN_ACCENTS = re.compile("[\u0300-\u036f]")
# Arabic: short vowels and the stretching sign, which few write; letters that are written either way.
ARABIC_SIGNS = re.compile("[\u0640\u064b-\u0652\u0670]")
ARABIC_LETTERS = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه", "ی": "ي", "ک": "ك"})
ENDS = frozenset(".?!;\n\r。！？।؟…")
UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f]")  # scripts that leave no space between words


def words_of(text: str) -> list[str]:
    """The words of a message in lower case, in order.

    Apostrophes and Latin accents are gone ("can't" is "cant"), letters of scripts without spaces and symbols such as emoji stand each
    for itself, and the end of a sentence is `BREAK`. Other punctuation is left out.
    """
    text = unicodedata.normalize("NFKC", text[:LONGEST].translate(APOSTROPHES)).lower()
    text = INVISIBLE.sub("", text).translate(APOSTROPHES).translate(ARABIC_LETTERS)
    text = unicodedata.normalize("NFC", LATIN_ACCENTS.sub("", unicodedata.normalize("NFD", ARABIC_SIGNS.sub("", text))))
    return _without_repetition(_cut(text))


def _without_repetition(words: Iterator[str]) -> list[str]:
    """Leaves out what only says again what stands just before it ("help help help"): patterns with gaps would match it endlessly."""
    kept: list[str] = []
    for word in words:
        kept.append(word)
        for length in range(1, LONGEST_REPETITION + 1):
            if len(kept) >= 2 * length and kept[-length:] == kept[-2 * length : -length]:
                del kept[-length:]
                break
    return kept[:MOST_WORDS]


def _cut(text: str) -> Iterator[str]:
    word = ""
    for i, character in enumerate(text):
        kind = _kind(character)
        if kind == "letter" or (character in ".," and _between_digits(text, i)):
            word += character
            continue
        if word:
            yield word
            word = ""
        if kind == "end":
            yield BREAK
        elif kind == "alone":
            yield character
    if word:
        yield word


@lru_cache(maxsize=4096)
def _kind(character: str) -> str:
    """What a character is: `letter`, `alone` (a word by itself), `end` (of a sentence) or `between` (words)."""
    if character in ENDS:
        return "end"
    if UNSPACED.match(character):
        return "alone"
    category = unicodedata.category(character)
    if category[0] in "LMN":
        return "letter"
    return "alone" if category == "So" else "between"


def _between_digits(text: str, i: int) -> bool:
    return 0 < i < len(text) - 1 and text[i - 1].isdigit() and text[i + 1].isdigit()

"""Tells messages that are empty, unreadable or not English from those that understanding can work on. Knows nothing of Rasa.

A rule on scripts and function words, not a statistical guess: what it says can be read off `languages.yml`. In doubt it says
English, because turning away somebody who writes English is worse than misunderstanding somebody who does not.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

ENGLISH, OTHER, UNREADABLE, EMPTY = "en", "other", "unreadable", "empty"

LOOKED_AT = 1000  # characters: beyond, a message has long shown its language, and the time taken stays bounded
TELLING, SUPPORTING = 2, 1
# Up to so many words, the least score of a foreign text: one telling word carries a short question ("was kostet das"), in a
# longer one others have to agree.
LEAST = {4: 2, 8: 3, LOOKED_AT: 4}
MASHED_FROM = 5  # letters; shorter words are abbreviations too often
VOWELLESS_FROM = 9  # letters; longer than any abbreviation ("trtmnt"), whatever its letter pairs

_SCRIPTLESS = {"LATIN", "FEMININE", "MASCULINE", "MODIFIER", "MICRO", "FULLWIDTH", "HALFWIDTH", "MATHEMATICAL"}
_VOWELS = re.compile("[aeiouy]")
_ASCII_WORD = re.compile("[a-z]+(?:'[a-z]+)*")
_UNDOTTED = str.maketrans("ıłøđ", "ilod")  # letters with a stroke or without a dot, which Unicode does not take apart
_BARE_APOSTROPHE = str.maketrans("’ʼ`´", "''''")


@dataclass(frozen=True)
class _Script:
    language: str
    words: dict[str, str]
    letters: dict[str, re.Pattern[str]]


@dataclass(frozen=True)
class _Rule:
    answered: frozenset[str]
    scripts: dict[str, _Script]
    english: dict[str, int]
    languages: tuple[str, ...]  # written in Latin letters; the first wins a draw
    words: dict[str, dict[str, int]]  # what each word scores for which language
    letters: dict[str, tuple[str, ...]]
    greetings: dict[str, frozenset[str]]
    speaking_emoji: frozenset[str]
    key_runs: tuple[str, ...]
    key_triples: frozenset[str]
    improbable: frozenset[str]


def read_language(text: str) -> str:
    """What a message is written in.

    Args:
        text: A message, NFKC-normalised; anything else is survived.

    Returns:
        "en", the two-letter code of another language that we have an answer in, "other" for the rest of them, "unreadable"
        (mashed keys, bare symbols), or "empty" (nothing that would be seen).
    """
    text = text.lstrip()[:LOOKED_AT].lower().translate(_BARE_APOSTROPHE)
    words, foreign = (_ASCII_WORD.findall(text), []) if text.isascii() else _words(text)
    if foreign and (language := _language_of_scripts(foreign, words)):
        return language
    if not words:
        return _wordless(text)
    if language := _language_of_words(text, words):
        return language
    if _is_mashed(words) and not any(character.isdigit() for character in text):
        return UNREADABLE
    return ENGLISH


def _words(text: str) -> tuple[list[str], list[str]]:
    """The words with Latin letters ("μg"), and those in other scripts.

    A single letter of another script is a symbol ("ಠ_ಠ"), unless it is Han.
    """
    latin, foreign = [], []
    for word in "".join(map(_letter_or_space, text)).split():
        scripts = Counter(filter(None, map(_script, word)))
        if not scripts:
            continue
        if not scripts.keys().isdisjoint(_SCRIPTLESS):
            latin.append(word)
        elif len(word) > 1 or "CJK" in scripts:
            foreign.append(word)
    return latin, foreign


def _language_of_scripts(foreign: list[str], latin: list[str]) -> str | None:
    letters = Counter(script for word in foreign for script in map(_script, word) if script)
    english = sum(word in _rule().english for word in latin)
    # A name or a quotation inside an English sentence: one word, or a few without spaces, against the function words around.
    foreign_words = max(len(foreign), (letters["CJK"] + letters["HIRAGANA"] + letters["HANGUL"]) // 2)
    if english >= foreign_words or (english and sum(letters.values()) < sum(map(len, latin))):
        return None
    script = _rule().scripts.get(letters.most_common(1)[0][0])
    if script is None:
        return OTHER
    votes = Counter(script.words[word] for word in foreign if word in script.words)
    joined = " ".join(foreign)
    for language, pattern in script.letters.items():
        votes[language] += len(pattern.findall(joined))
    others = [language for language in votes if votes[language] > votes[script.language]]
    return max(others, key=votes.__getitem__, default=script.language)


def _language_of_words(text: str, words: list[str]) -> str | None:
    rule = _rule()
    english = sum(rule.english.get(word, 0) for word in words)
    parts = [part for word in words for part in word.split("'") if part]
    scores: Counter[str] = Counter()
    known: dict[str, set[str]] = {}
    convincing = set()
    for part in parts:
        for language, score in rule.words.get(part, {}).items():
            scores[language] += score
            known.setdefault(language, set()).add(part)
            if score == TELLING:
                convincing.add(language)
    if not scores:
        return None

    distinct = set(parts)
    for language, greetings in rule.greetings.items():
        if distinct <= greetings and scores[language] > english:
            return _answerable(language)
    if not text.isascii():
        scores.update(language for letter in set(text) for language in rule.letters.get(letter, ()))
    # Words that decide nothing alone do so together: when there is nothing else in the message ("que es"), or three of them
    # that are half of it ("qui fait les injections"); names have two ("de la Cruz").
    for language, found in known.items():
        several = sum(len(part) > 1 for part in found)
        if (found == distinct and several > 1) or (several > 2 and 2 * len(found) >= len(distinct)):
            convincing.add(language)
    best = max((language for language in rule.languages if language in convincing), key=scores.__getitem__, default=None)
    least = next(score for longest, score in LEAST.items() if len(parts) <= longest)
    if best is None or scores[best] < least or scores[best] <= english:
        return None
    return _answerable(best)


def _answerable(language: str) -> str:
    return language if language in _rule().answered else OTHER


def _wordless(text: str) -> str:
    # A number, such an emoji or nothing but a currency ("£££?") is an answer or a question.
    if any(character.isnumeric() or character in _rule().speaking_emoji for character in text):
        return ENGLISH
    if (currency := text.rstrip(" ?!.")) and all(unicodedata.category(character) == "Sc" for character in currency):
        return ENGLISH
    # Controls, format characters, spaces and combining marks show nothing by themselves.
    shown = any(unicodedata.category(character) not in ("Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Me") for character in text)
    return UNREADABLE if shown else EMPTY


def _is_mashed(words: list[str]) -> bool:
    """Whether there are mashed words and no other word of more than two letters."""
    longer = [word for word in words if len(word) > 2]
    return bool(longer) and all(map(_is_mashed_word, longer))


def _is_mashed_word(word: str) -> bool:
    rule = _rule()
    if word in rule.words:
        return False
    if len(word) >= MASHED_FROM and len(set(word)) == 1:
        return True
    if len(word) >= 4 and any(word in run for run in rule.key_runs):
        return True
    word = re.sub(r"(.)\1+", r"\1", word)  # "hmmmmm", "shhhhh" and "plzzzz" are words
    if len(word) < MASHED_FROM or not word.isascii():
        return False
    oddities = sum(word[i : i + 2] in rule.improbable or word[i : i + 3] in rule.key_triples for i in range(len(word) - 1))
    if oddities >= 2 or _VOWELS.search(word):
        return oddities >= 2
    if any(set(word) <= set(row) for row in rule.key_runs):
        return True
    return len(word) >= VOWELLESS_FROM or (oddities == 1 and len(word) > MASHED_FROM)  # "mthfr" is a gene


@lru_cache(maxsize=8192)
def _letter_or_space(character: str) -> str:
    return character if character == "'" or unicodedata.category(character)[0] in "LM" else " "


@lru_cache(maxsize=8192)
def _script(character: str) -> str | None:
    """The first word of a letter's Unicode name, which is its script's; None for marks, which belong to the letter before."""
    if unicodedata.category(character)[0] != "L":
        return None
    return unicodedata.name(character, "UNNAMED").split()[0]


@lru_cache(maxsize=1)
def _rule() -> _Rule:
    data = yaml.safe_load(Path(__file__).with_name("languages.yml").read_text(encoding="utf-8"))
    latin = {
        language: {kind: entry.get(kind, "").split() for kind in ("telling", "supporting", "greetings")}
        for language, entry in data["latin"].items()
    }
    english = _scores(latin.pop("english"))
    words: dict[str, dict[str, int]] = {}
    letters: dict[str, tuple[str, ...]] = {}
    for language, lists in latin.items():
        for word, score in _scores(lists).items():
            words.setdefault(word, {})[language] = score
        for letter in data["latin"][language].get("letters", ""):
            letters[letter] = (*letters.get(letter, ()), language)
    rows: list[str] = data["mashing"]["rows"]
    # On the upper row such triples are English ("property", "power").
    triples = {row[i : i + 3] for row in rows[1:] for i in range(len(row) - 2)}
    return _Rule(
        answered=frozenset(data["answered"]),
        scripts={name: _read_script(entry) for entry in data["scripts"] for name in entry["names"]},
        english=english,
        languages=tuple(latin),
        words=words,
        letters=letters,
        greetings={language: frozenset(lists["greetings"]) for language, lists in latin.items()},
        speaking_emoji=frozenset(data["speaking_emoji"]),
        key_runs=tuple(run for row in rows for run in (row, row[::-1])),
        key_triples=frozenset(triples | {triple[::-1] for triple in triples}),
        improbable=frozenset(first + then for first, odd in data["mashing"]["improbable"].items() for then in odd),
    )


def _scores(lists: dict[str, list[str]]) -> dict[str, int]:
    """What each word scores, with its form without diacritics unless that one is listed on its own."""
    listed = dict.fromkeys(lists["supporting"], SUPPORTING) | dict.fromkeys(lists["telling"], TELLING)
    return {_bare(word): score for word, score in listed.items()} | listed


def _bare(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word.translate(_UNDOTTED))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _read_script(entry: dict) -> _Script:
    return _Script(
        language=entry["language"],
        words={word: language for language, words in entry.get("words", {}).items() for word in words},
        letters={language: re.compile(f"[{letters}]") for language, letters in entry.get("letters", {}).items()},
    )

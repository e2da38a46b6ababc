"""Finds words in what visitors and staff wrote. SQLite's full-text index; PostgreSQL's comes here too, behind the same functions.

The assistant's own answers are not in it: their wordings are few and found by their question, and as words they would be in every second
conversation. A row of the index is one message: its number is `summary << 16 | position`, so that what is found tells its conversation
without a look at the record, the newest first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection
from django.db.models.expressions import RawSQL

MOST_WORDS = 8  # of a search
SHORTEST_BEGINNING = 3  # characters before a `*`: shorter ones begin half of all words
POSITIONS = 16  # bits
LAST_POSITION = (1 << POSITIONS) - 1
STEP = 100  # pages of the index that are merged in one go: about 20 ms in which nobody else writes
ENDING = re.compile(r"(?:ing|ed|es|s|e|y|ies)$", re.IGNORECASE)
TERM = re.compile(r'"([^"]*)"|(\S+)')


class Mention(NamedTuple):
    """A message in which the words are: the number of its conversation's summary, and its position."""

    summary_id: int
    position: int


def expression(sought: str) -> str:
    """What somebody typed, as the index reads it: every word, "words in a row", begin*. Empty where there is no word in it."""
    terms = []
    for phrase, word in TERM.findall(sought)[:MOST_WORDS]:
        words = re.findall(r"\w+", phrase or word)
        if not words:
            continue
        begins = word.endswith("*") and len(words[-1]) >= SHORTEST_BEGINNING
        terms.append('"' + " ".join(words) + '"' + (" *" if begins else ""))
    return " ".join(terms)


def newest(sought: str, most: int, before: int | None = None) -> list[Mention]:
    """The newest messages with these words: of the conversations with the highest numbers, below one.

    Args:
        sought: As typed.
        most: How many.
        before: Only conversations whose summary has a lower number.
    """
    match = expression(sought)
    if not match:
        return []
    below = (before << POSITIONS) if before is not None else (1 << 62)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rowid FROM review_words WHERE review_words MATCH %s AND rowid < %s ORDER BY rowid DESC LIMIT %s",
            [match, below, most],
        )
        return [Mention(row >> POSITIONS, row & LAST_POSITION) for (row,) in cursor.fetchall()]


def among(ids: Iterable[int]) -> RawSQL:
    """Numbers as a set for `__in`: as one parameter, however many they are."""
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(ids))])


def places(text: str, sought: str) -> list[tuple[int, int]]:
    """Where a text has the words, to be shown: from which character to before which. A word's stem counts, as in the index."""
    stems = [word for phrase, single in TERM.findall(sought)[:MOST_WORDS] for word in re.findall(r"\w+", phrase or single)]
    if not stems:
        return []
    # Near enough to Porter's: the word without its commonest endings.
    beginnings = "|".join(re.escape(ENDING.sub("", stem) if len(stem) > 4 else stem) for stem in stems)
    return [found.span() for found in re.finditer(rf"\b(?:{beginnings})\w*", text, re.IGNORECASE)]


def texts_of(mentions: Iterable[Mention]) -> dict[int, str]:
    """What the messages say, without personal details, by the summary's number."""
    found = {}
    with connection.cursor() as cursor:
        for mention in mentions:
            cursor.execute(
                "SELECT masked, text FROM review_words WHERE rowid = %s", [_row(mention.summary_id, mention.position)]
            )
            row = cursor.fetchone()
            if row:
                found[mention.summary_id] = str(row[0] or row[1])
    return found


def words_add(rows: Iterable[tuple[int, int, str, str]]) -> None:
    """Makes messages findable. In the transaction of the summary.

    Args:
        rows: The summary's number, the position, the text, and the text without personal details.
    """
    given = [
        (_row(summary_id, position), text, "" if masked == text else masked)
        for summary_id, position, text, masked in rows
        if position <= LAST_POSITION
    ]
    if given:
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO review_words(rowid, text, masked) VALUES (%s, %s, %s)", given)


def words_merge(*, first: bool) -> bool:
    """One step of taking deleted words out of the index's files; whether there is more to do.

    Args:
        first: Whether it is the first step, which takes all of the index.
    """
    with connection.cursor() as cursor:
        before = _changes(cursor)
        cursor.execute("INSERT INTO review_words(review_words, rank) VALUES ('merge', %s)", [-STEP if first else STEP])
        return first or _changes(cursor) - before >= 2  # fewer: there was nothing left, says the documentation of FTS5


def _changes(cursor: object) -> int:
    cursor.execute("SELECT total_changes()")  # type: ignore[attr-defined]
    return int(cursor.fetchone()[0])  # type: ignore[attr-defined]


def _row(summary_id: int, position: int) -> int:
    return summary_id << POSITIONS | position

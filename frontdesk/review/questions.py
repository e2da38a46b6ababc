"""What can be asked: every question's key and title, as the desk names them."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from frontdesk import words
from frontdesk.content.questions import UnreadableContent, content

UNREADABLE = "system/unreadable"  # no words: `asdf`
# Answers that say that a message was not understood.
NOT_UNDERSTOOD = frozenset(
    {
        "system/not_understood",
        "system/not_understood_again",
        "system/offer_person",
        UNREADABLE,
        "fallback/out_of_scope",
    }
)
FRESH = 2.0  # seconds for which the files are not looked at again: a page names dozens of questions
NO_QUESTION = "system/"  # topics of answers that nobody asks for


@dataclass(frozen=True)
class Question:
    """A question, as editors know it.

    Attributes:
        key: `aftercare/makeup`.
        title: `Makeup after`.
    """

    key: str
    title: str

    @property
    def topic(self) -> str:
        """What it is part of."""
        return self.key.partition("/")[0]


_looked: tuple[float, dict[str, Question]] = (-FRESH, {})


def questions() -> dict[str, Question]:
    """All, by key; those that an editor has just added too. While a file is broken in somebody's hands, as they were before."""
    global _looked
    now = time.monotonic()
    at, known = _looked
    if now - at > FRESH:
        with contextlib.suppress(UnreadableContent, OSError):
            known = {one.key: Question(one.key, one.title) for one in content().questions.values() if one.wordings}
        _looked = (now, known)
    return known


def topics() -> list[str]:
    """All topics, in order."""
    return sorted({question.topic for question in questions().values()})


def title_of(key: str) -> str:
    """How a question or topic reads: the key itself, where the question is gone."""
    known = questions().get(key)
    return known.title if known else readable(key)


def topic_title(topic: str) -> str:
    """How a topic reads, where that is not plain from its key."""
    return words.topics().get(topic) or readable(topic)


def readable(key: str) -> str:
    """A key in words: `side_effects` is "Side effects", `system/which` is "Which"."""
    return key.rpartition("/")[2].replace("_", " ").capitalize()


def question_of(given: str) -> Question | None:
    """The question that somebody chose: by its key, or by its title where that is one question's alone."""
    known = questions()
    given = given.strip()
    if given in known:
        return known[given]
    titled = [question for question in known.values() if question.title.casefold() == given.casefold()]
    return titled[0] if len(titled) == 1 else None


def was_missed(intent: str, answers: Sequence[Any], failure: str) -> bool:
    """Whether a message was not understood, or not answered since the assistant failed."""
    return bool(failure and not answers) or not NOT_UNDERSTOOD.isdisjoint([intent, *answers])


def was_read_in_vain(intent: str, answers: Sequence[Any]) -> bool:
    """Whether the assistant has read a message that has words, and did not understand it."""
    said = {intent, *answers}
    return not NOT_UNDERSTOOD.isdisjoint(said) and UNREADABLE not in said


def keys_of_message(intent: str, answers: Sequence[Any], *, missed: bool) -> list[Any]:
    """What a message is found by: what was understood, and what was answered. What was only guessed at is not."""
    return [*([intent] if intent and not missed else []), *answers]


def topics_of(keys: Iterable[str]) -> set[str]:
    """The topics of these questions."""
    return {key.partition("/")[0] for key in keys} - {NO_QUESTION.rstrip("/")}

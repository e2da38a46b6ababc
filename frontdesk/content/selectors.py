"""Reads for the editors' pages: questions with their figures, what is found of them, and what they are taken for."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from frontdesk.clinic.models import Clinic
from frontdesk.clinic.selectors import settings_for_assistant
from frontdesk.content.draft import Difference, draft_differences
from frontdesk.content.questions import PLACES, Content, Question, Wording
from frontdesk.conversations.models import Understanding
from frontdesk.insight.measures import Measure
from frontdesk.insight.selectors import totals_of
from frontdesk.insight.spans import Period
from frontdesk.review.models import Correction
from frontdesk.review.questions import topic_title

DAYS = 30  # of the figures
SHOWN_HITS = 3  # of a question's examples, in what was found
AROUND = 40  # characters of an answer before what was found in it
EXCERPT = 160  # characters of it in all
READ = 5000  # messages, the newest, in which doubtful ones are looked for
READ_SECONDS = 120  # for which what was found there is kept
CLOSE = 0.15  # of confidence: a second guess that is so near to the first might have been it
GUESS = 0.3  # of confidence: less is no guess


@dataclass(frozen=True)
class Figures:
    """Of a question, in the last thirty days."""

    asked: int = 0
    helpful: int = 0
    unhelpful: int = 0


@dataclass(frozen=True)
class Piece:
    """A part of a text; marked where it is what was looked for, or differs."""

    text: str
    is_marked: bool = False


Marked = list[Piece]


@dataclass(frozen=True)
class Row:
    """A question in the list.

    Attributes:
        question: Of the draft.
        figures: Of the last thirty days.
        change: `new`, `changed`, or empty where it is as it is live.
        title: With what was found in it marked.
        answer: What stands around what was found in the answer; empty where nothing was.
        examples: The first in which something was found.
        more: How many examples there are besides in which something was found.
    """

    question: Question
    figures: Figures
    change: str
    title: Marked
    answer: Marked
    examples: list[Marked]
    more: int


@dataclass(frozen=True)
class Topic:
    """A part of the list.

    Attributes:
        key: `side_effects`.
        rows: Questions.
        unasked: Answers that nobody asks for in words: the dialogue leads to them.
    """

    key: str
    rows: list[Row]
    unasked: list[Row]

    @property
    def title(self) -> str:
        """How it reads."""
        return topic_title(self.key)

    @property
    def number(self) -> int:
        """Of all that stand in it."""
        return len(self.rows) + len(self.unasked)


@dataclass(frozen=True)
class Confusion:
    """Another question for which messages are taken, or nearly.

    Attributes:
        close: Messages to which both questions were about as near.
        corrected: Messages of which staff say that they were taken for the wrong one of the two.
    """

    question: Question
    close: int
    corrected: int


@dataclass(frozen=True)
class Place:
    """A part of an answer's text as a visitor reads it: words, or what a setting of the clinic stands for."""

    text: str
    setting: str = ""
    is_set: bool = True


def rows_of(known: Content, sought: str) -> list[Row]:
    """The questions in which something is found, all where nothing is sought; in the order of the files."""
    figures, changes = figures_by_question(), changes_in_draft()
    terms = folded(sought).split()
    return [
        row
        for question in known.questions.values()
        if (row := _row(question, figures.get(question.key, Figures()), changes.get(question.key, ""), terms)) is not None
    ]


def by_topic(rows: Iterable[Row]) -> list[Topic]:
    """Rows in their topics, by the topics' titles."""
    topics: dict[str, Topic] = {}
    for row in rows:
        topic = topics.setdefault(row.question.topic, Topic(row.question.topic, [], []))
        (topic.rows if row.question.examples else topic.unasked).append(row)
    return sorted(topics.values(), key=lambda topic: topic.title)


def figures_by_question() -> dict[str, Figures]:
    """Of the last thirty days, as the figures' pages count them."""
    today = timezone.localdate()
    totals = totals_of((Measure.QUESTION, Measure.HELPFUL, Measure.UNHELPFUL), Period(today - timedelta(days=DAYS - 1), today))
    keys = {key for counts in totals.values() for key in counts}
    return {
        key: Figures(
            *(counts[key].number if key in counts else 0 for counts in totals.values())
        )  # in the order of the measures
        for key in keys
    }


def changes_in_draft() -> dict[str, str]:
    """What each question of the draft is beside what is live: `new`, `changed` or `deleted`, where it is another."""
    return {one.question.key: one.kind for one in draft_differences()}


def difference_of(key: str) -> Difference | None:
    """What is not live yet of a question."""
    return next((one for one in draft_differences() if one.question.key == key), None)


def folded(text: str) -> str:
    """A text without case and accents."""
    if text.isascii():
        return text.lower()
    return "".join(one for one in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(one))


def marked(text: str, terms: Sequence[str]) -> Marked:
    """A text in pieces, those marked that were sought; without case and accents."""
    letters = [folded(letter) for letter in text]
    joined = "".join(letters)
    # Where each letter of the folded text stands in the text itself: some letters are folded into two, or none.
    places = [place for place, letter in enumerate(letters) for _ in letter]
    is_hit = [False] * len(text)
    for term in terms:
        start = joined.find(term)
        while start >= 0:
            for place in places[start : start + len(term)]:
                is_hit[place] = True
            start = joined.find(term, start + 1)
    pieces: list[Piece] = []
    for letter, hit in zip(text, is_hit, strict=True):
        if pieces and pieces[-1].is_marked == hit:
            pieces[-1] = Piece(pieces[-1].text + letter, hit)
        else:
            pieces.append(Piece(letter, hit))
    return pieces


def found_in(texts: Sequence[str], terms: Sequence[str]) -> list[str]:
    """Those texts that have all of these, without case and accents."""
    return [text for text, plain in zip(texts, _folded(tuple(texts)), strict=True) if all(term in plain for term in terms)]


def confused_with(known: Content, key: str) -> list[Confusion]:
    """Questions that are taken for this one, or this one for them; the most often first."""
    close = {other: number for (one, other), number in _close_pairs().items() if one == key}
    corrected: Counter[str] = Counter()
    pairs = Correction.objects.filter(state=Correction.State.OPEN, kind=Correction.Kind.QUESTION).values_list(
        "understood", "key"
    )
    for understood, right in pairs:
        if key in (understood, right) and understood != right:
            corrected[right if understood == key else understood] += 1
    found = [
        Confusion(known.questions[other], close.get(other, 0), corrected[other])
        for other in {*close, *corrected}
        if other in known.questions
    ]
    return sorted(found, key=lambda one: (-one.corrected, -one.close, one.question.key))


def choices(known: Content, *, but: str = "") -> dict[str, str]:
    """What an editor chooses a question by: its title, with its topic where several are titled so; its key by each."""
    titles = Counter(question.title for question in known.questions.values())
    return {choice_of(question, titles): question.key for question in known.questions.values() if question.key != but}


def choice_of(question: Question, titles: Mapping[str, int]) -> str:
    """One of `choices`."""
    return question.title if titles[question.title] == 1 else f"{question.title} ({topic_title(question.topic)})"


def question_chosen(known: Content, given: str) -> Question | None:
    """Which question somebody chose, by its title or key."""
    given = given.strip()
    by_choice = {choice.casefold(): key for choice, key in choices(known).items()}
    return known.questions.get(by_choice.get(given.casefold(), given))


def settings_of(clinic: Clinic) -> dict[str, str]:
    """What answers may name of the clinic, as a visitor reads it; what is not set is not there."""
    numbers = {"emergency_number": clinic.numbers.emergency, "crisis_line": clinic.numbers.crisis}
    return {**{name: value for name, value in numbers.items() if value}, **settings_for_assistant(clinic)}


def places_of(text: str, settings: Mapping[str, str]) -> list[list[Place]]:
    """An answer's paragraphs as a visitor reads them."""
    return [_paragraph(line, settings) for line in text.split("\n") if line.strip()]


def unset_in(wording: Wording, settings: Mapping[str, str]) -> list[str]:
    """Settings without which a wording is not used, in words."""
    return [name.replace("_", " ") for name in dict.fromkeys(wording.places) if name not in settings]


def _paragraph(line: str, settings: Mapping[str, str]) -> list[Place]:
    places, end = [], 0
    for match in PLACES.finditer(line):
        name = match[1]
        places += [Place(line[end : match.start()]), Place(settings.get(name, name.replace("_", " ")), name, name in settings)]
        end = match.end()
    return [place for place in (*places, Place(line[end:])) if place.text]


def _row(question: Question, figures: Figures, change: str, terms: Sequence[str]) -> Row | None:
    if not terms:
        return Row(question, figures, change, [Piece(question.title)], [], [], 0)
    in_title = bool(found_in([question.title], terms))
    in_key = bool(found_in([question.key.replace("_", " ")], terms)) or bool(found_in([question.key], terms))
    examples = found_in(question.examples, terms)
    answers = found_in([wording.text for wording in question.wordings], terms)
    if not (in_title or in_key or examples or answers):
        return None
    return Row(
        question, figures, change, marked(question.title, terms if in_title else []),
        marked(_excerpt(answers[0], terms), terms) if answers else [],
        [marked(text, terms) for text in examples[:SHOWN_HITS]], max(len(examples) - SHOWN_HITS, 0),
    )  # fmt: skip


def _excerpt(text: str, terms: Sequence[str]) -> str:
    start = max(min(folded(text).find(term) for term in terms) - AROUND, 0)
    end = start + EXCERPT
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")


@lru_cache(maxsize=1000)  # three texts of each question: only those of a question that changes are folded anew
def _folded(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(folded, texts))


def _close_pairs() -> Counter[tuple[str, str]]:
    """How often two questions were about as near to a message, each way round; of the newest messages."""
    kept: Counter[tuple[str, str]] | None = cache.get("content_close_pairs")
    if kept is not None:
        return kept
    since = timezone.now() - timedelta(days=DAYS)
    rankings = (
        Understanding.objects.filter(message__sent_at__gte=since).order_by("-pk").values_list("ranking", flat=True)[:READ]
    )
    pairs: Counter[tuple[str, str]] = Counter()
    for ranking in rankings:
        for one, other in _close(ranking):
            pairs[one, other] += 1
            pairs[other, one] += 1
    cache.set("content_close_pairs", pairs, READ_SECONDS)
    return pairs


def _close(ranking: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    if len(ranking) < 2:
        return
    first, second = ranking[0], ranking[1]
    if second["confidence"] >= GUESS and first["confidence"] - second["confidence"] <= CLOSE:
        yield str(first["name"]), str(second["name"])

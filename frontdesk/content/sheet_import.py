"""What a spreadsheet would do to questions and answers: planned row by row before anything is done, with what is wrong, cell by cell."""

from __future__ import annotations

import difflib
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import models

from frontdesk.content import services, sheets
from frontdesk.content.operations import Added, Answer, Examples, Operation, Raw, as_json
from frontdesk.content.questions import Button, Content, Question, Wording, digest_of, same_words, wording_of
from frontdesk.content.services import LONGEST_ANSWER, LONGEST_EXAMPLE, CannotBeDone
from frontdesk.content.sheets import Row, Table
from frontdesk.privacy import masking

LIKELY = 3  # questions that are named where a key is not known
MOST_GUESSES = 200  # different keys for which likely ones are looked for: more are another clinic's table
UNSEEN = ("Cc", "Cs", "Co", "Cn")  # kinds of characters that say nothing; marks of right-to-left words are none of them
MOST_TITLE = 100  # characters, of an answer or a button


class Mode(models.TextChoices):
    """What is done with what is there and not in the table."""

    ADD = "add", "kept"
    REPLACE = "replace", "deleted, under the questions that are listed"


class Personal(models.TextChoices):
    """What is done with examples in which a personal detail is recognised."""

    MASKED = "masked", "hidden"
    LEFT_OUT = "left_out", "left out"
    AS_IT_IS = "as_it_is", "taken as it is"


@dataclass(frozen=True)
class Problem:
    """Why a row is not taken.

    Attributes:
        place: `Examples!C17`.
        text: What stands in that cell.
        code: Of the sentence that says why (`sheet_…` in `words/staff.yml`), with `names` filled in.
    """

    place: str
    text: str
    code: str
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Detail:
    """An example with a personal detail, and how it reads without."""

    place: str
    text: str
    masked: str


@dataclass(frozen=True)
class Planned:
    """What comes of one question.

    Attributes:
        before: None where it is new.
        added, removed: Examples.
        wordings: Of the answer, before and after; only those that are another.
    """

    key: str
    title: str
    before: Question | None
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    wordings: tuple[tuple[Wording | None, Wording | None], ...] = ()
    operations: tuple[Operation, ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether there was none."""
        return self.before is None


@dataclass(frozen=True)
class Plan:
    """What a table would do, and what is wrong in it.

    Attributes:
        there: Rows that say what is there already.
    """

    questions: tuple[Planned, ...]
    problems: tuple[Problem, ...]
    details: tuple[Detail, ...]
    there: int

    @property
    def operations(self) -> list[Operation]:
        """All, in the order in which they are done."""
        return [operation for one in self.questions for operation in one.operations]

    @property
    def counts(self) -> dict[str, int]:
        """What it comes to: `added`, `removed` (examples), `answers`, `new` (questions)."""
        changed = [one for one in self.questions if not one.is_new]
        return {
            "added": sum(len(one.added) for one in self.questions),
            "removed": sum(len(one.removed) for one in changed),
            "answers": sum(bool(one.wordings) for one in changed),
            "new": len(self.questions) - len(changed),
        }

    @cached_property
    def digest(self) -> str:
        """By which the one who confirms it shows that it is what they saw."""
        problems = [[one.place, one.code, one.text] for one in self.problems]
        return digest_of([as_json(self.operations), problems, [[one.place, one.text] for one in self.details]])


def details_in(known: Content, tables: Iterable[Table]) -> dict[str, str]:
    """Of examples that are not there yet, those with a personal detail, each with how it reads without. Takes 0.6 ms for each."""
    there = {text for one in known.questions.values() for text in one.examples}
    texts = {_line(row.cells["example"]) for table in tables if table.kind == sheets.EXAMPLES for row in table.rows}
    masked = ((text, masking.mask(text)) for text in texts - there if len(text) <= LONGEST_EXAMPLE)
    return {text: without for text, without in masked if text != without}


def plan(
    known: Content,
    tables: Sequence[Table],
    facts: Collection[str],
    *,
    mode: Mode = Mode.ADD,
    personal: Personal = Personal.LEFT_OUT,
    details: Mapping[str, str] | None = None,
) -> Plan:
    """What the tables would do to the questions as they stand now; nothing is done.

    Args:
        known: The questions.
        tables: What was read.
        facts: Ids of those on which an answer can rest.
        mode: What is done with what is there and not in the tables.
        personal: What is done with examples that are in `details`.
        details: As `details_in` found them.
    """
    return _Planning(known, tables, facts, mode, personal, details or {}).plan()


@dataclass(frozen=True)
class _Entry:
    """An example's row whose words may be taken."""

    table: Table
    row: Row
    key: str
    text: str


@dataclass
class _Reworded:
    """What the rows of an answer ask for."""

    key: str
    first: tuple[Table, Row]
    raws: dict[int, Raw] = field(default_factory=dict)
    # Buttons to questions that are not there, by the wording's number: they are looked at when all new questions are known.
    leads: list[tuple[Table, Row, int, str]] = field(default_factory=list)


class _NotTaken(Exception):
    """A row cannot be; why has been said."""


class _Planning:
    """One table's way to a plan."""

    def __init__(
        self,
        known: Content,
        tables: Sequence[Table],
        facts: Collection[str],
        mode: Mode,
        personal: Personal,
        details: Mapping[str, str],
    ) -> None:
        self._known, self._tables, self._facts = known, tables, facts
        self._mode, self._personal, self._masks = mode, personal, details
        titles = Counter(one.title.casefold() for one in known.questions.values())
        self._by_title = {
            one.title.casefold(): one.key for one in known.questions.values() if titles[one.title.casefold()] == 1
        }
        self._guesses: dict[str, list[str]] = {}
        self._problems: list[
            tuple[int, int, Problem]
        ] = []  # with the table's place and the row's number, by which they are listed
        self._details: list[Detail] = []
        self._there = 0
        self._held: set[str] = set()  # questions in whose rows something is wrong: nothing of them is deleted
        self._refused: set[str] = set()  # words of examples that are not taken: where they stand now, they stay
        self._wrong: dict[int, tuple[str, dict[str, str]]] = {}  # entries that do not fit beside others: by place, why

    def plan(self) -> Plan:
        """See `plan`."""
        answers = self._answers()
        new = [key for key in answers if key not in self._known.questions]
        entries = self._entries(new)
        while True:  # a new question that cannot be takes its examples with it, whereby another may be without any
            added, removed, there = self._examples(entries, new)
            lost = self._lost(new, answers, added)
            if not lost:
                break
            new = [key for key in new if key not in lost]
            self._refused |= {same_words(entry.text) for entry in entries if entry.key in lost}
        self._there += there
        self._say_what_does_not_fit(entries, new)
        self._buttons_to_nowhere(answers, new)
        planned = [*self._changed(answers, added, removed), *(self._added(key, answers[key], added[key]) for key in new)]
        problems = tuple(problem for *_, problem in sorted(self._problems, key=lambda one: one[:2]))
        return Plan(tuple(planned), problems, tuple(self._details), self._there)

    # Answers.

    def _answers(self) -> dict[str, _Reworded]:
        found: dict[str, _Reworded] = {}
        for table, row in self._rows(sheets.ANSWERS):
            key = self._key(table, row, may_be_new=True)
            if key is None:
                continue
            one = found.setdefault(key, _Reworded(key, (table, row)))
            try:
                number = self._number(table, row, one)
                one.raws[number] = self._raw(table, row, one, number)
            except _NotTaken:
                self._held.add(key)
        return found

    def _number(self, table: Table, row: Row, one: _Reworded) -> int:
        """Which of an answer's wordings a row is."""
        given = row.cells.get("wording", "")
        if not given:
            return next(number for number in range(1, len(one.raws) + 2) if number not in one.raws)
        if not (given.isascii() and given.isdigit() and 0 < int(given[:6]) < 100):
            raise self._not_taken(table, row, "wording", "sheet_wording")
        if int(given) in one.raws:
            raise self._not_taken(table, row, "wording", "sheet_wording_twice", number=given)
        return int(given)

    def _raw(self, table: Table, row: Row, one: _Reworded, number: int) -> Raw:
        """A wording as it is to stand in the file: what the table does not name stays."""
        before = self._before(one.key)
        old = before[number - 1] if number <= len(before) else None
        text = row.cells["answer"]
        if not text:
            raise self._not_taken(table, row, "answer", "sheet_no_answer")
        self._may_be_as_long(table, row, "answer", text, LONGEST_ANSWER)
        if any(unicodedata.category(char) in UNSEEN and char != "\n" for char in text):
            raise self._not_taken(table, row, "answer", "sheet_unprintable")
        title = _line(row.cells.get("title", ""))
        self._may_be_as_long(table, row, "title", title, MOST_TITLE)
        facts = self._facts_of(table, row) if "facts" in table.columns else None
        buttons = self._buttons(table, row, one, number) if "buttons" in table.columns else None
        raw = _reworded(old, text, buttons, _said(table, row, old, before, title, facts))
        self._there += raw == old
        return raw

    def _buttons(self, table: Table, row: Row, one: _Reworded, number: int) -> list[Button]:
        """Buttons with their questions' keys."""
        made = []
        for title, to in sheets.buttons_of(row.cells["buttons"]):
            if not title or not to:
                raise self._not_taken(table, row, "buttons", "sheet_button", button=(title or to)[:60])
            self._may_be_as_long(table, row, "buttons", title, MOST_TITLE)
            key = to.lstrip("/")
            key = key if key in self._known.questions else self._by_title.get(key.casefold(), key)
            if key not in self._known.questions:
                one.leads.append((table, row, number, key))
            made.append(Button(title, key))
        return made

    def _facts_of(self, table: Table, row: Row) -> list[str]:
        """Ids of facts."""
        ids = [one.strip() for one in row.cells["facts"].replace(";", ",").replace("\n", ",").split(",") if one.strip()]
        unknown = next((one for one in ids if one not in self._facts), None)
        if unknown is not None:
            near = difflib.get_close_matches(unknown, self._facts, LIKELY) if len(unknown) <= MOST_TITLE else []
            code = "sheet_fact_near" if near else "sheet_fact"
            raise self._not_taken(table, row, "facts", code, fact=unknown[:60], near=", ".join(near))
        return list(dict.fromkeys(ids))

    def _may_be_as_long(self, table: Table, row: Row, column: str, text: str, most: int) -> None:
        if len(text) > most:
            raise self._not_taken(table, row, column, "sheet_too_long", most=f"{most:,}", has=f"{len(text):,}")

    # Examples.

    def _entries(self, candidates: Collection[str]) -> list[_Entry]:
        """Rows of examples that can be taken for themselves: beside one another, and beside what is there, they are looked at later."""
        found: list[_Entry] = []
        for table, row in self._rows(sheets.EXAMPLES):
            text = _line(row.cells["example"])
            key = self._key(table, row, candidates=candidates)
            if key is None or not self._is_example(table, row, text, key):
                self._refuse(key, text)
                continue
            if self._is_personal(text, key):
                self._details.append(Detail(table.place(row, "example"), text, self._masks[text]))
                if self._personal is Personal.LEFT_OUT:
                    self._refuse(key, text)
                    continue
                text = self._masks[text] if self._personal is Personal.MASKED else text
            found.append(_Entry(table, row, key, text))
        return found

    def _is_example(self, table: Table, row: Row, text: str, key: str) -> bool:
        if key in self._known.questions and text in self._examples_of(key):
            return True
        try:
            services.valid_example(text)
        except CannotBeDone as wrong:
            self._problem(table, row, "example", f"sheet_example_{wrong.code}", most=str(LONGEST_EXAMPLE), has=str(len(text)))
            return False
        if key in self._known.questions and not self._known.questions[key].examples:
            self._problem(table, row, "question", "sheet_unasked", title=self._title(key))
            return False
        return True

    def _is_personal(self, text: str, key: str) -> bool:
        return text in self._masks and text not in self._examples_of(key)

    def _examples(
        self, entries: Sequence[_Entry], new: Collection[str]
    ) -> tuple[dict[str, list[str]], dict[str, list[str]], int]:
        """What is added and what is taken away, by question; and how many rows say what is there.

        What a row adds may stand under a question from which another row takes it away. Where a row does not fit, nothing is taken away
        under its question, so that what was free is taken again: it is gone through until nothing changes any more.
        """
        while True:
            fit = [
                (place, entry)
                for place, entry in enumerate(entries)
                if place not in self._wrong and (entry.key in self._known.questions or entry.key in new)
            ]
            removed = self._removed(entry for _, entry in fit)
            gone = {text for texts in removed.values() for text in texts}
            added, wrong, there = self._taken(fit, gone)
            if not wrong:
                return added, removed, there
            self._wrong |= wrong
            for place in wrong:
                self._refuse(entries[place].key, entries[place].text)

    def _removed(self, entries: Iterable[_Entry]) -> dict[str, list[str]]:
        """What stands under the questions that are listed, and is not."""
        if self._mode is Mode.ADD:
            return {}
        listed: dict[str, set[str]] = {}
        for entry in entries:
            listed.setdefault(entry.key, set()).add(entry.text)
        removed = {}
        for key, texts in listed.items():
            if key in self._known.questions and key not in self._held:
                gone = [text for text in self._known.questions[key].examples if text not in texts]
                removed[key] = [text for text in gone if same_words(text) not in self._refused]
        return removed

    def _taken(
        self, entries: Iterable[tuple[int, _Entry]], gone: Collection[str]
    ) -> tuple[dict[str, list[str]], dict[int, tuple[str, dict[str, str]]], int]:
        """What is added, by question; rows that are found not to fit, with why; and how many say what is there."""
        added: dict[str, list[str]] = {}
        first: dict[str, _Entry] = {}
        wrong: dict[int, tuple[str, dict[str, str]]] = {}
        there = 0
        for place, entry in entries:
            words = same_words(entry.text)
            other = first.setdefault(words, entry)
            if other is not entry:
                wrong[place] = ("sheet_example_twice", {"place": other.table.place(other.row, "example")})
                continue
            if entry.text in self._examples_of(entry.key):
                there += 1
                continue
            key, text = self._known.by_words.get(words, ("", ""))
            if not key or text in gone:
                added.setdefault(entry.key, []).append(entry.text)
            elif key == entry.key:
                there += 1  # written a little otherwise: the same to whoever trains
            else:
                wrong[place] = ("sheet_example_elsewhere", {"title": self._title(key), "name": key})
        return added, wrong, there

    # Questions.

    def _lost(self, new: Sequence[str], answers: Mapping[str, _Reworded], added: Mapping[str, list[str]]) -> set[str]:
        """New questions that cannot be: without an answer, without examples, or with a button that leads nowhere."""
        lost = {key for key in new if not answers[key].raws}
        for key in new:
            if key not in lost and not added.get(key):
                self._problem(*answers[key].first, "question", "sheet_no_examples")
                lost.add(key)
        return lost | {key for key in new if not all(to in new for *_, to in answers[key].leads)}

    def _buttons_to_nowhere(self, answers: Mapping[str, _Reworded], new: Collection[str]) -> None:
        for key, one in answers.items():
            for table, row, number, to in one.leads:
                if to not in new:
                    near = self._near(to)
                    code = "sheet_button_nowhere_near" if near else "sheet_button_nowhere"
                    self._problem(table, row, "buttons", code, to=to[:60], near=near)
                    one.raws.pop(number, None)
                    self._held.add(key)

    def _say_what_does_not_fit(self, entries: Sequence[_Entry], new: Collection[str]) -> None:
        for place, entry in enumerate(entries):
            if place in self._wrong:
                code, names = self._wrong[place]
                self._problem(entry.table, entry.row, "example", code, **names)
            elif entry.key not in self._known.questions and entry.key not in new:
                self._problem(entry.table, entry.row, "question", "sheet_new_refused")

    def _changed(
        self, answers: Mapping[str, _Reworded], added: Mapping[str, list[str]], removed: Mapping[str, list[str]]
    ) -> Iterator[Planned]:
        for key, question in self._known.questions.items():
            before = self._before(key)
            after = self._after(answers[key]) if key in answers else before
            plus, minus = tuple(added.get(key, ())), tuple(removed.get(key, ()))
            operations: list[Operation] = []
            if after != before:
                operations.append(Answer(key, before, after))
            if plus or minus:
                operations.append(Examples(key, minus, plus))
            if operations:
                yield Planned(key, question.title, question, plus, minus, _pairs(before, after), tuple(operations))

    def _added(self, key: str, one: _Reworded, examples: Sequence[str]) -> Planned:
        wordings = tuple(one.raws[number] for number in sorted(one.raws))
        pairs = tuple((None, wording_of(raw)) for raw in wordings)
        title = Question(key, "", (), tuple(wording_of(raw) for raw in wordings)).title
        return Planned(key, title, None, tuple(examples), (), pairs, (Added(key, tuple(examples), wordings),))

    def _after(self, one: _Reworded) -> tuple[Raw, ...]:
        """All wordings of an answer as they are to be."""
        before = self._before(one.key)
        if not one.raws:
            return before
        keeps = self._mode is Mode.ADD or one.key in self._held
        kept = dict(enumerate(before, start=1)) if keeps else {}
        return tuple(raw for _, raw in sorted({**kept, **one.raws}.items()))

    # What all of these need.

    def _rows(self, kind: str) -> Iterator[tuple[Table, Row]]:
        for table in self._tables:
            if table.kind == kind:
                for row in table.rows:
                    yield table, row

    def _key(self, table: Table, row: Row, *, may_be_new: bool = False, candidates: Collection[str] = ()) -> str | None:
        """The question that a row names, by its key or by its title; None where there is none, which is said."""
        given = _line(row.cells["question"])
        key = given if given in self._known.questions else self._by_title.get(given.casefold(), given)
        if key in self._known.questions or key in candidates:
            return key
        if not given:
            self._problem(table, row, "question", "sheet_question_empty")
            return None
        try:
            services.may_be_key(self._known, key)
        except CannotBeDone as wrong:
            codes = {"fixed": "sheet_question_fixed", "bad_key": "sheet_question_name"}
            self._unknown(table, row, key, codes.get(wrong.code, "sheet_question"))
            return None
        if may_be_new:
            return key
        self._unknown(table, row, key, "sheet_question_new")
        return None

    def _unknown(self, table: Table, row: Row, key: str, code: str) -> None:
        near = self._near(key)
        self._problem(table, row, "question", f"{code}_near" if near else code, near=near, topic=key.partition("/")[0][:60])

    def _near(self, given: str) -> str:
        """The questions that somebody may have meant, by title and key."""
        if given not in self._guesses and len(self._guesses) < MOST_GUESSES and len(given) <= MOST_TITLE:
            likely = difflib.get_close_matches(given.casefold(), [*self._known.questions, *self._by_title], LIKELY)
            self._guesses[given] = list(dict.fromkeys(self._by_title.get(one, one) for one in likely))
        return ", ".join(f"“{self._title(key)}” ({key})" for key in self._guesses.get(given, []))

    def _title(self, key: str) -> str:
        return self._known.questions[key].title

    def _before(self, key: str) -> tuple[Raw, ...]:
        question = self._known.questions.get(key)
        return tuple(dict(wording.raw) for wording in question.wordings) if question else ()

    def _examples_of(self, key: str) -> Collection[str]:
        if key not in self._sets:
            question = self._known.questions.get(key)
            self._sets[key] = frozenset(question.examples if question else ())
        return self._sets[key]

    @cached_property
    def _sets(self) -> dict[str, frozenset[str]]:
        return {}

    def _refuse(self, key: str | None, text: str) -> None:
        if key is not None:
            self._held.add(key)
        self._refused.add(same_words(text))

    def _not_taken(self, table: Table, row: Row, column: str, code: str, **names: str) -> _NotTaken:
        self._problem(table, row, column, code, **names)
        return _NotTaken()

    def _problem(self, table: Table, row: Row, column: str, code: str, **names: str) -> None:
        place = self._tables.index(table)
        self._problems.append((place, row.number, Problem(table.place(row, column), row.cells.get(column, ""), code, names)))


def _reworded(old: Raw | None, text: str, buttons: list[Button] | None, said: Mapping[str, Any]) -> Raw:
    """A wording with another text, other buttons and other things said of it; what is the same stays as it was written."""
    raw: dict[str, Any] = dict(old or {})
    if old is None or str(old.get("text", "")).strip() != text:
        raw["text"] = text
    if buttons is not None:
        there = {Button(str(one["title"]), str(one["payload"]).lstrip("/")): one for one in raw.pop("buttons", None) or []}
        if buttons:
            raw["buttons"] = [there.get(one, {"title": one.title, "payload": f"/{one.key}"}) for one in buttons]
    raw.pop("metadata", None)
    if said:
        raw["metadata"] = dict(said)
    return raw


def _said(
    table: Table, row: Row, old: Raw | None, before: Sequence[Raw], title: str, facts: list[str] | None
) -> dict[str, Any]:
    """What stands beside a wording's words: its title, facts and section; whether it hands over is as in the others."""
    said = dict((old or {}).get("metadata") or {})
    if old is None and before and all((one.get("metadata") or {}).get("handoff") for one in before):
        said["handoff"] = True
    section = _line(row.cells.get("section", ""))
    given: dict[str, Any] = {}
    if title:
        given["title"] = title
    if facts is not None:
        given["facts"] = facts
    if "section" in table.columns:
        given["section"] = section
    for name, value in given.items():
        if not value:
            said.pop(name, None)
        elif value != (list(map(str, said.get(name) or [])) if name == "facts" else str(said.get(name, ""))):
            said[name] = value
    return said


def _pairs(before: Sequence[Raw], after: Sequence[Raw]) -> tuple[tuple[Wording | None, Wording | None], ...]:
    """Wordings beside one another, those that are another."""
    most = max(len(before), len(after))
    sides = [[*(wording_of(raw) for raw in side), *[None] * (most - len(side))] for side in (before, after)]
    raws = [[*side, *[None] * (most - len(side))] for side in (before, after)]
    return tuple(pair for pair, old, new in zip(zip(*sides, strict=True), *raws, strict=True) if old != new)


def _line(text: str) -> str:
    return " ".join(text.split())

"""The form in which an answer is written: what stands in the files as fields, and fields as what is to stand there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from frontdesk.content import selectors
from frontdesk.content.questions import Content, Question, Wording
from frontdesk.content.services import CannotBeDone

LONGEST_TITLE = 80  # characters: it stands on buttons
LONGEST_SECTION = 120
MOST = 12  # wordings, and buttons of each: more is no form that anybody fills in
BEGINS = "\N{PILCROW SIGN}"  # the value of the hidden field before a wording's own
OF_ALL_WORDINGS = ("handoff",)  # in `metadata`: what the dialogue does, however the answer is worded


@dataclass(frozen=True)
class TypedButton:
    """A button as it is typed: `leads_to` is the title of a question, or its key."""

    title: str = ""
    leads_to: str = ""


@dataclass(frozen=True)
class TypedWording:
    """A wording as it is typed.

    Attributes:
        origin: Which of the answer's wordings it was; -1 for a new one.
    """

    text: str = ""
    section: str = ""
    facts: tuple[str, ...] = ()
    buttons: tuple[TypedButton, ...] = ()
    origin: int = -1

    @property
    def rows(self) -> list[TypedButton]:
        """Its buttons and an empty row to write another in."""
        return [*self.buttons, *([TypedButton()] if len(self.buttons) < MOST else [])]


@dataclass(frozen=True)
class TypedAnswer:
    """An answer as it is typed."""

    title: str = ""
    wordings: list[TypedWording] = field(default_factory=lambda: [TypedWording()])

    @property
    def may_grow(self) -> bool:
        """Whether another wording can be added."""
        return len(self.wordings) < MOST

    def with_another(self) -> TypedAnswer:
        """With an empty wording, which rests on the same facts as the first."""
        first = self.wordings[0]
        return TypedAnswer(self.title, [*self.wordings, TypedWording("", first.section, first.facts)][:MOST])

    def without(self, place: int) -> TypedAnswer:
        """Without one of the wordings; one stays."""
        left = [one for number, one in enumerate(self.wordings) if number != place]
        return TypedAnswer(self.title, left or self.wordings)


def typed_of(question: Question, known: Content) -> TypedAnswer:
    """The form of an answer as it stands."""
    choices = {key: choice for choice, key in selectors.choices(known).items()}
    return TypedAnswer(question.title, [_typed(one, place, choices) for place, one in enumerate(question.wordings)])


def typed_in(given: QueryDict) -> TypedAnswer:
    """The form as it was filled in.

    Facts and buttons of all wordings have the same names; before those of each wording stands a hidden field of that name, `BEGINS`.
    """
    texts, sections = given.getlist("text"), given.getlist("section")
    facts = list(_split(given.getlist("facts")))
    titles, leads = list(_split(given.getlist("button_title"))), list(_split(given.getlist("button_leads")))
    origins = given.getlist("origin")
    wordings = []
    for place, text in enumerate(texts[:MOST]):
        buttons = zip(_at(titles, place, []), _at(leads, place, []), strict=False)
        wordings.append(
            TypedWording(
                text=_lines(text),
                section=_line(_at(sections, place, ""))[:LONGEST_SECTION],
                facts=tuple(dict.fromkeys(fact for fact in _at(facts, place, []) if fact)),
                buttons=tuple(
                    TypedButton(_line(title), _line(to)) for title, to in list(buttons)[:MOST] if _line(title) or _line(to)
                ),
                origin=_number(_at(origins, place, "")),
            )
        )
    return TypedAnswer(_line(given.get("title", "")), wordings or [TypedWording()])


def raws_of(
    typed: TypedAnswer, before: Sequence[Wording], known: Content, facts: Iterable[str], title: str
) -> list[dict[str, Any]]:
    """What is to stand in the file: whatever the form does not know of stays.

    Args:
        typed: The form.
        before: The answer's wordings as they stand there now.
        known: All questions.
        facts: All that there are.
        title: How the question reads now.

    Raises:
        CannotBeDone: `no_title`, `unknown_fact`, `no_choice`.
    """
    if not typed.title or len(typed.title) > LONGEST_TITLE:
        raise CannotBeDone("no_title")
    old_facts = {fact for wording in before for fact in wording.facts}
    raws = [_raw(one, before, known, {*facts, *old_facts}) for one in typed.wordings]
    had_title = any(wording.title for wording in before)
    titled = [raw for raw in raws if "title" in raw.get("metadata", {})] or raws[:1]
    if had_title or typed.title != title:
        for raw in titled:
            raw["metadata"] = {**({} if "title" in raw.get("metadata", {}) else {"title": ""}), **raw.get("metadata", {})}
            raw["metadata"]["title"] = typed.title
    return raws


def _typed(wording: Wording, place: int, choices: Mapping[str, str]) -> TypedWording:
    buttons = tuple(TypedButton(button.title, choices.get(button.key, button.key)) for button in wording.buttons)
    return TypedWording(wording.text, wording.section, wording.facts, buttons, place)


def _raw(typed: TypedWording, before: Sequence[Wording], known: Content, facts: set[str]) -> dict[str, Any]:
    for fact in typed.facts:
        if fact not in facts:
            raise CannotBeDone("unknown_fact", fact)
    old = dict(before[typed.origin].raw) if 0 <= typed.origin < len(before) else {}
    first = dict(before[0].raw).get("metadata") or {} if before else {}
    told = dict(old.get("metadata") or {}) if old else {name: first[name] for name in OF_ALL_WORDINGS if name in first}
    if tuple(map(str, told.get("facts") or [])) != typed.facts:
        told["facts"] = list(typed.facts)
    if str(told.get("section", "")) != typed.section:
        told["section"] = typed.section
    told = {name: value for name, value in told.items() if value or name not in ("facts", "section")}
    buttons = [_button(button, known) for button in typed.buttons]
    raw = {**old, "text": typed.text, "buttons": buttons, "metadata": told}
    return {name: value for name, value in raw.items() if value or name not in ("buttons", "metadata")}


def _button(typed: TypedButton, known: Content) -> dict[str, str]:
    question = selectors.question_chosen(known, typed.leads_to)
    if question is None:
        raise CannotBeDone("no_choice" if typed.leads_to else "bad_button", typed.leads_to)
    return {"title": typed.title, "payload": f"/{question.key}"}


def _split(values: Iterable[str]) -> Iterator[list[str]]:
    """Each wording's own values."""
    part: list[str] | None = None
    for value in values:
        if value == BEGINS:
            if part is not None:
                yield part
            part = []
        elif part is not None:
            part.append(value)
    if part is not None:
        yield part


def _at(values: Sequence[Any], place: int, otherwise: Any) -> Any:
    return values[place] if place < len(values) else otherwise


def _number(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 4 else -1


def _line(given: str) -> str:
    return " ".join(given.split())


def _lines(given: str) -> str:
    """A text without empty space at its ends and at those of its lines."""
    return re.sub(r"[ \t]*\r?\n[ \t]*", "\n", given.strip())

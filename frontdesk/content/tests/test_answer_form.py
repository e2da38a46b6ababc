"""The form of an answer: what it does not know of stays, and what was typed comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.http import QueryDict

from frontdesk.content import answer_form
from frontdesk.content.answer_form import BEGINS, TypedAnswer, TypedButton, TypedWording, raws_of, typed_in, typed_of
from frontdesk.content.facts import facts
from frontdesk.content.questions import Content, content, wording_of
from frontdesk.content.services import CannotBeDone

RAW: dict[str, Any] = {
    "text": "Wait a day.",
    "buttons": [{"title": "And water?", "payload": "/aftercare/water"}],
    "metadata": {"title": "Makeup after", "facts": ["after_makeup"], "section": "Care", "says": ["how_long"]},
}
SECOND: dict[str, Any] = {"text": "A day.", "metadata": {"facts": ["after_makeup"], "section": "Care"}}
BEFORE = [wording_of(RAW), wording_of(SECOND)]


@pytest.fixture(scope="module")
def known() -> Content:
    """Our own content, which is only read."""
    return content()


def written(known: Content, *wordings: TypedWording, title: str = "Makeup after") -> list[dict[str, Any]]:
    return raws_of(TypedAnswer(title, list(wordings)), BEFORE, known, facts(), "Makeup after")


FIRST = TypedWording("Wait a day.", "Care", ("after_makeup",), (TypedButton("And water?", "Water and showers after"),), 0)
OTHER = TypedWording("A day.", "Care", ("after_makeup",), (), 1)


def fields(answer: TypedAnswer) -> QueryDict:
    """The form as a browser sends it."""
    given = QueryDict(mutable=True)
    given["title"] = answer.title
    for one in answer.wordings:
        given.appendlist("text", one.text)
        given.appendlist("section", one.section)
        given.appendlist("origin", str(one.origin))
        given.setlist("facts", [*given.getlist("facts"), BEGINS, *one.facts])
        given.setlist("button_title", [*given.getlist("button_title"), BEGINS, *(row.title for row in one.rows)])
        given.setlist("button_leads", [*given.getlist("button_leads"), BEGINS, *(row.leads_to for row in one.rows)])
    return given


def test_a_form_that_is_sent_as_it_was_shown_changes_nothing_in_any_answer(known: Content) -> None:
    for question in known.questions.values():
        typed = typed_in(fields(typed_of(question, known)))

        assert raws_of(typed, question.wordings, known, facts(), question.title) == [
            dict(one.raw) for one in question.wordings
        ], question.key


def test_what_the_form_does_not_know_of_stays(known: Content) -> None:
    changed = TypedWording("Wait two days.", "Care", ("after_makeup", "after_water"), FIRST.buttons, 0)

    first, second = written(known, changed, OTHER)

    assert first["text"] == "Wait two days."
    assert first["metadata"] == {**RAW["metadata"], "facts": ["after_makeup", "after_water"]}
    assert second == SECOND


def test_fields_that_are_emptied_are_gone_from_the_file(known: Content) -> None:
    [first] = written(known, TypedWording("Wait.", "", (), (), 0))

    assert first == {"text": "Wait.", "metadata": {"title": "Makeup after", "says": ["how_long"]}}


def test_the_title_stays_when_its_wording_is_taken_away(known: Content) -> None:
    [first] = written(known, OTHER)

    assert first["metadata"]["title"] == "Makeup after"


def test_another_title_is_written_where_the_title_stands(known: Content) -> None:
    first, second = written(known, FIRST, OTHER, title="Make-up")

    assert first["metadata"]["title"] == "Make-up"
    assert "title" not in second["metadata"]


def test_a_new_wording_calls_a_person_where_the_answer_does(known: Content) -> None:
    before = [wording_of({"text": "A person comes.", "metadata": {"handoff": True, "title": "Person"}})]

    [_, new] = raws_of(
        TypedAnswer("Person", [TypedWording("A person comes.", origin=0), TypedWording("Soon.")]),
        before,
        known,
        facts(),
        "Person",
    )

    assert new == {"text": "Soon.", "metadata": {"handoff": True}}


@pytest.mark.parametrize(
    ("wording", "title", "code"),
    [
        (FIRST, "", "no_title"),
        (FIRST, "x" * 81, "no_title"),
        (TypedWording("Wait.", "", ("no_such_fact",), (), 0), "Makeup", "unknown_fact"),
        (TypedWording("Wait.", "", (), (TypedButton("Where?", "Nowhere"),), 0), "Makeup", "no_choice"),
        (TypedWording("Wait.", "", (), (TypedButton("Where?", ""),), 0), "Makeup", "bad_button"),
    ],
)
def test_what_cannot_stand_there_is_refused(known: Content, wording: TypedWording, title: str, code: str) -> None:
    with pytest.raises(CannotBeDone) as refused:
        written(known, wording, title=title)

    assert refused.value.code == code


def test_what_is_typed_is_tidied() -> None:
    given = fields(
        TypedAnswer(
            "  Makeup \t after ",
            [TypedWording(" One. \r\n Two. ", " Care ", ("a", "a"), (TypedButton(" B ", ""), TypedButton("", "")))],
        )
    )

    [one] = typed_in(given).wordings

    assert typed_in(given).title == "Makeup after"
    assert (one.text, one.section, one.facts, one.buttons, one.origin) == (
        "One.\nTwo.",
        "Care",
        ("a",),
        (TypedButton("B", ""),),
        -1,
    )


def test_wordings_are_added_and_taken_away() -> None:
    answer = TypedAnswer("T", [FIRST, OTHER])

    assert answer.with_another().wordings[-1] == TypedWording("", "Care", ("after_makeup",))
    assert answer.without(0).wordings == [OTHER]
    assert TypedAnswer("T", [FIRST]).without(0).wordings == [FIRST]
    assert len(TypedAnswer("T", [OTHER] * answer_form.MOST).with_another().wordings) == answer_form.MOST


def test_a_form_without_fields_is_an_empty_answer(files_of_content: Path) -> None:
    assert typed_in(QueryDict()) == TypedAnswer("", [TypedWording()])

"""What is found of questions, what their figures are, and how an answer reads to a visitor."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontdesk.clinic.models import Clinic
from frontdesk.content import selectors
from frontdesk.content.questions import Content, Question, Wording, content
from frontdesk.content.selectors import Figures, Piece
from frontdesk.insight.measures import Measure
from frontdesk.insight.models import Total
from frontdesk.insight.tests.conftest import count_now, thumb
from frontdesk.review.models import Correction
from frontdesk.review.tests.conftest import Chats, chats

__all__ = ["chats"]
MAKEUP = Question(
    "aftercare/makeup",
    "aftercare.yml",
    ("can i wear make-up", "Café au visage"),
    (Wording("Leave it off.", title="Makeup after"),),
)


@pytest.mark.parametrize(
    ("text", "terms", "pieces"),
    [
        ("Makeup after", ["makeup"], [("Makeup", True), (" after", False)]),
        ("À la crème", ["creme"], [("À la ", False), ("crème", True)]),
        ("straße", ["strasse"], [("straße", True)]),
        ("aaa", ["aa"], [("aaa", True)]),
        ("nothing", ["else"], [("nothing", False)]),
    ],
)
def test_what_was_sought_is_marked_whatever_its_case_and_accents(
    text: str, terms: list[str], pieces: list[tuple[str, bool]]
) -> None:
    assert selectors.marked(text, terms) == [Piece(*piece) for piece in pieces]


def test_all_words_must_be_in_one_text() -> None:
    assert selectors.found_in(MAKEUP.examples, ["cafe", "visage"]) == ["Café au visage"]
    assert selectors.found_in(MAKEUP.examples, ["cafe", "wear"]) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("sought", "where"),
    [("MAKEUP after", "title"), ("aftercare/makeup", "key"), ("lippy", "example"), ("foundation powder", "answer")],
)
def test_a_question_is_found_by_each_of_its_parts(files_of_content: Path, sought: str, where: str) -> None:
    rows = {row.question.key: row for row in selectors.rows_of(content(), sought)}

    row = rows["aftercare/makeup"]
    marked = {"title": [row.title], "key": [row.title], "example": row.examples, "answer": [row.answer]}[where]
    assert any(piece.is_marked for pieces in marked for piece in pieces) == (where != "key")


@pytest.mark.django_db(transaction=True)
def test_nothing_is_found_where_nothing_is(files_of_content: Path) -> None:
    assert selectors.rows_of(content(), "nosuchwordanywhere") == []


@pytest.mark.django_db(transaction=True)
def test_figures_are_those_of_the_last_thirty_days(clinic: Clinic, chats: Chats) -> None:
    conversation = chats("can i wear makeup", "and lipstick")
    thumb(conversation, helpful=False)
    count_now()
    [day] = Total.objects.values_list("day", flat=True).distinct()
    Total.objects.create(day=day.replace(year=day.year - 1), measure=Measure.QUESTION, key="aftercare/makeup", number=100)

    assert selectors.figures_by_question()["aftercare/makeup"] == Figures(asked=2, helpful=0, unhelpful=1)


def test_questions_of_which_messages_are_about_as_near_are_confused(
    files_of_content: Path,
    clinic: Clinic,
    chats: Chats,
    alice: object,
) -> None:
    conversation = chats("can i wear makeup")
    conversation.messages.get(position=2).understanding.__class__.objects.update(
        ranking=[{"name": "aftercare/makeup", "confidence": 0.6}, {"name": "aftercare/water", "confidence": 0.55}]
    )

    [one] = selectors.confused_with(content(), "aftercare/water")

    assert (one.question.key, one.close, one.corrected) == ("aftercare/makeup", 1, 0)
    assert selectors.confused_with(content(), "aftercare/touch") == []


def test_what_staff_corrected_counts_first(files_of_content: Path, clinic: Clinic, chats: Chats, alice: object) -> None:
    conversation = chats("can i wear makeup")
    message = conversation.messages.get(position=2)
    Correction.objects.create(
        message=message, kind=Correction.Kind.QUESTION, key="aftercare/touch", understood="aftercare/makeup", at=message.sent_at
    )

    [one] = selectors.confused_with(content(), "aftercare/makeup")

    assert (one.question.key, one.close, one.corrected) == ("aftercare/touch", 0, 1)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Call {phone}.", [[("Call ", "", True), ("020 7946 0000", "phone", True), (".", "", True)]]),
        ("Write to {email}", [[("Write to ", "", True), ("email", "email", False)]]),
        ("One.\n\nTwo.", [[("One.", "", True)], [("Two.", "", True)]]),
    ],
)
def test_places_are_filled_with_what_the_clinic_has_set(text: str, shown: list[list[tuple[str, str, bool]]]) -> None:
    places = selectors.places_of(text, {"phone": "020 7946 0000"})

    assert [[(one.text, one.setting, one.is_set) for one in line] for line in places] == shown


def test_a_question_is_chosen_by_its_title_and_topic_where_two_are_titled_so() -> None:
    wordings = (Wording("Yes."),)
    known = Content(
        {key: Question(key, "", (), wordings) for key in ("safety/pregnancy", "contraindications/pregnancy", "cost/price")}
    )

    assert list(selectors.choices(known)) == ["Pregnancy (Medical concerns)", "Pregnancy (Contraindications)", "Price"]
    for given, key in {
        "price": "cost/price",
        "pregnancy (contraindications)": "contraindications/pregnancy",
        "cost/price": "cost/price",
    }.items():
        chosen = selectors.question_chosen(known, given)
        assert chosen is not None
        assert chosen.key == key
    assert selectors.question_chosen(known, "pregnancy") is None

"""What is said about an answer as it reads."""

from __future__ import annotations

import pytest

from frontdesk import words
from frontdesk.content.answer_checks import CLINIC_SETTINGS, answer_notes
from frontdesk.content.notes import Note
from frontdesk.content.questions import content

KEY, FACTS = "aftercare/makeup", ("after_makeup",)
FINE = "Leave makeup off for 10 to 15 hours. Ask your provider if you are not sure."


def _codes(notes: list[Note]) -> dict[str, str]:
    return {note.code: str(note.level) for note in notes}


def test_a_good_answer_has_no_notes() -> None:
    assert answer_notes(KEY, FINE, FACTS, 3) == []


@pytest.mark.parametrize(
    ("text", "code", "level"),
    [
        ("It costs £200.", "price", "stop"),
        ("Stop your blood thinners a week before.", "medicine", "stop"),
        ("You have an infection.", "diagnosis", "hint"),
        ("It sounds like you have an allergic reaction.", "diagnosis", "hint"),
        ("That is probably cellulitis.", "diagnosis", "hint"),
        ("Results are guaranteed.", "promise", "hint"),
        ("It is 100% safe.", "promise", "hint"),
        ("It is 100 % safe.", "promise", "hint"),
        ("There is no risk.", "promise", "hint"),
        ("It's completely painless.", "promise", "hint"),
        ("Call us on {telephone}.", "place_unknown", "stop"),
        ("Call us on {phone.", "place_unknown", "stop"),
        ("Call us on {}.", "place_unknown", "stop"),
        ("See https:/clinic.example.", "link_wrong", "stop"),
        ("See www.clinic.example for more.", "link_wrong", "stop"),
        ("See https://clinic for more.", "link_wrong", "stop"),
        ("See http://clinic.example for more.", "link_open", "hint"),
        ("word " * 81, "long", "warn"),
        (
            "Incomprehensibility characterises administrative documentation considerably and paradoxically simplification.",
            "hard",
            "warn",
        ),
        ("a" * 2001, "answer_too_long", "stop"),
    ],
)
def test_what_is_wrong_is_said(text: str, code: str, level: str) -> None:
    assert _codes(answer_notes(KEY, text, FACTS)).get(code) == level


@pytest.mark.parametrize(
    "text",
    [
        "How many sessions do you have in mind?",
        "If you have an infection, say so.",
        "Tell us whether you have a fever.",
        "You have to wait for two days.",
        "You have no allergy that we know of.",
        "We can't guarantee a result.",
        "Nobody can promise that there is no risk.",
        "It isn't 100% safe.",
        "Some risk is always there.",
        "See https://clinic.example/care, then ask.",
        "(See https://clinic.example/care_(new).)",
        "Write to team@www.clinic.example.",
    ],
)
def test_what_is_not_wrong_is_not_said(text: str) -> None:
    assert not {"diagnosis", "promise", "link_wrong"} & _codes(answer_notes(KEY, text, FACTS)).keys()


@pytest.mark.parametrize(
    ("key", "is_said"), [(KEY, True), ("uses/new", True), ("smalltalk/thanks", False), ("handoff/contact", False)]
)
def test_a_medical_answer_rests_on_a_fact(key: str, is_said: bool) -> None:
    assert ("no_fact" in _codes(answer_notes(key, FINE))) is is_said


def test_a_fact_that_there_is_not_stops() -> None:
    notes = answer_notes(KEY, FINE, ["after_makeup", "made_up"])

    assert _codes(notes) == {"fact_unknown": "stop"}
    assert "made_up" in notes[0].sentence


def test_a_setting_that_the_clinic_has_not_is_pointed_out() -> None:
    text = "Write to {email} or call {phone}."

    assert [note.names["place"] for note in answer_notes("handoff/contact", text, settings={"phone"})] == ["{email}"]
    assert answer_notes("handoff/contact", text) == []  # where nobody knows what is set


def test_an_emergency_number_is_said_whatever_is_set() -> None:
    assert answer_notes("safety/emergency", "Call {emergency_number} now.", settings=set()) == []


def test_an_answer_for_somebody_in_danger_keeps_whom_to_call() -> None:
    before = "Call {emergency_number} now. Say where you are."

    assert _codes(answer_notes("safety/emergency", "Call 999 now.", before=before))["place_lost"] == "stop"
    assert answer_notes("safety/emergency", "Now call {emergency_number}.", before=before) == []
    assert answer_notes("safety/emergency", "Call the police.", before="Call someone.") == []
    assert "place_lost" not in _codes(answer_notes("handoff/person", "Wait here.", before=before))


def test_what_stops_comes_first() -> None:
    notes = answer_notes(KEY, "Guaranteed at {nowhere}. " + "Then wait. " * 50, FACTS)

    assert [str(note.level) for note in notes] == ["stop", "warn", "hint"]


def test_many_buttons_are_pointed_out() -> None:
    assert _codes(answer_notes(KEY, FINE, FACTS, 5)) == {"buttons": "hint"}


def test_another_language_has_no_grade() -> None:
    long = (
        "Lo siento, por ahora solo puedo responder en inglés porque incomprensiblemente administrativamente considerablemente."
    )

    assert _codes(answer_notes("system/language_es", long)) == {}


def test_of_our_own_answers_nothing_is_said_but_that_some_are_hard() -> None:
    said = [
        (one.key, note.code, dict(note.names))
        for one in content().questions.values()
        for wording in one.wordings
        for note in answer_notes(one.key, wording.text, wording.facts, len(wording.buttons), wording.text)
        if note.code != "hard"
    ]

    assert said == []


def test_the_settings_are_those_that_the_assistant_fills_in() -> None:
    from frontdesk import environment

    written = (environment.ROOT / "assistant/settings.py").read_text(encoding="utf-8")
    listed = written.partition("CLINIC_SETTINGS = (")[2].partition(")")[0]

    assert sorted(CLINIC_SETTINGS) == sorted(one.strip(' ",\n') for one in listed.split(",") if one.strip())
    assert all(words.staff(f"guide_setting_{name}") for name in CLINIC_SETTINGS)

"""What is said about examples, as they read and beside those that are there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from frontdesk.chat.assistant import AssistantFailed
from frontdesk.chat.nearest import Near, Nearest
from frontdesk.content import guidance
from frontdesk.content.guidance import TOO_ALIKE, example_notes, guidance_for, question_notes, spread_of
from frontdesk.content.notes import Note
from frontdesk.content.operations import Examples
from frontdesk.content.questions import Content, Question, content

KEY, OTHER = "aftercare/makeup", "aftercare/water"
Ask = Callable[[Sequence[str], Sequence[str]], list[Nearest]]


def _question(key: str, *examples: str) -> Question:
    return Question(key, "aftercare.yml", examples, ())


KNOWN = Content(
    {
        KEY: _question(KEY, "can I wear makeup", "is foundation allowed"),
        OTHER: _question(OTHER, "may I shower", "when can I wash my face"),
    }
)


def _codes(notes: list[Note]) -> dict[str, str]:
    return {note.code: str(note.level) for note in notes}


def _of(
    text: str, *, key: str = KEY, nearest: Nearest | None = None, before: str = "", known: Content = KNOWN
) -> dict[str, str]:
    found = {text: nearest} if nearest else {}
    return _codes(example_notes(key, [text], found, before=before, known=known)[0])


@pytest.mark.parametrize(
    ("text", "code", "level"),
    [
        ("", "empty", "stop"),
        ("a" * 501, "too_long", "stop"),
        ("[makeup](thing) when", "markup", "stop"),
        ("CAN I wear makeup?", "duplicate_here", "stop"),
        ("May I shower?", "duplicate", "stop"),
        ("my mail is ann@clinic.example, can I use mascara", "personal", "stop"),
        ("[name] wants to use mascara", "mask_left", "warn"),
    ],
)
def test_what_is_wrong_is_said(text: str, code: str, level: str) -> None:
    assert _of(text).get(code) == level


def test_a_good_example_has_no_notes() -> None:
    assert _of("mascara the day after") == {}


def test_a_duplicate_names_the_other_question() -> None:
    note = example_notes(KEY, ["may i shower"], known=KNOWN)[0][0]

    assert note.data["other"] == {"key": OTHER, "title": "Water"}
    assert "Water" in note.sentence


def test_an_example_that_is_being_changed_is_in_nobodys_way() -> None:
    assert _of("Can I wear makeup?", before="can I wear makeup") == {}


def test_the_same_line_twice_names_the_first() -> None:
    notes = example_notes(KEY, ["mascara after", "lipstick after", "Mascara, after!"], known=KNOWN)

    assert [_codes(one) for one in notes] == [{}, {}, {"twice": "stop"}]
    assert notes[2][0].names == {"line": "1"}


def test_personal_details_are_hidden_on_request() -> None:
    note = example_notes(KEY, ["write to ann@clinic.example about mascara"], known=KNOWN)[0][0]

    assert note.data["offer"]["text"] == "write to [e-mail] about mascara"
    assert [(span["kind"], span["start"], span["end"]) for span in note.data["spans"]] == [("email", 9, 27)]


@pytest.mark.parametrize(("own", "said"), [(0.5, "warn"), (0.64, "hint"), (0.68, None), (0.8, None)])
def test_what_is_nearer_to_another_question_is_shown_beside_its_own(own: float, said: str | None) -> None:
    near = Nearest((Near("may I shower", OTHER, 0.7),), Near("can I wear makeup", KEY, own))

    assert _of("may I rinse it off", nearest=near).get("nearer") == said


def test_both_examples_are_named_with_their_likeness() -> None:
    near = Nearest((Near("may I shower", OTHER, 0.702),), Near("can I wear makeup", KEY, 0.5))

    note = example_notes(KEY, ["may I rinse it off"], {"may I rinse it off": near}, known=KNOWN)[0][0]

    assert (note.data["nearest"]["percent"], note.data["own"]["percent"]) == ("70", "50")
    assert "may I shower" in note.sentence
    assert "can I wear makeup" in note.sentence


def test_what_says_nearly_the_same_adds_little() -> None:
    near = Nearest((Near("can I wear makeup", KEY, 0.98),), Near("can I wear makeup", KEY, 0.98))

    assert _of("can I wear make up", nearest=near) == {"adds_little": "hint"}


def test_an_example_that_the_draft_has_moved_is_the_other_questions() -> None:
    near = Nearest((Near("may I shower", KEY, 0.7),), Near("can I wear makeup", KEY, 0.5))  # live, it is still this question's

    assert _of("may I rinse it off", nearest=near) == {"nearer": "warn"}


def test_an_example_that_the_draft_has_no_more_counts_for_nothing() -> None:
    near = Nearest((Near("is water bad", OTHER, 0.9),), Near("can I wear makeup", KEY, 0.5))

    assert _of("is water fine", nearest=near) == {}


@pytest.mark.parametrize(("likeness", "said"), [(0.85, {"near_other": "hint"}), (0.7, {})])
def test_of_a_new_question_only_what_is_very_near_to_another_is_said(likeness: float, said: dict[str, str]) -> None:
    assert _of("may I take a shower", key="", nearest=Nearest((Near("may I shower", OTHER, likeness),))) == said


def test_a_question_with_few_examples_is_told_so_until_there_are_enough() -> None:
    five = ["one way", "two ways", "three ways", "four ways", "five ways"]

    assert _codes(question_notes(KEY, KNOWN)) == {"few": "warn"}
    assert _codes(question_notes(KEY, KNOWN, adding=[*five, "FIVE ways", ""])) == {"few": "warn"}
    assert question_notes(KEY, KNOWN, adding=[*five, "a sixth"]) == []


@pytest.mark.parametrize(("spread", "said"), [(TOO_ALIKE, True), (0.8, False), (None, False)])
def test_a_question_whose_examples_are_too_alike_is_told_so(spread: float | None, said: bool) -> None:
    assert ("alike" in _codes(question_notes(KEY, KNOWN, spread))) is said


def test_the_spread_is_the_average_of_each_ones_nearest() -> None:
    def near(likeness: float) -> Nearest:
        return Nearest((), Near("a", KEY, likeness))

    assert spread_of([near(0.9), near(0.7), Nearest((), None)]) == pytest.approx(0.8)
    assert spread_of([]) is None


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, files_of_content: Path) -> list[list[str]]:
    """What the assistant was asked; all is half like something of its own question."""
    made: list[list[str]] = []

    def nearest_of(texts: Sequence[str], questions: Sequence[str]) -> list[Nearest]:
        made.append(list(texts))
        return [Nearest((), Near("can i wear makeup", question, 0.5)) for question in questions]

    monkeypatch.setattr("frontdesk.chat.nearest.nearest_of", nearest_of)
    return made


def test_the_assistant_is_told_no_personal_detail(asked: list[list[str]]) -> None:
    guidance_for(KEY, ["write to ann@clinic.example", "mascara tomorrow", "x" * 501])

    assert "mascara tomorrow" in asked[0]
    assert not any("ann@" in text or len(text) > 500 for text in asked[0])


def test_a_question_is_sampled_once_for_a_while(asked: list[list[str]]) -> None:
    guidance_for(KEY, ["mascara tomorrow"])
    guidance_for(KEY, ["mascara in two days"])

    assert [len(texts) for texts in asked] == [1 + guidance.SAMPLE, 1]


def test_as_many_texts_as_may_be_leave_no_room_for_a_sample(asked: list[list[str]]) -> None:
    guidance_for(KEY, [f"mascara number {chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(32)])

    assert [len(texts) for texts in asked] == [32]


def test_a_new_question_is_compared_too(asked: list[list[str]]) -> None:
    assert guidance_for("", ["mascara tomorrow"]).nearness
    assert asked == [["mascara tomorrow"]]


def test_without_the_assistant_the_other_notes_still_come(monkeypatch: pytest.MonkeyPatch, files_of_content: Path) -> None:
    def fails(*_: object) -> list[Nearest]:
        raise AssistantFailed("unreachable")

    monkeypatch.setattr("frontdesk.chat.nearest.nearest_of", fails)

    found = guidance_for(KEY, [content().questions[OTHER].examples[0]])

    assert not found.nearness
    assert _codes(found.texts[0]) == {"duplicate": "stop"}


def test_it_is_the_draft_that_counts(asked: list[list[str]], files_of_content: Path) -> None:
    from frontdesk.content import files

    with files.writing():
        files.apply([Examples(OTHER, added=("a quick rinse",))])

    assert _codes(guidance_for(KEY, ["a quick rinse"]).texts[0]) == {"duplicate": "stop"}

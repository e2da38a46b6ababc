"""Notes as the editor's page asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from frontdesk.chat.assistant import AssistantFailed
from frontdesk.chat.nearest import Near, Nearest
from frontdesk.clinic.models import Clinic
from frontdesk.content import links
from frontdesk.content.questions import content

KEY = "aftercare/makeup"
EXAMPLES, ANSWER = "content_guide_examples", "content_guide_answer"


@pytest.fixture
def editor(dave: User, clinic: Clinic, files_of_content: Path) -> Client:
    """Dave's browser."""
    client = Client()
    client.force_login(dave)
    return client


@pytest.fixture(autouse=True)
def assistant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Knows something of all texts but `unknown`."""

    def nearest_of(texts: Sequence[str], questions: Sequence[str]) -> list[Nearest]:
        if "unknown" in texts:
            raise AssistantFailed("unreachable")
        water = content().questions["aftercare/water"].examples[0]
        own = content().questions[KEY].examples[0]
        return [Nearest((Near(water, "aftercare/water", 0.7),), Near(own, KEY, 0.5)) for _ in texts]

    monkeypatch.setattr("frontdesk.chat.nearest.nearest_of", nearest_of)


def _asks(client: Client, page: str, body: Any) -> Any:
    return client.post(reverse(page), body, content_type="application/json")


def _codes(notes: list[dict[str, Any]]) -> list[str]:
    return [note["code"] for note in notes]


def test_examples_get_notes_in_their_order(editor: Client) -> None:
    answered = _asks(
        editor, EXAMPLES, {"key": KEY, "texts": ["- mascara in the evening", "ann@clinic.example wants mascara"]}
    ).json()

    assert [_codes(one["notes"]) for one in answered["texts"]] == [["nearer"], ["personal"]]
    assert answered["question"]["notes"] == []
    assert answered["nearness"] is True


def test_the_other_question_is_a_link(editor: Client) -> None:
    (note,) = _asks(editor, EXAMPLES, {"key": KEY, "texts": ["mascara in the evening"]}).json()["texts"][0]["notes"]

    assert note["other"] == {
        "key": "aftercare/water",
        "title": note["other"]["title"],
        "href": "/desk/content/questions/aftercare/water",
    }
    assert note["level"] == "warn"
    assert note["other"]["title"] in note["sentence"]


def test_without_the_assistant_one_hint_says_so(editor: Client) -> None:
    answered = _asks(editor, EXAMPLES, {"key": KEY, "texts": ["unknown", "ann@clinic.example wants mascara"]}).json()

    assert [_codes(one["notes"]) for one in answered["texts"]] == [[], ["personal"]]
    assert _codes(answered["question"]["notes"]) == ["no_nearness"]
    assert answered["nearness"] is False


def test_a_new_question_has_too_few_examples(editor: Client) -> None:
    answered = _asks(editor, EXAMPLES, {"key": "", "texts": ["mascara in the evening"]}).json()

    assert _codes(answered["question"]["notes"]) == ["few"]


@pytest.mark.parametrize(
    "body",
    [
        "no JSON",
        [],
        {"key": 1, "texts": []},
        {"key": "", "texts": "a"},
        {"key": "", "texts": [1]},
        {"key": "", "texts": ["a"] * 33},
    ],
)
def test_what_is_no_request_is_refused(editor: Client, body: Any) -> None:
    assert _asks(editor, EXAMPLES, body).status_code == 400


@pytest.mark.parametrize("body", ["no JSON", {"text": 1}, {"text": "a", "facts": "b"}, {"text": "a", "buttons": "many"}])
def test_nor_of_an_answer(editor: Client, body: Any) -> None:
    assert _asks(editor, ANSWER, body).status_code == 400


def test_an_answer_gets_notes_and_is_measured(editor: Client) -> None:
    text = "It costs £200. Leave makeup off the treated skin for ten hours or so."

    answered = _asks(editor, ANSWER, {"key": KEY, "text": text, "facts": ["after_makeup"], "buttons": 0}).json()

    assert _codes(answered["notes"]) == ["price"]
    assert answered["words"] == 14
    assert answered["grade"] < 9
    assert str(answered["grade"]) in answered["measure"]


def test_nothing_is_said_of_nothing(editor: Client) -> None:
    answered = _asks(editor, ANSWER, {"key": KEY, "text": " ", "facts": [], "buttons": 0}).json()

    assert (answered["notes"], answered["measure"]) == ([], "")


def test_a_setting_that_is_not_set_is_pointed_out(editor: Client, clinic: Clinic) -> None:
    clinic.phone = "020 7946 0018"
    clinic.save()

    answered = _asks(
        editor, ANSWER, {"key": "handoff/contact", "text": "Call {phone} or write to {email}.", "facts": []}
    ).json()

    assert [(note["code"], "{email}" in str(note)) for note in answered["notes"]] == [("place_unset", False)]
    assert "e-mail address" in answered["notes"][0]["sentence"]


def test_links_are_looked_at_when_asked_again(editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "_answer", lambda link: "link_gone")
    body = {"key": "handoff/booking", "text": "See https://clinic.example/gone.", "facts": []}

    first = _asks(editor, ANSWER, body).json()
    second = _asks(editor, ANSWER, {**body, "links": True}).json()
    third = _asks(editor, ANSWER, body).json()

    assert (_codes(first["notes"]), first["links"]) == ([], ["https://clinic.example/gone"])
    assert (_codes(second["notes"]), second["links"]) == (["link_gone"], [])
    assert _codes(third["notes"]) == ["link_gone"]


def test_an_emergency_answer_must_keep_its_number(editor: Client) -> None:
    answered = _asks(editor, ANSWER, {"key": "safety/heart", "text": "Call an ambulance now.", "facts": []}).json()

    assert [(note["code"], note["level"]) for note in answered["notes"]] == [("place_lost", "stop")]


def test_files_that_cannot_be_read_are_said_to_be_so(editor: Client, files_of_content: Path) -> None:
    (files_of_content / "data" / "aftercare.yml").write_text("nlu: [", encoding="utf-8")

    answered = _asks(editor, EXAMPLES, {"key": KEY, "texts": ["mascara"]})

    assert answered.status_code == 409
    assert "aftercare.yml" in answered.json()["error"]["message"]


def test_a_page_of_another_site_gets_nothing(dave: User, clinic: Clinic, files_of_content: Path) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(dave)

    assert _asks(client, EXAMPLES, {"key": KEY, "texts": ["mascara"]}).status_code == 403


def test_nothing_is_changed_by_asking(editor: Client, files_of_content: Path) -> None:
    before = {path.name: path.read_bytes() for path in (files_of_content / "data").iterdir()}

    _asks(editor, EXAMPLES, {"key": KEY, "texts": ["mascara in the evening"]})
    _asks(editor, ANSWER, {"key": KEY, "text": "Other words.", "facts": []})

    assert {path.name: path.read_bytes() for path in (files_of_content / "data").iterdir()} == before

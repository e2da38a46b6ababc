"""Trying a message: what each side is said to answer, and why; what is said while the draft is not there; and that nothing is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from frontdesk import environment
from frontdesk.audit.models import Entry
from frontdesk.chat.nearest import Near, Nearest
from frontdesk.clinic.models import Clinic
from frontdesk.clinic.selectors import forget_clinic
from frontdesk.conftest import Assistant
from frontdesk.content import live, services, sides
from frontdesk.content.builds import build_now
from frontdesk.content.live import Served, forget_served
from frontdesk.content.models import Build, Live, Process, Release
from frontdesk.content.questions import content
from frontdesk.content.trials import Tried
from frontdesk.conversations.models import Message

PAGE = "/desk/content/try"
MAKEUP, SHOWER = "aftercare/makeup", "aftercare/water"
LIVE_ADDRESS, DRAFT_ADDRESS = "http://127.0.0.1:1", "http://127.0.0.1:2"
Says = Callable[..., None]

pytestmark = pytest.mark.usefixtures("files_of_content")


@pytest.fixture
def editor(client: Client, dave: User, clinic: Clinic) -> Client:
    """Dave's browser."""
    client.force_login(dave)
    return client


@pytest.fixture
def draft_is(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets how far the draft is."""

    def set_to(served: Served | None = None, **rest: Any) -> None:
        monkeypatch.setattr(sides, "draft_try", lambda: Tried(build_now(), served, rest.pop("responses", {}), **rest))

    return set_to


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch, draft_is: Callable[..., None]) -> Says:
    """Sets what each of two assistants makes of any message."""
    answers: dict[str, dict[str, Any]] = {}

    async def read_whole(_client: object, by: Served, _text: str, _settings: object) -> dict[str, Any]:
        return answers[by.address]

    monkeypatch.setattr(sides, "served", lambda: Served(LIVE_ADDRESS))
    monkeypatch.setattr(sides, "read_whole", read_whole)
    monkeypatch.setattr(sides, "nearest_of", lambda *_: [Nearest((Near("is makeup ok", MAKEUP, 0.834),))])
    draft_is(Served(DRAFT_ADDRESS))

    def set_to(*, draft: dict[str, Any], live: dict[str, Any]) -> None:
        answers.update({DRAFT_ADDRESS: draft, LIVE_ADDRESS: live})

    return set_to


@pytest.fixture
def released(clinic: Clinic, answering: Assistant) -> Release:
    """What the files say is live, by the stand-in assistant."""
    build = build_now()
    release = Release.objects.create(
        number=1, build=build, read_by=build, state=Release.State.LIVE, name="Front desk", at=timezone.now()
    )
    Live.objects.create(release=release, address=environment.ASSISTANT)
    forget_served()
    return release


def _whole(key: str = MAKEUP, text: str = "After a day.", **rest: Any) -> dict[str, Any]:
    """What the channel says."""
    handoff = rest.get("handoff")
    said = {"text": text, "choices": rest.get("choices", []), "answers": [key], "handoff": handoff is not None}
    ranking = [
        {"name": key, "confidence": 0.914, "nearest": "can i wear makeup"},
        {"name": SHOWER, "confidence": 0.05, "nearest": ""},
    ]
    return {
        "replies": [said],
        "understanding": {
            "intent": key, "confidence": 0.914, "ranking": ranking, "answers": [key],
            "concern": rest.get("concern", "none"), "language": rest.get("language", "en"),
        },
        "handoff": handoff,
    }  # fmt: skip


def _tries(client: Client, text: str = "can i wear lipstick", **rest: str) -> str:
    answered = client.post(PAGE, {"text": text, **rest})
    assert answered.status_code == 200
    return _plain(answered.content.decode())


def _plain(page: str) -> str:
    return " ".join(page.split())


def test_the_page_has_one_field_and_says_how_far_the_draft_is(editor: Client) -> None:
    page = _plain(editor.get(PAGE).content.decode())

    assert "What would a visitor say?" in page
    assert "usually takes about 20 seconds" in page


def test_it_says_how_long_the_last_training_took(editor: Client) -> None:
    Build.objects.create(digest="before", made_at=timezone.now(), state=Build.State.READY, seconds=41.0)

    assert "usually takes about 45 seconds" in editor.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("text", "problem"), [("  ", "Write what a visitor would say."), ("a" * 1001, "at most 1000 characters")]
)
def test_what_no_visitor_could_send_is_refused_and_stays_in_the_field(
    editor: Client, answering: Assistant, text: str, problem: str
) -> None:
    answered = editor.post(PAGE, {"text": text})

    assert answered.status_code == 422
    assert problem in answered.content.decode()
    assert text.strip() in answered.content.decode()
    assert answering.asked == []


def test_live_answers_while_the_draft_is_being_prepared(editor: Client, answering: Assistant) -> None:
    answering.says("After a day.")

    page = _tries(editor)

    assert "After a day." in page
    assert "What is live answers “Makeup after”. The draft answers as soon as it is prepared." in page
    assert "Is being prepared …" in page


def test_both_are_the_same(editor: Client, says: Says) -> None:
    says(draft=_whole(), live=_whole())

    assert "<strong>Both answer the same:</strong> each answers “Makeup after”." in _tries(editor)


def test_the_same_answer_may_be_worded_otherwise(editor: Client, says: Says) -> None:
    says(draft=_whole(text="After two days."), live=_whole())

    page = _tries(editor)

    assert "<strong>The same answer, in other words:</strong> each answers “Makeup after”." in page
    assert "After two days." in page
    assert "After a day." in page


def test_two_answers_are_told_apart(editor: Client, says: Says) -> None:
    title = content().questions[SHOWER].title
    which = [{"id": MAKEUP, "title": "Makeup after"}, {"id": SHOWER, "title": title}]
    says(draft=_whole(SHOWER), live=_whole("system/which", "Which do you mean?", choices=which))

    page = _tries(editor)

    assert f"<strong>They differ:</strong> the draft answers “{title}”; what is live asks which was meant." in page
    assert f"<dt>Asks which</dt><dd>Makeup after, or {title}</dd>" in page


def test_another_concern_is_a_difference_too(editor: Client, says: Says) -> None:
    reason = {"rule": "airway/cannot_breathe", "level": "emergency", "why": "Cannot breathe", "words": "cant breathe"}
    says(draft=_whole(), live=_whole(concern="emergency", handoff={"level": "emergency", "reasons": [reason]}))

    page = _tries(editor)

    assert "the draft answers “Makeup after”; what is live answers “Makeup after”, as an emergency." in page
    assert "Cannot breathe, because of <q>cant breathe</q>" in page


def test_it_says_when_a_concern_was_read_and_no_rule_found_it(editor: Client, says: Says) -> None:
    reason = {"rule": "classifier", "level": "urgent", "why": "Reads like an urgent matter (0.91)", "words": ""}
    urgent = _whole(concern="urgent", handoff={"level": "urgent", "reasons": [reason]})
    says(draft=urgent, live=urgent)

    assert "<li>Reads like an urgent matter (0.91)</li>" in _tries(editor)


def test_it_says_why_in_percent_and_examples(editor: Client, says: Says) -> None:
    says(draft=_whole(), live=_whole())

    page = _tries(editor)

    assert '<strong>Makeup after</strong> <span class="percent">91%</span>' in page
    assert "rests on “can i wear makeup”" in page
    assert '<q>is makeup ok</q> <span class="hint">Makeup after</span></span> <span class="percent">83%</span>' in page


def test_another_language_is_named(editor: Client, says: Says) -> None:
    says(draft=_whole(language="es"), live=_whole(language="nl"))

    page = _tries(editor)

    assert "<dt>Language</dt><dd>Spanish</dd>" in page
    assert "<dt>Language</dt><dd>nl</dd>" in page


def test_words_that_are_typed_are_no_markup(editor: Client, says: Says) -> None:
    says(draft=_whole(text="<b>bold</b>"), live=_whole())

    page = _tries(editor, "<script>alert(1)</script>")

    assert "<script>alert" not in page
    assert "<b>bold" not in page


def test_where_both_are_one_there_is_one_answer(editor: Client, answering: Assistant, released: Release) -> None:
    answering.says("After a day.")

    page = _tries(editor)

    assert "The draft and what is live are the same: each answers “Makeup after”." in page
    assert page.count("After a day.") == 1
    assert len(answering.asked) == 1


def test_another_wording_is_tried_at_once(editor: Client, answering: Assistant, released: Release, dave: User) -> None:
    answering.says("After a day.")
    question = content().questions[MAKEUP]
    services.answer_change(dave, MAKEUP, question.answer_version, [{**dict(question.wordings[0].raw), "text": "Wait a day."}])

    _tries(editor)

    [wording] = {one["wording"] for one in answering.asked if "wording" in one}
    assert live.responses_of(wording)[f"utter_{MAKEUP}"][0]["text"] == "Wait a day."
    assert len(answering.asked) == 2


def test_a_draft_that_cannot_be_learnt_says_so(editor: Client, answering: Assistant, draft_is: Callable[..., None]) -> None:
    answering.says("After a day.")
    draft_is(problem="Training …\ndata/costs.yml:12: “cost” has no example.")

    page = _tries(editor)

    assert "<strong>The draft cannot be tried:</strong>" in page
    assert "data/costs.yml:12: “cost” has no example." in page
    assert "After a day." in page


def test_a_draft_that_cannot_be_read_leaves_live(editor: Client, answering: Assistant, files_of_content: Path) -> None:
    answering.says("After a day.")
    (files_of_content / "data/aftercare.yml").write_text("nlu: [", encoding="utf-8")

    page = _tries(editor)

    assert "A file was changed outside of the editor and is not right: data/aftercare.yml" in page
    assert "After a day." in page


def test_live_that_is_down_says_so_on_its_side_alone(editor: Client, says: Says) -> None:
    says(draft=_whole(), live={})

    page = _tries(editor)

    assert "The draft answers “Makeup after”. What is live does not answer just now." in page
    assert page.count("Visitors are told that a person will follow up.") == 1


@pytest.mark.parametrize(("since", "state"), [(10, "waiting"), (1000, "down")])
def test_a_draft_that_gives_no_answer_is_being_started_or_is_down(editor: Client, says: Says, since: int, state: str) -> None:
    says(draft={}, live=_whole())
    Process.objects.create(port=2, model="a", since=timezone.now() - timedelta(seconds=since))

    page = _tries(editor)

    assert f'data-state="{state}"' in _plain(editor.get(PAGE).content.decode())
    assert f'data-draft="{state}"' in page
    assert "What is live answers “Makeup after”." in page


def test_an_assistant_that_knows_nothing_of_nearness_answers_all_the_same(editor: Client, answering: Assistant) -> None:
    answering.says("After a day.")

    assert "These could not be looked up just now." in _tries(editor)


def test_the_clinics_settings_are_filled_in(editor: Client, answering: Assistant) -> None:
    answering.says("Call us.")
    Clinic.objects.update(phone="020 7946 0000")
    forget_clinic()

    _tries(editor)

    assert answering.asked[-1]["context"]["settings"]["phone"] == "020 7946 0000"


def test_a_script_gets_the_part_that_it_asks_for(editor: Client, says: Says) -> None:
    says(draft=_whole(), live=_whole())

    assert "<html" not in _tries(editor, part="answers")
    assert _plain(editor.get(PAGE, {"part": "draft"}).content.decode()).startswith('<div class="draft-state')


def test_nothing_that_is_tried_is_kept(editor: Client, answering: Assistant, tmp_path: Path) -> None:
    secret = "my name is Zebedee Quux and my lips hurt"
    answering.says("After a day.")

    _tries(editor, secret)

    assert Message.objects.count() == 0
    rows = [str(list(model.objects.values_list())) for model in apps.get_models()]
    assert not [one for one in rows if "Quux" in one]
    assert not [one for one in tmp_path.rglob("*") if one.is_file() and "Quux" in one.read_text(errors="replace")]
    assert not Entry.objects.filter(username="dave").exclude(action="signed_in").exists()
    assert "Quux" not in str(dict(editor.session))

"""Which wording of an answer is used, what is filled in, which buttons stand under it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.slots import AnySlot
from rasa.shared.core.trackers import DialogueStateTracker

from assistant import responses
from assistant.responses import ResponseGenerator

RESPONSES: dict[str, list[dict[str, Any]]] = {
    "utter_cost/price": [{"text": "It depends.", "metadata": {"title": "The price"}}, {"text": "That varies."}],
    "utter_handoff/contact": [
        {"text": "Call {phone}."},
        {"text": "Write to {email} or call {phone}."},
        {"text": "We'll call you."},
    ],
    "utter_handoff/hours": [{"text": "Open {opening_hours}."}],
    "utter_aftercare/makeup": [{"text": "Wait.", "buttons": [{"title": "Price?", "payload": "/cost/price"}]}],
    "utter_system/which": [{"text": "Which?"}],
}
DOMAIN = Domain.from_dict({"responses": RESPONSES, "slots": {"choices": {"type": "any", "mappings": [{"type": "custom"}]}}})


@pytest.fixture
def generator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ResponseGenerator:
    """A generator for a clinic that has set nothing."""
    monkeypatch.setattr(responses, "clinic_settings", dict)
    return ResponseGenerator(None, DOMAIN)


async def test_the_first_wording_is_used(generator: ResponseGenerator) -> None:
    assert await _text(generator, "cost/price") == "It depends."


async def test_an_answer_given_just_now_is_given_in_its_next_wording(generator: ResponseGenerator) -> None:
    assert await _text(generator, "cost/price", answers=["cost/price"]) == "That varies."


async def test_after_the_last_wording_the_first_comes_again(generator: ResponseGenerator) -> None:
    assert await _text(generator, "cost/price", answers=["cost/price", "cost/price"]) == "It depends."


async def test_an_answer_given_before_another_starts_with_its_first_wording(generator: ResponseGenerator) -> None:
    assert await _text(generator, "cost/price", answers=["cost/price", "aftercare/makeup"]) == "It depends."


async def test_a_wording_without_settings_is_used_while_none_is_known(generator: ResponseGenerator) -> None:
    assert await _text(generator, "handoff/contact") == "We'll call you."


async def test_a_wording_is_used_as_soon_as_its_settings_are_known(generator: ResponseGenerator) -> None:
    assert await _text(generator, "handoff/contact", settings={"phone": "01 23"}) == "Call 01 23."


async def test_wordings_with_known_settings_take_turns(generator: ResponseGenerator) -> None:
    settings = {"phone": "01 23", "email": "a@b.example"}

    again = await _text(generator, "handoff/contact", answers=["handoff/contact"], settings=settings)

    assert again == "Write to a@b.example or call 01 23."


async def test_the_clinics_own_settings_are_filled_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(responses, "clinic_settings", lambda: {"phone": "55"})

    assert await _text(ResponseGenerator(None, DOMAIN), "handoff/contact") == "Call 55."


async def test_a_setting_of_the_request_goes_before_the_clinics_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(responses, "clinic_settings", lambda: {"phone": "55"})

    assert await _text(ResponseGenerator(None, DOMAIN), "handoff/contact", settings={"phone": "66"}) == "Call 66."


async def test_a_setting_is_filled_in_as_it_is(generator: ResponseGenerator) -> None:
    assert await _text(generator, "handoff/hours", settings={"opening_hours": r"\1 {phone} 100%"}) == r"Open \1 {phone} 100%."


@pytest.mark.parametrize("key", ["handoff/hours", "no/answer"], ids=["settings not known", "no such answer"])
async def test_nothing_is_said_where_no_wording_can_be_used(generator: ResponseGenerator, key: str) -> None:
    assert await generator.generate(f"utter_{key}", _tracker(), "frontdesk") is None


async def test_an_answer_keeps_its_buttons(generator: ResponseGenerator) -> None:
    response = await generator.generate("utter_aftercare/makeup", _tracker(), "frontdesk")

    assert response is not None
    assert response["buttons"] == [{"title": "Price?", "payload": "/cost/price"}]


async def test_a_question_asked_back_has_a_button_for_each_choice(generator: ResponseGenerator) -> None:
    tracker = _tracker()
    tracker.update(SlotSet("choices", ["cost/price", "aftercare/makeup"]))

    response = await generator.generate("utter_system/which", tracker, "frontdesk")

    assert response is not None
    assert response["buttons"] == [
        {"title": "The price", "payload": "/cost/price"},
        {"title": "aftercare/makeup", "payload": "/aftercare/makeup"},
    ]


async def test_filling_in_does_not_change_the_data(generator: ResponseGenerator) -> None:
    await _text(generator, "handoff/contact", settings={"phone": "01 23"})

    assert RESPONSES["utter_handoff/contact"][0]["text"] == "Call {phone}."


async def test_the_responses_of_another_model_replace_those_before(generator: ResponseGenerator) -> None:
    newer = {"utter_cost/price": [{"text": "Ask us."}]}

    response = await generator.generate("utter_cost/price", _tracker(), "frontdesk", domain_responses=newer)

    assert response is not None
    assert response["text"] == "Ask us."


async def _text(generator: ResponseGenerator, key: str, **context: Any) -> str:
    response = await generator.generate(f"utter_{key}", _tracker(**context), "frontdesk", domain_responses=RESPONSES)
    assert response is not None
    return str(response["text"])


def _tracker(**context: Any) -> DialogueStateTracker:
    events = [UserUttered("…", metadata={"context": context})]
    return DialogueStateTracker.from_events("visitor", events, slots=[AnySlot("choices", mappings=[{}])])

"""What answers say in another wording than the model's, and what is refused as one."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import pytest
from rasa.core.agent import Agent

from assistant.channel import reply_to
from assistant.refusals import RequestRefused
from assistant.wording import KEPT, Wordings, digest_of

OWN: dict[str, list[dict[str, Any]]] = {
    "utter_aftercare/makeup": [{"text": "Wait.", "metadata": {"title": "Makeup", "says": ["why"]}}],
    "utter_cost/price": [{"text": "It depends.", "buttons": [{"title": "Makeup?", "payload": "/aftercare/makeup"}]}],
}
MAKEUP = "utter_aftercare/makeup"


def _given(text: str) -> dict[str, Any]:
    return {"responses": {MAKEUP: [{"text": text}]}}


async def _said(agent: Agent, wording: str | None, **fields: Any) -> dict[str, Any]:
    body = {"conversation": "c", "message_id": "1", "wording": wording, **fields}
    return await reply_to(body, agent)


@pytest.fixture
def wordings() -> Wordings:
    """A small model's."""
    return Wordings(OWN)


def test_a_digest_is_that_of_the_json_which_everybody_writes_alike() -> None:
    written = '{"utter_b":[{"metadata":{"title":"é"},"text":"ü"}],"utter_c":[]}'

    digest = digest_of({"utter_c": [], "utter_b": [{"text": "ü", "metadata": {"title": "é"}}]})

    assert digest == hashlib.sha256(written.encode()).hexdigest()[:16]


def test_a_message_without_a_wording_has_the_models_own(wordings: Wordings) -> None:
    assert wordings.find(None).responses is OWN
    assert wordings.find(None).digest is None


def test_what_a_wording_does_not_hold_is_said_as_the_model_has_it(wordings: Wordings) -> None:
    wording = wordings.add(_given("Wait a day."))

    assert wording.responses[MAKEUP] == [{"text": "Wait a day."}]
    assert wording.responses["utter_cost/price"] is OWN["utter_cost/price"]
    assert OWN[MAKEUP][0]["text"] == "Wait."


def test_titles_choices_and_what_is_said_already_are_the_wordings(wordings: Wordings) -> None:
    makeup = {"text": "Wait.", "metadata": {"title": "When may I?", "says": ["how_long"]}}
    price = {"text": "It depends.", "buttons": []}

    wording = wordings.add({"responses": {MAKEUP: [makeup], "utter_cost/price": [price]}})

    assert wording.titles == {"aftercare/makeup": "When may I?"}
    assert wording.says == {"aftercare/makeup": ["how_long"]}
    assert wordings.own.says == {"aftercare/makeup": ["why"]}


def test_a_title_that_is_gone_takes_its_choice_with_it(wordings: Wordings) -> None:
    wording = wordings.add({"responses": {MAKEUP: [{"text": "Wait."}], "utter_cost/price": [{"text": "It depends."}]}})

    assert "aftercare/makeup" in wordings.own.choices
    assert "aftercare/makeup" not in wording.choices


def test_the_same_wording_given_again_is_the_same(wordings: Wordings) -> None:
    assert wordings.add(_given("One.")) is wordings.add(_given("One."))


def test_the_wording_that_was_not_used_for_longest_goes(wordings: Wordings) -> None:
    digests = [wordings.add(_given(f"Wording {number}.")).digest for number in range(KEPT)]
    wordings.find(digests[0])

    wordings.add(_given("One more."))

    assert wordings.find(digests[0]).digest == digests[0]
    with pytest.raises(RequestRefused) as refused:
        wordings.find(digests[1])
    assert (refused.value.status, refused.value.code) == (409, "unknown_wording")


@pytest.mark.parametrize(
    "said",
    [
        [],
        None,
        ["Wait."],
        [{"buttons": []}],
        [{"text": ""}],
        [{"text": "  "}],
        [{"text": 7}],
        [{"text": "Wait."}, {"text": None}],
        [{"text": "Wait.", "image": "a.png"}],
        [{"text": "Wait.", "buttons": {}}],
        [{"text": "Wait.", "buttons": [{"title": "", "payload": "/cost/price"}]}],
        [{"text": "Wait.", "buttons": [{"title": "Price?"}]}],
        [{"text": "Wait.", "buttons": [{"payload": "/cost/price"}]}],
        [{"text": "Wait.", "buttons": [{"title": "Price?", "payload": "/cost/prices"}]}],
        [{"text": "Wait.", "metadata": []}],
        [{"text": "Wait.", "metadata": {"title": ""}}],
        [{"text": "Wait.", "metadata": {"says": "why"}}],
    ],
    ids=repr,
)
def test_what_cannot_be_said_is_refused_with_the_responses_name(wordings: Wordings, said: object) -> None:
    with pytest.raises(RequestRefused, match=MAKEUP) as refused:
        wordings.add({"responses": {MAKEUP: said}})

    assert (refused.value.status, refused.value.code) == (400, "invalid_wording")


def test_a_response_that_the_model_does_not_have_is_refused_with_its_name(wordings: Wordings) -> None:
    with pytest.raises(RequestRefused, match="utter_no/such"):
        wordings.add({"responses": {"utter_no/such": [{"text": "Wait."}]}})


def test_half_of_a_character_is_refused(wordings: Wordings) -> None:
    with pytest.raises(RequestRefused) as refused:
        wordings.add(_given("\ud83d"))

    assert refused.value.status == 400


async def test_an_unknown_wording_is_refused_before_anything_is_read(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent.processor, "parse_message", None)

    with pytest.raises(RequestRefused) as refused:
        await _said(agent, "0" * 16, text="can i wear makeup afterwards")

    assert refused.value.status == 409


async def test_turns_in_several_wordings_run_at_once(agent: Agent) -> None:
    texts = ["First.", "Second.", "Third."]
    digests = [Wordings.of(agent).add(_given(text)).digest for text in texts]

    turns = [_said(agent, digest, text="can i wear makeup afterwards") for digest in [*digests, None] * 4]
    answers = await asyncio.gather(*turns)

    own = answers[3]["replies"][0]["text"]
    assert [answer["replies"][0]["text"] for answer in answers] == [*texts, own] * 4
    assert [answer["understanding"]["wording"] for answer in answers] == [*digests, None] * 4
    assert own not in texts


async def test_buttons_and_handoff_are_the_wordings(agent: Agent) -> None:
    buttons = [{"title": "The price, please", "payload": "/cost/price"}]
    said = {"text": "Ask us.", "buttons": buttons, "metadata": {"handoff": True}}
    digest = Wordings.of(agent).add({"responses": {MAKEUP: [said]}}).digest

    [reply] = (await _said(agent, digest, text="can i wear makeup afterwards"))["replies"]

    assert reply["choices"] == [{"id": "cost/price", "title": "The price, please"}]
    assert reply["handoff"] is True


async def test_a_choice_that_only_a_wording_offers_is_accepted_in_it_alone(agent: Agent) -> None:
    button = {"title": "?", "payload": "/system/empty"}
    digest = Wordings.of(agent).add({"responses": {MAKEUP: [{"text": "Ask us.", "buttons": [button]}]}}).digest

    answer = await _said(agent, digest, choice="system/empty")
    with pytest.raises(RequestRefused) as refused:
        await _said(agent, None, choice="system/empty")

    assert answer["replies"][0]["answers"] == ["system/empty"]
    assert refused.value.code == "unknown_choice"


async def test_a_follow_up_looks_at_what_the_wording_has_said_already(agent: Agent) -> None:
    said = {"text": "Wait, because the skin is open.", "metadata": {"says": ["why"]}}
    silent = {"text": "Wait."}
    digests = [Wordings.of(agent).add({"responses": {MAKEUP: [one]}}).digest for one in (said, silent)]
    context = {"answers": ["aftercare/makeup"], "question": "can i wear makeup afterwards"}

    answers = [await _said(agent, digest, text="why?", context=context) for digest in digests]

    assert [answer["understanding"]["answers"] for answer in answers] == [["aftercare/makeup"], ["fallback/reason_why"]]


async def test_an_answer_that_is_tied_to_what_nobody_has_set_is_said_as_the_model_has_it(agent: Agent) -> None:
    digest = Wordings.of(agent).add(_given("See {no_such_setting}.")).digest

    answer = await _said(agent, digest, text="can i wear makeup afterwards")

    assert answer["replies"] == (await _said(agent, None, text="can i wear makeup afterwards"))["replies"]

"""`POST /chat/conversations`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.core import signing
from django.utils import timezone

from frontdesk.chat import tokens
from frontdesk.clinic.models import Clinic
from frontdesk.clinic.selectors import forget_clinic
from frontdesk.conftest import Served, Settings, Visitor
from frontdesk.conversations.models import Conversation

CURRENT = "1-90"  # of the clinic of the tests


async def _start(visitor: Visitor, body: Any, **headers: str) -> Any:
    return await visitor.client.post("/chat/conversations", json=body, headers=headers)


async def test_it_begins_with_a_greeting_that_says_it_is_a_program(stranger: Visitor) -> None:
    begun = await _start(stranger, {"consent": CURRENT})

    assert begun.status_code == 201
    [greeting] = begun.json()["messages"]
    assert greeting["from"] == "bot"
    assert "a computer program, not a person" in greeting["text"]
    assert "Example Clinic" in greeting["text"]


async def test_it_begins_with_the_bot_and_without_concern(stranger: Visitor) -> None:
    begun = (await _start(stranger, {"consent": CURRENT})).json()["conversation"]

    assert (begun["state"], begun["concern"], begun["staff"]) == ("bot", "none", None)


@pytest.mark.parametrize("body", [{}, {"consent": ""}, {"consent": "1-30"}, {"consent": "0-90"}, {"language": "en"}])
async def test_without_consent_to_what_is_kept_now_nothing_begins(stranger: Visitor, body: Any) -> None:
    refused = await _start(stranger, body)

    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "consent_required")
    assert not await Conversation.objects.aexists()


async def test_consent_to_what_was_kept_before_is_none(stranger: Visitor, clinic: Clinic) -> None:
    clinic.kept_days = 30
    await clinic.asave()
    forget_clinic()

    assert (await _start(stranger, {"consent": CURRENT})).status_code == 403
    assert (await _start(stranger, {"consent": "1-30"})).status_code == 201


async def test_the_consent_is_kept_as_it_was_shown(stranger: Visitor) -> None:
    shown = (await stranger.client.get("/chat/config?language=fr")).json()["consent"]
    await _start(stranger, {"consent": CURRENT, "language": "fr"})

    kept = await Conversation.objects.aget()
    assert (kept.consent_version, kept.consent_text) == (shown["version"], shown["text"])


async def test_the_token_is_signed_and_opens_the_conversation(stranger: Visitor) -> None:
    begun = (await _start(stranger, {"consent": CURRENT})).json()

    signed = signing.TimestampSigner(salt=tokens.SALT).unsign(begun["token"], max_age=timedelta(minutes=1))
    assert signed == begun["conversation"]["id"]


async def test_ids_are_128_bits_that_nobody_guesses(stranger: Visitor) -> None:
    ids = {(await _start(stranger, {"consent": CURRENT})).json()["conversation"]["id"] for _ in range(3)}

    assert len(ids) == 3
    assert all(len(bytes.fromhex(one)) * 8 == 128 for one in ids)


@pytest.mark.parametrize(("language", "greets"), [("es", "¡Hola!"), ("pt-BR", "Olá!"), ("ja", "Hello!")])
async def test_it_greets_in_the_visitors_language_else_in_english(stranger: Visitor, language: str, greets: str) -> None:
    begun = (await _start(stranger, {"consent": CURRENT, "language": language})).json()

    assert begun["messages"][0]["text"].startswith(greets)


@pytest.mark.parametrize("language", ["english", "e", "en_GB", "../en"])
async def test_what_is_no_language_tag_is_refused(stranger: Visitor, language: str) -> None:
    refused = await _start(stranger, {"consent": CURRENT, "language": language})

    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid_field")


@pytest.mark.parametrize("field", ["id", "conversation", "state", "metadata"])
async def test_an_unknown_field_is_refused(stranger: Visitor, field: str) -> None:
    refused = await _start(stranger, {"consent": CURRENT, field: "0" * 32})

    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "unknown_field")
    assert not await Conversation.objects.aexists()


@pytest.mark.parametrize("consent", [True, 1, None, ["1-90"]])
async def test_a_consent_of_another_type_is_refused(stranger: Visitor, consent: Any) -> None:
    refused = await _start(stranger, {"consent": consent})

    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid_field")


async def test_the_site_it_was_begun_on_is_kept(stranger: Visitor) -> None:
    await _start(stranger, {"consent": CURRENT}, Origin="http://127.0.0.1")

    assert (await Conversation.objects.aget()).origin == "http://127.0.0.1"


async def test_when_it_began_is_kept(stranger: Visitor) -> None:
    before = timezone.now()
    await _start(stranger, {"consent": CURRENT})

    kept = await Conversation.objects.aget()
    assert before <= kept.started_at <= timezone.now()


async def test_more_than_an_address_may_begin_in_an_hour_is_refused(stranger: Visitor, environment_with: Settings) -> None:
    environment_with(CONVERSATIONS_AN_HOUR_FROM_ADDRESS=2)
    for _ in range(2):
        assert (await _start(stranger, {"consent": CURRENT})).status_code == 201

    refused = await _start(stranger, {"consent": CURRENT})

    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_many_conversations")
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert await Conversation.objects.acount() == 2


def test_another_address_is_not_held_to_it(served: Served, environment_with: Settings) -> None:
    environment_with(CONVERSATIONS_AN_HOUR_FROM_ADDRESS=1)
    served.begins()

    with httpx.Client(transport=httpx.HTTPTransport(local_address="127.0.0.2")) as elsewhere:
        begun = elsewhere.post(f"{served.address}/chat/conversations", json={"consent": CURRENT})

    assert begun.status_code == 201


async def test_a_refused_consent_is_not_counted(stranger: Visitor, environment_with: Settings) -> None:
    environment_with(CONVERSATIONS_AN_HOUR_FROM_ADDRESS=1)
    for _ in range(3):
        await _start(stranger, {"consent": "old"})

    assert (await _start(stranger, {"consent": CURRENT})).status_code == 201

"""`POST /chat/contact`."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from frontdesk.clinic.models import Clinic
from frontdesk.clinic.selectors import forget_clinic
from frontdesk.conftest import Assistant, Visitor
from frontdesk.conversations import contact
from frontdesk.conversations.models import ContactDetails, HandOff

WORDS = ("Zebedee Quux", "7946 0958", "79460958", "zebedee.quux@example.org")


async def _leaves(visitor: Visitor, **body: Any) -> Any:
    return await visitor.posts("/chat/contact", body)


async def _kept() -> contact.Details:
    return contact.unseal((await ContactDetails.objects.aget()).sealed)


@pytest.mark.parametrize(
    ("country", "given", "kept"),
    [
        ("GB", "020 7946 0958", "+44 20 7946 0958"),
        ("GB", "+49 30 123456", "+49 30 123456"),
        ("DE", "030 123456", "+49 30 123456"),
        ("US", "(202) 555-0143", "+1 202-555-0143"),
        ("", "+44 20 7946 0958", "+44 20 7946 0958"),
    ],
)
async def test_a_number_is_read_as_people_of_the_clinics_country_write_it(
    visitor: Visitor, clinic: Clinic, country: str, given: str, kept: str
) -> None:
    clinic.country = country
    await clinic.asave()
    forget_clinic()

    left = await _leaves(visitor, phone=given)

    assert left.status_code == 200
    assert (await _kept()).phone == kept


async def test_an_address_and_a_name_are_kept(visitor: Visitor) -> None:
    await _leaves(visitor, name=" Zebedee Quux ", email=" zebedee.quux@example.org ")

    assert await _kept() == contact.Details("Zebedee Quux", "", "zebedee.quux@example.org")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"phone": "12"}, "invalid_phone"),
        ({"phone": "call me"}, "invalid_phone"),
        ({"phone": "+999 123 456 789"}, "invalid_phone"),
        ({"phone": "02079460958 02079460958 0207946095"}, "invalid_phone"),
        ({"phone": "12", "email": "a@example.org"}, "invalid_phone"),
        ({"email": "nobody"}, "invalid_email"),
        ({"email": "a@b"}, "invalid_email"),
        ({"email": "a@example.org\nBcc: b@example.org"}, "invalid_email"),
        ({"email": "no", "phone": "020 7946 0958"}, "invalid_email"),
        ({}, "phone_or_email"),
        ({"name": "Zebedee"}, "phone_or_email"),
        ({"phone": " ", "email": " "}, "phone_or_email"),
    ],
)
async def test_what_cannot_be_right_is_refused_with_a_sentence(visitor: Visitor, body: Any, code: str) -> None:
    refused = await _leaves(visitor, **body)

    assert (refused.status_code, refused.json()["error"]["code"]) == (422, code)
    assert refused.json()["error"]["message"]
    assert not await ContactDetails.objects.aexists()


async def test_the_sentence_is_in_the_visitors_language(stranger: Visitor) -> None:
    await stranger.begins(language="de")

    refused = await _leaves(stranger, email="nobody")

    assert refused.json()["error"]["message"] == "Das sieht nicht nach einer E-Mail-Adresse aus."


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"phone": "1" * 41}, 413, "too_long"),
        ({"email": "a" * 255}, 413, "too_long"),
        ({"name": "a" * 101, "phone": "020 7946 0958"}, 413, "too_long"),
        ({"phone": 2079460958}, 400, "invalid_field"),
        ({"email": None}, 400, "invalid_field"),
        ({"phone": "020 7946 0958", "address": "1 High Street"}, 400, "unknown_field"),
    ],
)
async def test_a_wrong_body_is_refused(visitor: Visitor, body: Any, status: int, code: str) -> None:
    refused = await _leaves(visitor, **body)

    assert (refused.status_code, refused.json()["error"]["code"]) == (status, code)


async def test_no_word_of_it_is_in_the_databases_files(visitor: Visitor) -> None:
    await visitor.says("umbrella stand")
    await _leaves(visitor, name=WORDS[0], phone="020 7946 0958", email=WORDS[3])

    database = Path(connection.settings_dict["NAME"])
    # Another process reads them: to open and close them in this one would let go of SQLite's locks.
    files = sorted(str(file) for file in database.parent.glob(f"{database.name}*"))
    reading = await asyncio.create_subprocess_exec("/bin/cat", *files, stdout=subprocess.PIPE)
    written, _ = await reading.communicate()
    assert b"umbrella stand" in written  # so what is written can be found
    assert not [word for word in WORDS if word.encode() in written]


async def test_it_is_never_shown_to_the_visitor_again(visitor: Visitor) -> None:
    left = await _leaves(visitor, name=WORDS[0], phone="020 7946 0958", email=WORDS[3])

    shown = left.content.decode() + (await visitor.reads()).content.decode()
    assert not [word for word in WORDS if word in shown]


async def test_a_person_is_called(visitor: Visitor) -> None:
    left = await _leaves(visitor, phone="020 7946 0958")

    assert left.json()["conversation"]["state"] == "waiting"
    assert [message["from"] for message in left.json()["messages"]] == ["system", "system"]
    assert (await HandOff.objects.aget()).why == "contact_left"


async def test_where_a_person_is_called_already_nobody_is_called_again(visitor: Visitor, bot: Assistant) -> None:
    bot.calls_person("Of course.")
    await visitor.says("a person please")

    left = await _leaves(visitor, phone="020 7946 0958")

    assert [message["text"] for message in left.json()["messages"]] == [
        "Thank you. The team has your details and will get back to you."
    ]
    assert await HandOff.objects.acount() == 1


async def test_an_ended_conversation_takes_none(visitor: Visitor) -> None:
    await visitor.posts("/chat/end", {})

    refused = await _leaves(visitor, phone="020 7946 0958")

    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "conversation_closed")
    assert not await ContactDetails.objects.aexists()

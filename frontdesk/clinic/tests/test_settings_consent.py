"""What visitors agree to and for how long it is kept: set by the clinic, and asked anew when it changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from frontdesk import words
from frontdesk.audit.models import Entry
from frontdesk.clinic import services
from frontdesk.clinic.models import Clinic, ConsentText
from frontdesk.clinic.selectors import consent, consent_text, the_clinic
from frontdesk.conftest import Visitor
from frontdesk.conversations.models import Conversation

OWN = "{clinic} keeps what you write for {days} days."


def _writes(desk: Client, text: str, language: str = "en", **fields: str) -> Any:
    return desk.post(f"/desk/settings/consent/{language}", {"consent_text": text, **fields})


def _keeps(desk: Client, days: str, **fields: str) -> Any:
    return desk.post("/desk/settings/consent", {"kept_days": days, **fields})


def test_own_text_is_what_visitors_read_with_its_names_filled_in(desk: Client) -> None:
    _writes(desk, OWN)

    assert consent(the_clinic(), "en-GB")[1] == "Example Clinic keeps what you write for 90 days."
    assert consent(the_clinic(), "fr")[1] == words.say("consent", "fr", clinic="Example Clinic", days="90")


def test_it_is_one_version_in_every_language(desk: Client) -> None:
    _writes(desk, OWN)

    assert len({consent(the_clinic(), language)[0] for language in words.LANGUAGES}) == 1


def test_each_text_has_its_version_and_an_earlier_text_its_earlier_one(desk: Client) -> None:
    versions = []
    for text in ("", OWN, OWN + " Really.", OWN, ""):
        _writes(desk, text)
        versions.append(consent(the_clinic(), "en")[0])

    built_in, first, second, again, back = versions
    assert len({built_in, first, second}) == 3
    assert (again, back) == (first, built_in)
    assert built_in == "1-90"


def test_the_version_fits_where_it_is_kept(desk: Client) -> None:
    for language in words.LANGUAGES:
        _writes(desk, OWN, language)
    Clinic.objects.update(kept_days=3650)

    assert len(consent(Clinic.objects.get(), "en")[0]) <= 40


async def test_a_visitor_who_read_the_earlier_text_is_asked_again(stranger: Visitor, carol: User) -> None:
    async def begins(version: str) -> int:
        body = {"consent": version}
        begun = await stranger.client.post("/chat/conversations", json=body)
        return int(begun.status_code)

    before = (await stranger.client.get("/chat/config")).json()["consent"]["version"]
    await sync_to_async(services.consent_text_set)(carol, "en", OWN)

    assert await begins(before) == 403
    now = (await stranger.client.get("/chat/config")).json()["consent"]
    assert now["text"] == "Example Clinic keeps what you write for 90 days."
    assert await begins(now["version"]) == 201
    kept = await Conversation.objects.aget()
    assert (kept.consent_version, kept.consent_text) == (now["version"], now["text"])


@pytest.mark.parametrize(
    "text", ["{name} keeps it {days} days", "Kept {days} days {}", "{clinic.pk} {days}", "{clinic!r} {days}"]
)
def test_a_place_for_nothing_that_is_known_is_refused(desk: Client, text: str) -> None:
    assert _writes(desk, text).status_code == 422
    assert not ConsentText.objects.exists()


def test_a_text_that_does_not_say_for_how_long_is_refused(desk: Client) -> None:
    refused = _writes(desk, "We keep everything.")

    assert words.staff("wrong_days_missing") in refused.content.decode().replace("&#x27;", "'")


def test_what_looks_like_a_place_in_the_clinics_name_is_a_name() -> None:
    clinic = Clinic(name="{days.__class__}", kept_days=7)

    assert consent_text(clinic, "en", "{clinic}: {days}") == "{days.__class__}: 7"


def test_a_preview_shows_and_saves_nothing(desk: Client) -> None:
    shown = _writes(desk, OWN, preview="yes").content.decode()

    assert "Example Clinic keeps what you write for 90 days." in shown
    assert not ConsentText.objects.exists()
    assert not Entry.objects.exists()


def test_a_language_that_the_chat_has_not_is_not_found(desk: Client) -> None:
    assert desk.get("/desk/settings/consent/ja").status_code == 404


def test_it_is_noted_in_which_language_a_text_was_changed(desk: Client) -> None:
    _writes(desk, OWN, "de")

    assert Entry.objects.get().details == {"what": "consent", "did": "changed", "fields": ["de"]}


# Retention.


def _left(days: int) -> None:
    at = timezone.now() - timedelta(days=days)
    Conversation.objects.create(consent_version="1-90", consent_text="", started_at=at, last_activity_at=at)


def test_days_are_set_and_noted_before_and_after(desk: Client) -> None:
    _keeps(desk, "365")

    assert the_clinic().kept_days == 365
    assert Entry.objects.get().details["days"] == [90, 365]


@pytest.mark.parametrize("days", ["1", "3650"])
def test_from_a_day_to_ten_years(desk: Client, days: str) -> None:
    assert _keeps(desk, days).status_code == 302


@pytest.mark.parametrize("days", ["0", "-1", "3651", "1.5", "many", ""])
def test_other_days_are_refused(desk: Client, days: str) -> None:
    assert _keeps(desk, days).status_code == 422
    assert Clinic.objects.get().kept_days == 90


def test_fewer_days_delete_nothing_before_somebody_agrees_to_how_many(desk: Client) -> None:
    _left(40)
    _left(10)

    asked = _keeps(desk, "30")
    assert "1 conversation is older than that" in asked.content.decode()
    assert Clinic.objects.get().kept_days == 90

    _keeps(desk, "30", deletion_known="on")
    assert Clinic.objects.get().kept_days == 30


def test_more_days_ask_nothing(desk: Client) -> None:
    _left(40)

    assert _keeps(desk, "120").status_code == 302

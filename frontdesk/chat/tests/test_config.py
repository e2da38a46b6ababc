"""`GET /chat/config`."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from frontdesk.clinic.models import Clinic, ClosedDays, OpeningHours
from frontdesk.clinic.selectors import forget_clinic
from frontdesk.conftest import Clock, Settings, Visitor

# A Saturday evening in London, in winter.
SATURDAY = datetime(2026, 1, 10, 18, 0, tzinfo=ZoneInfo("Europe/London"))


async def _config(visitor: Visitor, language: str = "") -> Any:
    return await visitor.client.get("/chat/config" + (f"?language={language}" if language else ""))


async def _opens_on_mondays_at_nine(clinic: Clinic) -> None:
    await clinic.opening_hours.all().adelete()
    await OpeningHours.objects.acreate(clinic=clinic, weekday=0, opens=time(9), closes=time(17))
    forget_clinic()


async def test_it_tells_the_clinic_and_whom_to_call_in_an_emergency(stranger: Visitor) -> None:
    told = (await _config(stranger)).json()

    assert (told["clinic"], told["emergency_number"], told["max_characters"]) == ("Example Clinic", "999", 1000)


async def test_an_open_clinic_is_open(stranger: Visitor) -> None:
    told = (await _config(stranger)).json()

    assert (told["open"], told["opens_at"]) == (True, None)


async def test_a_closed_clinic_says_when_it_opens_in_its_own_zone(stranger: Visitor, clinic: Clinic, clock: Clock) -> None:
    clinic.time_zone = "America/New_York"
    await clinic.asave()
    await _opens_on_mondays_at_nine(clinic)
    clock.is_set(SATURDAY)

    told = (await _config(stranger)).json()

    assert (told["open"], told["opens_at"]) == (False, "2026-01-12T09:00:00-05:00")


async def test_a_holiday_is_counted(stranger: Visitor, clinic: Clinic, clock: Clock) -> None:
    await _opens_on_mondays_at_nine(clinic)
    await ClosedDays.objects.acreate(clinic=clinic, first_day=date(2026, 1, 12))
    clock.is_set(SATURDAY)

    assert (await _config(stranger)).json()["opens_at"] == "2026-01-19T09:00:00+00:00"


async def test_a_clinic_to_which_nobody_comes_promises_no_time(stranger: Visitor, closed_clinic: Clinic) -> None:
    told = (await _config(stranger)).json()

    assert (told["open"], told["opens_at"]) == (False, None)


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("", "What is mesotherapy?"),
        ("en", "What is mesotherapy?"),
        ("es", "¿Qué es la mesoterapia?"),
        ("fr", "Qu'est-ce que la mésothérapie ?"),
        ("de", "Was ist Mesotherapie?"),
        ("de-AT", "Was ist Mesotherapie?"),
        ("DE", "Was ist Mesotherapie?"),
        ("ja", "What is mesotherapy?"),
    ],
)
async def test_starters_are_in_the_language_asked_for_else_in_english(stranger: Visitor, language: str, title: str) -> None:
    told = (await _config(stranger, language)).json()

    assert told["starters"][0] == {"id": "basics/what_it_is", "title": title}


@pytest.mark.parametrize("language", ["en", "es", "fr", "de", "pt", "ar"])
async def test_the_consent_says_in_each_language_how_long_and_by_whom(stranger: Visitor, language: str) -> None:
    text = (await _config(stranger, language)).json()["consent"]["text"]

    assert "90" in text
    assert "Example Clinic" in text


@pytest.mark.parametrize(
    "language", ["e", "english", "en_GB", "en-", "12", "en-a", "<b>", "en%20", "en%00", "en%0a", "en-aaaaaaaaa"]
)
async def test_what_is_no_language_tag_is_refused(stranger: Visitor, language: str) -> None:
    refused = await _config(stranger, language)

    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid_field")


async def test_the_consents_version_changes_with_how_long_chats_are_kept(stranger: Visitor, clinic: Clinic) -> None:
    before = (await _config(stranger)).json()["consent"]["version"]
    clinic.kept_days = 30
    await clinic.asave()
    forget_clinic()

    after = (await _config(stranger)).json()["consent"]["version"]

    assert before != after


async def test_the_consents_version_is_the_same_in_every_language(stranger: Visitor) -> None:
    assert (await _config(stranger, "ar")).json()["consent"]["version"] == (await _config(stranger)).json()["consent"][
        "version"
    ]


async def test_the_privacy_notice_is_linked_where_there_is_one(stranger: Visitor, clinic: Clinic) -> None:
    assert "link" not in (await _config(stranger)).json()["consent"]
    clinic.privacy_url = "https://www.clinic.example/privacy"
    await clinic.asave()
    forget_clinic()

    assert (await _config(stranger)).json()["consent"]["link"] == "https://www.clinic.example/privacy"


async def test_without_country_and_number_it_says_so_in_words(stranger: Visitor, clinic: Clinic) -> None:
    clinic.country = ""
    await clinic.asave()
    forget_clinic()

    assert (await _config(stranger)).json()["emergency_number"] == "your local emergency number"


async def test_the_longest_message_is_told(stranger: Visitor, environment_with: Settings) -> None:
    environment_with(MAX_CHARACTERS=500)

    assert (await _config(stranger)).json()["max_characters"] == 500

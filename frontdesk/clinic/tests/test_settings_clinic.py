"""The page on which the clinic's name, numbers and addresses are set."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from frontdesk import words
from frontdesk.audit.models import Entry
from frontdesk.clinic.countries import countries
from frontdesk.clinic.models import Clinic
from frontdesk.clinic.selectors import settings_for_assistant, the_clinic

SET = {"name": "Example Clinic", "country": "GB", "time_zone": "Europe/London", "second_person": "on"}


def _saves(desk: Client, **fields: str) -> Any:
    return desk.post("/desk/settings/clinic", {**SET, **fields})


def test_what_is_saved_holds_at_once(desk: Client) -> None:
    the_clinic()

    saved = _saves(desk, name="Clinic on the Hill", phone="020 7946 0958", privacy_url="clinic.example/privacy")

    assert saved.status_code == 302
    clinic = the_clinic()
    assert (clinic.name, clinic.phone) == ("Clinic on the Hill", "020 7946 0958")
    assert clinic.privacy_url == "https://clinic.example/privacy"


def test_it_is_noted_which_fields_were_changed_by_whom_without_what_was_written(desk: Client) -> None:
    _saves(desk, name="Clinic on the Hill", email="hello@clinic.example")

    entry = Entry.objects.get()
    assert (entry.username, entry.action) == ("carol", "settings_changed")
    assert entry.details == {"what": "clinic", "did": "changed", "fields": ["name", "email"]}


def test_what_is_the_same_as_before_is_no_change(desk: Client) -> None:
    saved = desk.post("/desk/settings/clinic", SET, follow=True)

    assert words.staff("saved_nothing") in saved.content.decode()
    assert not Entry.objects.exists()


def test_countries_are_offered_by_name_with_their_numbers(desk: Client) -> None:
    page = desk.get("/desk/settings/clinic").content.decode()

    names = [country.name for country in countries()]
    assert names == sorted(names)
    assert '<option value="DE" data-emergency="112" data-crisis="0800 111 0 111 (TelefonSeelsorge)">Germany</option>' in page
    assert '<dd data-number="emergency">999</dd>' in page


@pytest.mark.parametrize("field", ["emergency_number", "crisis_line"])
def test_a_number_of_ones_own_is_used_only_when_somebody_says_that_it_was_checked(desk: Client, field: str) -> None:
    refused = _saves(desk, **{field: "0800 5550100"})
    assert (refused.status_code, getattr(Clinic.objects.get(), field)) == (422, "")
    assert words.staff("wrong_numbers_unchecked") in refused.content.decode()

    _saves(desk, **{field: "0800 5550100", "numbers_checked": "on"})

    assert getattr(Clinic.objects.get(), field) == "0800 5550100"


def test_a_number_that_was_checked_before_need_not_be_checked_again(desk: Client) -> None:
    _saves(desk, emergency_number="112", numbers_checked="on")

    assert _saves(desk, emergency_number="112", phone="030 123").status_code == 302


def test_the_countrys_own_number_is_no_number_of_ones_own(desk: Client) -> None:
    assert _saves(desk, emergency_number="999").status_code == 302

    assert Clinic.objects.get().emergency_number == ""


def test_the_assistant_is_told_with_the_next_message(desk: Client) -> None:
    _saves(desk, emergency_number="112", numbers_checked="on", booking_url="https://clinic.example/book")

    told = settings_for_assistant(the_clinic())
    assert (told["emergency_number"], told["booking_url"]) == ("112", "https://clinic.example/book")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "x" * 101), ("country", "XX"), ("country", "UK"), ("time_zone", "Europe/Londinium"), ("time_zone", ""),
        ("emergency_number", "nine nine nine"), ("emergency_number", "9"), ("phone", "call us"), ("phone", "1"),
        ("email", "nobody"), ("booking_url", "javascript:alert(1)"), ("privacy_url", "ftp://clinic.example/"),
        ("privacy_url", "data:text/html,x"), ("privacy_url", "not a page"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_and_changes_nothing(desk: Client, field: str, value: str) -> None:
    refused = _saves(desk, numbers_checked="on", **{field: value})

    assert refused.status_code == 422
    assert Clinic.objects.get().phone == Clinic.objects.get().booking_url == ""
    assert not Entry.objects.exists()


def test_what_was_typed_is_still_there_when_it_was_refused(desk: Client) -> None:
    refused = _saves(desk, name="<Hill>", email="nobody").content.decode()

    assert 'value="&lt;Hill&gt;"' in refused
    assert 'value="nobody"' in refused


def test_without_country_and_number_it_warns(desk: Client) -> None:
    Clinic.objects.update(country="")

    for path in ("/desk/settings", "/desk/settings/clinic"):
        assert "your local emergency number" in desk.get(path).content.decode()


@pytest.mark.parametrize(("sent", "kept"), [({"second_person": "on"}, True), ({}, False)])
def test_a_clinic_says_whether_a_second_clinician_must_approve_medical_wording(
    desk: Client, sent: dict[str, str], kept: bool
) -> None:
    Clinic.objects.update(second_person=not kept)
    unset = {name: value for name, value in SET.items() if name != "second_person"}

    saved = desk.post("/desk/settings/clinic", {**unset, **sent})

    assert saved.status_code == 302
    assert Clinic.objects.get().second_person is kept
    assert Entry.objects.get().details["fields"] == ["second_person"]
    assert ("checked" in _box(desk)) is kept


def _box(desk: Client) -> str:
    page = desk.get("/desk/settings/clinic").content.decode()
    return page[page.index('name="second_person"') : page.index(words.staff("field_second_person"))]

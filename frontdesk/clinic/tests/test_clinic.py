"""The clinic's settings: where they begin, and what cannot be set."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from time import monotonic
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from frontdesk import environment
from frontdesk.clinic.models import Clinic, ClosedDays, OpeningHours
from frontdesk.clinic.selectors import forget_clinic, opening_times, settings_for_assistant, the_clinic
from frontdesk.clinic.services import clinic_begin

FILE = """
clinic_name: " Clinic on the Hill "
country: DE
phone: 030 123456
email: hello@clinic.example
booking_url: ""
payment_methods: card
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A `clinic.yml`."""
    written = tmp_path / "clinic.yml"
    written.write_text(FILE, encoding="utf-8")
    return written


@pytest.mark.django_db
def test_a_new_front_desk_begins_with_the_assistants_settings(file: Path) -> None:
    begun = clinic_begin(file)

    assert (begun.name, begun.country, begun.phone, begun.email) == (
        "Clinic on the Hill",
        "DE",
        "030 123456",
        "hello@clinic.example",
    )


@pytest.mark.django_db
def test_what_is_empty_there_is_empty(file: Path) -> None:
    assert clinic_begin(file).booking_url == ""


@pytest.mark.django_db
def test_the_projects_own_file_can_be_used() -> None:
    begun = clinic_begin(environment.ROOT / "clinic.yml")

    begun.full_clean()
    assert begun.name == "Demonstration Clinic"


@pytest.mark.django_db
@pytest.mark.parametrize("content", [None, "", "# nothing is set\n"])
def test_without_settings_it_begins_all_the_same(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "clinic.yml"
    if content is not None:
        file.write_text(content, encoding="utf-8")

    assert clinic_begin(file).name == "The clinic"


@pytest.mark.django_db
def test_it_begins_open_on_weekdays_from_nine_to_five(file: Path) -> None:
    begun = clinic_begin(file)

    assert [(hours.weekday, hours.opens, hours.closes) for hours in begun.opening_hours.all()] == [
        (day, time(9), time(17)) for day in range(5)
    ]


@pytest.mark.django_db
def test_what_staff_have_set_is_not_overwritten_at_the_next_start(file: Path) -> None:
    begun = clinic_begin(file)
    begun.name = "Renamed"
    begun.save()
    begun.opening_hours.all().delete()

    again = clinic_begin(file)

    assert (again.pk, again.name, again.opening_hours.count()) == (begun.pk, "Renamed", 0)
    assert Clinic.objects.count() == 1


@pytest.mark.parametrize(
    ("country", "emergency", "crisis"),
    [("GB", "999", "116 123"), ("gb", "999", "116 123"), ("DE", "112", "0800 111 0 111"), ("CA", "911", "988")],
)
def test_whom_to_call_is_the_countrys(country: str, emergency: str, crisis: str) -> None:
    numbers = Clinic(country=country).numbers

    assert numbers.emergency == emergency
    assert crisis in numbers.crisis


def test_what_the_clinic_has_set_comes_before_the_countrys() -> None:
    clinic = Clinic(country="GB", emergency_number="555 0100", crisis_line="our own line")

    assert (clinic.numbers.emergency, clinic.numbers.crisis) == ("555 0100", "our own line")
    assert clinic.number_to_call == "555 0100"


def test_where_no_number_is_known_it_is_said_in_words() -> None:
    assert Clinic(country="").number_to_call == "your local emergency number"


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ["Europe/Londinium", "", "../etc/passwd", "UTC+1"])
def test_a_time_zone_that_is_none_is_refused(zone: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Clinic(time_zone=zone).full_clean()

    assert list(refused.value.message_dict) == ["time_zone"]


@pytest.mark.django_db
@pytest.mark.parametrize("country", ["XX", "UK", "G", "12"])
def test_a_country_without_a_known_number_is_refused(country: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Clinic(country=country).full_clean()

    assert list(refused.value.message_dict) == ["country"]


def test_hours_that_close_before_they_open_are_refused(clinic: Clinic) -> None:
    with pytest.raises(IntegrityError):
        OpeningHours.objects.create(clinic=clinic, weekday=0, opens=time(17), closes=time(9))


def test_closed_days_without_a_last_are_one_day(clinic: Clinic) -> None:
    ClosedDays.objects.create(clinic=clinic, first_day=date(2026, 1, 13))
    schedule = clinic.schedule()

    assert not schedule.is_open(datetime(2026, 1, 13, 12, tzinfo=ZoneInfo("Europe/London")))
    assert schedule.is_open(datetime(2026, 1, 14, 12, tzinfo=ZoneInfo("Europe/London")))


def test_an_open_clinic_is_not_told_when_it_opens(clinic: Clinic) -> None:
    assert opening_times(clinic, timezone.now()) == (True, None)


def test_settings_are_read_again_when_they_were_changed(clinic: Clinic) -> None:
    the_clinic()
    Clinic.objects.update(name="Renamed")
    forget_clinic()

    assert the_clinic().name == "Renamed"


def test_settings_that_another_process_changed_are_read_within_seconds(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    the_clinic()
    Clinic.objects.update(name="Renamed")
    now = monotonic() + 2.1
    monkeypatch.setattr("frontdesk.clinic.selectors.time.monotonic", lambda: now)

    assert the_clinic().name == "Renamed"


def test_before_the_first_start_there_is_no_clinic(transactional_db: None) -> None:
    with pytest.raises(Clinic.DoesNotExist):
        the_clinic()


def test_the_assistant_is_told_what_is_set_and_nothing_else(clinic: Clinic) -> None:
    clinic.phone = "020 7946 0958"

    told = settings_for_assistant(clinic)

    assert {name: value for name, value in told.items() if name != "opening_hours"} == {
        "clinic_name": "Example Clinic",
        "country": "GB",
        "phone": "020 7946 0958",
    }


def test_the_assistant_is_told_the_hours_in_words(clinic: Clinic) -> None:
    clinic.opening_hours.exclude(weekday__in=(0, 1)).delete()
    clinic.opening_hours.update(opens=time(9), closes=time(17, 30))

    told = settings_for_assistant(Clinic.objects.get())

    assert told["opening_hours"] == "Monday 09:00 to 17:30, Tuesday 09:00 to 17:30"

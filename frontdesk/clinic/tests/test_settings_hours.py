"""The page on which opening hours, closed days and promises are set."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from frontdesk import words
from frontdesk.audit.models import Entry
from frontdesk.clinic.models import Clinic, ClosedDays, OpeningHours
from frontdesk.clinic.selectors import promised, the_clinic
from frontdesk.conftest import Clock

THURSDAY = datetime(2026, 11, 26, 15, 0, tzinfo=ZoneInfo("Europe/London"))
Typed = dict[str, Any]


def _page(desk: Client, query: str = "") -> str:
    return str(desk.get(f"/desk/settings/hours{query}").content.decode())


def _saves(desk: Client, **days: list[str]) -> Any:
    typed: Typed = {}
    for day, spans in days.items():
        number = day.removeprefix("day")
        typed[f"opens-{number}"] = [span.partition("-")[0] for span in spans]
        typed[f"closes-{number}"] = [span.partition("-")[2] for span in spans]
    return desk.post("/desk/settings/hours", typed)


def _hours() -> list[tuple[int, time, time]]:
    return list(OpeningHours.objects.values_list("weekday", "opens", "closes"))


def test_a_week_is_saved_with_several_spans_a_day(desk: Client) -> None:
    assert _saves(desk, day0=["13:30-18:00", "09:00-12:30"], day5=["10:00-14:00", "-"]).status_code == 302

    assert _hours() == [(0, time(9), time(12, 30)), (0, time(13, 30), time(18)), (5, time(10), time(14))]
    assert Entry.objects.get().details["what"] == "hours"


def test_midnight_is_the_end_of_the_day(desk: Client) -> None:
    _saves(desk, day0=["18:00-00:00"])

    assert the_clinic().is_open(datetime(2026, 11, 23, 23, 59, 30, tzinfo=ZoneInfo("Europe/London")))
    assert 'name="closes-0" value="00:00"' in _page(desk)


def test_a_week_without_hours_is_closed(desk: Client) -> None:
    _saves(desk)

    assert _hours() == []


def test_the_same_week_is_no_change(desk: Client) -> None:
    _saves(desk, day0=["09:00-17:00"])
    before = Entry.objects.count()

    _saves(desk, day0=["09:00-17:00"])

    assert Entry.objects.count() == before


@pytest.mark.parametrize(
    ("spans", "wrong"),
    [
        (["09:00-"], "span_half"), (["-17:00"], "span_half"), (["9-17"], "span_half"), (["25:00-26:00"], "span_half"),
        (["17:00-09:00"], "span_order"), (["09:00-09:00"], "span_order"),
        (["09:00-12:00", "11:00-13:00"], "span_overlap"), (["09:00-00:00", "20:00-21:00"], "span_overlap"),
    ],
)  # fmt: skip
def test_hours_that_cannot_be_are_refused_beside_what_is_wrong(desk: Client, spans: list[str], wrong: str) -> None:
    before = _hours()

    refused = _saves(desk, day0=spans, day1=["09:00-17:00"])

    assert refused.status_code == 422
    assert words.staff(f"wrong_{wrong}") in refused.content.decode()
    assert _hours() == before


def test_hours_may_follow_each_other_without_a_break(desk: Client) -> None:
    assert _saves(desk, day0=["09:00-12:00", "12:00-13:00"]).status_code == 302


def test_a_holiday_is_added_shown_and_counted(desk: Client, clock: Clock) -> None:
    clock.is_set(THURSDAY)

    desk.post("/desk/settings/hours/closed", {"first_day": "2026-11-26", "last_day": "2026-11-27", "holiday": "Stocktaking"})

    assert not the_clinic().is_open(THURSDAY)
    page = _page(desk)
    assert "Closed now" in page
    assert "closed: Stocktaking" in page
    assert "Saturday 28 November, 00:00" in page


@pytest.mark.parametrize(("last", "kept"), [("", None), ("2026-12-25", None), ("2026-12-26", date(2026, 12, 26))])
def test_a_holiday_is_a_day_or_several(desk: Client, last: str, kept: date | None) -> None:
    desk.post("/desk/settings/hours/closed", {"first_day": "2026-12-25", "last_day": last})

    assert ClosedDays.objects.get().last_day == kept


@pytest.mark.parametrize(
    ("first", "last"), [("", ""), ("25 December", ""), ("2026-12-25", "2026-12-24"), ("2026-12-25", "2028-12-25")]
)
def test_days_that_cannot_be_are_refused(desk: Client, first: str, last: str) -> None:
    refused = desk.post("/desk/settings/hours/closed", {"first_day": first, "last_day": last})

    assert refused.status_code == 422
    assert not ClosedDays.objects.exists()


def test_a_holiday_that_was_deleted_can_be_brought_back(desk: Client, clinic: Clinic) -> None:
    kept = ClosedDays.objects.create(clinic=clinic, first_day=date(2026, 12, 25), name="Christmas")
    told = desk.post(f"/desk/settings/hours/closed/{kept.pk}/delete", follow=True)
    assert not ClosedDays.objects.exists()
    assert "“Christmas” was deleted" in told.content.decode()

    desk.post("/desk/settings/undo")

    assert ClosedDays.objects.get() == kept
    assert ClosedDays.objects.get().name == "Christmas"
    assert [entry.details["did"] for entry in Entry.objects.order_by("pk")] == ["deleted", "restored"]


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_it_shows_what_visitors_are_told_in_every_language(desk: Client, clock: Clock, language: str) -> None:
    clock.is_set(THURSDAY)
    _saves(desk, day0=["09:00-17:00"])

    text, is_open = promised(the_clinic(), language, THURSDAY)

    assert not is_open
    assert words.moment(datetime(2026, 11, 30, 9, tzinfo=ZoneInfo("Europe/London")), language) in text
    assert text.replace("'", "&#x27;") in _page(desk)


def test_it_shows_what_visitors_are_told_at_another_time(desk: Client, clock: Clock) -> None:
    clock.is_set(THURSDAY)
    _saves(desk, day0=["09:00-17:00"])

    page = _page(desk, "?at=2026-11-30T10:00")

    assert "On Monday 30 November 2026, 10:00 you are open" in page
    assert "joins this chat within about 10 minutes" in page


@pytest.mark.parametrize("at", ["", "tomorrow", "2026-13-01T00:00"])
def test_a_time_that_is_none_is_now(desk: Client, at: str) -> None:
    assert "Open now" in _page(desk, f"?at={at}")


def test_the_minutes_are_what_visitors_read(desk: Client) -> None:
    desk.post("/desk/settings/hours/minutes", {"answer_minutes": "5", "patience_minutes": "20"})

    clinic = the_clinic()
    assert (clinic.answer_minutes, clinic.patience_minutes) == (5, 20)
    assert "within about 5 minutes" in _page(desk)


@pytest.mark.parametrize("minutes", ["0", "-1", "241", "x", ""])
def test_minutes_that_cannot_be_are_refused(desk: Client, minutes: str) -> None:
    refused = desk.post("/desk/settings/hours/minutes", {"answer_minutes": minutes, "patience_minutes": "20"})

    assert refused.status_code == 422
    assert Clinic.objects.get().answer_minutes == 10

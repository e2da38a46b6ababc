"""When somebody is at the clinic."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from frontdesk.clinic.hours import Holiday, Hours, Schedule

LONDON = ZoneInfo("Europe/London")
NEW_YORK = ZoneInfo("America/New_York")
KATHMANDU = ZoneInfo("Asia/Kathmandu")
WEEK = [Hours(day, time(9), time(17)) for day in range(5)]
NIGHTS = [Hours(day, time(1, 30), time(4)) for day in range(7)]  # around the hour at which clocks are changed


def _at(moment: str, zone: ZoneInfo = LONDON) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-01-12 08:59:59", False),
        ("2026-01-12 09:00", True),
        ("2026-01-12 16:59:59", True),
        ("2026-01-12 17:00", False),
        ("2026-01-16 12:00", True),
        ("2026-01-17 12:00", False),
        ("2026-01-18 12:00", False),
    ],
)
def test_it_is_open_from_the_minute_it_opens_until_the_minute_it_closes(moment: str, is_open: bool) -> None:
    assert Schedule(LONDON, WEEK).is_open(_at(moment)) is is_open


@pytest.mark.parametrize("zone", [LONDON, NEW_YORK, KATHMANDU])
def test_hours_are_in_the_clinics_own_time(zone: ZoneInfo) -> None:
    schedule = Schedule(zone, WEEK)

    assert schedule.is_open(_at("2026-01-12 09:00", zone).astimezone(UTC))
    assert not schedule.is_open(_at("2026-01-12 08:59", zone).astimezone(UTC))


def test_the_weekday_is_the_clinics_own() -> None:
    schedule = Schedule(KATHMANDU, [Hours(0, time(0), time(6))])

    assert schedule.is_open(datetime(2026, 1, 11, 20, 0, tzinfo=UTC))  # Sunday there, Monday in Kathmandu


@pytest.mark.parametrize(
    ("after", "opens"),
    [
        ("2026-01-12 08:00", "2026-01-12 09:00"),
        ("2026-01-12 09:00", "2026-01-13 09:00"),
        ("2026-01-12 18:00", "2026-01-13 09:00"),
        ("2026-01-16 17:00", "2026-01-19 09:00"),
    ],
)
def test_it_opens_on_the_next_day_with_hours(after: str, opens: str) -> None:
    assert Schedule(LONDON, WEEK).opens_at(_at(after)) == _at(opens)


def test_an_open_clinic_has_its_next_opening() -> None:
    assert Schedule(LONDON, WEEK).opens_at(_at("2026-01-12 12:00")) == _at("2026-01-13 09:00")


def test_the_time_is_told_in_the_clinics_zone() -> None:
    opens = Schedule(NEW_YORK, WEEK).opens_at(datetime(2026, 1, 12, 6, 0, tzinfo=UTC))

    assert opens is not None
    assert opens.isoformat() == "2026-01-12T09:00:00-05:00"


@pytest.mark.parametrize(
    ("moment", "is_open", "opens"),
    [
        ("2026-01-12 12:30", False, "2026-01-12 14:00"),
        ("2026-01-12 11:00", True, "2026-01-12 14:00"),
        ("2026-01-12 15:00", True, None),
    ],
)
def test_a_day_with_a_break_has_two_openings(moment: str, is_open: bool, opens: str | None) -> None:
    with_break = Schedule(LONDON, [Hours(0, time(14), time(17)), Hours(0, time(9), time(12))])

    assert with_break.is_open(_at(moment)) is is_open
    assert with_break.opens_at(_at(moment)) == _at(opens or "2026-01-19 09:00")


def test_holidays_over_new_year_are_closed_to_their_last_day() -> None:
    schedule = Schedule(LONDON, WEEK, [Holiday(date(2026, 12, 24), date(2027, 1, 3))])

    assert schedule.is_open(_at("2026-12-23 10:00"))
    assert not schedule.is_open(_at("2026-12-24 10:00"))
    assert not schedule.is_open(_at("2027-01-01 10:00"))
    assert schedule.opens_at(_at("2026-12-23 18:00")) == _at("2027-01-04 09:00")
    assert schedule.is_open(_at("2027-01-04 10:00"))


def test_a_holiday_of_one_day_is_closed_that_day() -> None:
    schedule = Schedule(LONDON, WEEK, [Holiday(date(2026, 1, 13), date(2026, 1, 13))])

    assert schedule.opens_at(_at("2026-01-12 18:00")) == _at("2026-01-14 09:00")


def test_one_that_never_opens_promises_nothing() -> None:
    schedule = Schedule(LONDON, [])

    assert not schedule.is_open(_at("2026-01-12 10:00"))
    assert schedule.opens_at(_at("2026-01-12 10:00")) is None


def test_one_that_is_closed_for_years_promises_nothing() -> None:
    schedule = Schedule(LONDON, WEEK, [Holiday(date(2026, 1, 1), date(2029, 1, 1))])

    assert schedule.opens_at(_at("2026-01-12 10:00")) is None


def test_after_a_whole_year_of_holidays_it_still_knows_when_it_opens() -> None:
    schedule = Schedule(LONDON, WEEK, [Holiday(date(2026, 1, 1), date(2026, 12, 31))])

    assert schedule.opens_at(_at("2026-01-01 10:00")) == _at("2027-01-01 09:00")


# In London clocks go forward at 01:00 on 29 March 2026 (01:30 is not there), and back at 02:00 on 25 October (01:30 is there twice).


def test_when_clocks_go_forward_it_opens_at_the_same_time_by_the_clock() -> None:
    schedule = Schedule(LONDON, [Hours(day, time(9), time(17)) for day in range(7)])
    before, after = schedule.opens_at(_at("2026-03-27 18:00")), schedule.opens_at(_at("2026-03-28 18:00"))

    assert before is not None
    assert after is not None
    assert (before.hour, after.hour) == (9, 9)
    assert after.astimezone(UTC) - before.astimezone(UTC) == timedelta(hours=23)


def test_when_clocks_go_back_it_opens_at_the_same_time_by_the_clock() -> None:
    schedule = Schedule(LONDON, [Hours(day, time(9), time(17)) for day in range(7)])
    before, after = schedule.opens_at(_at("2026-10-23 18:00")), schedule.opens_at(_at("2026-10-24 18:00"))

    assert before is not None
    assert after is not None
    assert (before.hour, after.hour) == (9, 9)
    assert after.astimezone(UTC) - before.astimezone(UTC) == timedelta(hours=25)


def test_a_time_that_the_clock_skips_is_the_one_shown_in_its_place() -> None:
    opens = Schedule(LONDON, NIGHTS).opens_at(_at("2026-03-28 12:00"))

    assert opens is not None
    assert opens.isoformat() == "2026-03-29T02:30:00+01:00"


def test_on_the_night_that_the_clock_skips_it_is_open_until_it_closes() -> None:
    schedule = Schedule(LONDON, NIGHTS)

    assert schedule.is_open(datetime(2026, 3, 29, 2, 59, tzinfo=UTC))  # 03:59 in summer time
    assert not schedule.is_open(datetime(2026, 3, 29, 3, 0, tzinfo=UTC))


def test_a_time_that_is_there_twice_is_the_first() -> None:
    opens = Schedule(LONDON, NIGHTS).opens_at(_at("2026-10-24 12:00"))

    assert opens is not None
    assert opens.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_through_the_hour_that_is_there_twice_it_is_open() -> None:
    schedule = Schedule(LONDON, NIGHTS)

    assert schedule.is_open(datetime(2026, 10, 25, 0, 45, tzinfo=UTC))
    assert schedule.is_open(datetime(2026, 10, 25, 1, 45, tzinfo=UTC))
    assert not schedule.is_open(datetime(2026, 10, 25, 4, 0, tzinfo=UTC))

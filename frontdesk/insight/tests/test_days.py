"""On which day something counts: by the clinic's clock, whatever it does."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from frontdesk.clinic.models import Clinic
from frontdesk.clinic.selectors import forget_clinic
from frontdesk.conftest import Clock
from frontdesk.insight import counting
from frontdesk.insight.due import bounds_of
from frontdesk.insight.models import DueDay
from frontdesk.insight.tests.conftest import Counted, everything, number, numbers
from frontdesk.review.tests.conftest import Chats, turn


def _in(clinic: Clinic, zone: str) -> None:
    clinic.time_zone = zone
    clinic.save()
    forget_clinic()


@pytest.mark.parametrize(
    ("zone", "at", "day"),
    [
        ("Europe/London", datetime(2026, 7, 1, 22, 59, tzinfo=UTC), date(2026, 7, 1)),
        ("Europe/London", datetime(2026, 7, 1, 23, 0, tzinfo=UTC), date(2026, 7, 2)),
        ("Europe/London", datetime(2026, 12, 1, 23, 59, tzinfo=UTC), date(2026, 12, 1)),
        ("America/Los_Angeles", datetime(2026, 7, 2, 6, 59, tzinfo=UTC), date(2026, 7, 1)),
        ("Pacific/Auckland", datetime(2026, 7, 1, 12, 1, tzinfo=UTC), date(2026, 7, 2)),
        ("Asia/Kathmandu", datetime(2026, 7, 1, 18, 15, tzinfo=UTC), date(2026, 7, 2)),
    ],
)
def test_a_day_is_the_clinics(
    clinic: Clinic, chats: Chats, clock: Clock, counted: Counted, zone: str, at: datetime, day: date
) -> None:
    _in(clinic, zone)
    clock.is_set(at)
    chats("can i wear makeup")

    counted()

    assert number("conversations", day=day) == number("conversations") == 1


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)])
def test_a_day_on_which_clocks_change_is_shorter_or_longer(day: date, hours: int) -> None:
    begins, ends = bounds_of(day, ZoneInfo("Europe/London"))

    assert ends - begins == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("at", "hour"),
    [
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "6-1"),  # before the clocks go back, and an hour later
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "6-1"),
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), "6-0"),
        (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "6-2"),  # there is no hour from one to two
        (datetime(2026, 3, 30, 9, 59, tzinfo=UTC), "0-10"),
    ],
)
def test_an_hour_is_the_clinics(chats: Chats, clock: Clock, counted: Counted, at: datetime, hour: str) -> None:
    clock.is_set(at)
    chats("can i wear makeup")

    counted()

    assert numbers("hour") == {hour: 1}


def test_a_conversation_counts_on_the_day_of_its_last_activity(chats: Chats, clock: Clock, counted: Counted) -> None:
    clock.is_set(datetime(2026, 3, 10, 12, tzinfo=UTC))
    conversation = chats("can i wear makeup")
    chats("price?", key="cost/price")
    counted()
    clock.is_set(datetime(2026, 3, 12, 12, tzinfo=UTC))
    turn(conversation, "and water?", "aftercare/water")

    counted()

    assert number("conversations", day=date(2026, 3, 10)) == 1
    assert number("topic", "aftercare", date(2026, 3, 10)) == 0
    assert number("topic", "aftercare", date(2026, 3, 12)) == 2


def test_messages_keep_their_own_hour(chats: Chats, clock: Clock, counted: Counted) -> None:
    clock.is_set(datetime(2026, 3, 10, 12, 30, tzinfo=UTC))
    conversation = chats("can i wear makeup")
    clock.is_set(datetime(2026, 3, 12, 9, 30, tzinfo=UTC))
    turn(conversation, "and water?", "aftercare/water")

    counted()

    assert numbers("hour") == {"1-12": 1, "3-9": 1}


def test_another_clock_makes_all_days_due(clinic: Clinic, chats: Chats, clock: Clock, counted: Counted) -> None:
    clock.is_set(datetime(2026, 7, 1, 23, 30, tzinfo=UTC))
    chats("can i wear makeup")
    counted()
    assert not counting.basis_is_old()
    _in(clinic, "America/New_York")

    assert counting.basis_is_old()
    counting.basis_renew("America/New_York", counting.days_of_record())
    assert set(DueDay.objects.values_list("day", flat=True)) == {date(2026, 7, 1), date(2026, 7, 2)}
    for due in counting.days_due():
        counting.day_write(due, counting.day_read(due))

    assert {day for day, *_ in everything()} == {date(2026, 7, 1)}

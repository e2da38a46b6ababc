"""Which days an address asks for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from frontdesk.insight.spans import LONGEST, Period, Span, read

TODAY = date(2026, 3, 20)  # a Friday
USUAL = Span(date(2026, 2, 21), TODAY, "day", 28)


@pytest.mark.parametrize(
    ("address", "first", "by"),
    [
        ({}, date(2026, 2, 21), "day"),
        ({"days": "7"}, date(2026, 3, 14), "day"),
        ({"days": "28"}, date(2026, 2, 21), "day"),
        ({"days": "90"}, date(2025, 12, 21), "week"),
        ({"days": "365"}, date(2025, 3, 21), "week"),
        ({"days": "365", "by": "day"}, date(2025, 3, 21), "week"),  # of so many bars none can be told from the next
        ({"days": "7", "by": "week"}, date(2026, 3, 14), "week"),
    ],
)
def test_so_many_days_up_to_today(address: dict[str, str], first: date, by: str) -> None:
    span = read(address, TODAY)

    assert (span.first, span.last, span.by) == (first, TODAY, by)
    assert span.days == int(address.get("days", "28"))


def test_from_one_day_to_another() -> None:
    span = read({"from": "2026-03-02", "to": "2026-03-08"}, TODAY)

    assert span == Span(date(2026, 3, 2), date(2026, 3, 8), "day", 0)
    assert span.days == 7


@pytest.mark.parametrize(
    ("address", "first", "last"),
    [
        ({"from": "2026-03-08", "to": "2026-03-02"}, date(2026, 3, 2), date(2026, 3, 8)),
        ({"from": "2026-03-02"}, date(2026, 3, 2), TODAY),
        ({"to": "2026-03-02"}, date(2026, 2, 3), date(2026, 3, 2)),
        ({"from": "2026-03-02", "to": "9999-12-31"}, date(2026, 3, 2), TODAY),
        ({"from": "2999-01-01", "to": "9999-12-31"}, TODAY, TODAY),
        ({"from": "0001-01-01", "to": "2026-03-02"}, date(2026, 2, 3), date(2026, 3, 2)),
        ({"from": "2001-01-01", "to": "2026-03-02"}, date(2026, 3, 2) - timedelta(days=LONGEST - 1), date(2026, 3, 2)),
    ],
)
def test_what_cannot_be_is_as_near_as_can_be(address: dict[str, str], first: date, last: date) -> None:
    span = read(address, TODAY)

    assert (span.first, span.last) == (first, last)


@pytest.mark.parametrize(
    "address",
    [{"days": "0"}, {"days": "-7"}, {"days": "9" * 30}, {"days": "x"}, {"days": "²"}, {"from": "yesterday"}, {"to": "2026-02-30"},
     {"from": "' OR 1", "to": "<script>"}, {"by": "year"}, {"from": "2026-W12-1x"}],
)  # fmt: skip
def test_what_cannot_be_read_asks_for_nothing(address: dict[str, str]) -> None:
    assert read(address, TODAY) == USUAL


@pytest.mark.parametrize("address", [{"days": "90"}, {"days": "7", "by": "week"}, {"from": "2026-03-02", "to": "2026-03-08"}])
def test_a_span_reads_what_it_has_written(address: dict[str, str]) -> None:
    span = read(address, TODAY)

    assert read(dict(pair.split("=") for pair in span.query.split("&")), TODAY) == span


def test_weeks_go_from_monday_to_sunday_as_far_as_they_are_looked_at() -> None:
    span = Span(date(2025, 12, 24), date(2026, 1, 13), "week")

    assert span.periods == [
        Period(date(2025, 12, 24), date(2025, 12, 28)),
        Period(date(2025, 12, 29), date(2026, 1, 4)),  # over new year it is one week
        Period(date(2026, 1, 5), date(2026, 1, 11)),
        Period(date(2026, 1, 12), date(2026, 1, 13)),
    ]


@pytest.mark.parametrize("by", ["day", "week"])
@pytest.mark.parametrize("days", [1, 6, 7, 8, 366])
def test_every_day_is_in_one_period(by: str, days: int) -> None:
    span = Span(date(2024, 2, 28), date(2024, 2, 28) + timedelta(days=days - 1), by)

    covered = [one.first + timedelta(days=ago) for one in span.periods for ago in range((one.last - one.first).days + 1)]

    assert covered == [span.first + timedelta(days=ago) for ago in range(days)]


def test_the_days_before_are_as_many() -> None:
    assert Span(date(2026, 3, 2), date(2026, 3, 8)).before == Period(date(2026, 2, 23), date(2026, 3, 1))

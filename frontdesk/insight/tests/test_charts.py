"""Where the parts of a chart are."""

from __future__ import annotations

from itertools import pairwise

import pytest

from frontdesk.insight import charts


def _value(length: str) -> float:
    return float(length.rstrip("%"))


@pytest.mark.parametrize(
    ("most", "top"),
    [
        (0, 2),
        (1, 2),
        (2, 2),
        (3, 4),
        (5, 6),
        (9, 10),
        (11, 12),
        (20, 20),
        (22, 30),
        (41, 50),
        (278, 300),
        (1931, 2000),
        (99_999, 100_000),
    ],
)
def test_an_axis_ends_at_a_round_number(most: int, top: int) -> None:
    assert charts.scale_top(most) == top


@pytest.mark.parametrize(
    ("most", "top"), [(0, 60), (61, 120), (1500, 2400), (3601, 7200), (691_200, 691_200), (691_201, 1_382_400)]
)
def test_an_axis_of_time_ends_at_a_round_time(most: int, top: int) -> None:
    assert charts.time_top(most) == top


def test_a_bar_is_as_high_as_its_value() -> None:
    half, none, whole = (next((bar for bar in charts.bars([5, 0, 10], 10) if bar.place == place), None) for place in range(3))

    assert none is None
    assert half is not None
    assert whole is not None
    assert _value(whole.height) == 2 * _value(half.height) == charts.BOTTOM - charts.TOP
    assert _value(whole.y) + _value(whole.height) == charts.BOTTOM


@pytest.mark.parametrize("number", [1, 7, 53, 365])
def test_bars_stand_beside_each_other_within_the_chart(number: int) -> None:
    bars = charts.bars([1] * number, 2)

    ends = [(_value(bar.x), _value(bar.x) + _value(bar.width)) for bar in bars]
    assert all(0 <= begins < end <= 100 for begins, end in ends)
    assert all(a[1] <= b[0] for a, b in pairwise(ends))


def test_shares_fill_the_height_whatever_the_whole() -> None:
    bars = charts.shares([[1, 1], [0, 0], [30, 10]])

    assert {bar.place for bar in bars} == {0, 2}
    for place in (0, 2):
        heights = [_value(bar.height) for bar in bars if bar.place == place]
        assert sum(heights) == pytest.approx(charts.BOTTOM - charts.TOP)


def test_a_line_has_a_gap_where_there_is_no_value() -> None:
    lines, dots = charts.lines([1, 2, None, 3, None, 1], 4)

    assert len(lines) == 1
    assert [dot.place for dot in dots] == [0, 1, 3, 5]


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 28, 365])
def test_no_more_days_are_named_than_have_room(number: int) -> None:
    marks = charts.marks(number)

    assert len(marks) == min(number, charts.MARKS)
    assert len({mark.place for mark in marks}) == len(marks)
    assert all(0 <= mark.place < number for mark in marks)


@pytest.mark.parametrize(("value", "shade"), [(0, 0), (1, 1), (20, 1), (21, 2), (99, 5), (100, 5)])
def test_a_field_is_darker_the_more_it_has(value: int, shade: int) -> None:
    assert charts.shade(value, 100, 5) == shade


def test_parts_beside_each_other_fill_the_row() -> None:
    helpful, unhelpful = charts.across((1, 3), 4)

    assert (helpful.x, helpful.width, unhelpful.x, unhelpful.width) == ("0%", "25%", "25%", "75%")

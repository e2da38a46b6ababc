"""Where the parts of a chart are, as SVG has it: in percent, so that it fits every screen and its words keep their size.

No words and no colours: these are the templates' and the style sheet's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

TOP, BOTTOM = 10.0, 86.0  # percent of the height between which values are drawn; below stand the days
GAP = 0.2  # of a bar's place is left free
WIDEST = 8.0  # percent of the width: a single bar is no wall
MARKS = 4  # days that are named below: so many have room on a phone
ROW, WORDS, BAR = (
    2.75,
    0.95,
    1.35,
)  # rem: a row that has its words above its bar; where the words stand, and where the bar begins
# Up to which an axis goes, and ten times as much, and so on: each has a half that reads well.
FIRST_TOPS, TOPS = (2, 4, 6, 8, 10, 12, 16, 20), (2, 3, 4, 5, 6, 8, 10, 12, 16, 20)
# Seconds up to which an axis of time goes, each with a half that reads well.
TIMES = (60, 120, 240, 600, 1200, 2400, 3600, 7200, 14400, 21600, 28800, 43200, 86400, 172_800, 345_600, 691_200)


@dataclass(frozen=True)
class Bar:
    """A rectangle; `series` and `place` say what it shows."""

    x: str
    y: str
    width: str
    height: str
    place: int
    series: int = 0


@dataclass(frozen=True)
class Mark:
    """Where a word stands at an axis, of which place, and how it stands there."""

    at: str
    place: int
    anchor: str


@dataclass(frozen=True)
class Line:
    """From one value to the next."""

    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True)
class Dot:
    """A value."""

    x: str
    y: str
    place: int


@dataclass(frozen=True)
class Slot:
    """Where a row has its words and its bar, from the top."""

    words: str
    bar: str


def slots(number: int) -> list[Slot]:
    """So many rows below each other."""
    return [Slot(_rem(place * ROW + WORDS), _rem(place * ROW + BAR)) for place in range(number)]


def height_of(number: int) -> str:
    """Of so many rows."""
    return _rem(number * ROW)


def scale_top(most: int) -> int:
    """Where an axis ends: the next even number that reads well."""
    size = 1
    while TOPS[-1] * size < most:
        size *= 10
    return next(top * size for top in (FIRST_TOPS if size == 1 else TOPS) if top * size >= most)


def time_top(most: int) -> int:
    """Where an axis of seconds ends."""
    longest = TIMES[-1]
    return next((top for top in TIMES if top >= most), -(-most // longest) * longest)


def bars(values: Sequence[int], top: int) -> list[Bar]:
    """A bar for each value; none where it is 0."""
    return stacked([[value] for value in values], top)


def shares(rows: Sequence[Sequence[int]]) -> list[Bar]:
    """For each row, its parts on top of each other up to the whole height; none where a row is empty."""
    found: list[Bar] = []
    for place, row in enumerate(rows):
        whole = sum(row)
        if whole:
            found += _column(row, whole, place, len(rows))
    return found


def stacked(rows: Sequence[Sequence[int]], top: int) -> list[Bar]:
    """For each row, its parts on top of each other."""
    return [bar for place, row in enumerate(rows) for bar in _column(row, top, place, len(rows))]


def across(parts: Sequence[int], whole: int) -> list[Bar]:
    """The parts of one row beside each other, over the whole height."""
    found, x = [], 0.0
    for series, part in enumerate(parts):
        width = part / whole * 100 if whole else 0.0
        if part:
            found.append(Bar(percent(x), "0", percent(width), "100%", 0, series))
        x += width
    return found


def lines(values: Sequence[int | None], top: int) -> tuple[list[Line], list[Dot]]:
    """Values over time: a dot for each, and lines between those that follow each other. Where there is none, there is a gap."""
    points = [
        None if value is None else Dot(percent(_middle(place, len(values))), percent(_height(value, top)), place)
        for place, value in enumerate(values)
    ]
    joined = [Line(a.x, a.y, b.x, b.y) for a, b in pairwise(points) if a and b]
    return joined, [point for point in points if point]


def marks(number: int) -> list[Mark]:
    """Which of so many places are named at the axis, and where."""
    shown = min(number, MARKS)
    if shown == 1:
        return [Mark("50%", 0, "middle")]
    places = [round(step * (number - 1) / (shown - 1)) for step in range(shown)]
    anchors = {0: "start", number - 1: "end"}
    edges = {0: "0", number - 1: "100%"}
    return [Mark(edges.get(one, percent(_middle(one, number))), one, anchors.get(one, "middle")) for one in places]


def shade(value: int, most: int, steps: int) -> int:
    """How dark a field is: 0 for none, up to `steps`."""
    return -(-value * steps // most) if most else 0


def _column(row: Sequence[int], top: int, place: int, places: int) -> list[Bar]:
    room = 100 / places
    width = min(room * (1 - GAP), WIDEST)
    x, below, found = _middle(place, places) - width / 2, 0, []
    for series, part in enumerate(row):
        y, foot = _height(below + part, top), _height(below, top)
        if part:
            found.append(Bar(percent(x), percent(y), percent(width), percent(foot - y), place, series))
        below += part
    return found


def _middle(place: int, places: int) -> float:
    return (place + 0.5) * 100 / places


def _height(value: float, top: int) -> float:
    return BOTTOM - value / top * (BOTTOM - TOP)


def percent(value: float) -> str:
    """Of the whole width or height."""
    return f"{round(value, 2):g}%"


def _rem(value: float) -> str:
    return f"{round(value, 2):g}rem"

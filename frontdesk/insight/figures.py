"""What the page says: for each chart the finding, what is drawn, and the rows of the table behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from frontdesk.clinic.models import WEEKDAYS
from frontdesk.insight import charts
from frontdesk.insight.measures import WHICH, Became, Measure
from frontdesk.insight.selectors import (
    NONE,
    Count,
    Counts,
    Waits,
    added,
    first_counted,
    percentiles_of,
    totals_by_period,
    totals_of,
    waits_added,
    waits_by_period,
    waits_of,
)
from frontdesk.insight.spans import Period, Span
from frontdesk.review.filters import YES, Filter
from frontdesk.review.models import LEVELS
from frontdesk.review.questions import title_of, topic_title

BY_PERIOD = (
    Measure.CONVERSATIONS, Measure.BECAME, Measure.NOT_UNDERSTOOD_IN, Measure.TOPIC, Measure.LEVEL, Measure.CALL, Measure.NO_REPLY,
)  # fmt: skip
TOGETHER = (
    Measure.QUESTION, Measure.QUESTION_IN, Measure.TOPIC_IN, Measure.HELPFUL, Measure.UNHELPFUL, Measure.UNHELPFUL_IN, Measure.HOUR,
)  # fmt: skip
BEFORE = (
    Measure.CONVERSATIONS, Measure.BECAME, Measure.LEVEL, Measure.CALL, Measure.HELPFUL, Measure.UNHELPFUL,
)  # fmt: skip
BY_ASSISTANT = (Became.ANSWERED, Became.ASKED_BACK, Became.NOT_UNDERSTOOD, Became.HANDED_OVER)  # the parts of its whole
MEDICAL = ("routine", "urgent", "emergency")
SHARES = (0.5, 0.9)  # of those who waited: half, and nine in ten
ENOUGH = 5  # votes, from which on an answer is compared with others
SHOWN = 10  # rows of a chart that has a row for each topic or answer; the table has all
SHADES = 5  # of the hours


class Cell(NamedTuple):
    """A number of conversations, and the filter that lists them; empty where nothing of them is left."""

    number: int
    query: str


class Change(NamedTuple):
    """A number now, and in as many days before; None where these have no figures."""

    now: int
    before: int | None

    @property
    def difference(self) -> int:
        """How much more."""
        return self.now - (self.before or 0)

    @property
    def size(self) -> int:
        """How much it is, whichever way."""
        return abs(self.difference)

    @property
    def percent(self) -> int:
        """The size, of what was before."""
        return round(self.size / self.before * 100) if self.before else 0


@dataclass(frozen=True)
class Figures:
    """The totals of a span, read once.

    Attributes:
        span: Which days.
        by_period: By measure, for each day or week.
        together: By measure, of all days; of what is not asked for by period.
        waits: For each day or week.
        before: By measure, of as many days before; None where the figures do not go back so far.
        waits_before: Of these days.
    """

    span: Span
    by_period: dict[str, list[dict[str, Count]]]
    together: dict[str, dict[str, Count]]
    waits: list[Waits]
    before: dict[str, dict[str, Count]] | None
    waits_before: Waits

    def all_of(self, measure: Measure) -> dict[str, Count]:
        """The whole span."""
        return self.together[measure] if measure in self.together else added(self.by_period[measure])

    def change(self, measure: Measure, now: int, key: str = "") -> Change:
        """A total, beside the one before."""
        return Change(now, None if self.before is None else self.before[measure].get(key, NONE).number)


@dataclass(frozen=True)
class Part:
    """Of a whole.

    Attributes:
        key: Which.
        number: How many.
        percent: Of the whole.
        change: Of the percentage.
        cell: The conversations, where there is a list.
    """

    key: str
    number: int
    percent: int
    change: Change | None = None
    cell: Cell | None = None


@dataclass(frozen=True)
class Row:
    """A day or a week of a table."""

    period: Period
    numbers: Sequence[int | Cell | None]


@dataclass(frozen=True)
class Plot:
    """What is drawn over days or weeks.

    Attributes:
        top: Where the axis ends; its half is named, too.
        marks: Periods that are named below.
        columns: The bars of each row; of empty ones, none.
        lines: For each series its lines and dots.
    """

    top: int
    marks: list[tuple[charts.Mark, Period]]
    columns: list[tuple[Row, list[charts.Bar]]] = field(default_factory=list)
    lines: list[tuple[list[charts.Line], list[tuple[charts.Dot, Row]]]] = field(default_factory=list)

    @property
    def half(self) -> int:
        """The middle of the axis."""
        return self.top // 2


@dataclass(frozen=True)
class Conversations:
    """How many there were."""

    total: Cell
    change: Change
    busiest: Row | None
    plot: Plot
    rows: list[Row]
    is_complete: bool  # all of them are still in the record


@dataclass(frozen=True)
class InParts:
    """A whole of which there are parts."""

    parts: list[Part]

    @cached_property
    def part(self) -> dict[str, Part]:
        """By its key."""
        return {part.key: part for part in self.parts}


@dataclass(frozen=True)
class Outcomes(InParts):
    """What became of what visitors wrote to the assistant."""

    total: int
    to_staff: int
    open: int
    plot: Plot
    rows: list[Row]


@dataclass(frozen=True)
class Topic:
    """A topic, or a question of one.

    Attributes:
        title: As editors know it.
        number: Messages that ask it.
        percent: Of all messages that ask something.
        cell: Conversations with it.
        width: Of its bar.
        questions: Of the topic, the most asked first.
    """

    key: str
    title: str
    number: int
    percent: int
    cell: Cell
    width: str = ""
    questions: list[Topic] = field(default_factory=list)


@dataclass(frozen=True)
class Topics:
    """What visitors ask about."""

    total: int  # of all topics: a message about two counts for both
    topics: list[Topic]
    rows: list[Row]

    @property
    def drawn(self) -> list[tuple[charts.Slot, Topic]]:
        """Those with a bar."""
        return list(zip(charts.slots(SHOWN), self.topics))

    @property
    def height(self) -> str:
        """Of the drawing."""
        return charts.height_of(min(len(self.topics), SHOWN))


@dataclass(frozen=True)
class Levels(InParts):
    """How serious conversations were."""

    medical: Cell
    change: Change
    plot: Plot
    rows: list[Row]


@dataclass(frozen=True)
class Replies:
    """How long visitors who needed a person waited for the first word of one; in seconds."""

    calls: int
    replied: int
    no_reply: int
    half: int | None
    nine_in_ten: int | None
    change: Change | None
    plot: Plot
    rows: list[Row]

    @property
    def open(self) -> int:
        """Calls to which somebody may still reply."""
        return self.calls - self.replied - self.no_reply


@dataclass(frozen=True)
class Thumb:
    """What visitors thought of an answer."""

    key: str
    title: str
    helpful: int
    unhelpful: int
    cell: Cell  # conversations with the answer and a thumb down

    @property
    def votes(self) -> int:
        """All."""
        return self.helpful + self.unhelpful

    @property
    def percent(self) -> int:
        """Helpful, of all."""
        return round(self.helpful / self.votes * 100)

    @property
    def bars(self) -> list[charts.Bar]:
        """Helpful and not, beside each other."""
        return charts.across((self.helpful, self.unhelpful), self.votes)


@dataclass(frozen=True)
class Thumbs:
    """Which answers help; the least helpful first, then those with few votes."""

    helpful: int
    votes: int
    change: Change | None
    answers: list[Thumb]

    @property
    def percent(self) -> int:
        """Helpful, of all."""
        return _percent(self.helpful, self.votes)

    @property
    def compared(self) -> list[Thumb]:
        """Those with enough votes."""
        return [answer for answer in self.answers if answer.votes >= ENOUGH]

    @property
    def drawn(self) -> list[tuple[charts.Slot, Thumb]]:
        """Those with a bar: where no answer has enough votes, those that have most."""
        return list(zip(charts.slots(SHOWN), self.compared or sorted(self.answers, key=lambda one: -one.votes)))

    @property
    def height(self) -> str:
        """Of the drawing."""
        return charts.height_of(len(self.drawn))


@dataclass(frozen=True)
class Hours:
    """When visitors write: a row of 24 for each weekday, with how dark each field is."""

    days: list[tuple[str, list[tuple[int, int]]]]
    total: int
    busiest: tuple[str, int, int] | None  # weekday, hour, messages


def read_figures(span: Span) -> Figures:
    """The totals of a span."""
    since = first_counted()
    is_compared = since is not None and since <= span.before.first
    return Figures(
        span, totals_by_period(BY_PERIOD, span.periods), totals_of(TOGETHER, span), waits_by_period(span.periods),
        totals_of(BEFORE, span.before) if is_compared else None, waits_of(span.before) if is_compared else {},
    )  # fmt: skip


def conversations_of(figures: Figures) -> Conversations:
    """How many conversations, by day or week."""
    periods = figures.by_period[Measure.CONVERSATIONS]
    rows = [Row(period, [_cell(counts.get("", NONE), period)]) for period, counts in zip(figures.span.periods, periods)]
    values = [counts.get("", NONE).number for counts in periods]
    top = charts.scale_top(max(values))
    whole = added(periods).get("", NONE)
    busiest = max(zip(values, rows), key=lambda one: one[0])[1] if whole.number else None
    return Conversations(
        _cell(whole, figures.span), figures.change(Measure.CONVERSATIONS, whole.number), busiest,
        _plot(figures.span, top, charts.bars(values, top), rows), rows, whole.number == whole.live,
    )  # fmt: skip


def outcomes_of(figures: Figures) -> Outcomes:
    """What became of visitors' messages."""
    whole, periods = figures.all_of(Measure.BECAME), figures.by_period[Measure.BECAME]
    missed = figures.by_period[Measure.NOT_UNDERSTOOD_IN]
    total = sum(whole.get(key, NONE).number for key in BY_ASSISTANT)
    lists = {
        Became.ASKED_BACK: _cell(figures.all_of(Measure.QUESTION_IN).get(WHICH, NONE), figures.span, topic=WHICH),
        Became.NOT_UNDERSTOOD: _cell(added(missed).get("", NONE), figures.span, fallback=YES),
    }
    parts = []
    for key in BY_ASSISTANT:
        number, change = whole.get(key, NONE).number, None
        if figures.before is not None:
            before = figures.before[Measure.BECAME]
            whole_before = sum(before.get(one, NONE).number for one in BY_ASSISTANT)
            if whole_before:
                change = Change(_percent(number, total), _percent(before.get(key, NONE).number, whole_before))
        parts.append(Part(key, number, _percent(number, total), change, lists.get(key)))
    rows = [
        Row(
            period,
            [counts.get(key, NONE).number for key in (*BY_ASSISTANT, Became.TO_STAFF, Became.OPEN)]
            + [_cell(missed_then.get("", NONE), period, fallback=YES)],
        )
        for period, counts, missed_then in zip(figures.span.periods, periods, missed)
    ]  # fmt: skip
    drawn = charts.shares([[counts.get(key, NONE).number for key in BY_ASSISTANT] for counts in periods])
    return Outcomes(
        parts, total, whole.get(Became.TO_STAFF, NONE).number, whole.get(Became.OPEN, NONE).number,
        _plot(figures.span, 100, drawn, rows), rows,
    )  # fmt: skip


def topics_of(figures: Figures) -> Topics:
    """What is asked about, the most asked first."""
    asked, within = figures.all_of(Measure.TOPIC), figures.all_of(Measure.TOPIC_IN)
    total, most = sum(count.number for count in asked.values()), max((count.number for count in asked.values()), default=0)
    questions: dict[str, list[Topic]] = {}
    question_in = figures.all_of(Measure.QUESTION_IN)
    for key, count in _most_first(figures.all_of(Measure.QUESTION)):
        cell = _cell(question_in.get(key, NONE), figures.span, topic=key)
        one = Topic(key, title_of(key), count.number, _percent(count.number, total), cell)
        questions.setdefault(key.partition("/")[0], []).append(one)
    topics = [
        Topic(
            key, topic_title(key), count.number, _percent(count.number, total),
            _cell(within.get(key, NONE), figures.span, topic=key), charts.percent(count.number / most * 100), questions.get(key, []),
        )
        for key, count in _most_first(asked)
    ]  # fmt: skip
    rows = [
        Row(period, [counts.get(topic.key, NONE).number for topic in topics])
        for period, counts in zip(figures.span.periods, figures.by_period[Measure.TOPIC])
    ]
    return Topics(total, topics, rows)


def levels_of(figures: Figures) -> Levels:
    """How serious it was."""
    whole, periods = figures.all_of(Measure.LEVEL), figures.by_period[Measure.LEVEL]
    total = sum(count.number for count in whole.values())
    parts = []
    for level in reversed(LEVELS):
        count = whole.get(level, NONE)
        change = figures.change(Measure.LEVEL, count.number, level)
        parts.append(Part(level, count.number, _percent(count.number, total), change, _cell(count, figures.span, level=level)))
    rows = [
        Row(period, [_cell(counts.get(level, NONE), period, level=level) for level in reversed(LEVELS)])
        for period, counts in zip(figures.span.periods, periods)
    ]
    values = [[counts.get(level, NONE).number for level in MEDICAL] for counts in periods]
    top = charts.scale_top(max(map(sum, values)))
    medical = _cell(added([{"": whole.get(level, NONE)} for level in MEDICAL])[""], figures.span, level="medical")
    before = None
    if figures.before is not None:
        before = sum(figures.before[Measure.LEVEL].get(level, NONE).number for level in MEDICAL)
    return Levels(
        parts, medical, Change(medical.number, before), _plot(figures.span, top, charts.stacked(values, top), rows), rows
    )


def replies_of(figures: Figures) -> Replies:
    """How long it took until somebody replied."""
    waits = waits_added(figures.waits)
    half, nine_in_ten = percentiles_of(waits, SHARES)
    series = list(zip(*(percentiles_of(waits_then, SHARES) for waits_then in figures.waits)))
    rows = []
    for place, period in enumerate(figures.span.periods):
        calls = figures.by_period[Measure.CALL][place].get("", NONE).number
        no_reply = figures.by_period[Measure.NO_REPLY][place].get("", NONE).number
        replied = sum(figures.waits[place].values())
        rows.append(Row(period, [calls, replied, no_reply, series[0][place], series[1][place]]))
    top = charts.time_top(max((value for values in series for value in values if value is not None), default=0))
    drawn = [charts.lines(values, top) for values in series]
    plot = replace(
        _plot(figures.span, top, [], rows),
        lines=[(lines, [(dot, rows[dot.place]) for dot in dots]) for lines, dots in drawn],
    )
    before = percentiles_of(figures.waits_before, SHARES)[0]
    return Replies(
        figures.all_of(Measure.CALL).get("", NONE).number, sum(waits.values()),
        figures.all_of(Measure.NO_REPLY).get("", NONE).number, half, nine_in_ten,
        None if half is None or before is None else Change(half, before), plot, rows,
    )  # fmt: skip


def thumbs_of(figures: Figures) -> Thumbs:
    """Which answers visitors found helpful."""
    up, down = figures.all_of(Measure.HELPFUL), figures.all_of(Measure.UNHELPFUL)
    down_in = figures.all_of(Measure.UNHELPFUL_IN)
    answers = [
        Thumb(
            key, title_of(key), up.get(key, NONE).number, down.get(key, NONE).number,
            _cell(down_in.get(key, NONE), figures.span, topic=key, thumbs="down"),
        )
        for key in up.keys() | down.keys()
    ]  # fmt: skip
    answers.sort(key=lambda one: (one.votes < ENOUGH, one.helpful / one.votes, -one.votes, one.key))
    helpful, votes = _sum(up), _sum(up) + _sum(down)
    change = None
    if figures.before is not None:
        helpful_before = _sum(figures.before[Measure.HELPFUL])
        votes_before = helpful_before + _sum(figures.before[Measure.UNHELPFUL])
        if votes and votes_before:
            change = Change(_percent(helpful, votes), _percent(helpful_before, votes_before))
    return Thumbs(helpful, votes, change, answers)


def hours_of(figures: Figures) -> Hours:
    """When visitors write, by the clinic's clock."""
    counts = figures.all_of(Measure.HOUR)
    table = [[counts.get(f"{day}-{hour}", NONE).number for hour in range(24)] for day in range(7)]
    most = max(map(max, table))
    days = [(WEEKDAYS[day], [(number, charts.shade(number, most, SHADES)) for number in row]) for day, row in enumerate(table)]
    busiest = next(
        ((WEEKDAYS[day], hour, most) for day, row in enumerate(table) for hour, number in enumerate(row) if number == most > 0),
        None,
    )
    return Hours(days, sum(map(sum, table)), busiest)


def _plot(span: Span, top: int, bars: list[charts.Bar], rows: list[Row]) -> Plot:
    marks = [(mark, span.periods[mark.place]) for mark in charts.marks(len(span.periods))]
    columns = [(rows[place], list(column)) for place, column in groupby(bars, key=attrgetter("place"))]
    return Plot(top, marks, columns)


def _cell(count: Count, days: Period, **asked: str) -> Cell:
    """A number with its list: of conversations that were last active in these days."""
    if not count.live:
        return Cell(count.number, "")
    return Cell(count.number, Filter(begin=days.first.isoformat(), end=days.last.isoformat(), **asked).query)


def _most_first(counts: Counts) -> Iterable[tuple[str, Count]]:
    return sorted(counts.items(), key=lambda one: (-one[1].number, one[0]))


def _percent(part: int, whole: int) -> int:
    return round(part / whole * 100) if whole else 0


def _sum(counts: Mapping[str, Count]) -> int:
    return sum(count.number for count in counts.values())

"""The figures as tables to take away: a CSV file for each chart, with the page's numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from frontdesk.clinic.models import WEEKDAYS
from frontdesk.insight import figures as read
from frontdesk.insight.figures import BY_ASSISTANT, Cell, Figures, Row
from frontdesk.insight.measures import Became, Measure
from frontdesk.insight.selectors import NONE, totals_by_period
from frontdesk.review.models import LEVELS
from frontdesk.review.questions import title_of
from frontdesk.spreadsheets import as_csv

Rows = Iterable[Iterable[Any]]
DAYS = ("from", "to")


def chart_as_csv(chart: str, figures: Figures) -> bytes:
    """One chart's table.

    Args:
        chart: Of `CHARTS`.
        figures: Of the days that are looked at.
    """
    return as_csv(*CHARTS[chart](figures))


def _conversations(figures: Figures) -> tuple[Iterable[str], Rows]:
    return (*DAYS, "conversations"), _by_period(read.conversations_of(figures).rows)


def _outcomes(figures: Figures) -> tuple[Iterable[str], Rows]:
    heads = (*DAYS, *BY_ASSISTANT, Became.TO_STAFF, Became.OPEN, "conversations_with_not_understood")
    return heads, _by_period(read.outcomes_of(figures).rows)


def _topics(figures: Figures) -> tuple[Iterable[str], Rows]:
    """Each question of each day or week."""
    measures = (Measure.QUESTION, Measure.QUESTION_IN)
    found = totals_by_period(measures, figures.span.periods)
    rows = (
        (period.first, period.last, key.partition("/")[0], key, title_of(key), count.number, within.get(key, NONE).number)
        for period, asked, within in zip(figures.span.periods, *(found[measure] for measure in measures))
        for key, count in sorted(asked.items())
    )
    return (*DAYS, "topic", "question", "title", "messages", "conversations"), rows


def _levels(figures: Figures) -> tuple[Iterable[str], Rows]:
    return (*DAYS, *reversed(LEVELS)), _by_period(read.levels_of(figures).rows)


def _replies(figures: Figures) -> tuple[Iterable[str], Rows]:
    heads = (*DAYS, "calls", "replied", "ended_without_reply", "median_seconds", "percentile_90_seconds")
    return heads, _by_period(read.replies_of(figures).rows)


def _thumbs(figures: Figures) -> tuple[Iterable[str], Rows]:
    rows = (
        (figures.span.first, figures.span.last, one.key, one.title, one.helpful, one.unhelpful, one.percent, one.cell.number)
        for one in read.thumbs_of(figures).answers
    )
    heads = (*DAYS, "answer", "title", "helpful", "not_helpful", "percent_helpful", "conversations_with_thumb_down")
    return heads, rows


def _hours(figures: Figures) -> tuple[Iterable[str], Rows]:
    rows = (
        (figures.span.first, figures.span.last, WEEKDAYS[day], f"{hour:02}:00", number)
        for day, (_, row) in enumerate(read.hours_of(figures).days)
        for hour, (number, _) in enumerate(row)
    )
    return (*DAYS, "weekday", "hour", "messages"), rows


def _by_period(rows: Iterable[Row]) -> Rows:
    for row in rows:
        values = (value.number if isinstance(value, Cell) else value for value in row.numbers)
        yield (row.period.first, row.period.last, *values)


CHARTS: dict[str, Callable[[Figures], tuple[Iterable[str], Rows]]] = {
    "conversations": _conversations,
    "outcomes": _outcomes,
    "topics": _topics,
    "levels": _levels,
    "replies": _replies,
    "thumbs": _thumbs,
    "hours": _hours,
}

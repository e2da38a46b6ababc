"""How numbers, spans and times read in figures."""

from __future__ import annotations

from collections.abc import Iterator

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from frontdesk.insight.figures import Cell, Row
from frontdesk.insight.spans import Period

UNITS = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
PRECISE = 10  # of a unit: from here on the next smaller one says nothing more

register = template.Library()


@register.filter
def number(value: int) -> str:
    """1,204."""
    return f"{value:,}"


@register.filter
def duration(seconds: int | None) -> str:
    """As short as it can be read: 40 s, 2 min 30 s, 12 min, 3 h 5 min, 2 d."""
    if seconds is None:
        return "–"
    for place, (unit, length) in enumerate(UNITS):
        if seconds < length:
            continue
        whole, rest = divmod(seconds, length)
        below, shorter = UNITS[place + 1] if place + 1 < len(UNITS) else ("", 1)
        more = rest // shorter if below and whole < PRECISE else 0
        return f"{whole} {unit} {more} {below}" if more else f"{whole} {unit}"
    return "0 s"


@register.filter
def days(period: Period) -> str:
    """A day with its weekday, or from when to when."""
    if period.is_day:
        return f"{period.first:%a %-d %b %Y}"
    year = "" if period.first.year == period.last.year else f" {period.first:%Y}"
    return f"{period.first:%-d %b}{year} – {period.last:%-d %b %Y}"


@register.filter
def short(period: Period) -> str:
    """How it begins, for an axis."""
    return f"{period.first:%-d %b}"


@register.simple_tag
def linked(cell: Cell, may_review: bool, inside: str = "") -> SafeString | str:
    """A number; for who may review, it leads to its list. `inside` says of what, where no head of a table does."""
    if not cell.query or not may_review:
        return number(cell.number)
    said = format_html('<span class="unseen"> {}</span>', inside) if inside else ""
    return format_html('<a href="/desk/review?{}">{}{}</a>', cell.query, number(cell.number), said)


@register.simple_tag
def body(rows: list[Row], may_review: bool) -> SafeString:
    """The rows of a table by day or week: here, since a year of days has thousands of fields."""
    return format_html_join(
        "\n",
        '<tr><th scope="row">{}</th>{}</tr>',
        ((days(row.period), format_html_join("", "<td>{}</td>", _fields(row, may_review))) for row in rows),
    )


def _fields(row: Row, may_review: bool) -> Iterator[tuple[SafeString | str]]:
    for value in row.numbers:
        yield (linked(value, may_review) if isinstance(value, Cell) else number(value or 0),)

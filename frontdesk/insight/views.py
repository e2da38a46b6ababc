"""Insight: the figures of some days, each with its chart, its table and its list. Nothing that a visitor wrote is on these pages."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from frontdesk.audit.services import note
from frontdesk.insight import figures, selectors, spans, tables
from frontdesk.people.access import needs, person
from frontdesk.people.roles import Right
from frontdesk.spreadsheets import download


@needs(Right.INSIGHT)
def insight(request: HttpRequest) -> HttpResponse:
    """All charts of a span of days."""
    span = spans.read(request.GET, timezone.localdate())
    found = figures.read_figures(span)
    context = {
        "span": span,
        "lengths": spans.LENGTHS,
        "by_day": span.query_by(spans.BY_DAY),
        "by_week": span.query_by(spans.BY_WEEK),
        "before": span.before,
        "is_compared": found.before is not None,
        "since": selectors.first_counted(),
        "is_behind": selectors.is_behind(),
        "conversations": figures.conversations_of(found),
        "outcomes": figures.outcomes_of(found),
        "topics": figures.topics_of(found),
        "levels": figures.levels_of(found),
        "replies": figures.replies_of(found),
        "thumbs": figures.thumbs_of(found),
        "hours": figures.hours_of(found),
        "enough": figures.ENOUGH,
        "clock": range(24),
    }
    return render(request, "desk/insight/page.html", context)


@needs(Right.INSIGHT)
def insight_csv(request: HttpRequest, chart: str) -> HttpResponse:
    """One chart's table to take away."""
    if chart not in tables.CHARTS:
        raise Http404
    span = spans.read(request.GET, timezone.localdate())
    written = tables.chart_as_csv(chart, figures.read_figures(span))
    days = {"first": span.first.isoformat(), "last": span.last.isoformat()}
    note(person(request), "insight_exported", chart=chart, **days, by=span.by)
    return download(f"{chart}-{span.first}-{span.last}", written)

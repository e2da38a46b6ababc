"""Questions that were not understood, in groups. Whoever may not read conversations sees masked examples without their conversations."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from frontdesk import words
from frontdesk.audit.services import note
from frontdesk.insight import groups, spans
from frontdesk.insight.groups import Group
from frontdesk.insight.misses import MOST
from frontdesk.insight.spans import Span
from frontdesk.people.access import needs, person
from frontdesk.people.roles import Right
from frontdesk.spreadsheets import as_csv, download

MOST_PAGES = 1000
EXAMPLES = tuple(f"example_{number}" for number in range(1, groups.EXAMPLES + 1))
COLUMNS = ("asked", "first", "last", *EXAMPLES, "taken_for", "percent_sure", "staff_say")


@needs(Right.INSIGHT)
def not_understood(request: HttpRequest) -> HttpResponse:
    """The groups of a span of days, the largest first; or the messages that are like no other."""
    span, alone = _asked(request)
    page = _page(request)
    counts = groups.counts_of(span)
    number = counts.alone if alone else counts.groups
    found = groups.groups_of(span, alone=alone, start=page * groups.PAGE, most=groups.PAGE)
    note(person(request), "not_understood_read", **_days(span))
    context = {
        "span": span,
        "lengths": spans.LENGTHS,
        "counts": counts,
        "alone": alone,
        "groups": found,
        "start": page * groups.PAGE,
        "most": f"{MOST:,}",
        "query": _query(span, alone),
        "groups_query": _query(span, alone=False),
        "alone_query": _query(span, alone=True),
        "earlier": page if page > 0 else None,  # pages count from one in an address
        "later": page + 2 if (page + 1) * groups.PAGE < number else None,
    }
    return render(request, "desk/insight/groups.html", context)


@needs(Right.INSIGHT)
def not_understood_csv(request: HttpRequest) -> HttpResponse:
    """All groups of these days as a table, masked for everybody."""
    span, alone = _asked(request)
    written = as_csv(COLUMNS, map(_row, groups.groups_of(span, alone=alone, most=None)))
    note(person(request), "not_understood_exported", **_days(span))
    return download(f"not-understood-{span.first}-{span.last}", written)


def _row(group: Group) -> list[object]:
    examples = [example.text for example in group.examples]
    first, last = (timezone.localtime(at).isoformat(timespec="seconds") for at in (group.first, group.last))
    guess = group.guesses[0] if group.guesses else None
    said = [f"{title or words.staff('group_out_of_scope')} ({count})" for title, count in group.corrected]
    return [
        group.count, first, last, *examples, *[""] * (len(EXAMPLES) - len(examples)), guess.title if guess else "",
        guess.percent if guess else "", "; ".join(said),
    ]  # fmt: skip


def _asked(request: HttpRequest) -> tuple[Span, bool]:
    return spans.read(request.GET, timezone.localdate()), request.GET.get("show") == "once"


def _page(request: HttpRequest) -> int:
    """How many pages come before."""
    given = request.GET.get("page", "")
    return min(max(int(given) - 1, 0), MOST_PAGES) if given.isascii() and given.isdigit() and len(given) < 6 else 0


def _query(span: Span, alone: bool) -> str:
    return f"{span.query}&show=once" if alone else span.query


def _days(span: Span) -> dict[str, str]:
    return {"first": span.first.isoformat(), "last": span.last.isoformat()}

"""The audit log, for those who answer for it. That somebody looked stands in it too."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from frontdesk import words
from frontdesk.audit import selectors
from frontdesk.audit.models import Entry
from frontdesk.audit.services import note
from frontdesk.clinic.selectors import the_clinic
from frontdesk.people.access import needs, person
from frontdesk.people.roles import Right
from frontdesk.spreadsheets import as_csv, download

COLUMNS = ("at", "person", "action", "conversation", "details")


@needs(Right.AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    """Who did what, the newest first."""
    asked = selectors.read(request.GET)
    given = request.GET.get("before", "")
    before = int(given) if given.isascii() and given.isdigit() and len(given) < 18 else None
    found = list(selectors.entries(asked, _zone(), before)[: selectors.PAGE + 1])
    note(person(request), "audit_read", filters=asked.active)
    shown = found[: selectors.PAGE]
    context = {
        "asked": asked,
        "entries": [(entry, _said(entry), _details(entry)) for entry in shown],
        "older": shown[-1].pk if len(found) > selectors.PAGE else None,
        "is_first": before is None,
        "people": User.objects.order_by("username").values_list("username", flat=True),
        "actions": sorted(words.audited().items(), key=lambda action: action[1]),
    }
    return render(request, "desk/audit/log.html", context)


@needs(Right.AUDIT)
def audit_csv(request: HttpRequest) -> HttpResponse:
    """What the page shows, all of its pages, as a table."""
    asked = selectors.read(request.GET)
    rows = (
        (entry.at.isoformat(), entry.username, entry.action, entry.conversation_id, _details(entry))
        for entry in selectors.entries(asked, _zone())[: selectors.MOST].iterator()
    )
    written = as_csv(COLUMNS, rows)
    note(person(request), "audit_exported", filters=asked.active)
    return download(f"audit-{timezone.localdate()}", written)


def _zone() -> ZoneInfo:
    return ZoneInfo(the_clinic().time_zone)


def _said(entry: Entry) -> str:
    """What was done, as staff say it."""
    return words.audited().get(entry.action, entry.action.replace("_", " ").capitalize())


def _details(entry: Entry) -> str:
    return ", ".join(
        f"{name.replace('_', ' ')}: {_value(value)}" for name, value in entry.details.items() if value not in ("", [], None)
    )


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)

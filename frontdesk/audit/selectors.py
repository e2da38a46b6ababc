"""Reads the audit log: by whom, what, on which conversation, when. The newest first, page by page from where the last one ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db.models import QuerySet

from frontdesk.audit.models import Entry

PAGE = 100  # entries
MOST = 50_000  # entries of one table to take away
NAMES = {"person": "person", "action": "action", "conversation": "conversation", "begin": "from", "end": "to"}


@dataclass(frozen=True)
class Asked:
    """What is asked for; an empty field asks for nothing. Days are the clinic's, both included."""

    person: str = ""
    action: str = ""
    conversation: str = ""
    begin: str = ""
    end: str = ""

    @property
    def query(self) -> str:
        """As it stands in an address."""
        return urlencode({name: getattr(self, field) for field, name in NAMES.items() if getattr(self, field)})

    @property
    def active(self) -> list[str]:
        """What is filtered by, without values."""
        return [name for field, name in NAMES.items() if getattr(self, field)]


def read(address: Mapping[str, str]) -> Asked:
    """The filter in an address; a day that is none is left out."""
    given = {field: address.get(name, "").strip()[:150] for field, name in NAMES.items()}
    return Asked(**{**given, "begin": _day(given["begin"]), "end": _day(given["end"])})


def entries(asked: Asked, zone: ZoneInfo, before: int | None = None) -> QuerySet[Entry]:
    """What fits, the newest first.

    Args:
        asked: The filter.
        zone: Whose days are meant.
        before: Only entries with a lower number.
    """
    found = Entry.objects.order_by("-pk")
    if before is not None:
        found = found.filter(pk__lt=before)
    if asked.person:
        known = User.objects.filter(username=asked.person).values_list("pk", flat=True).first()
        # By number where the account is there, since that has an index; by name where it is gone.
        found = found.filter(user_id=known) if known else found.filter(username=asked.person)
    if asked.action:
        found = found.filter(action=asked.action)
    if asked.conversation:
        found = found.filter(conversation_id=asked.conversation)
    if asked.begin:
        found = found.filter(at__gte=_starts(date.fromisoformat(asked.begin), zone))
    if asked.end:
        found = found.filter(at__lt=_starts(date.fromisoformat(asked.end) + timedelta(days=1), zone))
    return found


def _day(given: str) -> str:
    try:
        return date.fromisoformat(given).isoformat()
    except ValueError:
        return ""


def _starts(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), zone).astimezone(UTC)

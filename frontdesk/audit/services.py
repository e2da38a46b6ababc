"""Adds to the audit log; nothing else is done to it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.utils import timezone

from frontdesk.audit.models import KEPT_DAYS, Entry


def note(user: User | AnonymousUser | None, action: str, conversation_id: str = "", **details: Any) -> Entry:
    """Writes down that somebody did something; in the transaction of what was done, where there is one.

    Args:
        user: Who; None for the program itself, or a visitor.
        action: `opened`, `searched`, `exported`, `revealed`, `taken`, `erased`, `refused` …
        conversation_id: To which conversation; empty where to none.
        details: What else must be known; never what a visitor wrote.
    """
    known = user if isinstance(user, User) else None
    return Entry.objects.create(
        at=timezone.now(), user=known, username=known.get_username() if known else "", action=action,
        conversation_id=conversation_id, details=details,
    )  # fmt: skip


def old_entries_delete(now: datetime) -> int:
    """Lets go what has been kept for six years; returns how many."""
    deleted, _ = Entry.objects.filter(at__lt=now - timedelta(days=KEPT_DAYS)).delete()
    return deleted

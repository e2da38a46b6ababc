"""What every page of the desk knows: which links somebody may follow."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from frontdesk.people.roles import Right, has_right


def rights(request: HttpRequest) -> dict[str, Any]:
    """`may.answer`, `may.review` … in templates, by the names of the rights in lower case."""
    user = getattr(request, "user", None)
    if user is None:
        return {}
    return {"may": {right.name.lower(): has_right(user, right) for right in Right}}

"""How a page asks whether somebody may see it. Who may not is refused, and it stands in the audit log."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from frontdesk.audit.services import note
from frontdesk.people.roles import Right, has_right

View = Callable[..., HttpResponse]


def needs(right: Right) -> Callable[[View], View]:
    """A view for those who have a right; others sign in first, or are refused."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not has_right(request.user, right):
                note(request.user, "refused", kwargs.get("conversation_id", ""), right=str(right), path=request.path)
                return render(request, "desk/refused.html", {"right": right}, status=403)
            return view(request, *args, **kwargs)

        guarded.needs = right  # type: ignore[attr-defined] # read by the test that looks at every page
        return guarded

    return decorate


def person(request: HttpRequest) -> User:
    """Who is signed in; in a view that `needs` a right, somebody is."""
    user = request.user
    assert isinstance(user, User)
    return user

"""How a page says who may see it: each does, or the test of all pages fails. Who may not is refused, and it stands in the audit log."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from frontdesk.audit.services import note
from frontdesk.clinic.selectors import the_clinic
from frontdesk.people.roles import Right, has_right

View = Callable[..., HttpResponse]
AnyView = TypeVar("AnyView", bound=Callable[..., HttpResponseBase])
SIGNED_IN, NOTHING = "to sign in", "nothing"  # what a page needs where it is no right


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
            with timezone.override(the_clinic().time_zone):  # times are shown as the clinic's clock has them
                return view(request, *args, **kwargs)

        guarded.needs = right  # type: ignore[attr-defined] # read by the test that looks at every page
        return guarded

    return decorate


def signed_in(view: View) -> View:
    """A view for everybody who has signed in, whatever their role, such as their own account."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    guarded.needs = SIGNED_IN  # type: ignore[attr-defined] # as above
    return guarded


def open_to_all(view: AnyView) -> AnyView:
    """A view by which people come in: it is there before anybody is known."""
    view.needs = NOTHING  # type: ignore[attr-defined] # as above
    return view


def person(request: HttpRequest) -> User:
    """Who is signed in; in a view that `needs` a right, somebody is."""
    user = request.user
    assert isinstance(user, User)
    return user

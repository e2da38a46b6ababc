"""When a session ends: after half a day, after nothing was done for a while, and at once when somebody is switched off."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user, logout
from django.contrib.auth.models import User
from django.db.models import F
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin

from frontdesk.people.models import Profile
from frontdesk.people.selectors import policy, profile_of, second_factor_is_due

SEEN_EVERY = 60  # seconds: so exactly it is known when something was last done
# What somebody can do who has still to set up their second factor.
BEFORE_SECOND_FACTOR = ("second_factor", "sign_out")


def session_begin(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    """Somebody signed in, whichever way: Django's signal `user_logged_in`."""
    now = timezone.now()
    request.session["number"] = profile_of(user).sessions
    request.session["seen"] = now.timestamp()
    request.session.set_expiry(now + timedelta(seconds=settings.SESSION_COOKIE_AGE))


def sessions_end(user: User) -> None:
    """All of a person's sessions have ended, wherever they are."""
    Profile.objects.filter(pk=profile_of(user).pk).update(sessions=F("sessions") + 1)


def has_ended(session: Any, user: User) -> bool:
    """Whether a session that has not run out counts no more."""
    profile = Profile.objects.filter(user=user).first()
    if profile is None or session.get("number") != profile.sessions:
        return True
    idle_seconds: float = timezone.now().timestamp() - session.get("seen", 0.0)
    return idle_seconds > policy().idle_minutes * 60


def person_of(session_key: str) -> User | None:
    """Who is signed in with a session, for what is served outside of Django's pages."""
    if not session_key:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user(request)
    if not isinstance(user, User) or has_ended(request.session, user) or second_factor_is_due(user):
        return None
    return user


class SessionsEnd(MiddlewareMixin):
    """Signs out whose session has ended; leads who has to set up a second factor to where they do."""

    def process_request(self, request: HttpRequest) -> HttpResponseBase | None:
        """See Django's middleware."""
        user = request.user
        if not isinstance(user, User):
            return None
        if has_ended(request.session, user):
            logout(request)
            return None
        now = timezone.now().timestamp()
        looks_again = request.headers.get("X-Look") == "again"  # an open page by itself is nobody doing something
        if not looks_again and now - request.session["seen"] > SEEN_EVERY:
            request.session["seen"] = now
        if second_factor_is_due(user) and request.path_info not in {reverse(page) for page in BEFORE_SECOND_FACTOR}:
            return redirect("second_factor")
        return None

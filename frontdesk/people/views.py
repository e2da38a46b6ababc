"""How staff come in: a password, then a code where one is set up; and the one-time link with which it begins."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import login, views
from django.contrib.auth.models import User
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from frontdesk import words
from frontdesk.audit.services import note
from frontdesk.clinic.models import Clinic
from frontdesk.people import lockout, services
from frontdesk.people.access import open_to_all, signed_in
from frontdesk.people.forms import SignInForm, person_named
from frontdesk.people.roles import Right, has_right
from frontdesk.people.selectors import has_second_factor

# Where somebody begins: the first of these pages that they have the right to.
FIRST_PAGES = ((Right.ANSWER, "inbox"), (Right.EDIT, "content"), (Right.INSIGHT, "insight"))
BACKEND = "django.contrib.auth.backends.ModelBackend"
COMING_IN = "coming_in"  # in a session: who has given the password, and not yet the code
CODE_SECONDS = 600  # to find the phone
MAX_NAME = 150  # characters: Django's


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """The page that somebody begins with."""
    for right, page in FIRST_PAGES:
        if has_right(request.user, right):
            return redirect(page)
    return render(request, "desk/nothing_yet.html")


class SignIn(views.LoginView):
    """Name and password. Who fails too often waits, and is told the same whether there is such a person or not."""

    template_name = "desk/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """See parent class."""
        username = request.POST.get("username", "").strip()[:MAX_NAME]
        user = person_named(username)
        self.keys = lockout.keys_for_name(request, user.get_username() if user else username, user)
        until = lockout.try_begin(self.keys, user)
        if until is None:
            return super().post(request, *args, **kwargs)
        return self._told(self.get_form(), until)

    def form_valid(self, form: Any) -> HttpResponse:
        """See parent class."""
        lockout.try_succeeded(self.keys)
        return come_in(self.request, form.get_user(), self.get_success_url())

    def form_invalid(self, form: Any) -> HttpResponse:
        """See parent class."""
        return self._told(form, lockout.locked_until(self.keys))

    def _told(self, form: Any, until: datetime | None) -> HttpResponse:
        problem = locked_out(until) if until else words.staff("wrong_password_or_name")
        typed = self.request.POST.get("username", "")
        context = self.get_context_data(form=form, problem=problem, is_locked=until is not None, typed=typed)
        return _with_wait(self.render_to_response(context), until)


class Welcome(views.PasswordResetConfirmView):
    """The one-time link: whoever has it chooses the password, and comes in; with a second factor, after its code."""

    template_name = "desk/welcome.html"
    success_url = reverse_lazy("home")

    def get_user(self, uidb64: str) -> User | None:
        """See parent class; who was switched off chooses nothing."""
        user = super().get_user(uidb64)
        return user if user is not None and user.is_active else None

    def form_valid(self, form: Any) -> HttpResponse:
        """See parent class."""
        user = form.save()
        del self.request.session[INTERNAL_RESET_SESSION_TOKEN]
        note(user, "password_chosen")
        lockout.try_succeeded([f"name:{user.get_username().lower()}"])  # who forgot it has often tried
        return come_in(self.request, user, str(self.success_url))


class SignOut(views.LogoutView):
    """The end of a session."""


@open_to_all
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """The second step: the code that the app shows, or a recovery code."""
    user = _coming_in(request)
    if user is None:
        if request.method == "POST":
            messages.error(request, words.staff("code_took_too_long"))
        return redirect("sign_in")
    problem, until = "", None
    if request.method == "POST":
        key = [lockout.key_for_code(user)]
        until = lockout.try_begin(key, user)
        code = request.POST.get("code", "").strip() or request.POST.get("recovery", "").strip()
        if until is None and services.second_factor_check(user, code[:40]):
            lockout.try_succeeded(key)
            return _come_in_with_code(request, user)
        until = until or lockout.locked_until(key)
        problem = locked_out(until) if until else words.staff("wrong_code")
    return _with_wait(render(request, "desk/sign_in_code.html", {"problem": problem, "is_locked": until is not None}), until)


def come_in(request: HttpRequest, user: User, target: str) -> HttpResponse:
    """The password was right: lets somebody in, or asks for the code first.

    Args:
        request: Of who gave the password.
        user: Whose it is.
        target: The page to go to; one of ours.
    """
    if not has_second_factor(user):
        return _let_in(request, user, target)
    request.session.cycle_key()
    request.session[COMING_IN] = {
        "user": user.pk, "password": user.get_session_auth_hash(), "at": timezone.now().timestamp(), "target": target,
    }  # fmt: skip
    return redirect("sign_in_code")


def locked_out(until: datetime) -> str:
    """Says until when, by the clinic's clock."""
    clinic = Clinic.objects.first()
    local = until.astimezone(clinic.schedule().zone) if clinic else until
    minutes = math.ceil((until - timezone.now()).total_seconds() / 60)
    return words.staff("locked_out", time=f"{local:%H:%M}", minutes=str(max(minutes, 1)))


def _come_in_with_code(request: HttpRequest, user: User) -> HttpResponse:
    target = request.session.pop(COMING_IN)["target"]
    if not request.POST.get("code", "").strip():
        messages.warning(request, words.staff("recovery_codes_left", left=str(user.recovery_codes.count())))
    return _let_in(request, user, target)


def _let_in(request: HttpRequest, user: User, target: str) -> HttpResponse:
    login(request, user, BACKEND)
    note(user, "signed_in", second_factor=has_second_factor(user))
    response = redirect(target)
    lockout.device_remember(request, response, user)
    return response


def _coming_in(request: HttpRequest) -> User | None:
    """Who gave the password a moment ago; nobody once it was changed, or they were switched off."""
    begun = cast("dict[str, Any]", request.session.get(COMING_IN) or {})
    if not begun or timezone.now().timestamp() - begun["at"] > CODE_SECONDS:
        return None
    user = User.objects.filter(pk=begun["user"], is_active=True).first()
    if user is None or not constant_time_compare(begun["password"], user.get_session_auth_hash()):
        return None
    return user if has_second_factor(user) else None


def _with_wait(response: Any, until: datetime | None) -> HttpResponse:
    if until is not None:
        response.status_code = 429
        response.headers["Retry-After"] = str(math.ceil((until - timezone.now()).total_seconds()))
    return cast("HttpResponse", response)

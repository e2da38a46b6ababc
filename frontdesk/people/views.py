"""How staff come in: signing in, and the one-time link with which it begins."""

from __future__ import annotations

from django.contrib.auth import views
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy

from frontdesk.people.roles import Right, has_right

# Where somebody begins: the first of these pages that they have the right to.
FIRST_PAGES = ((Right.ANSWER, "inbox"),)


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The page that somebody begins with."""
    for right, page in FIRST_PAGES:
        if has_right(request.user, right):
            return redirect(page)
    return render(request, "desk/nothing_yet.html")


class SignIn(views.LoginView):
    """Name and password."""

    template_name = "desk/sign_in.html"
    redirect_authenticated_user = True


class Welcome(views.PasswordResetConfirmView):
    """The one-time link: whoever has it chooses the password, and is signed in."""

    template_name = "desk/welcome.html"
    success_url = reverse_lazy("home")
    post_reset_login = True


class SignOut(views.LogoutView):
    """The end of a session."""

"""How staff come in: signing in, and the one-time link with which it begins."""

from __future__ import annotations

from django.contrib.auth import views
from django.urls import reverse_lazy


class SignIn(views.LoginView):
    """Name and password."""

    template_name = "desk/sign_in.html"
    redirect_authenticated_user = True


class Welcome(views.PasswordResetConfirmView):
    """The one-time link: whoever has it chooses the password, and is signed in."""

    template_name = "desk/welcome.html"
    success_url = reverse_lazy("inbox")
    post_reset_login = True


class SignOut(views.LogoutView):
    """The end of a session."""

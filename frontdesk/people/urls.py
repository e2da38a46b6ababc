"""How staff come in."""

from __future__ import annotations

from django.urls import path

from frontdesk.people import views

urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in", views.SignIn.as_view(), name="sign_in"),
    path("sign-out", views.SignOut.as_view(), name="sign_out"),
    path("welcome/<uidb64>/<token>/", views.Welcome.as_view(), name="welcome"),
]

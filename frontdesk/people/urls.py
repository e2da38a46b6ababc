"""How staff come in, their own account, and who they are."""

from __future__ import annotations

from django.urls import path

from frontdesk.people import account_views, people_views, views
from frontdesk.people.access import open_to_all

urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in", open_to_all(views.SignIn.as_view()), name="sign_in"),
    path("sign-in/code", views.sign_in_code, name="sign_in_code"),
    path("sign-out", open_to_all(views.SignOut.as_view()), name="sign_out"),
    path("welcome/<uidb64>/<token>/", open_to_all(views.Welcome.as_view()), name="welcome"),
    path("account", account_views.account, name="account"),
    path("account/password", account_views.change_password, name="change_password"),
    path("account/second-factor", account_views.second_factor_page, name="second_factor"),
    path("account/second-factor/remove", account_views.remove_second_factor, name="remove_second_factor"),
    path("account/recovery-codes", account_views.recovery_codes, name="recovery_codes"),
    path("account/sign-out-everywhere", account_views.sign_out_everywhere, name="sign_out_everywhere"),
    path("people", people_views.people_page, name="people"),
    path("people/sign-in-policy", people_views.set_policy, name="set_policy"),
    path("people/invite", people_views.invite, name="invite"),
    path("people/<int:user_id>", people_views.person_page, name="person"),
    path("people/<int:user_id>/link", people_views.new_link, name="new_link"),
    path("people/<int:user_id>/switch-off", people_views.switch_off, name="switch_off"),
    path("people/<int:user_id>/switch-on", people_views.switch_on, name="switch_on"),
    path("people/<int:user_id>/second-factor/remove", people_views.take_second_factor, name="take_second_factor"),
]

"""Who may open and change the settings: administrators, and nobody else."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern

from frontdesk.audit.models import Entry
from frontdesk.clinic.models import AlertRecipient, Clinic, ClosedDays
from frontdesk.clinic.urls import urlpatterns
from frontdesk.conversations.models import CannedReply
from frontdesk.people.roles import Right

PAGES = [
    "settings", "settings/clinic", "settings/hours", "settings/alerts", "settings/alerts/new", "settings/alerts/7",
    "settings/consent", "settings/consent/en", "settings/replies", "settings/replies/new", "settings/replies/7",
    "settings/widget", "settings/preview",
]  # fmt: skip
ACTIONS = [
    "settings/hours/minutes", "settings/hours/closed", "settings/hours/closed/7/delete", "settings/alerts/7/test",
    "settings/alerts/7/delete", "settings/replies/7/delete", "settings/widget/sites", "settings/undo",
]  # fmt: skip
NO_ADMINISTRATORS = ["alice", "dave", "erin"]  # staff, an editor, a clinician


@pytest.fixture(autouse=True)
def something_to_change(clinic: Clinic) -> None:
    """What the addresses name."""
    AlertRecipient.objects.create(pk=7, clinic=clinic, channel="email", address="nurse@clinic.example")
    ClosedDays.objects.create(pk=7, clinic=clinic, first_day=date(2026, 12, 25))
    CannedReply.objects.create(pk=7, title="Booking", text="By phone.")


def test_every_page_of_the_settings_is_in_these_tables() -> None:
    untested = [p for p in urlpatterns if not any(p.resolve(path) for path in PAGES + ACTIONS)]

    assert untested == []


def test_every_page_asks_for_the_right_to_change_settings() -> None:
    assert {p.callback.needs for p in urlpatterns if isinstance(p, URLPattern)} == {Right.SETTINGS}


@pytest.mark.parametrize("path", PAGES)
def test_an_administrator_opens_it(client: Client, carol: User, path: str) -> None:
    client.force_login(carol)

    assert client.get(f"/desk/{path}").status_code == 200


@pytest.mark.parametrize("path", [*PAGES, *ACTIONS])
def test_nobody_comes_in_without_signing_in(client: Client, path: str) -> None:
    for answered in (client.get(f"/desk/{path}"), client.post(f"/desk/{path}")):
        assert answered.headers["Location"].startswith("/desk/sign-in")


@pytest.mark.parametrize("who", NO_ADMINISTRATORS)
@pytest.mark.parametrize("path", [*PAGES, *ACTIONS])
def test_others_are_refused(client: Client, request: pytest.FixtureRequest, path: str, who: str) -> None:
    client.force_login(request.getfixturevalue(who))

    assert {client.get(f"/desk/{path}").status_code, client.post(f"/desk/{path}").status_code} == {403}
    assert set(Entry.objects.values_list("action", flat=True)) == {"refused"}


@pytest.mark.parametrize("path", ACTIONS)
def test_what_changes_something_is_no_link(client: Client, carol: User, path: str) -> None:
    client.force_login(carol)

    assert client.get(f"/desk/{path}").status_code == 405


@pytest.mark.parametrize("path", [*ACTIONS, "settings/clinic", "settings/consent"])
def test_a_form_of_another_site_is_refused(carol: User, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(carol)

    assert client.post(f"/desk/{path}", {"kept_days": "1"}).status_code == 403
    assert not Entry.objects.exists()


@pytest.mark.parametrize("who", ["alice", "carol"])
def test_the_link_to_it_is_shown_to_administrators(client: Client, request: pytest.FixtureRequest, who: str) -> None:
    client.force_login(request.getfixturevalue(who))

    page = client.get("/desk/settings").content.decode()

    assert ('href="/desk/settings"' in page) is (who == "carol")

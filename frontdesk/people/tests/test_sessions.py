"""When a session ends, and that nothing is kept of signed-in pages."""

from __future__ import annotations

import httpx
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from frontdesk.clinic.models import Clinic
from frontdesk.conftest import Clock, Served
from frontdesk.conversations import live
from frontdesk.people import services

PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def serves(server: Served, clinic: Clinic) -> None:
    """The inbox says who else is there."""


@pytest.fixture
def desk(alice: User) -> Client:
    """Alice's browser."""
    return _browser(alice)


def _browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _is_in(client: Client) -> bool:
    return client.get("/desk/account").status_code == 200


def test_it_ends_when_nothing_is_done_for_an_hour(desk: Client, clock: Clock) -> None:
    clock.passes(minutes=61)

    assert desk.get("/desk/inbox").headers["Location"] == "/desk/sign-in?next=/desk/inbox"
    assert not _is_in(desk)


def test_it_goes_on_while_something_is_done(desk: Client, clock: Clock) -> None:
    for _ in range(5):
        clock.passes(minutes=50)
        assert _is_in(desk)


def test_an_open_page_that_looks_again_by_itself_is_nobody_doing_something(desk: Client, clock: Clock) -> None:
    for _ in range(6):
        clock.passes(minutes=11)
        desk.get("/desk/inbox", headers={"X-Look": "again"})

    assert not _is_in(desk)


def test_an_administrator_sets_how_long(desk: Client, carol: User, clock: Clock) -> None:
    services.policy_set(carol, required_of=[], idle_minutes=10)
    clock.passes(minutes=11)

    assert not _is_in(desk)


def test_it_ends_after_twelve_hours_whatever_is_done(desk: Client, clock: Clock) -> None:
    for _ in range(14):
        clock.passes(minutes=50)
        assert _is_in(desk)
    clock.passes(minutes=21)

    assert not _is_in(desk)


def test_the_cookie_does_not_outlive_it(alice: User, client: Client, clock: Clock) -> None:
    client.post("/desk/sign-in", {"username": "alice", "password": PASSWORD})
    clock.passes(minutes=50)

    client.get("/desk/account")

    assert int(client.cookies[settings.SESSION_COOKIE_NAME]["max-age"]) == pytest.approx(11 * 3600 + 600, abs=5)


def test_signing_out_everywhere_ends_all_of_them(desk: Client, alice: User, bob: User) -> None:
    elsewhere, bobs = _browser(alice), _browser(bob)

    desk.post("/desk/account/sign-out-everywhere")

    assert (_is_in(desk), _is_in(elsewhere), _is_in(bobs)) == (False, False, True)


def test_one_can_sign_in_again_afterwards(desk: Client, client: Client) -> None:
    desk.post("/desk/account/sign-out-everywhere")

    client.post("/desk/sign-in", {"username": "alice", "password": PASSWORD})

    assert _is_in(client)


def test_a_new_password_ends_the_others(desk: Client, alice: User) -> None:
    elsewhere = _browser(alice)
    new = "another long passphrase"

    desk.post("/desk/account/password", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})

    assert (_is_in(desk), _is_in(elsewhere)) == (True, False)


def test_who_is_switched_off_and_on_again_signs_in_anew(desk: Client, alice: User, carol: User) -> None:
    services.person_switch_off(carol, alice)
    services.person_switch_on(carol, alice)

    assert not _is_in(desk)


@pytest.mark.parametrize("path", ["/desk/inbox", "/desk/account", "/desk/account/second-factor", "/desk/sign-in"])
def test_no_page_is_kept_by_a_browser_or_a_proxy(desk: Client, path: str) -> None:
    assert "no-store" in desk.get(path).headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/chat/config", "/healthz"])
def test_visitors_have_no_session(served: Served, path: str) -> None:
    answered = httpx.get(f"{served.address}{path}")

    assert "Set-Cookie" not in answered.headers
    assert "Cookie" not in answered.headers.get("Vary", "")


@pytest.mark.parametrize(("ends", "status"), [("not", 200), ("off", 403), ("everywhere", 403), ("due", 403), ("idle", 403)])
def test_the_live_stream_is_for_sessions_that_go_on(
    desk: Client, served: Served, alice: User, carol: User, clock: Clock, ends: str, status: int
) -> None:
    if ends == "off":
        services.person_switch_off(carol, alice)
    elif ends == "everywhere":
        services.sign_out_everywhere(alice)
    elif ends == "due":
        services.policy_set(carol, required_of=["everybody"], idle_minutes=60)
    elif ends == "idle":
        clock.passes(hours=2)
    cookies = {settings.SESSION_COOKIE_NAME: desk.cookies[settings.SESSION_COOKIE_NAME].value}

    with httpx.stream("GET", f"{served.address}/desk/events", cookies=cookies, timeout=10) as stream:
        assert stream.status_code == status


def test_a_stream_that_is_open_ends_with_its_session(
    desk: Client, served: Served, alice: User, carol: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LOOK_AGAIN", 0.05)
    cookies = {settings.SESSION_COOKIE_NAME: desk.cookies[settings.SESSION_COOKIE_NAME].value}

    with httpx.stream("GET", f"{served.address}/desk/events", cookies=cookies, timeout=10) as stream:
        lines = stream.iter_lines()
        assert next(line for line in lines if line.startswith("event: changed"))
        services.person_switch_off(carol, alice)
        rest = list(lines)  # returns when the server has ended it

    assert not [line for line in rest if "error" in line]

"""The second step: set up, asked for, required, and what there is when the phone is lost."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from frontdesk import environment, words
from frontdesk.audit.models import Entry
from frontdesk.clinic.models import Clinic
from frontdesk.conftest import Served
from frontdesk.people import second_factor, services
from frontdesk.people.models import RecoveryCode, SecondFactor
from frontdesk.people.services import WrongCode, sign_in_link

PASSWORD = "correct horse battery staple"
SECRET = b"12345678901234567890"  # of RFC 6238, appendix B


@pytest.fixture(autouse=True)
def serves(server: Served, clinic: Clinic) -> None:
    """The first page after signing in says who else is there."""


class Phone:
    """An authenticator app, and the clock on the wall."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.now = time.time()
        self.passes(0)

    def passes(self, seconds: float) -> None:
        self.now += seconds
        self._monkeypatch.setattr(second_factor.time, "time", lambda: self.now)

    def code(self, secret: bytes = SECRET, ahead: float = 0) -> str:
        return second_factor.code_at(secret, self.now + ahead)


@pytest.fixture
def phone(monkeypatch: pytest.MonkeyPatch) -> Phone:
    return Phone(monkeypatch)


@pytest.fixture
def recovery(alice: User, phone: Phone) -> list[str]:
    """Alice has set it up; her recovery codes."""
    codes = services.second_factor_set(alice, SECRET, phone.code())
    phone.passes(60)
    return codes


def _signs_in(client: Client, **code: str) -> Any:
    """The password, then a code."""
    first = client.post("/desk/sign-in", {"username": "alice", "password": PASSWORD, "next": "/desk/account"})
    assert first.headers["Location"] == "/desk/sign-in/code"
    return client.post("/desk/sign-in/code", code)


def _is_in(client: Client) -> bool:
    return client.get("/desk/account").status_code == 200


# The codes.


@pytest.mark.parametrize(("at", "code"), [(59, "287082"), (1111111109, "081804"), (2000000000, "279037")])
def test_its_codes_are_those_of_the_standard(at: int, code: str) -> None:
    assert second_factor.code_at(SECRET, at) == code


@pytest.mark.parametrize(("ahead", "is_right"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_phones_clock_may_be_half_a_minute_wrong(
    alice: User, recovery: list[str], phone: Phone, ahead: float, is_right: bool
) -> None:
    phone.passes(600)

    assert services.second_factor_check(alice, phone.code(ahead=ahead)) is is_right


def test_a_code_is_good_once(alice: User, recovery: list[str], phone: Phone) -> None:
    code = phone.code()

    assert [services.second_factor_check(alice, code) for _ in range(2)] == [True, False]


def test_the_code_that_set_it_up_signs_nobody_in(alice: User, phone: Phone) -> None:
    code = phone.code()
    services.second_factor_set(alice, SECRET, code)

    assert not services.second_factor_check(alice, code)


def test_a_code_may_have_spaces(alice: User, recovery: list[str], phone: Phone) -> None:
    code = phone.code()

    assert services.second_factor_check(alice, f" {code[:3]} {code[3:]} ")


@pytest.mark.parametrize("code", ["", "0", "٠٠٠٠٠٠", "zebedee", "0" * 40])
def test_what_is_no_code_is_wrong(alice: User, recovery: list[str], code: str) -> None:
    assert not services.second_factor_check(alice, code)


def test_who_reads_the_database_makes_no_codes(alice: User, recovery: list[str]) -> None:
    kept = bytes(SecondFactor.objects.get().sealed)

    assert SECRET not in kept
    assert not RecoveryCode.objects.filter(digest__in=recovery).exists()


def test_without_its_key_recovery_codes_still_work(
    alice: User, recovery: list[str], phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "contact_keys", lambda: ["another"])

    assert not services.second_factor_check(alice, phone.code())
    assert services.second_factor_check(alice, recovery[0])


# Signing in.


def test_the_password_alone_lets_nobody_in(recovery: list[str], client: Client) -> None:
    client.post("/desk/sign-in", {"username": "alice", "password": PASSWORD})

    assert not _is_in(client)


def test_the_code_lets_in_to_where_one_was_going(recovery: list[str], client: Client, phone: Phone) -> None:
    let_in = _signs_in(client, code=phone.code())

    assert let_in.headers["Location"] == "/desk/account"
    assert _is_in(client)


def test_a_wrong_code_is_told(recovery: list[str], client: Client, phone: Phone) -> None:
    told = _signs_in(client, code=phone.code(ahead=600))

    assert words.staff("wrong_code").partition(",")[0] in told.content.decode()
    assert not _is_in(client)


def test_a_recovery_code_lets_in_once_and_says_how_many_are_left(recovery: list[str], client: Client) -> None:
    _signs_in(client, recovery=recovery[3].upper().replace("-", " "))
    page = client.get("/desk/account").content.decode()
    assert "9 are left" in page

    again = Client()
    _signs_in(again, recovery=recovery[3])
    assert not _is_in(again)


def test_without_the_password_there_is_no_place_for_a_code(recovery: list[str], client: Client, phone: Phone) -> None:
    assert client.get("/desk/sign-in/code").headers["Location"] == "/desk/sign-in"
    assert client.post("/desk/sign-in/code", {"code": phone.code()}).headers["Location"] == "/desk/sign-in"
    assert not _is_in(client)


def test_the_code_is_asked_for_ten_minutes(recovery: list[str], client: Client, phone: Phone, clock: Any) -> None:
    client.post("/desk/sign-in", {"username": "alice", "password": PASSWORD})
    clock.passes(minutes=11)

    client.post("/desk/sign-in/code", {"code": phone.code()})

    assert not _is_in(client)


@pytest.mark.parametrize("change", ["password", "is_active"])
def test_who_was_changed_between_the_steps_begins_again(
    recovery: list[str], client: Client, phone: Phone, alice: User, change: str
) -> None:
    client.post("/desk/sign-in", {"username": "alice", "password": PASSWORD})
    if change == "password":
        alice.set_password("another long passphrase")
    alice.is_active = change != "is_active"
    alice.save()

    client.post("/desk/sign-in/code", {"code": phone.code()})

    assert not _is_in(client)


def test_codes_cannot_be_tried_without_end(recovery: list[str], client: Client, phone: Phone) -> None:
    wrong = [_signs_in(client, code=phone.code(ahead=600)).status_code for _ in range(5)]

    right = _signs_in(client, code=phone.code())

    assert (wrong, right.status_code) == ([200, 200, 200, 200, 429], 429)
    assert not _is_in(client)


def test_a_new_link_does_not_go_round_it(recovery: list[str], client: Client, alice: User) -> None:
    page = client.get(sign_in_link(alice).removeprefix(environment.PUBLIC_ADDRESS), follow=True)
    form = {"new_password1": "another long passphrase", "new_password2": "another long passphrase"}

    chosen = client.post(page.redirect_chain[-1][0], form)

    assert chosen.headers["Location"] == "/desk/sign-in/code"
    assert not _is_in(client)


# Setting it up, and taking it off.


@pytest.fixture
def desk(alice: User) -> Client:
    """Alice's browser."""
    client = Client()
    client.force_login(alice)
    return client


def _secret_on(page: str) -> bytes:
    from base64 import b32decode

    found = re.search(r'<code id="key">([A-Z2-7 ]+)</code>', page)
    assert found
    return b32decode(found[1].replace(" ", ""))


def test_it_is_set_up_with_the_code_that_the_app_shows(desk: Client, phone: Phone, alice: User) -> None:
    page = desk.get("/desk/account/second-factor").content.decode()
    assert "<svg" in page

    done = desk.post("/desk/account/second-factor", {"code": phone.code(_secret_on(page))}).content.decode()

    codes = re.findall(r"<code>(\w{5}-\w{5})</code>", done)
    assert (len(set(codes)), SecondFactor.objects.get().user) == (10, alice)
    assert services.second_factor_check(alice, codes[0])
    assert Entry.objects.filter(username="alice", action="second_factor_set").exists()


def test_recovery_codes_are_shown_once(desk: Client, phone: Phone) -> None:
    page = desk.get("/desk/account/second-factor").content.decode()
    done = desk.post("/desk/account/second-factor", {"code": phone.code(_secret_on(page))}).content.decode()
    code = re.findall(r"<code>(\w{5}-\w{5})</code>", done)[0]

    assert not [path for path in ("/desk/account", "/desk/account/second-factor") if code in desk.get(path).content.decode()]


def test_a_wrong_code_sets_nothing_up_and_keeps_the_picture(desk: Client, phone: Phone) -> None:
    page = desk.get("/desk/account/second-factor").content.decode()

    told = desk.post("/desk/account/second-factor", {"code": "000000"}).content.decode()

    assert 'role="alert"' in told
    assert _secret_on(told) == _secret_on(page)
    assert not SecondFactor.objects.exists()


def test_the_picture_runs_no_script_and_has_no_style(desk: Client) -> None:
    [drawn] = re.findall(r"<svg.*?</svg>", desk.get("/desk/account/second-factor").content.decode(), re.DOTALL)

    assert not re.search(r"style=|<script|<style|href", drawn)


def test_another_phone_needs_the_password(desk: Client, recovery: list[str], phone: Phone) -> None:
    secret = _secret_on(desk.get("/desk/account/second-factor").content.decode())
    before = bytes(SecondFactor.objects.get().sealed)

    desk.post("/desk/account/second-factor", {"code": phone.code(secret), "password": "wrong"})
    assert bytes(SecondFactor.objects.get().sealed) == before

    desk.post("/desk/account/second-factor", {"code": phone.code(secret), "password": PASSWORD})
    assert second_factor.unseal(SecondFactor.objects.get().sealed) == secret


@pytest.mark.parametrize(("password", "is_off"), [("wrong", False), ("", False), (PASSWORD, True)])
def test_it_is_switched_off_with_the_password(desk: Client, recovery: list[str], password: str, is_off: bool) -> None:
    desk.post("/desk/account/second-factor/remove", {"password": password})

    assert (not SecondFactor.objects.exists()) is is_off
    assert (not RecoveryCode.objects.exists()) is is_off


def test_the_own_password_cannot_be_tried_without_end(desk: Client, recovery: list[str]) -> None:
    for _ in range(5):
        desk.post("/desk/account/second-factor/remove", {"password": "wrong"})

    desk.post("/desk/account/second-factor/remove", {"password": PASSWORD})

    assert SecondFactor.objects.exists()


def test_new_recovery_codes_end_the_earlier_ones(desk: Client, recovery: list[str], alice: User) -> None:
    page = desk.post("/desk/account/recovery-codes", {"password": PASSWORD}).content.decode()

    made = re.findall(r"<code>(\w{5}-\w{5})</code>", page)
    assert services.second_factor_check(alice, made[0])
    assert not services.second_factor_check(alice, recovery[0])


def test_new_recovery_codes_need_the_password(desk: Client, recovery: list[str], alice: User) -> None:
    desk.post("/desk/account/recovery-codes", {"password": "wrong"})

    assert services.second_factor_check(alice, recovery[0])


def test_a_service_refuses_a_wrong_code(alice: User) -> None:
    with pytest.raises(WrongCode):
        services.second_factor_set(alice, SECRET, "no")


# Required.


@pytest.mark.parametrize(
    ("required_of", "is_led"), [(["staff"], True), (["everybody"], True), (["editor", "administrator"], False), ([], False)]
)
def test_who_has_none_where_it_is_required_can_do_nothing_else(
    desk: Client, carol: User, required_of: list[str], is_led: bool
) -> None:
    services.policy_set(carol, required_of=required_of, idle_minutes=60)

    answered = desk.get("/desk/inbox")

    assert (answered.headers.get("Location") == "/desk/account/second-factor") is is_led


@pytest.mark.parametrize("path", ["/desk/", "/desk/account", "/desk/conversations/x/take", "/desk/account/password"])
def test_there_is_no_way_round(desk: Client, carol: User, path: str) -> None:
    services.policy_set(carol, required_of=["everybody"], idle_minutes=60)

    assert desk.get(path).headers["Location"] == "/desk/account/second-factor"
    assert desk.post(path).headers["Location"] == "/desk/account/second-factor"


def test_they_can_set_it_up_and_go_on(desk: Client, carol: User, phone: Phone) -> None:
    services.policy_set(carol, required_of=["staff"], idle_minutes=60)
    page = desk.get("/desk/account/second-factor").content.decode()

    desk.post("/desk/account/second-factor", {"code": phone.code(_secret_on(page))})

    assert desk.get("/desk/inbox").status_code == 200


def test_they_can_sign_out(desk: Client, carol: User) -> None:
    services.policy_set(carol, required_of=["staff"], idle_minutes=60)

    assert desk.post("/desk/sign-out").headers["Location"] == "/desk/sign-in"


def test_where_it_is_required_nobody_switches_it_off(desk: Client, carol: User, recovery: list[str]) -> None:
    services.policy_set(carol, required_of=["staff"], idle_minutes=60)

    desk.post("/desk/account/second-factor/remove", {"password": PASSWORD})

    assert SecondFactor.objects.exists()

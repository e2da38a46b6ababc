"""How staff come in: the one-time link of the first start, and the password that it sets."""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from frontdesk import environment
from frontdesk.clinic.models import Clinic
from frontdesk.conftest import Served
from frontdesk.people import services
from frontdesk.people.models import SecondFactor

GOOD = "correct horse battery staple"


def _first_start() -> str:
    """What it prints."""
    printed = io.StringIO()
    call_command("first_start", stdout=printed)
    return printed.getvalue()


def _path(printed: str) -> str:
    found = re.search(rf"{re.escape(environment.PUBLIC_ADDRESS)}(/desk/welcome/\S+)", printed)
    assert found, printed
    return found[1]


@pytest.fixture
def link(transactional_db: None, server: Served) -> str:
    """The administrator's, after the first start."""
    return _path(_first_start())


def _opens(client: Client, link: str) -> Any:
    """What whoever follows the link sees."""
    return client.get(link, follow=True)


def _chooses(client: Client, link: str, password: str, again: str | None = None) -> Any:
    page = _opens(client, link)
    form = {"new_password1": password, "new_password2": password if again is None else again}
    return client.post(page.redirect_chain[-1][0] if page.redirect_chain else link, form, follow=True)


def test_the_first_start_makes_the_clinic_and_an_administrator(link: str) -> None:
    assert Clinic.objects.count() == 1
    administrator = User.objects.get()
    assert (administrator.is_superuser, administrator.is_active) == (True, True)


def test_there_is_no_default_password(link: str) -> None:
    assert not User.objects.get().has_usable_password()


@pytest.mark.parametrize("password", ["", "administrator", "admin", "password", "None", "!"])
def test_nobody_signs_in_before_a_password_was_chosen(link: str, client: Client, password: str) -> None:
    client.post("/desk/sign-in", {"username": "administrator", "password": password})

    assert "_auth_user_id" not in client.session


def test_the_link_asks_for_a_password(link: str, client: Client) -> None:
    page = _opens(client, link)

    assert page.status_code == 200
    assert "Choose your password" in page.content.decode()
    assert "administrator" in page.content.decode()


def test_the_links_secret_is_not_in_the_address_of_the_page(link: str, client: Client) -> None:
    assert link.rstrip("/").rpartition("/")[2] not in _opens(client, link).redirect_chain[-1][0]


def test_the_password_that_was_chosen_signs_in(link: str, client: Client) -> None:
    chosen = _chooses(client, link, GOOD)

    assert chosen.redirect_chain[0][0] == "/desk/"
    assert chosen.status_code == 200
    assert "_auth_user_id" in client.session
    assert Client().login(username="administrator", password=GOOD)


def test_the_link_works_once(link: str, client: Client) -> None:
    _chooses(client, link, GOOD)
    somebody = Client()

    page = _opens(somebody, link)
    _chooses(somebody, link, "another long passphrase")

    assert "This link has been used, or is too old" in page.content.decode()
    assert not User.objects.get().check_password("another long passphrase")
    assert "_auth_user_id" not in somebody.session


def test_the_link_is_good_for_three_days(link: str, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(default_token_generator, "_now", lambda: datetime.now() + timedelta(days=2, hours=23))  # noqa: DTZ005 - Django's
    assert "Choose your password" in _opens(client, link).content.decode()

    monkeypatch.setattr(default_token_generator, "_now", lambda: datetime.now() + timedelta(days=3, hours=1))  # noqa: DTZ005 - Django's
    assert "too old" in _opens(Client(), link).content.decode()


@pytest.mark.parametrize("altered", ["/desk/welcome/MQ/x-y/", "/desk/welcome/%00/x/", "/desk/welcome/OTk5/cf4kgt-0/"])
def test_a_link_that_is_none_opens_nothing(link: str, client: Client, altered: str) -> None:
    assert "This link has been used, or is too old" in _opens(client, altered).content.decode()


@pytest.mark.parametrize("password", ["short", "1234567890123", "password1", "administrator1"])
def test_a_bad_password_is_refused_and_said_why(link: str, client: Client, password: str) -> None:
    page = _chooses(client, link, password)

    assert 'role="alert"' in page.content.decode()
    assert not User.objects.get().has_usable_password()


def test_two_passwords_that_differ_are_refused(link: str, client: Client) -> None:
    _chooses(client, link, GOOD, "something else entirely")

    assert not User.objects.get().has_usable_password()


def test_the_next_start_prints_a_link_again_while_no_password_was_chosen(link: str, client: Client) -> None:
    again = _path(_first_start())

    assert "Choose your password" in _opens(client, again).content.decode()
    assert User.objects.count() == 1


def test_the_next_start_prints_nothing_once_a_password_was_chosen(link: str, client: Client) -> None:
    _chooses(client, link, GOOD)

    assert _first_start() == ""


def test_an_earlier_link_no_longer_works_once_a_password_was_chosen(link: str, client: Client) -> None:
    again = _path(_first_start())
    _chooses(client, again, GOOD)

    assert "too old" in _opens(Client(), link).content.decode()


def test_the_link_is_told_without_the_visitors_log(link: str, log: io.StringIO) -> None:
    _first_start()

    assert "welcome" not in log.getvalue()


def test_where_others_administer_nobody_is_made(carol: User, tmp_path: Path) -> None:
    assert services.administrator_begin() is None
    assert User.objects.count() == 1


@pytest.mark.parametrize("password", ["wrong", ""])
def test_a_wrong_password_signs_nobody_in(alice: User, client: Client, password: str) -> None:
    page = client.post("/desk/sign-in", {"username": "alice", "password": password})

    assert "Name and password do not fit together" in page.content.decode()
    assert "_auth_user_id" not in client.session


def test_one_who_does_not_exist_is_told_the_same(alice: User, client: Client) -> None:
    one = client.post("/desk/sign-in", {"username": "alice", "password": "wrong"}).content.decode()
    other = client.post("/desk/sign-in", {"username": "nobody", "password": "wrong"}).content.decode()

    def without_what_differs(page: str) -> str:
        return re.sub(r'value="[^"]*"', "", page)

    assert without_what_differs(one) == without_what_differs(other)


def test_one_who_has_left_does_not_come_in(alice: User, client: Client) -> None:
    alice.is_active = False
    alice.save()

    client.post("/desk/sign-in", {"username": "alice", "password": GOOD})

    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test/", "javascript:alert(1)"])
def test_signing_in_leads_to_no_other_site(alice: User, clinic: Clinic, client: Client, target: str) -> None:
    signed_in = client.post("/desk/sign-in", {"username": "alice", "password": GOOD, "next": target})

    assert signed_in.headers["Location"] == "/desk/"


def test_signing_out_ends_the_session(alice: User, client: Client) -> None:
    client.force_login(alice)

    client.post("/desk/sign-out")

    assert "_auth_user_id" not in client.session


def test_a_link_of_another_page_signs_nobody_out(alice: User, client: Client) -> None:
    client.force_login(alice)

    assert client.get("/desk/sign-out").status_code == 405
    assert "_auth_user_id" in client.session


def test_passwords_cannot_be_tried_without_end(alice: User, client: Client) -> None:
    tried = [client.post("/desk/sign-in", {"username": "alice", "password": str(number)}).status_code for number in range(50)]

    assert 429 in tried


# For whoever runs the front desk, when no administrator can help.


def _command(*arguments: str) -> str:
    printed = io.StringIO()
    call_command("sign_in_link", *arguments, stdout=printed)
    return printed.getvalue()


def test_who_runs_the_front_desk_makes_a_link(alice: User, client: Client, clinic: Clinic, server: Served) -> None:
    _chooses(client, _path(_command("Alice")), "another long passphrase")

    assert User.objects.get().check_password("another long passphrase")


@pytest.mark.parametrize(("arguments", "stays"), [((), True), (("--without-second-step",), False)])
def test_it_takes_off_the_second_step_only_when_asked(alice: User, arguments: tuple[str, ...], stays: bool) -> None:
    SecondFactor.objects.create(user=alice, sealed=b"", since=timezone.now())

    _command("alice", *arguments)

    assert SecondFactor.objects.exists() is stays


@pytest.mark.parametrize("name", ["nobody", ""])
def test_there_is_no_link_for_nobody(alice: User, name: str) -> None:
    with pytest.raises(CommandError):
        _command(name)

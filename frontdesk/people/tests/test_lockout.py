"""Passwords and codes cannot be tried without end; nobody learns who there is, and nobody is kept out for good."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from frontdesk.audit.models import Entry
from frontdesk.conftest import Clock
from frontdesk.people import lockout
from frontdesk.people.models import Tries

PASSWORD = "correct horse battery staple"


def _tries(client: Client, password: str, username: str = "alice", address: str = "192.0.2.1") -> Any:
    return client.post("/desk/sign-in", {"username": username, "password": password}, REMOTE_ADDR=address)


def _is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def _locks(username: str = "alice", **where: str) -> Any:
    """The fifth failure."""
    return [_tries(Client(), "wrong", username, **where) for _ in range(5)][-1]


def test_after_five_failures_the_right_password_does_not_open(alice: User, client: Client) -> None:
    _locks()

    refused = _tries(client, PASSWORD)

    assert refused.status_code == 429
    assert not _is_in(client)


def test_four_failures_lock_nobody_out(alice: User, client: Client) -> None:
    for _ in range(4):
        _tries(client, "wrong")

    _tries(client, PASSWORD)

    assert _is_in(client)


def test_it_says_until_when(alice: User, clinic: object) -> None:
    locked = _locks()

    assert "in 15 min" in locked.content.decode()
    assert 890 <= int(locked.headers["Retry-After"]) <= 901


def test_it_ends_after_a_quarter_of_an_hour(alice: User, client: Client, clock: Clock) -> None:
    _locks()
    clock.passes(minutes=14)
    assert _tries(client, PASSWORD).status_code == 429

    clock.passes(minutes=2)
    _tries(client, PASSWORD)

    assert _is_in(client)


def test_trying_on_does_not_put_off_the_end(alice: User, client: Client, clock: Clock) -> None:
    _locks()
    for _ in range(7):
        clock.passes(minutes=2)
        _tries(client, "wrong")

    clock.passes(minutes=2)
    _tries(client, PASSWORD)

    assert _is_in(client)


def test_failures_of_a_while_ago_do_not_count(alice: User, client: Client, clock: Clock) -> None:
    for _ in range(4):
        _tries(client, "wrong")
    clock.passes(minutes=16)

    assert _tries(client, "wrong").status_code == 200


def test_coming_in_begins_the_count_anew(alice: User) -> None:
    for _ in range(3):
        for _ in range(4):
            assert _tries(Client(), "wrong").status_code == 200
        _tries(Client(), PASSWORD)


def test_a_name_that_does_not_exist_is_locked_alike(alice: User, clinic: object) -> None:
    one, other = _locks("alice", address="192.0.2.1"), _locks("zebedee", address="192.0.2.2")

    assert one.status_code == other.status_code == 429
    assert "in 15 min" in other.content.decode()


def test_capitals_are_no_way_round(alice: User, client: Client) -> None:
    for name in ("alice", "Alice", "ALICE", "aLICE", " alice"):
        _tries(client, "wrong", name)

    assert _tries(client, PASSWORD).status_code == 429


def test_capitals_do_not_matter_for_coming_in(alice: User, client: Client) -> None:
    _tries(client, PASSWORD, "Alice ")

    assert _is_in(client)


def test_an_address_is_locked_for_every_name(alice: User, bob: User, client: Client) -> None:
    for number in range(30):
        _tries(client, "wrong", f"somebody{number}")

    assert _tries(client, PASSWORD, "bob").status_code == 429
    assert _tries(client, PASSWORD, "bob", address="198.51.100.7").status_code == 302


def test_coming_in_does_not_clear_an_address(alice: User, client: Client) -> None:
    for number in range(30):
        _tries(client, "wrong", f"somebody{number}")
        if number % 7 == 0:
            _tries(Client(), PASSWORD)

    assert _tries(client, PASSWORD).status_code == 429


def test_a_stranger_keeps_nobody_out_of_a_browser_they_know(alice: User, client: Client) -> None:
    _tries(client, PASSWORD)
    client.post("/desk/sign-out")
    _locks(address="203.0.113.9")
    assert _tries(Client(), PASSWORD).status_code == 429

    _tries(client, PASSWORD)

    assert _is_in(client)


def test_a_known_browser_has_a_count_of_its_own(alice: User, client: Client) -> None:
    _tries(client, PASSWORD)
    client.post("/desk/sign-out")
    for _ in range(5):
        _tries(client, "wrong")

    assert _tries(client, PASSWORD).status_code == 429


def test_a_browser_is_known_for_who_signed_in_there_only(alice: User, bob: User, client: Client) -> None:
    _tries(client, PASSWORD)
    client.post("/desk/sign-out")
    _locks("bob", address="203.0.113.9")

    assert _tries(client, PASSWORD, "bob").status_code == 429


def test_a_cookie_that_we_did_not_make_is_none(alice: User, client: Client) -> None:
    client.cookies[lockout.COOKIE] = "eyJkZXZpY2UiOiJ4In0:1abc:forged"
    _locks()

    assert _tries(client, PASSWORD).status_code == 429


def test_neither_names_nor_addresses_are_kept(alice: User) -> None:
    _tries(Client(), "wrong", "zebedee quux")

    assert not [one for one in Tries.objects.all() for word in ("zebedee", "192.0.2.1") if word in one.pk]


def test_a_lock_stands_in_the_audit_log_once_and_no_typed_word(alice: User) -> None:
    _locks("alice", address="192.0.2.1")
    _locks("zebedee", address="192.0.2.2")
    _tries(Client(), "wrong")

    assert sorted(e.details["person"] for e in Entry.objects.filter(action="locked_out")) == ["", "alice"]
    assert "zebedee" not in str(list(Entry.objects.values()))


def test_many_tries_at_once_are_not_taken_for_one(alice: User) -> None:
    def tries(_: int) -> bool:
        try:
            return lockout.try_begin(["name:alice"], None) is None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(tries, range(24)))

    assert sum(taken) == 5

"""The own account: who one is, and a new password."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from frontdesk.audit.models import Entry

PASSWORD, NEW = "correct horse battery staple", "another long passphrase"


@pytest.fixture
def desk(alice: User) -> Client:
    """Alice's browser."""
    client = Client()
    client.force_login(alice)
    return client


def _changes(desk: Client, old: str = PASSWORD, new: str = NEW, again: str = NEW) -> str:
    form = {"old_password": old, "new_password1": new, "new_password2": again}
    return desk.post("/desk/account/password", form, follow=True).content.decode()


def _password_is(password: str) -> bool:
    return User.objects.get(username="alice").check_password(password)


def test_it_says_who_one_is_here(desk: Client) -> None:
    page = desk.get("/desk/account").content.decode()

    assert "Alice (nurse)" in page
    assert "<dd>staff</dd>" in page


def test_one_changes_the_password(desk: Client) -> None:
    assert "Your password is changed" in _changes(desk)

    assert _password_is(NEW)
    assert Entry.objects.filter(username="alice", action="password_changed").exists()


@pytest.mark.parametrize(
    ("old", "new", "again"), [("wrong", NEW, NEW), ("", NEW, NEW), (PASSWORD, NEW, "other"), (PASSWORD, "short", "short")]
)
def test_what_is_wrong_is_told_and_changes_nothing(desk: Client, old: str, new: str, again: str) -> None:
    assert 'role="alert"' in _changes(desk, old, new, again)

    assert _password_is(PASSWORD)


def test_the_present_password_cannot_be_tried_without_end(desk: Client) -> None:
    for _ in range(5):
        _changes(desk, "wrong")

    assert "tried too often" in _changes(desk)
    assert _password_is(PASSWORD)


def test_no_password_stands_in_a_page(desk: Client) -> None:
    assert PASSWORD not in _changes(desk, PASSWORD, "short", "short")

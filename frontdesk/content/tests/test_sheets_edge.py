"""How much may be sent: an editor's spreadsheet is taken, and nothing more of anybody else than before."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import httpx
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from frontdesk import edge, environment
from frontdesk.clinic.models import Clinic
from frontdesk.conftest import Served

SEND = "/desk/content/sheets/send"
LIMIT = environment.MAX_BODY
SignIn = Callable[[User], dict[str, str]]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def session_of(client: Client, clinic: Clinic) -> SignIn:
    """The cookie of somebody who is signed in."""

    def sign_in(user: User) -> dict[str, str]:
        client.force_login(user)
        return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"}

    return sign_in


def _pieces(size: int) -> Iterator[bytes]:
    for start in range(0, size, 10_000):
        yield b"a" * min(10_000, size - start)


def _send(served: Served, path: str, size: int, headers: dict[str, str], *, pieces: bool = False) -> int:
    content = _pieces(size) if pieces else b"a" * size
    return httpx.post(f"{served.address}{path}", content=content, headers={**FORM, **headers}).status_code


# What is let through has no token against forged requests, and is refused for that: 403.
@pytest.mark.parametrize("pieces", [False, True])
def test_an_editor_may_send_a_spreadsheet(server: Served, session_of: SignIn, dave: User, pieces: bool) -> None:
    assert _send(server, SEND, LIMIT + 1, session_of(dave), pieces=pieces) == 403
    assert _send(server, SEND, environment.MAX_UPLOAD, session_of(dave), pieces=pieces) == 403


def test_an_editor_may_send_no_more_than_that(server: Served, session_of: SignIn, dave: User) -> None:
    assert _send(server, SEND, environment.MAX_UPLOAD + 1, session_of(dave), pieces=True) == 413


@pytest.mark.parametrize("pieces", [False, True])
@pytest.mark.parametrize("path", ["/chat/messages", "/desk/sign-in", "/desk/contentment", "/desk/account", "/healthz"])
def test_elsewhere_an_editor_may_send_what_anybody_may(
    server: Served, session_of: SignIn, dave: User, path: str, pieces: bool
) -> None:
    assert _send(server, path, LIMIT + 1, session_of(dave), pieces=pieces) == 413


@pytest.mark.parametrize("who", ["nobody", "a made-up session", "alice"])
def test_who_is_no_editor_sends_no_spreadsheet(server: Served, session_of: SignIn, alice: User, who: str) -> None:
    headers = {"nobody": {}, "a made-up session": {"Cookie": f"{settings.SESSION_COOKIE_NAME}=abc"}}.get(who)

    assert _send(server, SEND, LIMIT + 1, session_of(alice) if headers is None else headers) == 413


def test_an_editor_who_was_switched_off_sends_no_spreadsheet(server: Served, session_of: SignIn, dave: User) -> None:
    headers = session_of(dave)
    User.objects.filter(pk=dave.pk).update(is_active=False)

    assert _send(server, SEND, LIMIT + 1, headers) == 413


def test_a_spreadsheet_that_does_not_arrive_is_not_waited_for(
    server: Served, session_of: SignIn, dave: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge, "UPLOAD_SECONDS", 0.2)
    host, _, port = server.address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        lines = [
            f"POST {SEND} HTTP/1.1",
            f"Host: {host}",
            "Content-Length: 1000000",
            *(f"{name}: {value}" for name, value in session_of(dave).items()),
        ]
        connection.sendall("\r\n".join([*lines, "", "question"]).encode())

        assert connection.recv(100).startswith(b"HTTP/1.1 408")


def test_a_spreadsheet_has_longer_than_a_message() -> None:
    assert edge.UPLOAD_SECONDS > edge.BODY_SECONDS

"""Around everything that is served: which sites, which names, how much."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from frontdesk.conftest import SITE, Served
from frontdesk.conversations.models import Conversation

FOREIGN = [
    "https://evil.test",
    "https://www.clinic.example.evil.test",
    "https://evil.test/https://www.clinic.example",
    "https://evilwww.clinic.example",
    "https://clinic.example",
    "https://sub.www.clinic.example",
    "https://www.clinic.example:8443",
    "http://www.clinic.example",
    "https://WWW.clinic.example",
    "https://www.clinic.example/",
    "null",
    "",
    "*",
    "file://",
]
LIMIT = 16 * 1024


def _ask(served: Served, method: str, path: str, **rest: Any) -> httpx.Response:
    return httpx.request(method, f"{served.address}{path}", **rest)


def test_a_listed_site_may_use_the_chat(served: Served) -> None:
    allowed = _ask(served, "GET", "/chat/config", headers={"Origin": SITE})

    assert allowed.status_code == 200
    assert allowed.headers["Access-Control-Allow-Origin"] == SITE
    assert "Origin" in allowed.headers["Vary"]


@pytest.mark.parametrize("origin", FOREIGN)
def test_another_site_is_refused(served: Served, origin: str) -> None:
    refused = _ask(served, "GET", "/chat/config", headers={"Origin": origin})

    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "origin_not_allowed")
    assert "Access-Control-Allow-Origin" not in refused.headers


@pytest.mark.parametrize("origin", FOREIGN)
def test_another_site_begins_no_conversation(served: Served, origin: str) -> None:
    refused = _ask(served, "POST", "/chat/conversations", json={"consent": "1-90"}, headers={"Origin": origin})

    assert refused.status_code == 403
    assert not Conversation.objects.exists()


def test_another_site_reads_no_events(served: Served) -> None:
    begun = served.begins()

    refused = _ask(served, "GET", "/chat/events", headers={**begun["headers"], "Origin": "https://evil.test"})

    assert refused.status_code == 403


def test_our_own_page_may_use_the_chat(served: Served) -> None:
    assert _ask(served, "GET", "/chat/config", headers={"Origin": served.address}).status_code == 200


def test_a_client_that_names_no_site_may_use_the_chat(served: Served) -> None:
    assert _ask(served, "GET", "/chat/config").status_code == 200


def test_credentials_are_never_asked_for(served: Served) -> None:
    """The token is in a header: a cookie would be another's to send."""
    allowed = _ask(served, "GET", "/chat/config", headers={"Origin": SITE})

    assert "Access-Control-Allow-Credentials" not in allowed.headers


def _preflight(served: Served, origin: str, method: str, path: str = "/chat/messages") -> httpx.Response:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    return _ask(served, "OPTIONS", path, headers=asked)


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_listed_sites_browser_is_told_what_it_may_send(served: Served, method: str) -> None:
    told = _preflight(served, SITE, method)

    assert told.status_code == 200
    assert told.headers["Access-Control-Allow-Origin"] == SITE
    assert method in told.headers["Access-Control-Allow-Methods"]
    assert {"authorization", "content-type", "last-event-id"} <= {
        name.strip().lower() for name in told.headers["Access-Control-Allow-Headers"].split(",")
    }
    assert int(told.headers["Access-Control-Max-Age"]) > 0


@pytest.mark.parametrize("origin", ["https://evil.test", "https://www.clinic.example.evil.test", "null"])
def test_another_sites_browser_is_told_nothing(served: Served, origin: str) -> None:
    refused = _preflight(served, origin, "POST")

    assert refused.status_code == 403
    assert "Access-Control-Allow-Origin" not in refused.headers


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_listed_sites_browser_may_send_nothing_else(served: Served, method: str) -> None:
    assert _preflight(served, SITE, method).status_code == 400


def test_a_refused_limit_can_be_read_by_a_listed_sites_page(served: Served) -> None:
    allowed = _ask(served, "GET", "/chat/messages", headers={"Origin": SITE})

    assert allowed.status_code == 401
    assert allowed.headers["Access-Control-Allow-Origin"] == SITE
    assert "Retry-After" in allowed.headers["Access-Control-Expose-Headers"]


def test_the_desk_is_no_other_sites(served: Served) -> None:
    answered = _ask(served, "GET", "/desk/sign-in", headers={"Origin": SITE})

    assert "Access-Control-Allow-Origin" not in answered.headers


@pytest.mark.parametrize("host", ["evil.test", "127.0.0.1.evil.test", "evil.test:8000", "", "127.0.0.1@evil.test"])
@pytest.mark.parametrize("path", ["/chat/config", "/desk/sign-in", "/", "/widget/clinic-chat.js"])
def test_under_another_name_nothing_is_served(served: Served, host: str, path: str) -> None:
    assert _ask(served, "GET", path, headers={"Host": host}).status_code == 400


def _body(size: int) -> bytes:
    """A JSON object of so many bytes, with a field that is not known."""
    empty = len(json.dumps({"x": ""}))
    return json.dumps({"x": "a" * (size - empty)}).encode()


def _pieces(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), 1000):
        yield body[start : start + 1000]


@pytest.mark.parametrize("path", ["/chat/conversations", "/chat/messages", "/desk/sign-in", "/healthz"])
def test_a_body_that_says_it_is_too_large_is_refused(served: Served, path: str) -> None:
    refused = _ask(served, "POST", path, content=_body(LIMIT + 1), headers={"Content-Type": "application/json"})

    assert (refused.status_code, refused.json()["error"]["code"]) == (413, "too_large")


@pytest.mark.parametrize("path", ["/chat/conversations", "/healthz"])  # the second reads no body of its own accord
def test_a_body_that_does_not_say_how_large_it_is_is_refused_once_it_is_too_large(served: Served, path: str) -> None:
    refused = _ask(served, "POST", path, content=_pieces(_body(LIMIT + 1)), headers={"Content-Type": "application/json"})

    assert (refused.status_code, refused.json()["error"]["code"]) == (413, "too_large")


@pytest.mark.parametrize("pieces", [False, True])
def test_a_body_of_just_the_limit_is_read(served: Served, pieces: bool) -> None:
    body = _body(LIMIT)
    assert len(body) == LIMIT

    read = _ask(
        served,
        "POST",
        "/chat/conversations",
        content=_pieces(body) if pieces else body,
        headers={"Content-Type": "application/json"},
    )

    assert (read.status_code, read.json()["error"]["code"]) == (400, "unknown_field")


def test_a_body_that_comes_in_pieces_is_read_as_one(served: Served) -> None:
    begun = _ask(
        served,
        "POST",
        "/chat/conversations",
        content=_pieces(json.dumps({"consent": "1-90"}).encode()),
        headers={"Content-Type": "application/json"},
    )

    assert begun.status_code == 201


def test_a_body_that_is_too_large_is_not_waited_for(served: Served) -> None:
    host, _, port = served.address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(
            f"POST /chat/messages HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: 10000000\r\n\r\n".encode()
        )

        assert connection.recv(100).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize("declared", ["-1", "x", "1e3", "9" * 30])
def test_a_length_that_is_none_is_refused(served: Served, declared: str) -> None:
    host, _, port = served.address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(f"POST /chat/messages HTTP/1.1\r\nHost: {host}\r\nContent-Length: {declared}\r\n\r\n".encode())

        assert connection.recv(100).split(b" ")[1] in (b"400", b"413")


def test_the_widget_may_be_loaded_by_any_site(served: Served) -> None:
    loaded = _ask(served, "GET", "/widget/clinic-chat.js", headers={"Origin": "https://any.example"})

    assert loaded.status_code == 200
    assert loaded.headers["Access-Control-Allow-Origin"] == "*"
    assert loaded.headers["Content-Type"].startswith("text/javascript")
    assert loaded.headers["X-Content-Type-Options"] == "nosniff"


def test_the_widget_is_not_sent_again_while_it_is_the_same(served: Served) -> None:
    first = _ask(served, "GET", "/widget/clinic-chat.js")

    again = _ask(served, "GET", "/widget/clinic-chat.js", headers={"If-None-Match": first.headers["ETag"]})

    assert "max-age" in first.headers["Cache-Control"]
    assert (again.status_code, again.content) == (304, b"")


def test_the_widget_is_sent_compressed(served: Served) -> None:
    loaded = _ask(served, "GET", "/widget/clinic-chat.js", headers={"Accept-Encoding": "gzip"})

    assert loaded.headers["Content-Encoding"] == "gzip"
    assert "ClinicChat" in loaded.text


@pytest.mark.parametrize(
    "path",
    [
        "/widget/../clinic.yml",
        "/widget/%2e%2e/clinic.yml",
        "/widget/..%2fclinic.yml",
        "/static/../settings.py",
        "/static/%2e%2e/settings.py",
    ],
)
def test_no_other_file_is_served(served: Served, path: str) -> None:
    host, _, port = served.address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())

        assert connection.recv(100).split(b" ")[1] == b"404"


def test_the_stylesheet_of_the_desk_is_served(served: Served) -> None:
    assert _ask(served, "GET", "/static/desk.css").headers["Content-Type"].startswith("text/css")

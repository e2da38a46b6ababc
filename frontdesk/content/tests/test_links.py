"""Links in answers are looked at; nothing within the clinic's own network is."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from typing import Any, ClassVar

import pytest

from frontdesk.content import links
from frontdesk.content.links import link_notes, links_in, look_at, to_look_at, written_wrong


class Site(BaseHTTPRequestHandler):
    """Pages by their path: `/404` answers so, `/to/x` leads to `/x`, `/slow` takes long, `/get/404` refuses HEAD."""

    asked: ClassVar[list[str]] = []

    def do_HEAD(self) -> None:
        self.asked.append(f"{self.command} {self.path} {self.headers['Host']}")
        parts = self.path.strip("/").split("/")
        if parts[0] == "slow":
            time.sleep(1)
        if parts[0] == "to":
            self.send_response(302)
            self.send_header("Location", "/".join(["", *parts[1:]]) if len(parts) > 1 else self.path)
        elif parts[0] == "get":
            self.send_response(405 if self.command == "HEAD" else int(parts[1]))
        else:
            self.send_response(int(parts[0]) if parts[0].isdigit() else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD  # noqa: N815 - so it is called

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A site under a name that leads to this machine, as one of the internet would."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Site.asked = []
    monkeypatch.setattr(links, "_public", lambda address: ip_address("127.0.0.1"))
    yield f"http://clinic.example:{server.server_port}"
    server.shutdown()
    server.server_close()


def _says(link: str) -> list[str]:
    look_at([link])
    return [note.code for note in link_notes(f"See {link}.")]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/", []),
        ("/403", []),  # programs are kept out; people may not be
        ("/to/", []),
        ("/to/404", ["link_gone"]),
        ("/get/200", []),
        ("/get/404", ["link_gone"]),
        ("/404", ["link_gone"]),
        ("/410", ["link_gone"]),
        ("/500", ["link_unreachable"]),
    ],
)
def test_a_link_is_looked_at(site: str, path: str, said: list[str]) -> None:
    assert _says(site + path) == said


def test_it_is_a_warning_and_names_the_link(site: str) -> None:
    look_at([f"{site}/404"])

    (note,) = link_notes(f"See {site}/404.")

    assert note.warns
    assert f"{site}/404" in note.sentence


def test_the_site_is_asked_by_its_name(site: str) -> None:
    look_at([f"{site}/page"])

    assert Site.asked == [f"HEAD /page {site.removeprefix('http://')}"]


def test_what_was_found_out_is_kept(site: str) -> None:
    assert to_look_at(f"See {site}/page.") == [f"{site}/page"]
    look_at([f"{site}/page"])

    assert to_look_at(f"See {site}/page.") == []


def test_a_slow_site_is_not_waited_for(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "SECONDS", 0.2)
    began = time.monotonic()

    assert _says(f"{site}/slow") == ["link_unreachable"]
    assert time.monotonic() - began < 0.9


def _names(monkeypatch: pytest.MonkeyPatch, number: str) -> None:
    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        if host == "unknown.example":
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


@pytest.mark.parametrize("number", ["10.0.0.1", "127.0.0.1", "169.254.169.254", "::1"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_nothing_within_the_own_network_is_asked(monkeypatch: pytest.MonkeyPatch, number: str, scheme: str) -> None:
    _names(monkeypatch, number)
    monkeypatch.setattr("frontdesk.environment.DEMO", True)
    monkeypatch.setattr("httpx.Client", None)  # would fail

    assert _says(f"{scheme}://inside.example/{number.replace(':', '')}") == ["link_private"]


def test_a_page_that_leads_into_the_own_network_is_not_followed(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def public(address: str) -> Any:
        if "/to/" not in address:
            raise links.webhooks.AddressRefused("webhook_private")
        return ip_address("127.0.0.1")

    monkeypatch.setattr(links, "_public", public)

    assert _says(f"{site}/to/next") == ["link_private"]
    assert len(Site.asked) == 1


def test_a_name_that_nobody_has_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    _names(monkeypatch, "8.8.8.8")

    assert _says("https://unknown.example/") == ["link_no_site"]


def test_a_link_with_a_place_in_it_is_nobodys_to_look_at() -> None:
    assert to_look_at("See https://{host}/page or https://clinic.example/{page}.") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("See https://clinic.example/care.", ["https://clinic.example/care"]),
        ("(https://clinic.example/a_(b))", ["https://clinic.example/a_(b)"]),
        (
            "https://a.example, https://b.example/?x=1&y=2; https://a.example!",
            ["https://a.example", "https://b.example/?x=1&y=2"],
        ),
        ("HTTPS://Clinic.Example", ["HTTPS://Clinic.Example"]),
        ("no link", []),
    ],
)
def test_links_end_before_what_ends_the_sentence(text: str, found: list[str]) -> None:
    assert links_in(text) == found


@pytest.mark.parametrize(
    "text", ["https:/clinic.example", "https//clinic.example", "https:clinic.example", "https:// clinic.example", "www.clinic.example",
             "https://clinic", "https://user:pw@clinic.example", "https://clinic.example:99999/", "https://-.example"]
)  # fmt: skip
def test_what_is_no_link_and_was_meant_to_be_is_found(text: str) -> None:
    assert written_wrong(f"See {text} for more.")


@pytest.mark.parametrize(
    "text",
    ["https://www.clinic.example", "a@www.clinic.example", "http or https: both", "https://münchen.example/ä", "https://{x}/"],
)
def test_what_is_a_link_or_was_never_meant_to_be_is_not(text: str) -> None:
    assert written_wrong(f"See {text} for more.") == []

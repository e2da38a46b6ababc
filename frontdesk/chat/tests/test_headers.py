"""The headers by which a browser protects who looks at a page, and that visitors get no cookie."""

from __future__ import annotations

import re

import httpx
import pytest
from django.contrib.auth.models import User
from django.test import Client

from frontdesk import environment
from frontdesk.conftest import Served, Visitor

API = ["/chat/config", "/chat/messages", "/chat/nothing"]
PAGES = ["/desk/inbox", "/desk/sign-in", "/desk/welcome/x/y/"]


@pytest.mark.parametrize("path", [*API, "/healthz"])
async def test_no_type_is_guessed(visitor: Visitor, path: str) -> None:
    assert (await visitor.client.get(path, headers=visitor.headers)).headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", API)
async def test_nothing_of_a_chat_is_stored_on_its_way(visitor: Visitor, path: str) -> None:
    assert (await visitor.client.get(path, headers=visitor.headers)).headers["Cache-Control"] == "no-store"


async def test_a_refusal_has_the_same_headers(stranger: Visitor) -> None:
    refused = await stranger.reads()

    assert refused.status_code == 401
    assert (refused.headers["X-Content-Type-Options"], refused.headers["Cache-Control"]) == ("nosniff", "no-store")


async def test_visitors_get_no_cookie(visitor: Visitor) -> None:
    answered = [
        await visitor.client.get("/chat/config"),
        await visitor.says("hello"),
        await visitor.reads(),
        await visitor.posts("/chat/end", {}),
    ]

    assert [dict(response.cookies) for response in answered] == [{}] * 4


@pytest.mark.parametrize("path", PAGES)
def test_a_page_brings_nothing_from_elsewhere_and_runs_no_script_but_ours(
    alice: User, served: Served, client: Client, path: str
) -> None:
    client.force_login(alice) if path == "/desk/inbox" else None

    policy = dict(
        part.strip().split(" ", 1) for part in client.get(path).headers["Content-Security-Policy"].split(";") if part.strip()
    )

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "unsafe-inline" not in str(policy)


def test_a_page_is_shown_in_no_frame_and_stored_nowhere(alice: User, served: Served, client: Client) -> None:
    client.force_login(alice)

    headers = client.get("/desk/inbox").headers

    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("page", sorted(file.stem for file in (environment.ROOT / "frontdesk/templates/desk").glob("*.html")))
def test_no_page_has_scripts_or_styles_of_its_own(page: str) -> None:
    """The policy would stop them."""
    text = (environment.ROOT / f"frontdesk/templates/desk/{page}.html").read_text(encoding="utf-8")

    assert not re.search(r"<style|style=|\son\w+=|<script(?![^>]*\bsrc=)", text)


def test_the_staffs_cookie_is_not_for_scripts(alice: User, served: Served, client: Client) -> None:
    client.post("/desk/sign-in", {"username": "alice", "password": "correct horse battery staple"})

    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_the_demonstration_page_runs_no_script_but_ours(served: Served) -> None:
    policy = httpx.get(f"{served.address}/").headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy


def test_the_server_does_not_say_what_it_is(served: Served) -> None:
    assert "server" not in httpx.get(f"{served.address}/chat/config").headers


async def test_what_has_no_content_has_no_length(visitor: Visitor) -> None:
    told = await visitor.posts("/chat/typing", {"typing": True})

    assert told.status_code == 204
    assert "Content-Length" not in told.headers

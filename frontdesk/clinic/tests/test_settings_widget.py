"""The page on which the widget's look and its sites are set."""

from __future__ import annotations

import html
import re
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import User
from django.test import Client

from frontdesk import words
from frontdesk.audit.models import Entry
from frontdesk.clinic import services, sites
from frontdesk.clinic.colour import LIGHT, contrast, parse, readable, reading
from frontdesk.clinic.models import Clinic
from frontdesk.conftest import Served, Settings

LOOK = {"accent": "#7a2e5d", "widget_position": "left", "widget_language": "de", "widget_theme": "dark"}


def _snippet(desk: Client, **look: str) -> str:
    page = desk.post("/desk/settings/widget", {**look, "preview": "yes"}) if look else desk.get("/desk/settings/widget")
    found = re.search(r'<textarea[^>]*id="snippet"[^>]*>(.*?)</textarea>', page.content.decode(), re.DOTALL)
    assert found
    return html.unescape(found[1])


def test_the_snippet_has_what_was_saved(desk: Client, environment_with: Settings) -> None:
    environment_with(PUBLIC_ADDRESS="https://desk.clinic.example")

    desk.post("/desk/settings/widget", LOOK)

    assert _snippet(desk) == (
        '<script type="module" src="https://desk.clinic.example/widget/clinic-chat.js"></script>\n'
        '<clinic-chat language="de" position="left" theme="dark" style="--clinic-chat-accent: #7a2e5d"></clinic-chat>'
    )


def test_what_is_left_to_the_widget_is_not_in_it(desk: Client) -> None:
    desk.post("/desk/settings/widget", {"accent": "#0e6660"})  # the built-in colour

    assert _snippet(desk).endswith("\n<clinic-chat></clinic-chat>")
    assert Clinic.objects.get().accent == ""


def test_a_preview_shows_and_saves_nothing(desk: Client) -> None:
    assert "#7a2e5d" in _snippet(desk, **LOOK)

    assert Clinic.objects.get().accent == ""
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("accent", "red"), ("accent", "#12345"), ("accent", "#zzzzzz"), ("accent", "}*{x"), ("widget_position", "top"),
        ("widget_language", "ja"), ("widget_theme", "pink"),
    ],
)  # fmt: skip
def test_a_look_that_there_is_not_is_refused(desk: Client, field: str, value: str) -> None:
    assert desk.post("/desk/settings/widget", {field: value}).status_code == 422
    assert desk.get("/desk/settings/preview", {field: value}).status_code == 404


def test_the_page_may_show_the_preview_and_no_other_frame(desk: Client) -> None:
    policy = desk.get("/desk/settings/widget").headers["Content-Security-Policy"]

    assert "frame-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


def test_the_preview_is_shown_in_our_own_frame_only_and_runs_nothing_inline(desk: Client) -> None:
    shown = desk.get("/desk/settings/preview", LOOK)

    policy = shown.headers["Content-Security-Policy"]
    nonce = re.search(r'<style nonce="([\w-]+)">', shown.content.decode())
    assert nonce
    assert f"style-src 'self' 'nonce-{nonce[1]}'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'self'" in policy
    assert shown.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_the_preview_has_the_look_it_was_asked_for(desk: Client) -> None:
    shown = desk.get("/desk/settings/preview", LOOK).content.decode()

    assert '<clinic-chat language="de" position="left" theme="dark">' in shown
    assert "--clinic-chat-accent: #7a2e5d" in shown


# Contrast.


@pytest.mark.parametrize(
    ("accent", "text", "is_readable", "is_seen"),
    [
        ("#0e6660", "white", True, True),
        ("#7a2e5d", "white", True, True),
        ("#e8b04a", "black", True, False),
        ("#ffffff", "black", True, False),
    ],
)
def test_it_is_told_how_an_accent_can_be_read(accent: str, text: str, is_readable: bool, is_seen: bool) -> None:
    read = reading(accent)

    assert (read.text, read.text_is_readable, read.button_is_seen) == (text, is_readable, is_seen)


def test_contrasts_are_those_of_wcag() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast(parse("#777777"), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("accent", ["#ffff00", "#e8b04a", "#7a2e5d", "#000000"])
def test_an_accent_as_text_can_be_read_on_every_surface(accent: str) -> None:
    assert min(contrast(parse(readable(parse(accent), LIGHT)), surface) for surface in LIGHT) >= 4.5


def test_the_page_says_when_a_colour_is_hard_to_see(desk: Client) -> None:
    page = desk.post("/desk/settings/widget", {"accent": "#e8b04a", "preview": "yes"}).content.decode()

    assert "hardly stands out" in page


# Sites.


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://www.clinic.example", "https://www.clinic.example"), ("https://WWW.Clinic.example/contact?x#y", "https://www.clinic.example"),
        ("www.clinic.example", "https://www.clinic.example"), ("https://clinic.example:443", "https://clinic.example"),
        ("https://clinic.example:8443/", "https://clinic.example:8443"), ("https://klinik-müller.example", "https://xn--klinik-mller-klb.example"),
        ("http://localhost:3000", "http://localhost:3000"), ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)  # fmt: skip
def test_a_pasted_address_becomes_its_site_as_browsers_name_it(given: str, origin: str) -> None:
    assert sites.origin_of(given) == origin


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("http://www.clinic.example", "site_https"), ("*", "site_address"), ("https://*.clinic.example", "site_address"),
        ("null", "site_address"),
        ("file:///x", "site_address"), ("https://", "site_address"), ("https://a:b@clinic.example", "site_address"),
        ("https://clinic.example:x", "site_address"), ("clinic", "site_address"), ("javascript:alert(1)", "site_address"),
    ],
)  # fmt: skip
def test_what_names_no_site_is_refused(desk: Client, given: str, code: str) -> None:
    refused = desk.post("/desk/settings/widget/sites", {"sites": f"https://fine.example\n{given}"})

    assert refused.status_code == 422
    assert html.escape(words.staff(f"wrong_{code}", given=given)) in refused.content.decode()
    assert Clinic.objects.get().sites == ""


def test_sites_are_kept_once_each_and_noted(desk: Client) -> None:
    desk.post("/desk/settings/widget/sites", {"sites": "clinic.example\nhttps://clinic.example/\nwww.clinic.example"})

    assert Clinic.objects.get().sites.split() == ["https://clinic.example", "https://www.clinic.example"]
    assert Entry.objects.get().details == {"what": "sites", "did": "changed", "fields": ["sites"]}


def test_the_sites_of_the_environment_are_shown(desk: Client, environment_with: Settings) -> None:
    environment_with(ORIGINS=["https://from.environment.example"])

    assert "https://from.environment.example" in desk.get("/desk/settings/widget").content.decode()


def _asks(served: Served, origin: str, method: str = "GET") -> Any:
    headers = {"Origin": origin, **({"Access-Control-Request-Method": "POST"} if method == "OPTIONS" else {})}
    return httpx.request(method, f"{served.address}/chat/config", headers=headers)


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_a_site_that_was_set_may_use_the_chat_and_one_that_was_taken_away_may_not(
    served: Served, carol: User, method: str
) -> None:
    site = "https://set.at.the.desk.example"
    assert _asks(served, site, method).status_code == 403

    services.clinic_change(carol, "sites", sites=site)
    allowed = _asks(served, site, method)
    services.clinic_change(carol, "sites", sites="")

    assert (allowed.status_code, allowed.headers["Access-Control-Allow-Origin"]) == (200, site)
    assert _asks(served, site, method).status_code == 403


def test_other_sites_stay_refused(served: Served, carol: User) -> None:
    services.clinic_change(carol, "sites", sites="https://set.at.the.desk.example")

    assert _asks(served, "https://set.at.the.desk.example.evil.test").status_code == 403

"""Nothing of a visitor's is sent before they agree, and what they agree to is kept with the conversation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.chat import Chat
from tests.browser.visits import Visit
from tests.stack import Stack, until


@pytest.fixture
def kept_days_changed(stack: Stack) -> Iterator[None]:
    """While a visitor reads, the clinic decides to keep chats for longer. To be asked for after `chat`."""
    yield
    stack.change("UPDATE clinic_clinic SET kept_days = 90")
    _until_version(stack, "1-90")


def test_before_it_is_opened_the_page_asks_for_files_only(visit: Visit) -> None:
    asked: list[Request] = []

    chat = visit(prepare=lambda page: page.on("request", lambda request: asked.append(request)))
    expect(chat.launcher).to_be_visible()
    expect(chat.panel).to_be_attached()

    ours = [urlsplit(request.url).path for request in asked if request.url.startswith(chat.stack.address)]
    assert ours
    assert {path.split("/")[1] for path in ours} == {"widget"}


def test_nothing_is_sent_before_consent(visit: Visit, size: dict[str, int]) -> None:
    asked: list[Request] = []

    chat = visit(size, prepare=lambda page: page.on("request", lambda request: asked.append(request))).opens()
    chat.page.keyboard.type("I am pregnant")
    expect(chat.composer).to_be_hidden()
    chat.find(".consent").get_by_role("button", name="Not now").click()
    expect(chat.panel).to_be_hidden()

    ours = [request for request in asked if request.url.startswith(chat.stack.address)]
    assert {request.method for request in ours} == {"GET"}
    assert {urlsplit(request.url).path for request in ours if "/widget/" not in request.url} == {"/chat/config"}
    assert not any(request.post_data or "authorization" in request.headers for request in ours)
    assert _kept_in_browser(chat.page) == ["config"]


def test_consent_says_what_is_kept_how_long_and_who_reads_it(visit: Visit, size: dict[str, int]) -> None:
    chat = visit(size).opens()

    text = chat.find(".consent-text")

    expect(text).to_contain_text("a computer program, not a person")
    expect(text).to_contain_text("What you write is kept for 90 days")
    expect(text).to_contain_text("can be read by the staff of Demonstration Clinic")
    expect(chat.agree).to_be_in_viewport(ratio=1)


def test_what_was_agreed_to_is_kept_with_the_conversation(visit: Visit) -> None:
    chat = visit().opens()
    shown = chat.find(".consent-text").inner_text()

    chat.agrees()

    (row,) = chat.stack.rows("SELECT consent_version, consent_text FROM conversations_conversation WHERE id = ?", chat.id)
    assert row == {"consent_version": "1-90", "consent_text": shown}


def test_a_new_version_is_asked_again(visit: Visit, stack: Stack, kept_days_changed: None) -> None:
    chat = visit().opens()
    stack.change("UPDATE clinic_clinic SET kept_days = 91")
    _until_version(stack, "1-91")

    chat.agree.click()
    expect(chat.find(".notice")).to_have_text("The text has changed. Please read it again.")
    expect(chat.find(".consent-text")).to_contain_text("kept for 91 days")
    assert chat.focused() == "Before we start"
    chat.agrees()

    (row,) = stack.rows("SELECT consent_version FROM conversations_conversation WHERE id = ?", chat.id)
    assert row == {"consent_version": "1-91"}


def test_consent_is_asked_once(chat: Chat) -> None:
    chat.page.reload()
    chat.launcher.wait_for()

    expect(chat.composer).to_be_visible()
    expect(chat.agree).to_be_hidden()


def _until_version(stack: Stack, version: str) -> None:
    visitor = stack.visitor()
    until(lambda: visitor.client.get("/chat/config").json()["consent"]["version"] == version, f"the version is {version}")


def _kept_in_browser(page: Page) -> list[Any]:
    names = page.evaluate("Object.keys(localStorage)")
    return [name.rsplit(":", 1)[1] for name in names]

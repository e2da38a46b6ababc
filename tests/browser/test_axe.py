"""axe-core finds nothing, in every state, at both widths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.test_emergency import URGENT
from tests.browser.visits import Visit
from tests.stack import Staff

STILL = {"reduced_motion": "reduce"}  # colours are measured when nothing moves


def violations(chat: Chat) -> list[dict[str, Any]]:
    """What axe finds on the page, shortly."""
    found = Axe().run(chat.page).response["violations"]
    return [{one["id"]: [node["target"] for node in one["nodes"]]} for one in found]


def conversation(chat: Chat) -> None:
    chat.begins().asks("what does it cost?")
    chat.find(".thumb.down").click()
    chat.find(".comment").wait_for()


def menu(chat: Chat) -> None:
    chat.begins().menu.click()


def question(chat: Chat) -> None:
    chat.begins().picks("delete")
    chat.confirm.wait_for()


def emergency(chat: Chat) -> None:
    chat.begins().asks(URGENT)


def waiting(chat: Chat) -> None:
    chat.begins().calls_person()


def offline(chat: Chat) -> None:
    chat.begins().page.context.set_offline(True)
    expect(chat.writes("hello").locator(".status")).to_contain_text("Is sent when you are online")


def too_long(chat: Chat) -> None:
    chat.begins().composer.fill("a" * 1001)


def ended(chat: Chat) -> None:
    chat.begins().picks("end")
    chat.confirms()
    chat.find(".ended").wait_for()


STATES: dict[str, Callable[[Chat], object]] = {
    "closed": lambda chat: chat.launcher.wait_for(),
    "consent": lambda chat: chat.opens(),
    **{state.__name__: state for state in (conversation, menu, question, emergency, waiting, offline, too_long, ended)},
}


@pytest.mark.parametrize("state", STATES)
def test_in_every_state(visit: Visit, size: dict[str, int], state: str) -> None:
    chat = visit(size, **STILL)

    STATES[state](chat)

    assert violations(chat) == []


@pytest.mark.parametrize("state", ["consent", "conversation", "emergency", "ended"])
@pytest.mark.parametrize("how", [{"color_scheme": "dark"}, {"page_lang": "ar"}], ids=["dark", "arabic"])
def test_dark_and_from_right_to_left(visit: Visit, size: dict[str, int], state: str, how: dict[str, str]) -> None:
    chat = visit(size, **STILL, **how)

    STATES[state](chat)

    assert violations(chat) == []


def test_with_a_person(visit: Visit, size: dict[str, int], nurse: Staff) -> None:
    chat = visit(size, **STILL).begins().meets(nurse)
    nurse.replies(chat.id, "See https://www.example.org, or +44 20 7946 0000.")
    chat.said_by("staff").wait_for()

    assert violations(chat) == []
    chat.find(".head .close").click()
    nurse.replies(chat.id, "Are you still there?")
    expect(chat.badge).to_have_text("1")
    assert violations(chat) == []


@pytest.mark.usefixtures("closed_clinic")
def test_with_the_contact_form(visit: Visit, size: dict[str, int]) -> None:
    chat = visit(size, **STILL).begins().calls_person()
    assert violations(chat) == []

    chat.find("form.contact").get_by_role("button").click()
    expect(chat.find("[aria-invalid=true]")).to_have_count(1)

    assert violations(chat) == []

"""Nobody is at the clinic: the visitor is told, and leaves a number or an address that only staff can read."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.chat import Chat
from tests.browser.visits import Visit
from tests.stack import Stack, Staff

pytestmark = pytest.mark.usefixtures("closed_clinic")
NUMBER = "+44 20 7946 0018"


@pytest.fixture
def asked(visit: Visit, size: dict[str, int]) -> Chat:
    """A visitor who asked for a person."""
    return visit(size).begins().calls_person()


def field(chat: Chat, label: str) -> Locator:
    return chat.find("form.contact").get_by_label(label)


def send(chat: Chat) -> None:
    chat.find("form.contact").get_by_role("button", name="Send to the team").click()


def test_a_visitor_is_told_and_offered_the_form(asked: Chat) -> None:
    expect(asked.said_by("system").last).to_contain_text("Nobody from the team is here right now.")
    expect(asked.state).to_have_text("Nobody is here right now. The team reads it later.")
    for label in ("Name (optional)", "Phone", "E-mail"):
        expect(field(asked, label)).to_be_visible()


def test_advice_in_an_emergency_is_in_sight_whatever_follows_it(visit: Visit, size: dict[str, int]) -> None:
    chat = visit(size).begins()
    chat.asks("can i wear makeup after?")

    advice = chat.asks("my throat feels tight and i cant breathe properly")

    expect(chat.find("form.contact")).to_have_count(1)
    expect(advice.locator(".alarm")).to_be_in_viewport(ratio=1)
    expect(advice.get_by_role("link", name="Call 999")).to_be_in_viewport(ratio=1)
    chat.find(".jump").click()
    expect(chat.find("form.contact")).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_call_button_is_free_where_there_is_little_room(
    visit: Visit, little: dict[str, int], language: str, scheme: str
) -> None:
    chat = visit(little, page_lang=language, color_scheme=scheme).begins()
    chat.asks("can i wear makeup after?")

    call = chat.asks("my throat feels tight and i cant breathe properly").locator(".call")

    expect(chat.find("form.contact")).to_have_count(1)
    expect(call).to_be_in_viewport(ratio=1)
    assert chat.covered(call) == []


def test_details_are_kept_and_the_form_is_gone_for_good(asked: Chat) -> None:
    field(asked, "Name (optional)").fill("Ada")
    field(asked, "Phone").fill(NUMBER)
    send(asked)

    expect(asked.said_by("system").last).to_contain_text("Thank you. The team has your details")
    expect(asked.find("form.contact")).to_have_count(0)
    expect(asked.log).to_be_focused()
    asked.page.reload()
    asked.launcher.wait_for()
    expect(asked.bubbles).to_have_count(len(asked.in_record()))
    expect(asked.find("form.contact")).to_have_count(0)


def test_only_who_has_the_conversation_sees_them(visit: Visit, stack: Stack, nurse: Staff) -> None:
    chat = visit().begins().calls_person()

    field(chat, "Phone").fill(NUMBER)
    send(chat)
    expect(chat.find("form.contact")).to_have_count(0)

    assert NUMBER not in chat.panel.inner_text()
    assert NUMBER not in str(chat.in_record())
    kept = b"".join(file.read_bytes() for file in stack.database.parent.glob(f"{stack.database.name}*"))
    assert not any(form.encode() in kept for form in (NUMBER, NUMBER.replace(" ", "")))
    assert NUMBER not in nurse.reads(f"conversations/{chat.id}")
    chat.meets(nurse)
    assert NUMBER in nurse.reads(f"conversations/{chat.id}")


@pytest.mark.parametrize(
    ("given", "label", "sentence"),
    [
        ({"Phone": "12"}, "Phone", "This does not look like a phone number."),
        ({"E-mail": "me@home"}, "E-mail", "This does not look like an e-mail address."),
        ({"Name (optional)": "Ada"}, "Phone", "Please leave a phone number or an e-mail address."),
    ],
)
def test_what_is_wrong_is_said_at_the_field(visit: Visit, given: dict[str, str], label: str, sentence: str) -> None:
    chat = visit().begins().calls_person()

    for name, value in given.items():
        field(chat, name).fill(value)
    send(chat)

    wrong = field(chat, label)
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(wrong).to_have_accessible_description(re.compile(f"^{sentence}"))
    expect(wrong).to_be_focused()
    for name, value in given.items():
        expect(field(chat, name)).to_have_value(value)


def test_after_a_mistake_it_can_be_put_right(visit: Visit) -> None:
    chat = visit().begins().calls_person()
    field(chat, "Phone").fill("12")
    send(chat)
    expect(field(chat, "Phone")).to_have_attribute("aria-invalid", "true")

    field(chat, "Phone").fill(NUMBER)
    send(chat)

    expect(chat.said_by("system").last).to_contain_text("Thank you.")


def test_details_that_could_not_be_sent_are_still_in_the_form(visit: Visit) -> None:
    chat = visit().begins().calls_person()
    chat.page.route("**/chat/contact", lambda route: route.abort())

    field(chat, "Phone").fill(NUMBER)
    send(chat)

    expect(chat.find("form.contact").get_by_role("alert")).to_have_text("That did not work just now. Please try again.")
    expect(field(chat, "Phone")).to_have_value(NUMBER)

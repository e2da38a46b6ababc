"""An emergency stands out, is read out at once, and help is one press away."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.visits import PHONE, Visit

URGENT = "my throat feels tight and i cant breathe properly"


def test_it_stands_out_and_has_a_button_to_call(visit: Visit, size: dict[str, int]) -> None:
    chat = visit(size).begins()

    message = chat.asks(URGENT)

    expect(message.locator(".alarm")).to_have_text("Emergency")
    call = message.get_by_role("link", name="Call 999")
    expect(call).to_have_attribute("href", "tel:999")
    expect(call).to_be_in_viewport(ratio=1)
    assert call.bounding_box()["height"] >= 44
    assert chat.style(".emergency .bubble", "border-top-color") != chat.style(
        ".bot:not(.emergency) .bubble", "border-top-color"
    )
    expect(message.locator(".bubble > p > a.tel")).to_have_text("999")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_call_button_is_free_where_there_is_little_room(
    visit: Visit, little: dict[str, int], language: str, scheme: str
) -> None:
    chat = visit(little, page_lang=language, color_scheme=scheme).begins()
    chat.asks("can i wear makeup after?")

    call = chat.asks(URGENT).locator(".call")

    expect(call).to_be_in_viewport(ratio=1)
    assert chat.covered(call) == []


def test_the_call_button_is_free_once_the_keyboard_opens(visit: Visit) -> None:
    chat = visit(PHONE).begins()
    call = chat.asks(URGENT).locator(".call")

    chat.page.set_viewport_size({"width": 390, "height": 480})
    expect(chat.find(".jump")).to_be_visible()

    expect(call).to_be_in_viewport(ratio=1)
    assert chat.covered(call) == []


def test_nothing_covers_the_call_button_when_the_log_is_scrolled(visit: Visit) -> None:
    chat = visit({"width": 390, "height": 480}).begins()
    chat.asks("can i wear makeup after?")
    call = chat.asks(URGENT).locator(".call")
    expect(chat.find(".jump")).to_be_visible()

    call.evaluate("call => call.scrollIntoView({ block: 'end' })")  # to where the button to what is newer stands

    expect(chat.find(".jump")).to_be_visible()
    assert call.bounding_box()["y"] + call.bounding_box()["height"] > chat.find(".jump").bounding_box()["y"]
    assert chat.covered(call) == []


def test_it_is_read_out_at_once_and_once(visit: Visit) -> None:
    chat = visit().begins()
    alert = chat.find(".panel > [role=alert]")
    expect(alert).to_be_empty()

    message = chat.asks(URGENT)

    expect(alert).to_contain_text("Emergency: Call 999 now")
    expect(message).to_have_attribute("aria-live", "off")  # the log does not say it a second time


def test_it_is_not_read_out_again_after_a_reload(chat: Chat) -> None:
    chat.asks(URGENT)

    chat.page.reload()
    expect(chat.find(".message.emergency")).to_be_visible()

    expect(chat.find(".panel > [role=alert]")).to_be_empty()


def test_it_opens_a_chat_that_was_closed_meanwhile(visit: Visit, size: dict[str, int]) -> None:
    chat = visit(size).begins()

    with chat.held("/chat/messages"):
        chat.writes(URGENT)
        chat.page.keyboard.press("Escape")
        expect(chat.panel).to_be_hidden()

    expect(chat.find(".message.emergency")).to_be_visible()
    expect(chat.find(".emergency .call")).to_be_in_viewport(ratio=1)


def test_a_number_that_is_not_the_emergency_number_is_no_link(chat: Chat) -> None:
    chat.writes("I paid 1,999 for 999.50 and 9990, not 999")

    expect(chat.said_by("visitor").get_by_role("link")).to_have_count(1)

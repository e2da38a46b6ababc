"""It fits: a desktop, a phone, a phone with its keyboard open, the narrowest page, text twice as large."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.visits import DESKTOP, PHONE, Visit

NARROW = {"width": 320, "height": 640}
ZOOMED = {"width": 640, "height": 400}  # 1280 x 800 at 200 %
PHONE_ZOOMED = {"width": 320, "height": 256}  # 1280 x 1024 at 400 %: WCAG 1.4.10
# What shows less than it holds, though it cannot be scrolled; `.talk` holds what scrolls.
CUT = """root => [...root.querySelectorAll("*")].filter(element => {
  const { overflowX, clipPath } = getComputedStyle(element);
  const { clientWidth, clientHeight, scrollWidth, scrollHeight } = element;
  if (!clientWidth || clipPath !== "none" || element.closest(".sr")) return false;
  const clips = overflowX === "hidden" && !element.matches(".talk");
  return scrollWidth > clientWidth + 1 || (clips && scrollHeight > clientHeight + 1);
}).map(({ localName, className, clientWidth, clientHeight, scrollWidth, scrollHeight }) =>
  `${localName}.${className}: ${scrollWidth} > ${clientWidth} or ${scrollHeight} > ${clientHeight}`)"""
KEYBOARD = """height => {
  for (const [name, value] of Object.entries({ height, offsetTop: 0 }))
    Object.defineProperty(visualViewport, name, { value, configurable: true });
  visualViewport.dispatchEvent(new Event("resize"));
}"""


def fits(chat: Chat) -> None:
    assert chat.find(".root").evaluate(CUT) == []
    assert chat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for part in (chat.head, chat.strip):
        expect(part).to_be_in_viewport(ratio=1)


def test_consent(visit: Visit, size: dict[str, int]) -> None:
    fits(visit(size).opens())


def test_a_conversation(visit: Visit, size: dict[str, int]) -> None:
    chat = visit(size).begins()

    chat.asks("what are the side effects?")

    fits(chat)
    expect(chat.composer).to_be_in_viewport(ratio=1)
    expect(chat.said_by("bot").last).to_be_in_viewport()


@pytest.mark.parametrize(
    ("narrow", "language"),
    [(NARROW, "en"), (NARROW, "de"), (ZOOMED, "en"), (ZOOMED, "ar"), (PHONE_ZOOMED, "de")],
    ids=["320", "320 in German", "200%", "200% in Arabic", "400% in German"],
)
def test_little_room(visit: Visit, narrow: dict[str, int], language: str) -> None:
    chat = visit(narrow, page_lang=language).opens()
    fits(chat)
    chat.agree.scroll_into_view_if_needed()
    expect(chat.agree).to_be_in_viewport(ratio=1)
    chat.agrees()

    chat.writes("https://www.example.org/" + "a" * 120)
    expect(chat.said_by("visitor")).to_be_visible()
    chat.menu.click()

    fits(chat)
    expect(chat.find(".menu")).to_be_in_viewport(ratio=1)
    expect(chat.composer).to_be_in_viewport(ratio=1)


def test_text_twice_as_large(visit: Visit, size: dict[str, int]) -> None:
    """By the browser's setting for its font, which the root element's size stands for."""
    chat = visit(size, css="html { font-size: 200%; }").begins()

    chat.asks("what are the side effects?")

    assert chat.style(".bubble", "font-size") == "32px"
    fits(chat)
    expect(chat.composer).to_be_in_viewport(ratio=1)


def test_a_site_with_a_tiny_font_leaves_it_readable(visit: Visit) -> None:
    chat = visit(css="html { font-size: 62.5%; }").opens()

    assert chat.style(".consent-text", "font-size") == "16px"


def test_on_a_phone_it_fills_the_screen_and_the_page_stays(visit: Visit) -> None:
    chat = visit(PHONE).begins()

    box = chat.panel.bounding_box()

    assert box == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert chat.page.evaluate("getComputedStyle(document.documentElement).overflow") == "hidden"
    chat.find(".head .close").click()
    assert chat.page.evaluate("getComputedStyle(document.documentElement).overflow") == "visible"


def test_with_a_phones_keyboard_open_everything_is_above_it(visit: Visit) -> None:
    chat = visit(PHONE, has_touch=True, is_mobile=True).begins()
    chat.asks("what are the side effects?")

    chat.composer.focus()
    chat.page.evaluate(KEYBOARD, 420)

    expect(chat.panel).to_have_css("height", "420px")
    bottoms: list[dict[str, Any]] = [chat.composer.bounding_box(), chat.find(".send").bounding_box()]
    assert all(box["y"] + box["height"] <= 420 for box in bottoms)
    expect(chat.strip).to_be_in_viewport(ratio=1)


def test_on_a_touch_screen_the_keyboard_does_not_open_by_itself(visit: Visit) -> None:
    chat = visit(PHONE, has_touch=True, is_mobile=True).begins()

    expect(chat.composer).not_to_be_focused()
    expect(chat.log).to_be_focused()


def test_on_a_desktop_it_leaves_the_page_in_sight(visit: Visit) -> None:
    chat = visit(DESKTOP).begins()

    box = chat.panel.bounding_box()

    assert box["width"] <= 420
    assert box["x"] > 800
    expect(chat.launcher).to_be_in_viewport(ratio=1)


def test_a_window_that_becomes_small_keeps_the_chat_and_its_focus(visit: Visit) -> None:
    chat = visit(DESKTOP).begins()
    expect(chat.composer).to_be_focused()

    chat.page.set_viewport_size(PHONE)

    expect(chat.panel).to_have_css("width", "390px")
    expect(chat.composer).to_be_focused()


def test_everything_to_press_is_large_enough(visit: Visit) -> None:
    chat = visit(PHONE).begins()
    chat.asks("what does it cost?")

    small = chat.find("button").evaluate_all(
        "buttons => buttons.map(button => [button.textContent || button.ariaLabel, button.getBoundingClientRect()])"
        ".filter(([, { width, height }]) => width && (width < 44 || height < 44)).map(([name]) => name)"
    )

    assert small == []


def test_the_time_under_a_note_stands_where_its_text_does(visit: Visit, size: dict[str, int]) -> None:
    chat = visit(size).begins().calls_person()

    text, stamp = chat.find(".system .bubble p").bounding_box(), chat.find(".system time").bounding_box()

    assert abs(text["x"] - stamp["x"]) < 3

"""The line is lost and comes back: nothing is missed, nothing is sent twice."""

from __future__ import annotations

from datetime import UTC, datetime

from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.visits import Visit
from tests.stack import Stack, Staff

OFFLINE = "You are offline: what you write is sent when you are back."


def test_what_is_written_offline_is_sent_once_and_in_order_later(visit: Visit, size: dict[str, int]) -> None:
    chat = visit(size).begins()
    chat.page.context.set_offline(True)
    expect(chat.banner).to_have_text(OFFLINE)

    first, second = chat.writes("what does it cost?"), chat.writes("what are the side effects?")
    expect(first.locator(".status")).to_contain_text("Is sent when you are online")
    expect(second.locator(".status")).to_contain_text("Is sent when you are online")
    assert chat.kept_texts() == []
    chat.page.context.set_offline(False)

    expect(chat.banner).to_be_empty()
    expect(chat.said_by("bot")).to_have_count(3)
    expect(second.locator(".status")).to_have_text("Sent")
    chat.waits_for_texts("what does it cost?", "what are the side effects?")


def test_what_was_written_offline_is_sent_by_the_next_page(visit: Visit) -> None:
    chat = visit().begins()
    context = chat.page.context
    context.set_offline(True)
    expect(chat.writes("what does it cost?").locator(".status")).to_contain_text("Is sent when you are online")
    chat.page.close()

    context.set_offline(False)
    visit(context=context)

    chat.waits_for_texts("what does it cost?")


def test_offline_the_chat_can_still_be_read_and_closed(chat: Chat) -> None:
    chat.asks("what does it cost?")

    chat.page.context.set_offline(True)

    expect(chat.bubbles).to_have_count(3)
    chat.page.keyboard.press("Escape")
    expect(chat.panel).to_be_hidden()
    chat.launcher.click()
    expect(chat.bubbles).to_have_count(3)


def test_a_front_desk_that_was_killed_and_came_back(visit: Visit, stack: Stack, nurse: Staff) -> None:
    """The visitor's connection comes back by itself, and what was said meanwhile is there, in order and once."""
    chat = visit().begins().calls_person().meets(nurse)
    since = datetime.now(UTC)
    killed = stack.kill("front desk")
    chat.writes("Is anybody there?")
    expect(chat.banner).not_to_be_empty()
    with chat.held("/chat/events"):
        stack.wait_until_back("front desk", killed, since)
        expect(chat.find(".visitor .status").last).to_have_text("Sent")
        for text in ("One.", "Two.", "Three."):
            nurse.replies(chat.id, text)
    expect(chat.banner).to_be_empty()

    expect(chat.said_by("staff").locator(".bubble")).to_have_text(["One.", "Two.", "Three."])
    chat.waits_for_texts("I would like to talk to a person.", "Is anybody there?")
    chat.page.reload()
    expect(chat.bubbles).to_have_text([message["text"] for message in chat.in_record()])


def test_a_chat_that_could_not_be_loaded_is_loaded_later(visit: Visit) -> None:
    def prepare(page: object) -> None:
        page.clock.install()
        page.route("**/widget/view/panel.js", lambda route: route.abort())

    chat = visit(prepare=prepare)
    expect(chat.launcher).to_be_visible()
    chat.page.unroute("**/widget/view/panel.js")
    chat.launcher.click()
    chat.page.clock.fast_forward(5_000)

    expect(chat.agree).to_be_visible()


def test_settings_that_could_not_be_read_are_read_later(visit: Visit) -> None:
    chat = visit(prepare=lambda page: page.route("**/chat/config?*", lambda route: route.abort()))
    chat.launcher.click()
    expect(chat.find(".unreached")).to_contain_text("We cannot connect right now. We keep trying.")

    chat.page.unroute("**/chat/config?*")
    chat.find(".unreached").get_by_role("button", name="Try again").click()

    expect(chat.agree).to_be_visible()

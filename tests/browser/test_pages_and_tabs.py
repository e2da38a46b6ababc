"""The conversation is there on the next page and in every tab."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.visits import PHONE, Visit
from tests.stack import Staff


def test_a_reload_changes_nothing(chat: Chat, nurse: Staff) -> None:
    chat.asks("what does it cost?")
    chat.calls_person().meets(nurse)
    nurse.replies(chat.id, "Hello.")
    chat.said_by("staff").wait_for()
    before = chat.texts()

    chat.page.reload()

    expect(chat.bubbles).to_have_text(before)
    expect(chat.head).to_contain_text("Nora, nurse")
    assert [message["text"] for message in chat.in_record()] == before


def test_on_the_next_page_an_open_chat_is_open(chat: Chat) -> None:
    chat.page.reload()

    expect(chat.panel).to_be_visible()
    expect(chat.launcher).not_to_be_focused()
    assert chat.page.evaluate("document.activeElement.localName") == "body"  # the page's, not the chat's


def test_on_a_phone_the_next_page_is_not_covered(visit: Visit) -> None:
    chat = visit(PHONE).begins()

    chat.page.reload()

    expect(chat.launcher).to_be_visible()
    expect(chat.panel).to_be_hidden()


def test_two_tabs_show_the_same(visit: Visit, nurse: Staff) -> None:
    one = visit().begins()
    other = visit(context=one.page.context)
    other.launcher.click()
    expect(other.bubbles).to_have_count(1)

    one.asks("what does it cost?")
    expect(other.bubbles).to_have_count(3)
    other.id = one.id
    other.calls_person()
    expect(one.said_by("system")).to_have_count(1)
    one.meets(nurse)
    nurse.replies(one.id, "Hello.")

    expect(one.said_by("staff")).to_have_count(1)
    expect(other.said_by("staff")).to_have_count(1)
    expect(other.head).to_contain_text("Nora, nurse")
    assert one.texts() == other.texts() == [message["text"] for message in one.in_record()]


def test_agreeing_in_one_tab_opens_the_chat_in_the_other(visit: Visit) -> None:
    one = visit().opens()
    other = visit(context=one.page.context).opens()

    one.agrees()

    expect(other.said_by("bot")).to_have_count(1)
    assert other.texts() == one.texts()


def test_what_was_read_in_one_tab_is_read_in_the_other(visit: Visit, nurse: Staff) -> None:
    one = visit().begins().calls_person().meets(nurse)
    one.find(".head .close").click()
    other = visit(context=one.page.context)
    nurse.replies(one.id, "Hello.")
    expect(one.badge).to_have_text("1")
    expect(other.badge).to_have_text("1")

    other.launcher.click()

    expect(one.badge).to_be_hidden()


def test_a_thumb_in_one_tab_is_seen_in_the_other(visit: Visit) -> None:
    one = visit().begins()
    one.asks("what does it cost?")
    other = visit(context=one.page.context)
    other.launcher.click()

    one.find(".thumb.up").click()

    expect(other.find(".thumb.up")).to_have_attribute("aria-pressed", "true")

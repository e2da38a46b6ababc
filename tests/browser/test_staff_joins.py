"""A person joins: who it is, and that what they write is noticed."""

from __future__ import annotations

from playwright.sync_api import Page, Request, expect

from tests.browser.chat import Chat
from tests.browser.visits import Visit
from tests.stack import Staff, until

HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  Object.defineProperty(document, "visibilityState", { value: hidden ? "hidden" : "visible", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_name_and_role_are_shown(visit: Visit, size: dict[str, int], nurse: Staff) -> None:
    chat = visit(size).begins().calls_person()

    chat.meets(nurse)
    nurse.replies(chat.id, "Hello, how can I help?")

    expect(chat.said_by("system").last).to_contain_text("Nora (nurse) has joined the chat.")
    message = chat.said_by("staff")
    expect(message.locator(".who")).to_have_text("Nora, nurse")
    expect(message.locator(".bubble")).to_have_text("Hello, how can I help?")
    expect(chat.state).to_have_text("You are talking with a person.")


def test_when_they_leave_the_assistant_is_back(chat: Chat, nurse: Staff) -> None:
    chat.calls_person().meets(nurse)

    nurse.does(f"/desk/conversations/{chat.id}/give-back")

    expect(chat.head).to_contain_text("Assistant, not a person")
    expect(chat.state).to_be_empty()
    expect(chat.person).to_be_visible()


def test_unread_messages_are_counted_on_the_button(visit: Visit, size: dict[str, int], nurse: Staff) -> None:
    chat = visit(size).begins().calls_person().meets(nurse)
    chat.find(".head .close").click()
    expect(chat.panel).to_be_hidden()
    expect(chat.badge).to_be_hidden()

    nurse.replies(chat.id, "Are you still there?")
    nurse.replies(chat.id, "I am.")
    expect(chat.badge).to_have_text("2")
    expect(chat.launcher).to_have_accessible_name("Open the chat. New messages: 2")
    assert chat.element.evaluate("chat => chat.unread") == 2
    chat.launcher.click()

    expect(chat.badge).to_be_hidden()
    expect(chat.launcher).to_have_accessible_name("Close the chat")


def test_what_was_read_stays_read_after_a_reload(chat: Chat, nurse: Staff) -> None:
    chat.calls_person().meets(nurse)
    nurse.replies(chat.id, "I am here.")
    chat.said_by("staff").wait_for()
    chat.find(".head .close").click()

    chat.page.reload()

    expect(chat.bubbles).to_have_count(len(chat.in_record()))
    expect(chat.badge).to_be_hidden()


def test_a_tab_that_was_hidden_for_a_minute_shows_what_it_missed(visit: Visit, nurse: Staff) -> None:
    streams: list[Request] = []

    def prepare(page: Page) -> None:
        page.clock.install()
        page.on("request", lambda request: streams.append(request) if request.url.endswith("/chat/events") else None)

    chat = visit(prepare=prepare).begins().meets(nurse)
    chat.find(".head .close").click()
    before = len(streams)
    with chat.page.expect_event("requestfailed", lambda request: request.url.endswith("/chat/events")):
        chat.page.evaluate(HIDE, True)
        chat.page.clock.fast_forward(60_000)
    chat.page.clock.fast_forward(60_000)  # a line that was lost would be called again by now

    nurse.replies(chat.id, "Are you still there?")
    until(lambda: "Are you still there?" in chat.kept_texts("staff"), "the reply is kept")
    expect(chat.badge).to_be_hidden()
    assert len(streams) == before
    chat.page.evaluate(HIDE, False)

    expect(chat.badge).to_have_text("1")
    chat.launcher.click()
    expect(chat.said_by("staff").last).to_contain_text("Are you still there?")


def test_an_open_chat_in_a_hidden_tab_is_not_read(visit: Visit, nurse: Staff) -> None:
    chat = visit().begins().calls_person().meets(nurse)

    chat.page.evaluate(HIDE, True)
    nurse.replies(chat.id, "Are you still there?")
    chat.said_by("staff").wait_for()
    assert chat.element.evaluate("chat => chat.unread") == 1
    chat.page.evaluate(HIDE, False)

    until(lambda: chat.element.evaluate("chat => chat.unread") == 0, "it is read")

"""A story: staff take a conversation while the visitor types."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.held import held
from tests.browser.visits import Staffed, Visit
from tests.stack import Stack

PARKING = "There is a car park behind the house, free for two hours."
NOTE = "Sounds nervous. Offer a call."


@pytest.fixture
def canned_replies(stack: Stack) -> Iterator[None]:
    """What staff say often."""
    for title, text in (("Parking", PARKING), ("What to bring", "Please bring a list of what you take.")):
        stack.change(f"INSERT INTO conversations_cannedreply (title, text) VALUES ('{title}', '{text}')")
    yield
    stack.change("DELETE FROM conversations_cannedreply")


@pytest.mark.usefixtures("canned_replies")
def test_what_was_in_the_making_reaches_a_person(visit: Visit, staffed: Staffed, size: dict[str, int]) -> None:
    chat = visit(size).begins().calls_person()
    desk = staffed("Nora", size).opens_conversation(chat.id)
    said_by_bot = chat.said_by("bot").count()

    # Staff see that the visitor types, and take it; the visitor sees who they are, and keeps what was begun.
    chat.composer.press_sequentially("where can I ")
    expect(desk.typing).to_have_text("The visitor is typing …")
    desk.take.click()
    expect(chat.head).to_contain_text("Nora, nurse")
    expect(chat.said_by("system").last).to_contain_text("Nora (nurse) has joined the chat.")
    expect(chat.composer).to_have_value("where can I ")

    # What was in the making arrives with them.
    chat.composer.press_sequentially("park?")
    chat.composer.press("Enter")
    expect(desk.says("visitor").last).to_contain_text("where can I park?")

    # A canned reply is found by a word in it, and sent.
    desk.page.get_by_text("Canned replies").click()
    desk.page.get_by_label("Search").fill("two hours")
    offered = desk.page.locator(".canned button:visible")
    expect(offered).to_have_count(1)
    offered.click()
    expect(desk.reply).to_have_value(PARKING)
    desk.page.get_by_role("button", name="Send").click()
    expect(chat.said_by("staff").last).to_contain_text(PARKING)

    # The assistant has said nothing to it.
    expect(chat.said_by("bot")).to_have_count(said_by_bot)
    assert len(chat.kept_texts("bot")) == said_by_bot


def test_a_note_is_never_seen_by_the_visitor(visit: Visit, staffed: Staffed) -> None:
    chat = visit().begins().calls_person()
    desk = staffed("Nora").has_taken(chat.id)
    read: list[str] = []
    chat.page.on("response", lambda response: read.append(response.url) if "/chat/" in response.url else None)

    desk.notes(NOTE)
    desk.writes("I am here now.")
    expect(chat.said_by("staff")).to_contain_text("I am here now.")
    assert NOTE not in chat.panel.inner_text()

    with chat.page.expect_response(lambda response: "/chat/messages" in response.url) as again:
        chat.page.reload()
    expect(chat.said_by("staff")).to_contain_text("I am here now.")
    assert NOTE not in chat.panel.inner_text()
    assert NOTE not in again.value.text()


def test_staff_type_and_the_visitor_sees_it(visit: Visit, staffed: Staffed) -> None:
    chat = visit().begins().calls_person()
    desk = staffed("Nora").has_taken(chat.id)
    expect(chat.head).to_contain_text("Nora, nurse")

    desk.reply.press_sequentially("Let me")

    expect(chat.dots).to_be_visible()


def test_a_reply_to_a_conversation_given_back_meanwhile_is_not_lost(visit: Visit, staffed: Staffed, stack: Stack) -> None:
    chat = visit().begins().calls_person()
    desk = staffed("Nora").has_taken(chat.id)
    staffed("Nora").opens_conversation(chat.id).gives_back()

    desk.writes("One more thing.")

    expect(desk.typing).to_contain_text("You do not have this conversation any more.")
    expect(desk.reply).to_have_value("One more thing.")
    assert chat.kept_texts("staff") == []


def test_a_reply_after_the_session_has_ended_is_not_lost(visit: Visit, staffed: Staffed) -> None:
    chat = visit().begins().calls_person()
    desk = staffed("Nora").has_taken(chat.id)

    with held(desk.page, f"/desk/conversations/{chat.id}"):  # once the page looks again, it leads to where one signs in
        desk.page.context.clear_cookies(name="sessionid")
        desk.writes("One more thing.")
        expect(desk.typing).to_contain_text("That was not sent")
        expect(desk.reply).to_have_value("One more thing.")

    assert chat.kept_texts("staff") == []

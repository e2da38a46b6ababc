"""What is needed seldom: the transcript, the end, deleting."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.visits import Visit
from tests.stack import Staff, until

TABLES = (
    "conversations_conversation WHERE id",
    "conversations_message WHERE conversation_id",
    "conversations_statechange WHERE conversation_id",
)


def test_the_transcript_has_everything_that_was_said(chat: Chat, nurse: Staff) -> None:
    chat.asks("what does it cost?")
    chat.calls_person().meets(nurse)
    nurse.replies(chat.id, "Hello <b>there</b>.")
    chat.said_by("staff").wait_for()

    with chat.page.expect_download() as download:
        chat.picks("download")

    assert re.fullmatch(r"chat-\d{4}-\d\d-\d\d\.txt", download.value.suggested_filename)
    text = Path(download.value.path()).read_text()
    assert text.startswith("Demonstration Clinic\n")
    said = re.findall(r"^\w+day,? .*\d:\d\d.*\n(.+):\n(.+)$", text, re.MULTILINE)
    assert [words for _, words in said] == [message["text"] for message in chat.in_record()]
    assert [who for who, _ in said] == [
        "Assistant",
        "You",
        "Assistant",
        "You",
        "Assistant",
        "Note",
        "Nora, nurse",
        "Nora, nurse",
    ]


def test_an_ended_chat_can_be_read_and_a_new_one_begun(visit: Visit, size: dict[str, int]) -> None:
    chat = visit(size).begins()
    chat.asks("what does it cost?")

    chat.picks("end")
    chat.confirms()
    expect(chat.said_by("system").last).to_contain_text("You have ended this chat.")
    expect(chat.composer).to_be_hidden()
    expect(chat.bubbles).to_have_count(4)
    assert chat.stack.rows("SELECT state FROM conversations_conversation WHERE id = ?", chat.id) == [{"state": "closed"}]
    before = chat.id
    chat.find(".ended").get_by_role("button", name="Start a new chat").click()
    chat.agrees()

    assert chat.id != before
    expect(chat.bubbles).to_have_count(1)


def test_a_chat_that_staff_closed_has_ended(chat: Chat, nurse: Staff) -> None:
    chat.calls_person().meets(nurse)

    nurse.does(f"/desk/conversations/{chat.id}/close", outcome="answered")

    expect(chat.find(".ended")).to_contain_text("This chat has ended. You can still read it.")


def test_going_back_ends_nothing(chat: Chat) -> None:
    chat.picks("end")
    chat.confirm.get_by_role("button", name="Go back").click()

    expect(chat.confirm).to_have_count(0)
    expect(chat.menu).to_be_focused()
    assert chat.stack.rows("SELECT state FROM conversations_conversation WHERE id = ?", chat.id) == [{"state": "bot"}]


def test_a_deleted_chat_is_gone_everywhere(visit: Visit, chat: Chat) -> None:
    chat.asks("what does it cost?")
    other = visit(context=chat.page.context)
    other.launcher.click()
    expect(other.bubbles).to_have_count(3)
    chat.page.bring_to_front()

    chat.picks("delete")
    expect(chat.confirm).to_contain_text("It cannot be brought back.")
    chat.confirms()

    for tab in (chat, other):
        expect(tab.find(".notice")).to_have_text("Your chat was deleted.")
        expect(tab.messages).to_have_count(0)
    until(lambda: not any(chat.stack.rows(f"SELECT 1 FROM {table} = ?", chat.id) for table in TABLES), "its rows are gone")
    assert [name.rsplit(":", 1)[1] for name in chat.page.evaluate("Object.keys(localStorage)")] == ["config"]


def test_what_cannot_be_deleted_now_is_still_there(chat: Chat) -> None:
    chat.page.route("**/chat/conversation", lambda route: route.abort())

    chat.picks("delete")
    chat.confirms()

    expect(chat.confirm.get_by_role("alert")).to_have_text("That did not work just now. Please try again.")
    expect(chat.messages).to_have_count(1)


def test_a_chat_deleted_by_the_clinic_is_gone(chat: Chat, nurse: Staff) -> None:
    token = chat.page.evaluate("JSON.parse(localStorage[Object.keys(localStorage).find(name => name.endsWith(':token'))])")
    visitor = chat.stack.visitor(Authorization=f"Bearer {token}")

    visitor.client.delete("/chat/conversation").raise_for_status()

    expect(chat.find(".notice")).to_have_text("Your chat was deleted.")

"""Thumbs for an answer, with a few words."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.visits import Visit
from tests.stack import until


@pytest.fixture
def rated(visit: Visit, size: dict[str, int]) -> Chat:
    """A chat with an answer that can be rated."""
    chat = visit(size).begins()
    chat.asks("what does it cost?")
    return chat


def feedback(chat: Chat) -> list[dict[str, Any]]:
    return chat.stack.rows(
        "SELECT helpful, comment FROM conversations_feedback JOIN conversations_message message ON message.id = message_id "
        "WHERE conversation_id = ?",
        chat.id,
    )


def test_a_thumb_is_kept_with_its_comment(rated: Chat) -> None:
    rated.find(".thumb.down").click()
    expect(rated.find(".thumbs [role=status]")).to_have_text("Thank you")
    assert feedback(rated) == [{"helpful": 0, "comment": ""}]
    comment = rated.page.get_by_label("Anything to add? (optional)")
    expect(comment).to_be_in_viewport(ratio=1)

    comment.fill("I wanted a price.")
    comment.press("Enter")

    expect(comment).to_be_hidden()
    assert feedback(rated) == [{"helpful": 0, "comment": "I wanted a price."}]
    expect(rated.find(".thumb.down")).to_be_focused()


def test_a_second_press_takes_it_back(chat: Chat) -> None:
    chat.asks("what does it cost?")
    chat.find(".thumb.up").click()
    expect(chat.find(".thumb.up")).to_have_attribute("aria-pressed", "true")
    until(lambda: feedback(chat), "the thumb is kept")

    chat.find(".thumb.up").click()

    expect(chat.find(".thumb.up")).to_have_attribute("aria-pressed", "false")
    until(lambda: not feedback(chat), "the thumb is gone")


def test_it_is_there_after_a_reload(chat: Chat) -> None:
    chat.asks("what does it cost?")
    chat.find(".thumb.up").click()
    until(lambda: feedback(chat), "the thumb is kept")

    chat.page.reload()

    expect(chat.find(".thumb.up")).to_have_attribute("aria-pressed", "true")


def test_a_thumb_that_could_not_be_kept_is_not_shown(chat: Chat) -> None:
    chat.asks("what does it cost?")
    chat.page.route("**/chat/feedback", lambda route: route.abort())

    chat.find(".thumb.up").click()

    expect(chat.find(".thumbs [role=status]")).to_have_text("That did not work just now. Please try again.")
    expect(chat.find(".thumb.up")).to_have_attribute("aria-pressed", "false")


def test_the_greeting_cannot_be_rated(chat: Chat) -> None:
    expect(chat.find(".thumb")).to_have_count(0)

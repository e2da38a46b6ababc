"""A story: what was not understood is found, corrected, and reaches the editors; and all of it with the keyboard.

The editors have no page of their own yet: what reaches them are the corrections in the record that are open.
"""

from __future__ import annotations

import random
import re
import string
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.visits import Staffed, Visit
from tests.stack import Stack, until

MAKEUP = "aftercare/makeup"


@pytest.fixture
def word() -> str:
    """A word that is in no other conversation."""
    return "zub" + "".join(random.choices(string.ascii_lowercase, k=8))


@pytest.fixture
def asked(visit: Visit, stack: Stack, word: str) -> list[str]:
    """Two conversations with questions that were not understood, the later one last; found at the desk."""
    chat, other = visit().begins(), stack.visitor().begins()
    chat.asks(f"who won the football with a {word}")
    other.says(f"when does the train leave for a {word}")
    ids = [chat.id, other.conversation_id]
    written = "SELECT 1 FROM review_summary WHERE conversation_id IN (?, ?) AND not_understood AND asked = 1"
    until(lambda: len(stack.rows(written, *ids)) == len(ids), "the worker has written the summaries")
    return ids


def at_editors(stack: Stack, conversation_id: str) -> list[dict[str, Any]]:
    """The corrections that wait for the editors."""
    return stack.rows(
        "SELECT c.kind, c.key FROM review_correction c JOIN conversations_message m ON m.id = c.message_id"
        " WHERE m.conversation_id = ? AND c.state = 'open'",
        conversation_id,
    )


def is_reviewed(stack: Stack, conversation_id: str) -> bool:
    return bool(stack.rows("SELECT 1 FROM review_reviewed WHERE conversation_id = ?", conversation_id))


def finds(desk: Desk, word: str) -> None:
    """Filters the list to what was not understood, with a word in it."""
    desk.opens("review")
    desk.page.get_by_label("Words that visitors or staff wrote").fill(word)
    desk.page.get_by_text("More to filter by").click()
    desk.page.get_by_label("Understood").select_option(label="Something was not")
    desk.page.get_by_role("button", name="Show", exact=True).click()
    expect(desk.page).to_have_url(re.compile("fallback=yes"))
    expect(desk.page.locator(".conversations > li")).to_have_count(2)
    desk.hears_keys()


def test_a_correction_reaches_the_editors(
    asked: list[str], staffed: Staffed, size: dict[str, int], stack: Stack, word: str
) -> None:
    desk = staffed("Nora", size)
    finds(desk, word)
    desk.page.get_by_role("link", name="who won the football").click()
    message = desk.page.locator(".record .from-visitor")
    expect(message).to_contain_text(word)

    message.get_by_text("Correct", exact=True).click()
    message.get_by_label("What it asks").fill(MAKEUP)
    message.get_by_role("button", name="This is the right question").click()

    expect(desk.notice).to_have_text("Sent to the editors.")
    expect(message.locator(".corrected")).to_contain_text("It asks something else")
    expect(message.locator(".corrected")).to_contain_text("with the editors")
    assert at_editors(stack, asked[0]) == [{"kind": "question", "key": MAKEUP}]

    message.get_by_role("button", name="Take back").click()
    expect(message.locator(".corrected")).to_have_count(0)
    assert at_editors(stack, asked[0]) == []


def test_a_conversation_is_corrected_and_reviewed_with_the_keyboard(
    asked: list[str], staffed: Staffed, stack: Stack, word: str
) -> None:
    earlier, later = asked
    desk = staffed("Nora")
    finds(desk, word)
    keys = desk.page.keyboard

    # j and k go through the list, the last active first; Enter opens.
    keys.press("j")
    expect(desk.page.locator(f"#c{later} .what a")).to_be_focused()
    keys.press("j")
    expect(desk.page.locator(f"#c{earlier} .what a")).to_be_focused()
    keys.press("k")
    keys.press("Enter")
    message = desk.page.locator(".record .from-visitor")
    expect(message).to_contain_text("train")
    desk.hears_keys()

    # c corrects; r says that it is reviewed, and goes on to the next.
    keys.press("c")
    expect(message.get_by_label("What it asks")).to_be_focused()
    keys.type(MAKEUP)
    keys.press("Enter")
    expect(desk.notice).to_have_text("Sent to the editors.")
    assert at_editors(stack, later) == [{"kind": "question", "key": MAKEUP}]
    desk.hears_keys()
    keys.press("r")
    expect(message).to_contain_text("football")
    desk.hears_keys()
    assert (is_reviewed(stack, later), is_reviewed(stack, earlier)) == (True, False)

    # k goes back; and what was said too soon is undone.
    keys.press("k")
    expect(message).to_contain_text("train")
    expect(desk.page.get_by_text("✓ Reviewed by Nora")).to_be_visible()
    desk.page.get_by_role("button", name="Not reviewed after all").click()
    expect(desk.page.get_by_text("✓ Reviewed by Nora")).to_have_count(0)
    assert not is_reviewed(stack, later)


def test_several_are_marked_reviewed_from_the_list(asked: list[str], staffed: Staffed, stack: Stack, word: str) -> None:
    desk = staffed("Nora")
    finds(desk, word)
    keys = desk.page.keyboard

    for key in ("j", "x", "j", "x"):
        keys.press(key)
    expect(desk.page.locator("#marked")).to_have_text("2 marked")
    keys.press("r")

    expect(desk.notice).to_have_text("Marked as reviewed: 2.")
    expect(desk.page.get_by_text("✓ reviewed")).to_have_count(2)
    assert all(is_reviewed(stack, one) for one in asked)
    desk.hears_keys()
    for key in ("j", "x"):
        keys.press(key)
    desk.page.get_by_role("button", name="Not reviewed").click()
    expect(desk.notice).to_have_text("No longer marked as reviewed: 1.")

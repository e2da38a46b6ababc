"""A story: a conversation is erased, by an administrator or by the visitor, and its words are in no store any more."""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.desk import Desk
from tests.browser.visits import Staffed, Visit
from tests.faults.listeners import Webhook
from tests.stack import Stack, until

WITHIN = 60.0  # seconds: what was deleted is overwritten by the worker's rounds, the slowest of which comes every ten
# What says that there was a conversation, and no word of it: these stay.
STAYS = {"audit_entry"}


@dataclass
class Trace:
    """What one conversation leaves behind: a word in each place where words can be.

    Attributes:
        chat: The visitor's page.
        desk: A browser of who reads it at the desk.
        words: Made up for it, so that they are nowhere else.
        correction: What the editors have of it; refers to a message of the conversation.
    """

    chat: Chat
    desk: Desk
    words: dict[str, str]
    correction: int

    def in_files(self, stack: Stack) -> set[str]:
        """Which of the words are in any file of the front desk: database, its log, what the programs printed."""
        files = [file for file in stack.folder.rglob("*") if file.is_file()]
        return {word for word in self.words.values() if any(word.encode() in file.read_bytes() for file in files)}

    def tables_with_it(self, stack: Stack) -> set[str]:
        """The tables in which a row names the conversation."""
        tables = [row["name"] for row in stack.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {table for table in tables if self.chat.id in str(stack.rows(f'SELECT * FROM "{table}"'))}


@pytest.fixture
def trace(visit: Visit, staffed: Staffed, closed_clinic: Stack, webhook: Webhook) -> Trace:
    """A conversation that has left something in every place."""
    stack = closed_clinic  # so that there is a form for contact details
    places = ("said", "comment", "name", "reply", "note")
    words = {place: place + "".join(random.choices(string.ascii_lowercase, k=10)) for place in places}
    chat, desk = visit().begins(), staffed("Astrid")
    chat.asks(f"can i wear makeup after? asks {words['said']}")
    chat.find(".thumb.down").last.click()
    chat.find(".comment").get_by_role("textbox").fill(words["comment"])
    chat.find(".comment").get_by_role("button", name="Send").click()
    until(lambda: stack.rows("SELECT 1 FROM conversations_feedback WHERE comment = ?", words["comment"]), "the comment is kept")
    chat.calls_person()
    contact = chat.find("form.contact")
    for label, value in (("Name", words["name"]), ("Phone", "+44 20 7946 0055"), ("E-mail", f"{words['name']}@clinic.example")):
        contact.get_by_label(label).fill(value)
    contact.get_by_role("button", name="Send to the team").click()
    expect(contact).to_have_count(0)
    desk.has_taken(chat.id)
    expect(desk.page.get_by_text(words["name"]).first).to_be_visible()
    desk.writes(f"Wait a day, says {words['reply']}.")
    expect(chat.said_by("staff")).to_contain_text(words["reply"])
    desk.notes(f"Was here before: {words['note']}.")
    desk.page.goto(f"{stack.address}/desk/review/{chat.id}")
    message = desk.page.locator(".record .from-visitor").first
    message.get_by_text("Correct", exact=True).click()
    message.get_by_role("button", name="It is nothing that we answer").click()
    expect(message.locator(".corrected")).to_be_visible()
    of_it = "message_id IN (SELECT id FROM conversations_message WHERE conversation_id = ?)"
    [correction] = stack.rows(f"SELECT id FROM review_correction WHERE {of_it}", chat.id)
    for kind in ("pdf", "json"):
        exported = desk.page.request.get(f"{stack.address}/desk/conversations/{chat.id}/export.{kind}")
        expect(exported).to_be_ok()
    until(lambda: webhook.told_of(chat.id), "staff are alerted")
    return Trace(chat, desk, words, correction["id"])


def by_an_administrator(trace: Trace) -> None:
    trace.desk.opens_conversation(trace.chat.id)
    trace.desk.page.get_by_role("link", name="Erase …").click()
    trace.desk.page.get_by_label("Type erase to go on").fill("erase")
    trace.desk.page.get_by_role("button", name="Erase it").click()
    expect(trace.desk.notice).to_have_text("The conversation is erased.")


def by_the_visitor(trace: Trace) -> None:
    trace.chat.picks("delete")
    trace.chat.confirms()


@pytest.mark.parametrize("erase", [by_an_administrator, by_the_visitor])
def test_no_word_is_left_in_any_store(trace: Trace, stack: Stack, webhook: Webhook, erase: Callable[[Trace], None]) -> None:
    chat, desk = trace.chat, trace.desk
    sealed = {trace.words["name"]}  # encrypted from the first moment
    until(lambda: found_by_search(trace) > 0, "the search finds it")
    assert trace.in_files(stack) == set(trace.words.values()) - sealed
    assert {"conversations_message", "conversations_contactdetails", "conversations_note"} <= trace.tables_with_it(stack)

    erase(trace)

    # The visitor's page has nothing of it any more, and keeps nothing in the browser.
    expect(chat.find(".notice")).to_have_text("Your chat was deleted.")
    left = chat.panel.inner_text() + chat.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert [word for word in trace.words.values() if word in left] == []

    # Nor has the desk: its page, its exports, its search.
    for path in ("", "/export.pdf", "/export.json"):
        assert desk.opens(f"conversations/{chat.id}{path}").status == 404
    assert desk.opens(f"review/{chat.id}").status == 404
    assert found_by_search(trace) == 0

    # Nor has any row that names it, but the audit log; nor any byte of a file.
    until(lambda: trace.tables_with_it(stack) <= STAYS, "its rows are gone", WITHIN)
    assert stack.rows("SELECT 1 FROM review_correction WHERE id = ?", trace.correction) == []
    until(lambda: not trace.in_files(stack), "its words are in no file", WITHIN)
    assert [word for word in trace.words.values() if word in " ".join(webhook.told)] == []
    desk.opens(f"audit?conversation={chat.id}")
    expect(desk.page.locator(".log tbody tr").filter(has_text="Erased")).to_have_count(1)
    assert [word for word in trace.words.values() if word in desk.page.content()] == []


def found_by_search(trace: Trace) -> int:
    """How many conversations the search of the desk finds with the visitor's word."""
    trace.desk.opens(f"review?q={trace.words['said']}")
    return trace.desk.page.locator(".conversations > li").count()

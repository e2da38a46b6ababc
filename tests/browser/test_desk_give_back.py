"""A story: staff give a conversation back, and the assistant answers again; also if the front desk died in between."""

from __future__ import annotations

from datetime import UTC, datetime

from playwright.sync_api import expect

from tests.browser.visits import Staffed, Visit
from tests.stack import Stack


def test_the_assistant_answers_again(visit: Visit, staffed: Staffed, size: dict[str, int]) -> None:
    chat = visit(size).begins().calls_person()
    desk = staffed("Nora", size).has_taken(chat.id)
    desk.writes("It is 30 minutes.")
    expect(chat.said_by("staff")).to_contain_text("It is 30 minutes.")

    desk.gives_back()

    expect(chat.head).to_contain_text("Assistant, not a person")
    chat.asks("can i wear makeup after?")
    expect(desk.says("bot").last).to_contain_text("makeup")


def test_it_is_silent_until_then_though_the_front_desk_died(visit: Visit, staffed: Staffed, stack: Stack) -> None:
    chat = visit().begins().calls_person()
    desk = staffed("Nora").has_taken(chat.id)
    said_by_bot = len(chat.kept_texts("bot"))

    killed_at = datetime.now(UTC)
    killed = stack.kill("front desk")
    chat.writes("does it hurt?")  # while nobody is there to take it
    stack.wait_until_back("front desk", killed, killed_at)
    expect(desk.says("visitor").filter(has_text="does it hurt?")).to_be_visible()
    desk.writes("A little, for a moment.")
    expect(chat.said_by("staff")).to_contain_text("A little, for a moment.")
    assert len(chat.kept_texts("bot")) == said_by_bot

    desk.gives_back()

    chat.asks("can i wear makeup after?")
    assert len(chat.kept_texts("bot")) == said_by_bot + 1

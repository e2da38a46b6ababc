"""A story: a member of staff without a mouse signs in, takes a conversation, replies and closes it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.desk import Desk
from tests.browser.visits import Staffed, Visit
from tests.stack import PASSWORD, Stack, Staff


@pytest.mark.usefixtures("empty_inbox")
def test_from_signing_in_to_the_end(
    visit: Visit, new_visitor: Callable[..., BrowserContext], team: dict[str, Staff], stack: Stack
) -> None:
    chat = visit().begins().calls_person()
    desk = Desk(new_visitor().new_page(), stack)
    keys = desk.page.keyboard

    desk.opens()
    expect(desk.page.get_by_label("Name")).to_be_focused()
    keys.type("nora")
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    expect(desk.heading).to_have_text("Inbox")

    desk.goes_to(desk.row(chat.id).get_by_role("link"))
    keys.press("Enter")
    expect(desk.take).to_be_visible()
    desk.goes_to(desk.take)
    keys.press("Enter")

    expect(desk.reply).to_be_focused()
    desk.hears_keys()
    keys.type("Good morning, this is Nora.")
    keys.press("Control+Enter")
    expect(chat.said_by("staff")).to_contain_text("Good morning, this is Nora.")
    expect(desk.reply).to_be_focused()

    desk.goes_to(desk.page.get_by_label("What came of it"))
    keys.type("Answered")
    desk.goes_to(desk.page.get_by_role("button", name="Close", exact=True))
    keys.press("Enter")
    expect(desk.heading).to_contain_text("ended")
    expect(chat.find(".ended")).to_be_visible()


def test_the_first_tab_leads_past_the_navigation(staffed: Staffed) -> None:
    desk = staffed("Nora")
    desk.opens()

    desk.page.keyboard.press("Tab")
    expect(desk.page.get_by_role("link", name="Skip to content")).to_be_focused()
    desk.page.keyboard.press("Enter")

    expect(desk.page.locator("main")).to_be_focused()

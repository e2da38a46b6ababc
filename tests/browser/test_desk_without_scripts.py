"""A story: a browser without JavaScript. Everything can be read, and forms do what scripts make quicker."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.browser.desk import Desk
from tests.browser.visits import Visit
from tests.stack import Stack, Staff, until


def test_from_signing_in_to_the_audit_log(
    visit: Visit, new_visitor: Callable[..., BrowserContext], team: dict[str, Staff], stack: Stack
) -> None:
    chat = visit().begins()
    chat.asks("can i wear makeup after?")
    chat.calls_person()
    until(lambda: stack.rows("SELECT 1 FROM review_summary WHERE conversation_id = ?", chat.id), "the summary is written")
    desk = Desk(new_visitor(java_script_enabled=False).new_page(), stack)

    desk.opens()
    desk.signs_in("Astrid")
    desk.row(chat.id).get_by_role("link").click()
    expect(desk.says("visitor").first).to_contain_text("can i wear makeup after?")
    expect(desk.page.locator("[data-needs-script]:visible")).to_have_count(0)

    desk.take.click()
    desk.writes("It is best to wait a day.")
    expect(desk.says("staff")).to_contain_text("It is best to wait a day.")
    expect(chat.said_by("staff")).to_contain_text("It is best to wait a day.")
    desk.notes("Asked about makeup.")
    desk.closes("Answered")

    desk.page.get_by_role("link", name="Review").click()
    desk.page.locator(f"#c{chat.id} .what a").click()
    expect(desk.page.locator(".record .from-visitor").first).to_contain_text("can i wear makeup after?")
    desk.page.locator(".record .from-visitor").first.get_by_text("Correct", exact=True).click()
    expect(desk.page.get_by_label("What it asks").first).to_be_visible()

    desk.page.get_by_role("link", name="Audit").click()
    desk.page.get_by_role("link", name=f"All on conversation {chat.id}").first.click()
    for what in ("Opened", "Took", "Replied", "Noted something", "Closed"):
        expect(desk.page.locator(".log tbody tr").filter(has_text=what).first).to_be_visible()

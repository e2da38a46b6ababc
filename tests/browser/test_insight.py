"""Figures at the desk: read on any screen, by eye, by ear and by keyboard, and followed to their conversations."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.visits import DESKTOP, PHONE, Staffed
from tests.stack import Stack, until

Sees = Callable[..., Page]
ASKED = ("can i wear makeup after?", "what does it cost?", "does it hurt?", "what are the side effects")
# Figures of days whose conversations are long erased, so that every chart has something to draw.
OLDER = """
from datetime import timedelta
from django.utils import timezone
from frontdesk.insight.models import Total
today = timezone.localdate()
for ago in range(1, 60):
    day, many = today - timedelta(days=ago), 3 + ago * 7 % 11
    rows = {("conversations", ""): many, ("level", "none"): many - 3, ("level", "routine"): 1, ("level", "urgent"): 1,
        ("level", "emergency"): 1, ("became", "answered"): 3 * many, ("became", "asked_back"): 2, ("became", "not_understood"): 2,
        ("became", "handed_over"): 2, ("topic", "aftercare"): many, ("topic", "contraindications"): 4, ("topic", "cost"): 2,
        ("question", "aftercare/makeup"): many, ("question", "contraindications/overview"): 4, ("question", "cost/price"): 2,
        ("helpful", "aftercare/makeup"): 2, ("unhelpful", "aftercare/makeup"): 1, ("helpful", "cost/price"): 1, ("call", ""): 2,
        ("wait", str(60 * (1 + ago % 9))): 1, ("wait", str(60 * (10 + ago % 30))): 1, ("hour", f"{day.weekday()}-{8 + ago % 10}"): 3 * many}
    Total.objects.bulk_create(
        Total(day=day, measure=measure, key=key, number=number, kept=number) for (measure, key), number in rows.items() if number
    )
"""


@pytest.fixture(scope="module")
def figures(stack: Stack) -> Stack:
    """Some conversations that the worker has counted, and days before them."""
    stack.django(OLDER)
    begun = [stack.visitor().begins() for _ in range(2)]
    for visitor in begun:
        for text in ASKED:
            visitor.says(text)
    due = ("conversations_conversation WHERE summary_due", "insight_dueday")
    all_counted = f"SELECT {' AND '.join(f'NOT EXISTS (SELECT 1 FROM {what})' for what in due)} AS yes"
    until(lambda: stack.rows(all_counted)[0]["yes"], "the worker has counted")
    return stack


@pytest.fixture
def sees(figures: Stack, staffed: Staffed) -> Sees:
    """Opens the figures, as somebody of the team."""

    def open_page(size: dict[str, int] = DESKTOP, *, who: str = "Nora", query: str = "days=28", **options: Any) -> Page:
        desk = staffed(who, size, **options)
        desk.opens(f"insight?{query}")
        return desk.page

    return open_page


def _open_tables(page: Page) -> None:
    for summary in page.get_by_text("Table", exact=True).all():
        summary.click()


def _violations(page: Page) -> list[dict[str, Any]]:
    found = Axe().run(page).response["violations"]
    return [{one["id"]: [node["target"] for node in one["nodes"]]} for one in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(sees: Sees, size: dict[str, int], scheme: str) -> None:
    page = sees(size, color_scheme=scheme)
    assert _violations(page) == []

    _open_tables(page)

    assert _violations(page) == []


@pytest.mark.parametrize("query", ["from=2020-01-01&to=2020-01-02", "days=365"])
def test_axe_finds_nothing_with_little_or_much(sees: Sees, size: dict[str, int], query: str) -> None:
    assert _violations(sees(size, query=query)) == []


@pytest.mark.parametrize("width", [PHONE["width"], 320])  # the second: a page at 400 % (WCAG 1.4.10)
@pytest.mark.parametrize("query", ["days=7", "days=28", "days=90&by=day", "days=365"])
def test_the_page_does_not_scroll_sideways(sees: Sees, query: str, width: int) -> None:
    page = sees({**PHONE, "width": width}, query=query)

    _open_tables(page)

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_wide_tables_scroll_by_keyboard(sees: Sees) -> None:
    page = sees(PHONE)
    hours = page.get_by_role("region", name="Messages by weekday and hour")

    hours.focus()
    expect(hours).to_be_focused()
    page.keyboard.press("ArrowRight")

    until(lambda: hours.evaluate("box => box.scrollLeft") > 0, "it has scrolled")


def test_a_chart_is_an_image_that_says_what_it_finds(sees: Sees) -> None:
    page = sees()

    for finding in (
        "was the busiest day",
        "The assistant answered",
        "emergenc",
        "is asked about most",
        "helps least",
        "nine in ten",
    ):
        expect(page.get_by_role("img", name=finding)).to_be_visible()
    expect(page.get_by_role("heading", name="is the busiest hour")).to_be_visible()


def test_days_are_chosen_by_keyboard(sees: Sees) -> None:
    page = sees()
    reached: list[str] = []
    page.locator("#main").focus()

    for _ in range(24):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.innerText || document.activeElement.name"))
        if reached[-1] == "By week":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**by=week")

    assert [name for name in dict.fromkeys(reached) if name] == [
        "7 days", "28 days", "90 days", "A year", "from", "to", "Show", "By day", "By week",
    ]  # fmt: skip
    expect(page.get_by_role("heading", name="The busiest week was")).to_be_visible()


def test_a_table_opens_by_keyboard(sees: Sees) -> None:
    page = sees()
    table = page.get_by_role("region", name="Table of conversations")
    expect(table).to_be_hidden()

    page.get_by_text("Table", exact=True).first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    expect(table).to_be_focused()


def test_days_are_chosen_without_javascript(sees: Sees, figures: Stack) -> None:
    page = sees(java_script_enabled=False)

    page.get_by_role("textbox", name="From").fill("2020-01-01")
    page.get_by_role("textbox", name="To").fill("2020-01-31")
    page.get_by_role("button", name="Show").click()

    expect(page.get_by_text("No conversations in these days.")).to_be_visible()
    page.get_by_role("link", name="a year").first.click()
    expect(page.get_by_role("img", name="The busiest week was")).to_be_visible()


def test_a_number_leads_to_its_conversations(sees: Sees, figures: Stack) -> None:
    of_today = "SELECT kept FROM insight_total WHERE measure = 'conversations' ORDER BY day DESC LIMIT 1"
    erased = figures.rows(of_today)[0]["kept"]  # by tests before this one: they stay in the number, and are in no list
    page = sees(query="days=7")
    page.get_by_text("Table", exact=True).first.click()
    number = page.get_by_role("region", name="Table of conversations").get_by_role("link").last
    said = int(number.inner_text())
    assert said > erased

    number.click()

    expect(page.get_by_role("heading", name="Review")).to_be_visible()
    expect(page.locator(".title .hint")).to_contain_text(re.compile(rf"^{said - erased} conversation"))


def test_an_editor_sees_numbers_alone(figures: Stack, staffed: Staffed) -> None:
    desk = staffed("Edda")
    page = desk.page

    desk.opens("insight")

    expect(page.get_by_role("heading", name="Insight", exact=False).first).to_be_visible()
    expect(page.get_by_role("link", name="Insight")).to_have_attribute("aria-current", "page")
    assert page.locator("main a[href*='/desk/review']").count() == 0
    expect(page.get_by_role("link", name="Inbox")).to_have_count(0)


def test_a_table_is_taken_away(sees: Sees) -> None:
    page = sees(query="days=7")

    with page.expect_download() as taken:
        page.get_by_role("link", name="CSV of topics and questions").click()

    assert taken.value.suggested_filename.startswith("topics-")
    assert taken.value.path().read_text(encoding="utf-8-sig").startswith("from,to,topic,question")


def test_printed_it_has_charts_and_no_buttons(sees: Sees) -> None:
    page = sees()

    page.emulate_media(media="print")

    expect(page.locator(".chooser")).to_be_hidden()
    expect(page.get_by_role("img").first).to_be_visible()

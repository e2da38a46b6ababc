"""Questions that were not understood, in groups: from what visitors write to the page at the desk, on any screen and by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.visits import DESKTOP, PHONE
from tests.stack import PASSWORD, Stack, until

Sees = Callable[..., Page]
JABS = ("what vaccinations for thailand", "which jabs do i need for thailand", "vaccines for a trip to thailand")
CAT = "my cat wont eat her new food, call me on 07700 900123"


@pytest.fixture(scope="module")
def grouped(stack: Stack) -> Stack:
    """What three visitors asked, as the assistant answered it and the worker grouped it."""
    stack.make_person("Ines", "nurse")
    stack.make_person("Emil", "editor", "editor")
    for text in JABS:
        stack.visitor().begins().says(text)
    stack.visitor().begins().says(CAT)
    until(
        lambda: stack.rows("SELECT count(*) AS n FROM insight_miss WHERE centre_id IS NOT NULL")[0]["n"] >= len(JABS) + 1,
        "the worker has grouped them",
        60,
    )
    return stack


@pytest.fixture
def sees(grouped: Stack, new_visitor: Callable[..., BrowserContext]) -> Sees:
    """Signs somebody in, and opens the page."""

    def open_page(size: dict[str, int] = DESKTOP, *, who: str = "ines", query: str = "days=28", **options: Any) -> Page:
        page = new_visitor(viewport=size, **options).new_page()
        page.goto(f"{grouped.address}/desk/sign-in")
        page.locator("input[name=username]").fill(who)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("main button").click()
        page.wait_for_url(lambda address: "sign-in" not in address)
        page.goto(f"{grouped.address}/desk/insight/not-understood?{query}")
        return page

    return open_page


def _violations(page: Page) -> list[dict[str, Any]]:
    found = Axe().run(page).response["violations"]
    return [{one["id"]: [node["target"] for node in one["nodes"]]} for one in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("query", ["days=28", "days=28&show=once", "from=2020-01-01&to=2020-01-02"])
def test_axe_finds_nothing(sees: Sees, size: dict[str, int], query: str, scheme: str) -> None:
    assert _violations(sees(size, query=query, color_scheme=scheme)) == []


@pytest.mark.parametrize("width", [PHONE["width"], 320])  # the second: a page at 400 % (WCAG 1.4.10)
@pytest.mark.parametrize("query", ["days=28", "days=28&show=once"])
def test_the_page_does_not_scroll_sideways(sees: Sees, query: str, width: int) -> None:
    page = sees({**PHONE, "width": width}, query=query)

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_three_visitors_asked_in_their_own_words_is_one_group(sees: Sees) -> None:
    page = sees()

    group = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="3 times"))
    for text in JABS:
        expect(group.get_by_role("link", name=text)).to_be_visible()


def test_an_example_leads_to_the_conversation(sees: Sees) -> None:
    page = sees()

    page.get_by_role("link", name=JABS[0]).focus()
    page.keyboard.press("Enter")

    page.wait_for_url("**/desk/review/*")
    expect(page.get_by_text(JABS[0]).first).to_be_visible()


def test_what_was_asked_once_is_masked_and_one_step_away(sees: Sees) -> None:
    page = sees()

    page.get_by_role("link", name="Asked once").click()

    expect(page.get_by_text("my cat wont eat her new food, call me on [phone]")).to_be_visible()
    expect(page.get_by_text("07700")).to_have_count(0)


def test_an_editor_reads_the_words_and_finds_no_conversation(sees: Sees) -> None:
    page = sees(who="emil")

    expect(page.get_by_text(JABS[0])).to_be_visible()
    expect(page.get_by_role("link", name=JABS[0])).to_have_count(0)


def test_it_reads_without_scripts(sees: Sees) -> None:
    page = sees(java_script_enabled=False)

    page.get_by_role("link", name="7 days").click()

    expect(page.get_by_text(JABS[0])).to_be_visible()
    expect(page.get_by_role("link", name="7 days")).to_have_attribute("aria-current", "true")


def test_the_figures_lead_here(sees: Sees, grouped: Stack) -> None:
    page = sees()
    page.goto(f"{grouped.address}/desk/insight")

    page.locator("a[href*='/desk/insight/not-understood']").first.click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Not understood")

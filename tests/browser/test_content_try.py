"""An editor tries messages, compares what the draft and what is live make of them, and keeps one as a test."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.visits import DESKTOP, PHONE
from tests.stack import PASSWORD, Stack

Sees = Callable[..., Page]
TRY, TESTS = "desk/content/try", "desk/content/tests"
LIPSTICK, CHOKING = "can i wear lipstick after the treatment", "help i cant breathe"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, content: Path) -> Iterator[Stack]:
    """The whole, with that copy, and an editor."""
    given = {"FRONTDESK_CONTENT": str(content), "FRONTDESK_GIT": "no"}
    running = Stack(tmp_path_factory.mktemp("try"), given).start()
    try:
        running.wait_until_ready()
        running.make_person("Edda", "editor", "editor")
        file = content / "data/aftercare.yml"
        file.write_text(
            re.sub(
                r"^( *- )(?=\w[^:]*$)", r"\1an example of the draft alone\n\1", file.read_text(), count=1, flags=re.MULTILINE
            )
        )
        yield running
    finally:
        left = running.stop()
    assert left == []


@pytest.fixture
def sees(desk: Stack, new_visitor: Callable[..., BrowserContext]) -> Sees:
    """Signs the editor in, and opens a page."""

    def open_page(size: dict[str, int] = DESKTOP, *, path: str = TRY, **options: Any) -> Page:
        page = new_visitor(viewport=size, **options).new_page()
        page.goto(f"{desk.address}/desk/sign-in")
        page.locator("input[name=username]").fill("edda")
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("main button").click()
        page.wait_for_url(lambda address: "sign-in" not in address)
        page.goto(f"{desk.address}/{path}")
        return page

    return open_page


@pytest.fixture
def no_tests(content: Path) -> None:
    """No test is kept yet."""
    shutil.rmtree(content / "tests", ignore_errors=True)


def _tries(page: Page, text: str) -> None:
    """By keyboard alone; the field has the focus."""
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page.locator(".asked")).to_have_text(f"“{text}”")


def _violations(page: Page) -> list[dict[str, Any]]:
    return [{one["id"]: [node["target"] for node in one["nodes"]]} for one in Axe().run(page).response["violations"]]


def test_messages_are_tried_one_after_the_other_by_keyboard_alone(sees: Sees, desk: Stack) -> None:
    page = sees()

    _tries(page, LIPSTICK)
    live = page.get_by_role("region", name="Live", exact=True)
    expect(live.locator(".bubble")).to_contain_text("makeup")
    expect(live.locator(".guesses li").first).to_contain_text(re.compile(r"Makeup after \d+%"))
    expect(live.locator(".near li")).to_have_count(5)
    expect(page.get_by_role("status").first).to_contain_text("answers “Makeup after”")

    _tries(page, CHOKING)
    expect(live.locator(".level-emergency")).to_be_visible()
    expect(live.locator(".reasons")).to_contain_text("cant breathe")
    expect(page.locator("#history tbody tr th")).to_have_text([CHOKING, LIPSTICK])

    page.get_by_role("button", name=LIPSTICK).press("Enter")
    expect(page.locator("#history tbody tr th")).to_have_text([LIPSTICK, CHOKING])
    assert desk.rows("SELECT count(*) AS n FROM conversations_message")[0]["n"] == 0


def test_a_draft_that_is_being_prepared_fills_itself_in(sees: Sees) -> None:
    page = sees()
    is_ready, sent = [False], []

    def state(route: Route) -> None:
        named = "ready" if is_ready[0] else "waiting"
        route.fulfill(content_type="text/html", body=f'<div class="draft-state" data-state="{named}"><p>Is {named}.</p></div>')

    page.route("**/try?part=draft", state)
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    expect(page.locator("#draft")).to_contain_text("is being prepared")
    expect(page.get_by_role("link", name="Look again")).to_be_hidden()

    _tries(page, LIPSTICK)
    expect(page.get_by_role("region", name="Draft", exact=True)).to_contain_text("Is being prepared")
    before = len(sent)
    is_ready[0] = True

    expect(page.locator("#draft")).to_have_text("Is ready.")
    page.wait_for_function("document.querySelectorAll('#history tbody tr').length === 1")
    page.wait_for_load_state("networkidle")
    assert len(sent) > before


def test_what_was_tried_is_kept_as_a_test_run_deleted_and_taken_back(sees: Sees, no_tests: None, content: Path) -> None:
    page = sees()
    _tries(page, LIPSTICK)

    page.get_by_text("Keep as a test").first.press("Enter")
    expect(page.get_by_label("It must be answered with the question")).to_have_value("Makeup after")
    page.get_by_role("button", name="Keep as a test").press("Enter")
    expect(page.locator("[data-kept]")).to_be_focused()
    assert "aftercare/makeup" in (content / "tests/editors.yml").read_text()

    page.locator("[data-kept] a").press("Enter")
    expect(page.locator("h1")).to_have_text("Tests 1")
    page.get_by_role("button", name="Run all now").press("Enter")
    expect(page.locator("#outcome")).to_contain_text("All 1 pass")
    expect(page.locator(".passes")).to_contain_text("Makeup after")

    page.get_by_role("button", name="Delete the test").press("Enter")
    expect(page.locator(".undo")).to_contain_text("Test deleted")
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.locator(".kept tbody tr")).to_have_count(1)


def test_a_test_that_fails_says_what_was_said(sees: Sees, no_tests: None) -> None:
    page = sees(path=TESTS)
    page.get_by_label("What a visitor says").fill(LIPSTICK)
    page.get_by_label("It must be answered with the question").fill("no such question")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("“no such question” is no question")
    expect(page.get_by_label("What a visitor says")).to_have_value(LIPSTICK)

    page.get_by_label("It must be answered with the question").fill("Water and showers after")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("button", name="Run all now").click()

    expect(page.locator("#outcome")).to_contain_text("1 of 1 fails")
    expect(page.locator(".fails")).to_contain_text("Makeup after")


def test_it_all_works_without_scripts(sees: Sees, no_tests: None) -> None:
    page = sees(java_script_enabled=False)
    expect(page.get_by_role("link", name="Look again")).to_be_visible()

    page.locator("#text").fill(LIPSTICK)
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("region", name="Live", exact=True).locator(".bubble")).to_contain_text("makeup")

    page.get_by_text("Keep as a test").first.click()
    page.get_by_role("button", name="Keep as a test").click()
    expect(page).to_have_url(re.compile("/tests$"))
    expect(page.locator(".kept tbody tr")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    sees: Sees, no_tests: None, size: dict[str, int], scheme: str
) -> None:
    page = sees(size, color_scheme=scheme)
    _tries(page, CHOKING)
    page.get_by_text("Keep as a test").first.click()
    assert _violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == size["width"]

    page.get_by_role("button", name="Keep as a test").click()
    page.locator("[data-kept] a").click()
    page.get_by_role("button", name="Run all now").click()
    expect(page.locator("#outcome")).to_contain_text("All 1 pass")
    assert _violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == size["width"]


def test_on_a_phone_the_draft_stands_above_live(sees: Sees) -> None:
    page = sees(PHONE)
    _tries(page, LIPSTICK)

    draft = page.get_by_role("region", name="Draft", exact=True).bounding_box()
    live = page.get_by_role("region", name="Live", exact=True).bounding_box()

    assert draft
    assert live
    assert draft["x"] == live["x"]
    assert draft["y"] < live["y"]

"""What an editor is told while they type: once, without their focus being taken, and without what they typed being lost."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.browser.visits import Staffed

QUESTION = "content/questions/aftercare/makeup"


@pytest.fixture
def page(staffed: Staffed) -> Page:
    """A question as an editor sees it; what is read out is written down."""
    desk = staffed("Edda")
    desk.opens(QUESTION)
    _listens(desk.page)
    return desk.page


def _listens(page: Page) -> None:
    page.locator("[data-guidance] [role=status]").first.wait_for(state="attached")
    page.evaluate(
        """() => {
            window.readOut = [];
            for (const live of document.querySelectorAll("[data-guidance] [role=status]"))
                new MutationObserver(() => window.readOut.push(live.textContent)).observe(live, { childList: true, characterData: true });
        }"""
    )


def _read_out(page: Page) -> list[str]:
    said: list[str] = page.evaluate("window.readOut")
    return said


def test_each_line_that_is_pasted_gets_its_notes(page: Page) -> None:
    field, notes = page.locator("[data-guide=example]"), page.locator("[data-guidance=example] li")

    field.fill("1. can i shower after it\nmascara tomorrow?\nMascara tomorrow\nI'm ann@clinic.example, when can I use mascara")

    expect(notes.filter(has_text="Line 1.")).to_contain_text("Water and showers after")
    expect(notes.filter(has_text="Line 3.")).to_contain_text("The same words as in line 2.")
    expect(notes.filter(has_text="Line 4.")).to_contain_text("e-mail")
    expect(field).to_be_focused()


def test_personal_details_are_hidden_by_one_press(page: Page) -> None:
    field = page.locator("[data-guide=example]")
    field.fill("mascara tomorrow?\nI'm ann@clinic.example, when can I use mascara")

    page.get_by_role("button", name="Hide them").click()

    expect(field).to_have_value("mascara tomorrow?\nI'm [e-mail], when can I use mascara")
    expect(field).to_be_focused()
    expect(page.locator("[data-guidance=example] li")).to_contain_text(["[e-mail]"])


def test_the_same_notes_are_read_out_once(page: Page) -> None:
    field = page.locator("[data-guide=example]")
    field.fill("ann@clinic.example asks for mascara")
    expect(page.locator("[data-guidance=example] li").first).to_contain_text("e-mail")

    with page.expect_response("**/guidance/examples"):
        field.press_sequentially("s")
    with page.expect_response("**/guidance/examples"):
        field.fill("mascara tomorrow?")
    expect(page.locator("[data-guidance=example] li")).to_have_count(0)

    first, last = _read_out(page)
    assert "e-mail" in first
    assert last == "No notes any more."


def test_a_failure_is_said_once_and_typing_goes_on(page: Page) -> None:
    def fails(route: Route) -> None:
        route.abort()

    page.route("**/guidance/examples", fails)
    field, place = page.locator("[data-guide=example]"), page.locator("[data-guidance=example]")
    for text in ("one", "one two", "one two three"):
        with page.expect_event("requestfailed"):
            field.fill(text)
    expect(place.locator(".guidance")).to_contain_text("could not be looked up")
    assert len(_read_out(page)) == 1
    expect(field).to_have_value("one two three")

    page.unroute("**/guidance/examples")
    field.fill("ann@clinic.example asks for mascara")

    expect(place.locator("li").first).to_contain_text("e-mail")
    expect(place.locator(".guidance")).not_to_contain_text("could not be looked up")


def test_an_answer_is_looked_at_as_it_is_typed_and_as_its_facts_are_chosen(page: Page) -> None:
    page.goto(f"{page.url}/answer")
    first = page.locator("fieldset.wording").first
    notes = first.locator("[data-guidance=answer] li")

    first.locator("textarea").fill("Stop your blood thinners. It costs £200.")
    expect(notes).to_contain_text(["£200", "Stop your blood thinners"])

    first.locator("summary", has_text="Facts").first.click()
    first.locator("input[name=facts]:checked").uncheck()
    expect(notes.filter(has_text="Rests on no fact")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_it_does_not_scroll_sideways(page: Page, size: dict[str, int], scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.locator("[data-guide=example]").fill("can i shower after it\nI'm ann@clinic.example, when can I use mascara")
    expect(page.get_by_role("button", name="Hide them")).to_be_visible()

    found = [{one["id"]: [node["target"] for node in one["nodes"]]} for one in Axe().run(page).response["violations"]]

    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]

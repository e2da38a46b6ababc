"""Questions and answers as editors change them: the first question by keyboard alone, pasted lines, two editors at once, any screen."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.visits import DESKTOP, PHONE
from tests.stack import PASSWORD, Place, until

Edits = Callable[..., Page]
MAKEUP = "content/questions/aftercare/makeup"
TABS = 80  # more than any of these pages has before what a test looks for
PASTED = "\n".join(f"{number}. may I use tinted product number {number}" for number in range(1, 21))
COLOURS = ["color-contrast", "link-in-text-block"]  # the rules that dark makes a difference to


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, content: Path) -> Iterator[Place]:
    """The front desk alone, with that copy and two editors: nobody needs an assistant to write."""
    place = Place(tmp_path_factory.mktemp("editors"), {"FRONTDESK_CONTENT": str(content), "FRONTDESK_GIT": "no"})
    place.prepare()
    place.make_people({"Edda": ("editor", "editor"), "Emil": ("editor", "editor")})
    place.run(sys.executable, "-m", "frontdesk", "serve")
    try:
        until(place.is_alive, "the front desk answers", 60)
        yield place
    finally:
        place.end()


@pytest.fixture
def edits(desk: Place, new_visitor: Callable[..., BrowserContext]) -> Edits:
    """Signs an editor in, and opens a page of the desk."""

    def open_page(path: str = "content", size: dict[str, int] = DESKTOP, *, who: str = "edda", **options: Any) -> Page:
        page = new_visitor(viewport=size, **options).new_page()
        page.goto(f"{desk.address}/desk/sign-in")
        page.locator("input[name=username]").fill(who)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("main button").click()
        page.wait_for_url(lambda address: "sign-in" not in address)
        page.goto(f"{desk.address}/desk/{path}")
        return page

    return open_page


def examples(content: Path, key: str) -> list[str]:
    """As they stand in the file."""
    read = yaml.load((content / f"data/{key.partition('/')[0]}.yml").read_text(), Loader=yaml.CSafeLoader)
    blocks = [block["examples"] for block in read["nlu"] if block["intent"] == key]
    return [line.removeprefix("- ") for block in blocks for line in block.splitlines()]


def tabs_to(target: Locator) -> None:
    """Presses Tab until something has the focus, which must be seen at each step."""
    page = target.page
    for _ in range(TABS):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    raise AssertionError(f"not reached by Tab: {target}")


def row(page: Page, text: str) -> Locator:
    """An example in the list."""
    return page.locator(".examples > li").filter(has=page.get_by_role("checkbox", name=f"Choose: {text}", exact=True))


def test_the_first_question_is_added_by_keyboard_alone_and_taken_back(edits: Edits, content: Path) -> None:
    page = edits()
    keys = page.keyboard

    tabs_to(page.get_by_role("link", name="Add a question"))
    keys.press("Enter")
    page.wait_for_url("**/content/new")
    tabs_to(page.get_by_role("textbox", name=re.compile("^Title")))
    keys.type("Sauna after")
    tabs_to(page.get_by_label("Topic"))
    keys.type("Aftercare")
    tabs_to(page.get_by_label("How visitors ask it"))
    keys.type("may I go to the sauna afterwards")
    keys.press("Enter")
    keys.type("is a steam bath fine the same day")
    tabs_to(page.get_by_label("Text"))
    keys.type("Wait two days, then ask your provider.")
    expect(page.locator(".bubble")).to_have_text("Wait two days, then ask your provider.")
    tabs_to(page.get_by_role("button", name="Add it to the draft"))
    keys.press("Enter")

    expect(page.get_by_text("“Sauna after” is in the draft.")).to_be_visible()
    expect(page.locator("h1")).to_contain_text("Sauna after")
    assert examples(content, "aftercare/sauna_after") == [
        "may I go to the sauna afterwards",
        "is a steam bath fine the same day",
    ]

    tabs_to(page.get_by_role("button", name="Undo", exact=True))
    keys.press("Enter")

    expect(page.get_by_text("Taken back.")).to_be_visible()
    assert examples(content, "aftercare/sauna_after") == []


def test_twenty_lines_are_pasted_edited_moved_deleted_and_taken_back(edits: Edits, content: Path) -> None:
    before = examples(content, "aftercare/makeup")
    page = edits(MAKEUP)
    there = before[0]

    page.get_by_label("Add examples").fill(f"{PASTED}\n{there}")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#examples")).to_contain_text("1 of these cannot be added, 20 can.")
    expect(page.get_by_label("Add examples")).to_have_value(f"{PASTED}\n{there}")
    page.get_by_role("button", name="Add the 20 good ones alone").click()
    expect(page.get_by_text("Examples added to “Makeup after”: 20.")).to_be_visible()
    assert examples(content, "aftercare/makeup")[-20:] == [
        f"may I use tinted product number {number}" for number in range(1, 21)
    ]

    page.get_by_label("Find in these examples").fill("tinted product number")
    page.get_by_role("button", name="Find").click()
    expect(page.locator(".examples > li")).to_have_count(20)
    row(page, "may I use tinted product number 1").locator("summary").click()
    field = row(page, "may I use tinted product number 1").get_by_label("Example", exact=True)
    expect(field).to_be_focused()
    field.fill("may I use a tinted product, number one")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Example changed.")).to_be_visible()

    # From one to another with Shift: by mouse, then by keyboard.
    row(page, "may I use tinted product number 2").get_by_role("checkbox").click()
    row(page, "may I use tinted product number 5").get_by_role("checkbox").click(modifiers=["Shift"])
    expect(page.get_by_text("4 chosen")).to_be_visible()
    page.get_by_label("Move to the question").fill("Water and showers after")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_text("Examples moved to “Water and showers after”: 4.")).to_be_visible()
    assert examples(content, "aftercare/water")[-4:] == [f"may I use tinted product number {number}" for number in range(2, 6)]

    page.goto(f"{page.url.partition('?')[0].partition('#')[0]}?e=tinted+product+number")
    row(page, "may I use tinted product number 6").get_by_role("checkbox").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.get_by_text("3 chosen")).to_be_visible()
    page.locator(".bulk").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Examples deleted: 3.")).to_be_visible()

    page.get_by_role("link", name="Changes").click()
    for _ in range(4):
        page.locator(".change:not(.is-undone)").filter(has_not_text="Undone").first.get_by_role("button").click()
        expect(page.get_by_text("Taken back.", exact=True)).to_be_visible()
        page.goto(page.url)
    assert examples(content, "aftercare/makeup") == before


def test_an_answer_is_changed_and_seen_as_a_visitor_sees_it(edits: Edits, content: Path, size: dict[str, int]) -> None:
    page = edits(f"{MAKEUP}/answer", size)
    first = page.locator("#wording-0")

    first.get_by_label("Text").fill("Leave it off for a day.\nCall {phone} or {emergency_number} if you are unsure.")
    expect(first.locator(".bubble p")).to_have_count(2)
    expect(first.locator(".bubble .unset")).to_have_text("phone")
    first.get_by_label("Another button").fill("May I swim?")
    first.locator(".button-row").last.get_by_label("leads to").fill("Water and showers after")
    expect(first.locator(".choices-shown li")).to_have_count(4)
    first.get_by_text("Facts that it rests on").click()
    first.get_by_label("Find a fact").fill("makeup 10 to 15")
    expect(first.locator(".fact-group .choice:visible")).to_have_count(1)
    page.get_by_role("button", name="Save in the draft").click()

    expect(page.get_by_text("Answer saved in the draft.")).to_be_visible()
    expect(page.locator(".choices-shown").first).to_contain_text("May I swim?")
    assert "Leave it off for a day." in (content / "data/aftercare.yml").read_text()
    page.locator(".notice.undo").get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back.")).to_be_visible()
    assert "Leave it off for a day." not in (content / "data/aftercare.yml").read_text()


def test_the_second_of_two_editors_sees_both_answers(edits: Edits, content: Path) -> None:
    edda, emil = edits(f"{MAKEUP}/answer"), edits(f"{MAKEUP}/answer", who="emil")

    edda.locator("#text-0").fill("Edda says two days.")
    edda.get_by_role("button", name="Save in the draft").click()
    expect(edda.get_by_text("Answer saved in the draft.")).to_be_visible()
    emil.locator("#text-0").fill("Emil says three days.")
    emil.get_by_role("button", name="Save in the draft").click()

    expect(emil.locator("h1")).to_have_text("Somebody else has changed this answer")
    expect(emil.get_by_role("alert")).to_contain_text("Edda saved another answer")
    expect(emil.locator(".theirs")).to_contain_text("Edda says two days.")
    expect(emil.locator("#text-0")).to_have_value("Emil says three days.")
    assert violations(emil) == []
    assert "Emil says" not in (content / "data/aftercare.yml").read_text()

    emil.get_by_role("button", name="Save mine instead").click()
    expect(emil.get_by_text("Answer saved in the draft.")).to_be_visible()
    assert "Emil says three days." in (content / "data/aftercare.yml").read_text()


def test_a_question_moves_and_is_deleted_after_it_was_said_what_goes(edits: Edits, content: Path) -> None:
    page = edits("content/questions/uses/hair")
    before = examples(content, "uses/hair")

    page.get_by_role("link", name="Move to another topic").click()
    page.get_by_label("Topic").select_option(label="Results")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_text("is in “Results” now.")).to_be_visible()
    assert examples(content, "results/hair") == before

    page.get_by_role("link", name="Delete the question").click()
    expect(page.locator("main")).to_contain_text(f"{len(before)} examples")
    page.get_by_role("button", name="Delete the question").click()
    expect(page.get_by_text("is deleted from the draft")).to_be_visible()
    assert examples(content, "results/hair") == []

    page.locator(".notice.undo").get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back.")).to_be_visible()
    assert examples(content, "results/hair") == before


def test_without_scripts_everything_is_there(edits: Edits, content: Path) -> None:
    page = edits(MAKEUP, java_script_enabled=False)
    page.get_by_label("Add examples").fill("- may I wear glittery powder")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("Examples added to “Makeup after”: 1.")).to_be_visible()
    page.get_by_role("button", name="Undo", exact=True).click()

    page.get_by_role("link", name="Edit the answer").click()
    page.locator("#text-0").fill("Leave it off for a week.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#wording-0 .bubble")).to_have_text("Leave it off for a week.")
    page.get_by_role("button", name="Add another way to say it").click()
    expect(page.locator("[name=text]")).to_have_count(3)
    assert "Leave it off for a week." not in (content / "data/aftercare.yml").read_text()


def violations(page: Page) -> list[dict[str, Any]]:
    """What axe finds at both widths, light and dark; and where a page is wider than its window."""
    found: list[dict[str, Any]] = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)
            options = {"resultTypes": ["violations"], **({"runOnly": COLOURS} if scheme == "dark" else {})}
            at = {"at": (scheme, size["width"])}
            for one in Axe().run(page, options=options).response["violations"]:
                found.append({one["id"]: [node["target"] for node in one["nodes"]], **at})
            if (width := page.evaluate("document.documentElement.scrollWidth")) > size["width"]:
                found.append({"scrolls sideways": width, **at})
    return found


@pytest.mark.parametrize(
    "path",
    [
        "content",
        "content?by=asked",
        "content?q=makeup",
        "content?q=nosuchword",
        "content/new",
        MAKEUP,
        "content/questions/safety/airway",
        f"{MAKEUP}/answer",
        f"{MAKEUP}/move",
        f"{MAKEUP}/delete",
        "content/changes",
    ],
)
def test_axe_finds_nothing_on_any_page(edits: Edits, path: str) -> None:
    page = edits(path)
    for summary in page.locator("main summary:visible").all()[:12]:
        summary.click()

    assert violations(page) == []

"""From visitors' messages to examples: a colleague's correction, many messages by keyboard alone, two editors, any screen."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.visits import DESKTOP, PHONE
from tests.stack import PASSWORD, ROOT, Stack, until

Sees = Callable[..., Page]
VISITORS = "desk/content/visitors"
JABS = ("what vaccinations for thailand", "which jabs do i need for thailand", "vaccines for a trip to thailand")
CAT = "my cat wont eat her new food, call me on 07700 900123"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, content: Path) -> Iterator[Stack]:
    """The whole, with that copy, a colleague and two editors."""
    given = {"FRONTDESK_CONTENT": str(content), "FRONTDESK_GIT": "no"}
    running = Stack(tmp_path_factory.mktemp("visitors"), given).start()
    try:
        running.wait_until_ready()
        running.make_people(
            {
                "Ines": ("nurse", "staff"),
                "Edda": ("editor", "editor"),
                "Emil": ("editor", "editor"),
                "Erin": ("doctor", "clinician"),
            }
        )
        yield running
    finally:
        left = running.stop()
    assert left == []


@pytest.fixture
def ask(desk: Stack, content: Path) -> Iterator[Callable[..., list[str]]]:
    """Visitors ask, each in a chat of their own; gives the conversations once the worker has grouped what was not understood."""

    def asking(*texts: str) -> list[str]:
        visitors = [desk.visitor().begins() for _ in texts]
        for visitor, text in zip(visitors, texts, strict=True):
            visitor.says(text)
        until(lambda: _grouped(desk) >= len(texts), "the worker has grouped them", 60)
        return [visitor.conversation_id for visitor in visitors]

    yield asking
    shutil.copytree(ROOT / "data", content / "data", dirs_exist_ok=True)
    desk.change("DELETE FROM content_suggestion", "DELETE FROM review_correction", "DELETE FROM insight_miss")


@pytest.fixture
def sees(desk: Stack, new_visitor: Callable[..., BrowserContext]) -> Sees:
    """Signs somebody in, and opens a page."""

    def open_page(size: dict[str, int] = DESKTOP, *, who: str = "edda", path: str = VISITORS, **options: Any) -> Page:
        page = new_visitor(viewport=size, **options).new_page()
        page.goto(f"{desk.address}/desk/sign-in")
        page.locator("input[name=username]").fill(who)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("main button").click()
        page.wait_for_url(lambda address: "sign-in" not in address)
        page.goto(f"{desk.address}/{path}")
        return page

    return open_page


def _grouped(stack: Stack) -> int:
    return int(stack.rows("SELECT count(*) AS n FROM insight_miss WHERE centre_id IS NOT NULL")[0]["n"])


def _examples(content: Path, key: str) -> str:
    read = yaml.load((content / f"data/{key.partition('/')[0]}.yml").read_text(), Loader=yaml.CSafeLoader)
    return "\n".join(block["examples"] for block in read["nlu"] if block["intent"] == key)


def _line(page: Page, text: str) -> Locator:
    return page.locator(".line").filter(has=page.get_by_role("checkbox", name=text))


def _group(page: Page, text: str) -> Locator:
    return page.locator(".group").filter(has=page.get_by_role("checkbox", name=text))


def _violations(page: Page) -> list[dict[str, Any]]:
    return [{one["id"]: [node["target"] for node in one["nodes"]]} for one in Axe().run(page).response["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_it_does_not_scroll_sideways(
    ask: Callable[..., list[str]], sees: Sees, size: dict[str, int], scheme: str
) -> None:
    ask(*JABS, CAT)
    page = sees(size, color_scheme=scheme)
    for text in (JABS[0], CAT.partition(",")[0]):
        page.get_by_role("checkbox", name=text).check()
    expect(page.get_by_text("2 selected", exact=True)).to_be_visible()

    assert _violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_a_colleagues_correction_becomes_an_example_of_the_draft(
    ask: Callable[..., list[str]], sees: Sees, content: Path, desk: Stack
) -> None:
    [conversation] = ask("sharpen my garden shears please")
    page = sees(who="ines", path=f"desk/review/{conversation}")
    page.locator(".correct summary").first.click()
    page.locator(".correct [name=question]").first.fill("aftercare/makeup")
    page.locator(".correct form button").first.click()
    expect(page.get_by_text("Sent to the editors.")).to_be_visible()

    editor = sees(path=f"{VISITORS}?show=corrected")
    group = _group(editor, "sharpen my garden shears please")
    expect(group).to_contain_text("Staff say: Makeup after")
    expect(group.get_by_label("Question")).to_have_value("Makeup after")
    group.get_by_role("button", name="Accept").click()

    expect(editor.get_by_text("Examples added to “Makeup after”: 1.")).to_be_visible()
    assert "- sharpen my garden shears please" in _examples(content, "aftercare/makeup")
    assert desk.rows("SELECT state FROM review_correction") == [{"state": "accepted"}]
    editor.get_by_role("button", name="Undo").click()
    expect(editor.get_by_role("checkbox", name="sharpen my garden shears please")).to_be_visible()
    assert "- sharpen my garden shears please" not in _examples(content, "aftercare/makeup")


def test_in_bulk_by_keyboard_alone(ask: Callable[..., list[str]], sees: Sees, content: Path) -> None:
    ask(*JABS, CAT)
    page = sees()
    keys = page.keyboard
    first = page.locator(".group").first

    keys.press("j")
    expect(first.locator(".mark input").first).to_be_focused()
    keys.press("x")
    keys.press("ArrowDown")
    keys.press("x")
    expect(first.get_by_role("button", name="Accept 2 selected")).to_be_visible()
    keys.press("g")
    keys.press("o")

    expect(page.get_by_text("Examples added to “Something else”: 3.")).to_be_visible()
    expect(page.locator(".line").first.locator(".mark input")).to_be_focused()
    keys.press("x")
    keys.press("d")
    expect(page.get_by_text("Dismissed: 1.")).to_be_visible()
    expect(page.get_by_text("Nothing waits.")).to_be_visible()
    assert all(f"- {text}" in _examples(content, "fallback/out_of_scope") for text in JABS)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".line")).to_have_count(1)


def test_messages_of_several_groups_are_decided_at_once(ask: Callable[..., list[str]], sees: Sees) -> None:
    ask(*JABS, CAT)
    page = sees()
    everywhere = page.get_by_role("group", name="All that are selected, of any group")
    expect(everywhere).to_be_hidden()

    page.get_by_role("checkbox", name=JABS[0]).check()
    page.get_by_role("checkbox", name="my cat wont eat").check()
    everywhere.get_by_role("button", name="Dismiss").click()

    expect(page.get_by_text("Dismissed: 2.")).to_be_visible()
    expect(page.locator(".line")).to_have_count(2)


def test_single_keys_can_be_switched_off_and_stay_off(ask: Callable[..., list[str]], sees: Sees) -> None:
    ask(CAT)
    page = sees()
    page.get_by_role("button", name="Keys").click()
    page.reload()

    expect(page.get_by_role("button", name="Keys")).to_have_attribute("aria-pressed", "false")
    page.locator(".mark input").focus()
    page.keyboard.press("d")
    page.keyboard.press("x")

    expect(page.locator(".mark input")).not_to_be_checked()
    expect(page.locator(".line")).to_have_count(1)


def test_letters_typed_in_a_field_are_letters(ask: Callable[..., list[str]], sees: Sees) -> None:
    ask(*JABS)
    page = sees()

    page.locator(".mark input").first.focus()
    page.keyboard.press("e")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("add oxo jade")

    expect(page.locator(".line textarea").first).to_have_value("add oxo jade")
    expect(page.locator(".line .words").first).to_have_text("add oxo jade")
    page.keyboard.press("Escape")
    expect(page.locator(".mark input").first).to_be_focused()


def test_a_personal_detail_is_taken_out_in_place(ask: Callable[..., list[str]], sees: Sees, content: Path) -> None:
    ask(CAT)
    page = sees()
    text = page.get_by_label("The example’s words")
    page.get_by_label("Question", exact=True).fill("Makeup after")
    page.get_by_role("button", name="Accept").click()

    expect(page.get_by_role("alert")).to_contain_text("still has a word in [brackets]")
    expect(text).to_be_focused()
    expect(page.get_by_label("Question", exact=True)).to_have_value("Makeup after")
    text.fill("my cat wont eat her new food")
    page.get_by_role("button", name="Accept").click()

    expect(page.get_by_text("Examples added to “Makeup after”: 1.")).to_be_visible()
    assert "- my cat wont eat her new food" in _examples(content, "aftercare/makeup")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".line")).to_have_count(1)


def test_enter_in_the_question_accepts_and_in_no_other_way(ask: Callable[..., list[str]], sees: Sees) -> None:
    ask(*JABS)
    page = sees()

    page.get_by_label("Question", exact=True).fill("Makeup after")
    page.get_by_label("Question", exact=True).press("Enter")

    expect(page.get_by_text("Examples added to “Makeup after”: 3.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".line")).to_have_count(3)


def test_of_two_editors_the_second_is_told(ask: Callable[..., list[str]], sees: Sees) -> None:
    ask(*JABS)
    first, second = sees(), sees(who="emil")
    first.get_by_role("checkbox", name=JABS[0]).check()
    first.get_by_role("button", name="Dismiss").click()
    expect(first.get_by_text("Dismissed: 1.")).to_be_visible()

    second.get_by_role("button", name="Dismiss").click()

    expect(second.get_by_text("A colleague has decided on 1 of them meanwhile. Their decision stands.")).to_be_visible()
    expect(second.get_by_text("Dismissed: 2.")).to_be_visible()


def test_a_new_question_is_begun_with_the_words(ask: Callable[..., list[str]], sees: Sees) -> None:
    ask(*JABS)
    page = sees()

    page.get_by_role("button", name="New question").click()

    page.wait_for_url("**/desk/content/new?*")
    for text in JABS:
        expect(page.get_by_label("How visitors ask it")).to_contain_text(text)


def test_it_works_without_scripts(ask: Callable[..., list[str]], sees: Sees) -> None:
    ask(*JABS)
    page = sees(java_script_enabled=False)

    page.get_by_role("checkbox", name=JABS[0]).check()
    page.locator(".group").get_by_role("button", name="Dismiss").click()

    expect(page.get_by_text("Dismissed: 1.")).to_be_visible()
    expect(page.locator(".line")).to_have_count(2)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".line")).to_have_count(3)


def test_a_clinician_finds_the_conversation_an_editor_does_not(ask: Callable[..., list[str]], sees: Sees) -> None:
    ask(*JABS)

    expect(sees().get_by_role("link", name="Conversation")).to_have_count(0)
    page = sees(PHONE, who="erin")
    page.get_by_role("link", name="Conversation").first.click()

    page.wait_for_url("**/desk/review/*")

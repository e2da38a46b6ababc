"""A spreadsheet with mistakes: each bad cell is named; mended, it is imported; and it is taken back in one go."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk import Desk
from tests.stack import ROOT, Place, until

COMMAND = ("-m", "frontdesk", "serve")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NEW = "would a tinted balm be all right that evening"
BROKEN = [
    ("question", "example"),
    ("aftercare/makeup", NEW),
    ("aftercare/makup", "powder on the evening of the injections then"),
    ("aftercare/water", "a" * 501),
    ("aftercare/water", f"{NEW}!"),
]
NAMED = {"Examples!A3": "Makeup after", "Examples!B4": "too long", "Examples!B5": "Examples!B2"}
MENDED = [*BROKEN[:2], ("aftercare/makeup", BROKEN[2][1]), ("aftercare/water", "may I dip one toe into a pond afterwards")]


@pytest.fixture(scope="module")
def editing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A front desk with its own copy of the questions, and an editor; no assistant is needed here."""
    folder = tmp_path_factory.mktemp("editing")
    shutil.copytree(ROOT / "data", folder / "content/data")
    place = Place(folder, {"FRONTDESK_CONTENT": str(folder / "content"), "FRONTDESK_GIT": "no"})
    place.prepare()
    place.make_person("Edda", "editor", "editor")
    place.run(sys.executable, *COMMAND)
    try:
        until(place.is_alive, "the front desk serves", 60)
        yield place
    finally:
        place.end()


@pytest.fixture
def edda(editing: Place, browser: Browser, size: dict[str, int]) -> Iterator[Page]:
    """Edda, who edits, on the page of spreadsheets."""
    context = browser.new_context(viewport=size, accept_downloads=True)
    page = context.new_page()
    desk = Desk(page, editing)  # type: ignore[arg-type] # of a stack it needs the address alone
    desk.opens("sign-in")
    desk.signs_in("Edda")
    desk.opens("content/sheets")
    yield page
    context.close()


def _workbook(rows: list[tuple[str, str]]) -> bytes:
    book = Workbook()
    book.active.title = "Examples"
    for row in rows:
        book.active.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _send(page: Page, rows: list[tuple[str, str]]) -> None:
    page.get_by_label("File").set_input_files({"name": "mine.xlsx", "mimeType": XLSX, "buffer": _workbook(rows)})
    page.get_by_role("button", name="See what it would do").click()
    expect(page.locator("h1")).to_contain_text("What it would do")


def _well(page: Page) -> None:
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def _makeup(place: Place) -> str:
    return (place.folder / "content/data/aftercare.yml").read_text()


def test_a_broken_table_is_mended_imported_and_taken_back(editing: Place, edda: Page, size: object) -> None:
    before = _makeup(editing)
    _well(edda)

    _send(edda, BROKEN)
    _well(edda)
    for place, says in NAMED.items():
        expect(edda.get_by_role("row").filter(has_text=place).first).to_contain_text(says)
    edda.get_by_role("button", name="Import into the draft").click()
    expect(edda.locator("h1")).to_contain_text("What it would do")  # the box is not ticked: nothing was sent
    edda.get_by_role("button", name="Do not import").click()
    assert _makeup(editing) == before

    _send(edda, MENDED)
    expect(edda.get_by_role("table")).to_have_count(0)
    expect(edda.locator(".sums")).to_contain_text("3")
    edda.get_by_role("button", name="Import into the draft").click()
    expect(edda.locator(".notice")).to_contain_text("3 examples added")
    assert f"- {NEW}\n" in _makeup(editing)

    edda.get_by_role("button", name="Undo").click()
    expect(edda.locator(".notice")).to_be_visible()
    assert _makeup(editing) == before


def test_what_is_taken_away_says_nothing_new(edda: Page, size: object) -> None:
    edda.get_by_label("Which questions").select_option("aftercare/makeup")
    with edda.expect_download() as waiting:
        edda.get_by_role("button", name="Excel workbook").click()
    taken = Path(waiting.value.path()).read_bytes()
    assert load_workbook(io.BytesIO(taken)).sheetnames == ["Examples", "Answers"]

    edda.get_by_label("File").set_input_files({"name": waiting.value.suggested_filename, "mimeType": XLSX, "buffer": taken})
    edda.get_by_label("Delete them").check()
    edda.get_by_role("button", name="See what it would do").click()

    expect(edda.locator(".empty")).to_contain_text("Nothing would change")


def test_what_is_no_table_is_said_at_once(edda: Page, size: object) -> None:
    edda.get_by_label("File").set_input_files({"name": "mine.xlsx", "mimeType": XLSX, "buffer": b"%PDF-1.7"})
    edda.get_by_role("button", name="See what it would do").click()

    expect(edda.get_by_role("alert").filter(visible=True)).to_contain_text("is a PDF")
    _well(edda)


def test_what_is_too_large_is_not_sent(edda: Page, size: object) -> None:
    edda.get_by_label("File").set_input_files(
        {"name": "mine.csv", "mimeType": "text/csv", "buffer": b"a" * (5 * 1024 * 1024 + 1)}
    )

    expect(edda.get_by_role("alert").filter(visible=True)).to_contain_text("too large")
    edda.get_by_role("button", name="See what it would do").click()
    expect(edda.locator("h1")).to_have_text("Spreadsheets")

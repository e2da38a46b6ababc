"""Tables of questions and answers: what is written can be read again, and what is none is refused in a sentence."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from frontdesk import environment, words
from frontdesk.content import sheets
from frontdesk.content.facts import facts
from frontdesk.content.questions import Content, Question, Wording, content
from frontdesk.content.sheet_import import Mode, plan
from frontdesk.content.sheets import ANSWERS, EXAMPLES, Sheets, UnreadableSheet
from frontdesk.spreadsheets import cell, uncell

Rows = Sequence[Sequence[object]]
PROMISES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def workbook(**tables: Rows) -> bytes:
    """A workbook with these sheets."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _read(made: bytes, name: str = "sheet.xlsx") -> Sheets:
    return sheets.read([(name, made)])


def _with_part(made: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook in which one of its files is another."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return written.getvalue()


@pytest.fixture(scope="module")
def all_of_it() -> Content:
    """Everything that there is."""
    return content(environment.ROOT)


@pytest.fixture(scope="module", params=["xlsx", "csv"])
def brought_back(request: pytest.FixtureRequest, all_of_it: Content) -> Sheets:
    """All of it, taken away and read again."""
    questions = sheets.chosen(all_of_it, "")
    if request.param == "xlsx":
        return _read(sheets.written_xlsx(questions))
    return sheets.read([(f"{kind}.csv", sheets.written_csv(kind, questions)) for kind in (EXAMPLES, ANSWERS)])


@pytest.mark.parametrize("mode", Mode)
def test_what_is_taken_away_and_brought_back_changes_nothing(all_of_it: Content, brought_back: Sheets, mode: Mode) -> None:
    planned = plan(all_of_it, brought_back.tables, facts(), mode=mode)

    assert planned.questions == planned.problems == ()
    assert planned.there == sum(len(one.examples) + len(one.wordings) for one in all_of_it.questions.values()) > 30_000
    assert brought_back.hints == ()


@pytest.mark.parametrize("text", ["=1+1", "+44 20", "-5", "@here", "'=1", "''=1", "'quoted' words", "plain", "", " =1", "＝1"])
def test_what_a_spreadsheet_would_run_is_read_as_it_was(text: str) -> None:
    assert uncell(cell(text)) == text


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize(
    "text", ["=HYPERLINK(1)", "+44 20 7946 0958", "'@me' is what I am called", '"quotes", commas; and\nlines', "#N/A", "007"]
)
def test_no_cell_is_lost_on_the_way(kind: str, text: str) -> None:
    one = Question("aftercare/one", "aftercare.yml", (" ".join(text.split()),), (Wording(text, facts=("a", "b"), title="One"),))

    made = sheets.written_xlsx([one]) if kind == "xlsx" else sheets.written_csv(ANSWERS, [one])

    answers = next(table for table in _read(made, f"x.{kind}").tables if table.kind == ANSWERS)
    assert answers.rows[0].cells["answer"] == text
    assert answers.rows[0].cells["facts"] == "a, b"


def test_a_workbook_runs_nothing() -> None:
    one = Question("aftercare/one", "aftercare.yml", ("=1+1",), (Wording("=2+2"),))

    book = load_workbook(io.BytesIO(sheets.written_xlsx([one])))

    assert "f" not in {made.data_type for sheet in book for row in sheet for made in row}
    assert book[EXAMPLES]["C2"].value == "'=1+1"


@pytest.mark.parametrize(("of", "number"), [("aftercare/makeup", 1), ("aftercare", 7), ("aftercar", 0)])
def test_a_topic_or_a_question_can_be_chosen(all_of_it: Content, of: str, number: int) -> None:
    found = sheets.chosen(all_of_it, of)

    assert len(found) >= number
    assert bool(found) == bool(number)
    assert all(one.key.startswith(of) for one in found)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_as_spreadsheets_write_it(encoding: str, delimiter: str) -> None:
    lines = [("Example", "QUESTION "), ('"how much, in £; café?"', "cost/price")]
    made = "\r\n".join(delimiter.join(line) for line in lines).encode(encoding)

    read = _read(made, "my.csv")

    [table] = read.tables
    assert (table.kind, table.rows[0].number) == (EXAMPLES, 2)
    assert table.rows[0].cells == {"example": "how much, in £; café?", "question": "cost/price"}
    assert [code for code, _ in read.hints] == (["sheet_hint_windows"] if encoding == "cp1252" else [])


def test_what_excel_says_of_a_csv_is_no_row() -> None:
    [table] = _read(b"sep=;\r\nquestion;example\r\n\r\na/b;hello\r\n", "my.csv").tables

    assert table.place(table.rows[0], "example") == "my.csv!B4"


def test_columns_and_sheets_that_say_nothing_are_named() -> None:
    made = workbook(Mine=[("note", "example", "question", "who"), ("x", "hello", "a/b", "me")], Notes=[("to do",)])

    read = _read(made)

    [table] = read.tables
    assert table.place(table.rows[0], "example") == "Mine!B2"
    assert dict(read.hints)["sheet_hint_columns"]["heads"] == "note, who"
    assert dict(read.hints)["sheet_hint_sheets"]["heads"] == "Notes"


def test_numbers_dates_and_gaps_are_read() -> None:
    made = workbook(Answers=[("question", "wording", "answer"), ("a/b", 2.0, 15), (), (None, None, None), ("a/c", 1, True)])

    [table] = _read(made).tables

    assert [(row.number, row.cells["wording"], row.cells["answer"]) for row in table.rows] == [(2, "2", "15"), (5, "1", "True")]


HEADS = (b"question,example\n", b"question;example\n")
REFUSED = {
    "a PDF": (b"%PDF-1.7 ...", "sheet_pdf"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "sheet_old_excel"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0", "sheet_not_a_table"),
    "a zip that is cut off": (workbook(Examples=[("question", "example"), ("a", "b")])[:-200], "sheet_broken"),
    "letters that nobody knows": (HEADS[0] + b"a/b,caf\x81\xe9", "sheet_letters"),
    "control characters": (HEADS[0] + b"a/b,caf\x01\xe9", "sheet_not_a_table"),
    "nothing": (b"", "sheet_empty"),
    "heads alone": (HEADS[1], "sheet_empty"),
    "other heads": (b"frage;beispiel\na;b\n", "sheet_heads"),
    "a column twice": (b"question,example,example\na,b,c\n", "sheet_head_twice"),
    "a sheet called Examples with other heads": (
        workbook(Examples=[("q", "text")], Answers=[("question", "answer"), ("a", "b")]),
        "sheet_heads",
    ),
    "a workbook without a table": (workbook(One=[("x",)]), "sheet_heads"),
    "a workbook without a word": (workbook(One=[]), "sheet_empty"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_table_is_refused_in_a_sentence(what: str) -> None:
    made, code = REFUSED[what]

    with pytest.raises(UnreadableSheet) as refused:
        _read(made, "mine.xlsx")

    assert refused.value.code == code
    assert "{" not in words.staff(refused.value.code, **refused.value.names)


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")

    with pytest.raises(UnreadableSheet, match="sheet_not_xlsx"):
        _read(written.getvalue())


def test_a_zip_that_grows_is_not_unpacked() -> None:
    made = workbook(Examples=[("question", "example"), ("a/b", "hello")])

    grown = _with_part(made, "xl/worksheets/sheet1.xml", lambda old: old + b" " * sheets.MOST_UNPACKED)

    assert len(grown) < 100_000
    with pytest.raises(UnreadableSheet, match="sheet_too_large"):
        _read(grown)


def test_entities_are_not_filled_in() -> None:
    made = workbook(Examples=[("question", "example"), ("a/b", "hello")])

    hostile = _with_part(made, "xl/worksheets/sheet1.xml", lambda old: PROMISES.encode() + old.replace(b"hello", b"&b;"))

    with pytest.raises(UnreadableSheet, match="sheet_broken"):
        _read(hostile)


def test_a_row_far_below_is_not_walked_to() -> None:
    made = workbook(Examples=[("question", "example"), ("a/b", "hello")])

    hostile = _with_part(
        made, "xl/worksheets/sheet1.xml", lambda old: old.replace(b'r="2"', b'r="99999999999"').replace(b'"A2"', b'"A9"')
    )

    with pytest.raises(UnreadableSheet, match="sheet_rows"):
        _read(hostile)


def test_more_rows_than_are_taken_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    made = HEADS[0] + b"a/b,hello\n" * 4

    assert len(_read(HEADS[0] + b"a/b,hello\n" * 3, "x.csv").tables[0].rows) == 3
    with pytest.raises(UnreadableSheet, match="sheet_rows"):
        _read(made, "x.csv")


def test_more_bytes_than_are_taken_are_refused() -> None:
    with pytest.raises(UnreadableSheet, match="sheet_too_large"):
        _read(HEADS[0] + b"a" * sheets.MOST_BYTES, "x.csv")


def test_a_formula_is_read_as_what_it_came_to(tmp_path: Path) -> None:
    made = workbook(Examples=[("question", "example"), ("a/b", "=1+1")])
    reckoned = _with_part(
        made, "xl/worksheets/sheet1.xml", lambda old: old.replace(b"<v />", b"<v>2</v>").replace(b"<v></v>", b"<v>2</v>")
    )

    assert _read(reckoned).tables[0].rows[0].cells["example"] == "2"
    with pytest.raises(UnreadableSheet) as refused:
        _read(made)

    assert (refused.value.code, refused.value.names["place"]) == ("sheet_formula", "Examples!B2")


def test_a_table_is_kept_as_it_was_read() -> None:
    [table] = _read(HEADS[0] + b"a/b,hello\n", "x.csv").tables

    assert sheets.Table.from_json(table.as_json()) == table

"""Questions, examples and answers as tables that editors open in a spreadsheet: written, and read from what they send back."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from frontdesk.content.questions import Content, Question, Wording
from frontdesk.spreadsheets import as_csv, cell, uncell

EXAMPLES, ANSWERS = "Examples", "Answers"
COLUMNS = {
    EXAMPLES: ("question", "title", "example"),
    ANSWERS: ("question", "title", "wording", "answer", "buttons", "facts", "section"),
}
REQUIRED = {EXAMPLES: ("question", "example"), ANSWERS: ("question", "answer")}
WIDTHS = {"question": 32, "title": 32, "example": 80, "wording": 9, "answer": 80, "buttons": 50, "facts": 32, "section": 24}
LEADS = " > "  # between a button's title and its question
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

MOST_BYTES = 5 * 1024 * 1024  # of what is sent
MOST_ROWS = 60_000  # of all tables together: half as many again as there are examples today
MOST_COLUMNS = 40
MOST_SHEETS = 20
MOST_UNPACKED = 48 * 1024 * 1024  # of an xlsx, which is a zip; all that we have unpacks to a seventh of it
MOST_PARTS = 500
MAX_CELL = 20_000  # characters; a spreadsheet's own limit is 32,767

ZIP, OLD_EXCEL, PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF"
WORKBOOK = "xl/workbook.xml"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
DELIMITERS = (",", ";", "\t")
BROKEN = (
    AttributeError, DefusedXmlException, EOFError, IndexError, InvalidFileException, KeyError, NotImplementedError, OSError,
    OverflowError, ParseError, TypeError, ValueError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


class UnreadableSheet(Exception):
    """What was sent is no table that can be used; `code` says why, for the sentence that an editor reads, `names` what it names.

    `code`: `sheet_not_a_table`, `sheet_pdf`, `sheet_old_excel`, `sheet_not_xlsx`, `sheet_broken`, `sheet_too_large`, `sheet_letters`,
    `sheet_heads`, `sheet_head_twice`, `sheet_empty`, `sheet_rows`, `sheet_formula`.
    """

    def __init__(self, code: str, **names: str) -> None:
        super().__init__(code)
        self.code, self.names = code, names


@dataclass(frozen=True)
class Row:
    """A line of a table.

    Attributes:
        number: As spreadsheets count: the heads stand in 1.
        cells: By column, without space around them; those that the table has.
    """

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """What was read.

    Attributes:
        kind: `Examples` or `Answers`.
        name: Of the sheet, or of the file.
        columns: In which each stands, from 1.
        ignored: Heads that say nothing to us.
    """

    kind: str
    name: str
    columns: Mapping[str, int]
    rows: tuple[Row, ...]
    ignored: tuple[str, ...] = ()

    def place(self, row: Row, column: str) -> str:
        """How a spreadsheet names a cell: `Examples!C17`."""
        return f"{self.name}!{get_column_letter(self.columns.get(column, 1))}{row.number}"

    def as_json(self) -> dict[str, Any]:
        """As it is kept until it is confirmed."""
        rows = [[row.number, *(row.cells[column] for column in self.columns)] for row in self.rows]
        return {
            "kind": self.kind,
            "name": self.name,
            "columns": dict(self.columns),
            "rows": rows,
            "ignored": list(self.ignored),
        }

    @staticmethod
    def from_json(kept: Mapping[str, Any]) -> Table:
        """Reads what `as_json` wrote."""
        rows = (Row(number, dict(zip(kept["columns"], cells, strict=True))) for number, *cells in kept["rows"])
        return Table(kept["kind"], kept["name"], kept["columns"], tuple(rows), tuple(kept["ignored"]))


@dataclass(frozen=True)
class Sheets:
    """All tables of what was sent, and what an editor should know of it: codes of sentences, each with its names."""

    tables: tuple[Table, ...]
    hints: tuple[tuple[str, dict[str, str]], ...] = ()


def chosen(known: Content, of: str) -> list[Question]:
    """All questions, those of a topic, or the one: by what `of` names."""
    return [one for one in known.questions.values() if of in ("", one.topic, one.key)]


def example_rows(questions: Iterable[Question]) -> Iterator[tuple[str, ...]]:
    """Of the table of examples, under its heads."""
    for one in questions:
        for text in one.examples:
            yield one.key, one.title, text


def answer_rows(questions: Iterable[Question]) -> Iterator[tuple[str, ...]]:
    """Of the table of answers: a row for each wording."""
    for one in questions:
        for number, wording in enumerate(one.wordings, start=1):
            title = wording.title
            yield one.key, title, str(number), wording.text, _buttons(wording), ", ".join(wording.facts), wording.section


def written_csv(kind: str, questions: Sequence[Question]) -> bytes:
    """One of the two tables in CSV."""
    rows = example_rows(questions) if kind == EXAMPLES else answer_rows(questions)
    return as_csv(COLUMNS[kind], rows)


def written_xlsx(questions: Sequence[Question]) -> bytes:
    """Both tables as sheets of a workbook; each cell is text, whatever it begins with."""
    book = Workbook(write_only=True)
    for kind, rows in ((EXAMPLES, example_rows(questions)), (ANSWERS, answer_rows(questions))):
        sheet = book.create_sheet(kind)
        sheet.freeze_panes = "A2"
        for place, column in enumerate(COLUMNS[kind], start=1):
            sheet.column_dimensions[get_column_letter(place)].width = WIDTHS[column]
        sheet.append([_bold(sheet, head) for head in COLUMNS[kind]])
        for row in rows:
            sheet.append([_text(sheet, value) for value in row])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def read(files: Sequence[tuple[str, bytes]]) -> Sheets:
    """The tables in some files: a workbook, or up to two files in CSV.

    Args:
        files: Their names and what is in them.

    Raises:
        UnreadableSheet: If one of them is something else, or too large.
    """
    if sum(len(content) for _, content in files) > MOST_BYTES:
        raise UnreadableSheet("sheet_too_large")
    tables: list[Table] = []
    hints: list[tuple[str, dict[str, str]]] = []
    for name, content in files:
        found = _workbook(name, content) if _is_workbook(name, content) else _csv(name, content)
        tables += found.tables
        hints += found.hints
    for table in tables:
        if table.ignored:
            hints.append(("sheet_hint_columns", {"name": table.name, "heads": ", ".join(table.ignored)}))
    if sum(len(table.rows) for table in tables) > MOST_ROWS:
        raise UnreadableSheet("sheet_rows", most=f"{MOST_ROWS:,}")
    if not any(table.rows for table in tables):
        raise UnreadableSheet("sheet_empty", name=", ".join(name for name, _ in files))
    return Sheets(tuple(tables), tuple(hints))


def buttons_of(text: str) -> list[tuple[str, str]]:
    """Buttons as an editor writes them, `Title > question`, one a line or between semicolons; what leads nowhere has no question."""
    parts: list[str] = []
    for line in text.splitlines():
        pieces = line.split(";")
        parts += pieces if all(">" in piece for piece in pieces if piece.strip()) else [line]
    pairs = (part.rpartition(">") if ">" in part else (part, "", "") for part in parts if part.strip())
    return [(title.strip(), to.strip()) for title, _, to in pairs]


def _buttons(wording: Wording) -> str:
    return "\n".join(f"{one.title}{LEADS}{one.key}" for one in wording.buttons)


def _text(sheet: Any, value: str) -> Cell | str:
    text = cell(value)  # nor is it taken for a formula by what writes the workbook
    if "\n" not in text:
        return text
    made = WriteOnlyCell(sheet, value=text)
    made.alignment = Alignment(wrap_text=True, vertical="top")
    return made


def _bold(sheet: Any, head: str) -> Cell:
    made = WriteOnlyCell(sheet, value=head)
    made.font = Font(bold=True)
    return made


def _is_workbook(name: str, content: bytes) -> bool:
    """Whether it is an xlsx; says what else it is, where that is plain."""
    if content.startswith(PDF):
        raise UnreadableSheet("sheet_pdf", name=name)
    if content.startswith(OLD_EXCEL):
        raise UnreadableSheet("sheet_old_excel", name=name)
    return content.startswith(ZIP)


def _workbook(name: str, content: bytes) -> Sheets:
    _may_be_unpacked(name, content)
    try:
        return _opened(name, content)
    # Whatever a file that is half there, or was made to do harm, lets the reader stumble over: it has many ways, and none is ours.
    except BROKEN as error:
        raise UnreadableSheet("sheet_broken", name=name) from error


def _opened(name: str, content: bytes) -> Sheets:
    sheets = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False).worksheets[:MOST_SHEETS]
    left = MOST_ROWS
    tables, others = [], []
    for sheet in sheets:
        rows = _rows_of(sheet, left)
        table = _table(sheet.title, rows, must=sheet.title.strip().casefold() in (EXAMPLES.casefold(), ANSWERS.casefold()))
        if table is None:
            others.append((sheet.title, rows))
        else:
            tables.append(table)
            left -= len(table.rows)
    if not tables:
        title, rows = others[0] if others else (name, [])
        _table(title, rows, must=True)
    _no_formula_without_value(content, tables)
    hints = [("sheet_hint_sheets", {"heads": ", ".join(title for title, _ in others)})] if others else []
    return Sheets(tuple(tables), tuple(hints))


def _may_be_unpacked(name: str, content: bytes) -> None:
    """Looks at what a zip says of itself, before anything of it is unpacked; the unpacking stops at what it says."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise UnreadableSheet("sheet_broken", name=name) from error
    if WORKBOOK not in {part.filename for part in parts}:
        raise UnreadableSheet("sheet_not_xlsx", name=name)
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise UnreadableSheet("sheet_too_large")


def _rows_of(sheet: Any, most: int) -> list[tuple[Any, ...]]:
    """Values, row by row from the first; a sheet may say that it is a million rows long."""
    sheet.reset_dimensions()
    found: list[tuple[Any, ...]] = []
    last = 0
    for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), start=1):
        if any(value is not None for value in row):
            last = number
        if number > most + 1:
            raise UnreadableSheet("sheet_rows", most=f"{MOST_ROWS:,}")
        found.append(row)
    return found[:last]


def _no_formula_without_value(content: bytes, tables: Sequence[Table]) -> None:
    """A formula that was never reckoned has nothing that could be read."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        sheets = [part for part in packed.namelist() if part.startswith("xl/worksheets/")]
        if not any(b"<f" in packed.read(part) for part in sheets):
            return
    book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    for table in tables:
        sheet = book[table.name]
        sheet.reset_dimensions()
        by_number = {row.number: row for row in table.rows}
        for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1):
            for column, place in table.columns.items():
                is_formula = place <= len(cells) and cells[place - 1].data_type == "f"
                if is_formula and not (number in by_number and by_number[number].cells[column]):
                    where = f"{table.name}!{get_column_letter(place)}{number}"
                    raise UnreadableSheet("sheet_formula", place=where)


def _csv(name: str, content: bytes) -> Sheets:
    text, hints = _decoded(name, content)
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) <= len("sep=;"):
        text = rest  # Excel's own way to say what stands between cells
        skipped = 1
    else:
        skipped = 0
    for delimiter in DELIMITERS:
        table = _table(name, _cells(name, text, delimiter), must=False, skipped=skipped)
        if table is not None:
            return Sheets((table,), tuple(hints))
    likely = max(DELIMITERS, key=text.partition("\n")[0].count)
    _table(name, _cells(name, text, likely), must=True)
    raise AssertionError("a table that must be one is one, or refused")


def _cells(name: str, text: str, delimiter: str) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            found.append(tuple(row[:MOST_COLUMNS]))
            if len(found) > MOST_ROWS + 1:
                raise UnreadableSheet("sheet_rows", most=f"{MOST_ROWS:,}")
    except csv.Error as error:
        raise UnreadableSheet("sheet_not_a_table", name=name) from error
    return found


def _decoded(name: str, content: bytes) -> tuple[str, list[tuple[str, dict[str, str]]]]:
    """A file's text, in the letters that spreadsheets write: UTF-8, UTF-16 with its mark, or what Windows had before."""
    try:
        if content.startswith(UTF_16):
            return content.decode("utf-16"), []
        if b"\0" in content:
            raise UnreadableSheet("sheet_not_a_table", name=name)
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError as error:
        raise UnreadableSheet("sheet_letters", name=name) from error
    if any(not char.isprintable() and char not in "\r\n\t" for char in text):
        raise UnreadableSheet("sheet_not_a_table", name=name)
    return text, [("sheet_hint_windows", {"name": name})]


def _table(name: str, rows: Sequence[tuple[Any, ...]], *, must: bool, skipped: int = 0) -> Table | None:
    """The table that these rows are, by their heads; None where they are none, unless they must be one."""
    start = next((place for place, row in enumerate(rows) if any(_plain(value) for value in row)), None)
    if start is None:
        if must:
            raise UnreadableSheet("sheet_empty", name=name)
        return None
    heads = [" ".join(_plain(value).casefold().split()) for value in rows[start]]
    kind = next((kind for kind, needed in REQUIRED.items() if set(needed) <= set(heads)), None)
    if kind is None:
        if must:
            found = ", ".join(head for head in heads if head)
            raise UnreadableSheet("sheet_heads", place=f"{name}!A{start + skipped + 1}", found=found[:120])
        return None
    columns = {head: place for place, head in enumerate(heads, start=1) if head in COLUMNS[kind]}
    for column, place in columns.items():
        if heads.count(column) > 1:
            raise UnreadableSheet(
                "sheet_head_twice", place=f"{name}!{get_column_letter(place)}{start + skipped + 1}", head=column
            )
    found_rows = []
    for number, row in enumerate(rows[start + 1 :], start=start + skipped + 2):
        cells = {column: _plain(row[place - 1]) if place <= len(row) else "" for column, place in columns.items()}
        if any(text for column, text in cells.items() if column not in ("title", "wording")):
            found_rows.append(Row(number, cells))
    ignored = tuple(str(head)[:40] for head in heads if head and head not in COLUMNS[kind])
    return Table(kind, name, columns, tuple(found_rows), ignored)


def _plain(value: Any) -> str:
    """A cell as text, as it was before `cell` was used on it."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = uncell(str(value)).replace("\r\n", "\n").replace("\r", "\n").strip()
    return text[:MAX_CELL]

"""Tables to take away, as every spreadsheet reads them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse

# What a spreadsheet would take for a formula, and run: https://owasp.org/www-community/attacks/CSV_Injection
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def as_csv(heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> bytes:
    """A table in CSV; an empty cell for None."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(heads)
    table.writerows([cell(value) for value in row] for row in rows)
    return written.getvalue().encode("utf-8-sig")  # with the mark by which Excel knows UTF-8


def download(name: str, content: bytes) -> HttpResponse:
    """The table as a file of this name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return HttpResponse(content, "text/csv; charset=utf-8", headers=headers)


def cell(value: Any) -> str:
    """A cell that no spreadsheet runs."""
    text = "" if value is None else str(value)
    return f"'{text}" if _is_formula(text) else text


def uncell(text: str) -> str:
    """What `cell` made of a text, as it was."""
    return text[1:] if text.startswith("'") and _is_formula(text[1:]) else text


def _is_formula(text: str) -> bool:
    return text.lstrip(" '").startswith(FORMULA)  # one that is quoted already is quoted once more, so that it can be read back

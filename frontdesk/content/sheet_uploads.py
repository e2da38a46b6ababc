"""Tables that an editor has sent and not confirmed yet: kept for an hour under an id that is the editor's alone."""

from __future__ import annotations

import json
import os
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.models import User

from frontdesk import environment
from frontdesk.content.sheets import Sheets, Table

SECONDS = 3600.0  # for which they are kept
ID = re.compile(r"[\w-]{22}")


class NoUpload(Exception):
    """It was used, is somebody else's, or is too old."""


@dataclass(frozen=True)
class Upload:
    """What was sent.

    Attributes:
        name: Of the files.
        details: Examples with personal details, and how they read without: see `sheet_import.details_in`.
    """

    name: str
    sheets: Sheets
    details: Mapping[str, str]


def upload_keep(user: User, upload: Upload) -> str:
    """Keeps it; returns its id.

    Raises:
        OSError: If it cannot be written.
    """
    uploads_forget()
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    made = secrets.token_urlsafe(16)
    kept = {
        "user": user.pk,
        "name": upload.name,
        "tables": [table.as_json() for table in upload.sheets.tables],
        "hints": upload.sheets.hints,
        "details": dict(upload.details),
    }
    with os.fdopen(os.open(_file(made), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(kept, file, ensure_ascii=False)
    return made


def upload_of(user: User, upload_id: str) -> Upload:
    """What somebody has sent.

    Raises:
        NoUpload: If there is none of theirs.
    """
    uploads_forget()
    if not ID.fullmatch(upload_id):
        raise NoUpload
    try:
        kept = json.loads(_file(upload_id).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NoUpload from error
    if kept["user"] != user.pk:
        raise NoUpload
    tables = tuple(map(Table.from_json, kept["tables"]))
    return Upload(kept["name"], Sheets(tables, tuple((code, names) for code, names in kept["hints"])), kept["details"])


def upload_delete(upload_id: str) -> None:
    """It was used, or is not wanted."""
    _file(upload_id).unlink(missing_ok=True)


def uploads_forget() -> None:
    """Deletes what is too old; the worker sees to it too."""
    before = time.time() - SECONDS
    for file in folder().glob("*.json"):
        try:
            if file.stat().st_mtime < before:
                file.unlink(missing_ok=True)
        except FileNotFoundError:  # another has just deleted it
            continue


def folder() -> Path:
    """Where they are."""
    return environment.VAR / "imports"


def _file(upload_id: str) -> Path:
    return folder() / f"{upload_id}.json"

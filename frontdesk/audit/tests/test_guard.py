"""The database itself refuses to change the log. On a database of its own: the other tests' one has no guard against deleting."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from frontdesk import environment
from frontdesk.audit.models import KEPT_DAYS


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as `migrate` makes it."""
    folder = tmp_path_factory.mktemp("audit")
    settings = {**os.environ, "FRONTDESK_VAR": str(folder), "FRONTDESK_DATABASE": str(folder / "desk.sqlite3")}
    command = [sys.executable, "-m", "frontdesk", "migrate", "-v", "0"]
    subprocess.run(command, cwd=environment.ROOT, env=settings, check=True, timeout=120)
    [file] = folder.glob("*.sqlite3")
    return file


@pytest.fixture
def log(made: Path) -> Iterator[sqlite3.Connection]:
    """With an entry of now, one that is nearly old enough to go, and one that is."""
    connection = sqlite3.connect(made)
    connection.execute("BEGIN")
    for days in (0, KEPT_DAYS - 1, KEPT_DAYS + 1):
        at = (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%d %H:%M:%S.%f")
        connection.execute(
            "INSERT INTO audit_entry (at, username, action, conversation_id, details) VALUES (?, 'alice', ?, '', '{}')",
            (at, f"days {days}"),
        )
    yield connection
    connection.rollback()
    connection.close()


def _actions(log: sqlite3.Connection) -> list[str]:
    return [action for (action,) in log.execute("SELECT action FROM audit_entry ORDER BY id")]


@pytest.mark.parametrize("column", ["at", "username", "action", "conversation_id", "details", "user_id"])
def test_no_entry_can_be_changed(log: sqlite3.Connection, column: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="only added to"):
        log.execute(f"UPDATE audit_entry SET {column} = '1'")


@pytest.mark.parametrize("days", [0, KEPT_DAYS - 1])
def test_no_entry_can_be_deleted_before_six_years(log: sqlite3.Connection, days: int) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="only added to"):
        log.execute("DELETE FROM audit_entry WHERE action = ?", (f"days {days}",))

    assert len(_actions(log)) == 3


def test_all_at_once_neither(log: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="only added to"):
        log.execute("DELETE FROM audit_entry")

    assert len(_actions(log)) == 3


def test_after_six_years_an_entry_can_go(log: sqlite3.Connection) -> None:
    log.execute("DELETE FROM audit_entry WHERE action = ?", (f"days {KEPT_DAYS + 1}",))

    assert _actions(log) == ["days 0", f"days {KEPT_DAYS - 1}"]


def test_replacing_an_entry_does_not_get_round_it(log: sqlite3.Connection) -> None:
    [(first,)] = log.execute("SELECT min(id) FROM audit_entry").fetchall()

    with pytest.raises(sqlite3.IntegrityError, match="only added to"):
        log.execute(
            "INSERT OR REPLACE INTO audit_entry (id, at, username, action, conversation_id, details) "
            "VALUES (?, '2026-01-01', 'mallory', 'nothing', '', '{}')",
            (first,),
        )

"""What a database leaves in its files of rows that were deleted: here alone it matters which database it is."""

from __future__ import annotations

from django.db import connection

from frontdesk import environment

PATIENCE_MS = 200  # that the worker waits for readers; it tries again half a second later


def write_ahead_log_empty() -> bool:
    """Empties the log in which older states of rows still stand; whether that was possible just now. Not in a transaction.

    SQLite overwrites deleted rows in its file itself (`secure_delete`, in the settings), but its write-ahead log keeps the pages as they
    were until it is cut off. PostgreSQL is told to make room at once; what its own log and its backups keep, its operator decides
    (docs/privacy.md).
    """
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            cursor.execute("VACUUM")
            return True
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            is_busy, _, _ = cursor.fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(environment.DATABASE_WAIT * 1000)}")
    return not is_busy

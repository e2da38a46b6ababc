"""How a line of the log reads: what failed and where, never what somebody wrote."""

from __future__ import annotations

import logging
import traceback
from typing import Any


class WithoutWords(logging.Formatter):
    """Leaves out what an exception says: it may quote a visitor. Its kind, and the lines of code it came through, are told."""

    def __init__(self) -> None:
        """The layout of a line."""
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name is logging's
        """See parent class."""
        kind, _, trace = ei
        where = " < ".join(
            f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(traceback.extract_tb(trace))
        )
        return f"{kind.__name__} at {where}"


class OnlyFailures(logging.Filter):
    """Lets pass what came with an exception."""

    def filter(self, record: logging.LogRecord) -> bool:
        """See parent class."""
        return record.exc_info is not None

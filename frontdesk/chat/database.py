"""Asks the database from the event loop: in a few threads that keep their connections, so that a flood waits instead of piling up."""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, OperationalError, close_old_connections, connection

from frontdesk import environment

P = ParamSpec("P")
R = TypeVar("R")

READERS = ThreadPoolExecutor(4, thread_name_prefix="reader")
# SQLite takes one write at a time, and lets those who wait find out by trying: within a process they queue here instead, in order.
WRITERS = ThreadPoolExecutor(1 if connection.vendor == "sqlite" else 8, thread_name_prefix="writer")


async def read(ask: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Runs a function that only reads; nobody who writes is waited for."""
    return await _in(READERS, ask, *args, **kwargs)


async def write(ask: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Runs a function that writes."""
    return await _in(WRITERS, ask, *args, **kwargs)


async def _in(threads: ThreadPoolExecutor, ask: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    queued = time.monotonic()

    def run() -> R:
        if time.monotonic() - queued > environment.DATABASE_WAIT:
            # Those before this one have waited in vain, and it would: each a whole wait longer than the last.
            raise OperationalError("the database has been busy for too long")
        close_old_connections()  # a connection that broke is not used again
        try:
            return ask(*args, **kwargs)
        except DatabaseError as failure:
            # What the failed call held, cursors above all, ends here in its thread. Left to the traceback, the garbage collector would
            # close them in the event loop's, which then stands still until the database is free again.
            error: BaseException | None = failure
            while error is not None:
                traceback.clear_frames(error.__traceback__)
                error = error.__cause__ or error.__context__
            raise

    return await asyncio.get_running_loop().run_in_executor(threads, run)

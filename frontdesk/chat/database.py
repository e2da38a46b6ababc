"""Asks the database from the event loop: in a few threads that keep their connections, so that a flood waits instead of piling up.

What is written is committed, and then made sure of on the disk, outside of the transaction: nobody who writes waits for the disk, and it
takes what many have written in one go (group commit). Only then is anything acknowledged.
"""

from __future__ import annotations

import asyncio
import os
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
SYNCS = ThreadPoolExecutor(1, thread_name_prefix="sync")
_asked = _synced = 0  # how often the disk was asked for, and up to which of these it has been made sure of


async def read(ask: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Runs a function that only reads; nobody who writes is waited for."""
    return await _in(READERS, ask, *args, **kwargs)


async def write(ask: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Runs a function that writes; what it has written is on the disk when this returns."""
    result = await commit(ask, *args, **kwargs)
    await on_disk()
    return result


async def commit(ask: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """As `write`, for a caller who has something to do before `on_disk`: every process sees what was written, whoever dies."""
    return await _in(WRITERS, ask, *args, **kwargs)


async def on_disk() -> None:
    """Returns when all that was committed before is on the disk, and there after a power cut.

    Raises:
        OperationalError: If the disk fails.
    """
    global _asked
    _asked += 1
    if connection.vendor == "sqlite":
        await asyncio.get_running_loop().run_in_executor(SYNCS, _sync, _asked)


async def _in(threads: ThreadPoolExecutor, ask: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    queued = time.monotonic()

    def run() -> R:
        if time.monotonic() - queued > environment.DATABASE_WAIT:
            # Those before this one have waited in vain, and it would: each a whole wait longer than the last.
            raise OperationalError("the database has been busy for too long")
        close_old_connections()  # a connection that broke is not used again
        if threads is WRITERS:
            _leave_the_disk_to_us()
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


def _leave_the_disk_to_us() -> None:
    """SQLite does not wait for the disk at each commit of this thread's connection, since `on_disk` does."""
    if connection.vendor == "sqlite" and connection.connection is None:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=NORMAL")


def _sync(asked: int) -> None:
    global _synced
    if _synced >= asked:
        return  # what was committed by then went with another's
    up_to = _asked
    try:
        log = os.open(f"{connection.settings_dict['NAME']}-wal", os.O_RDONLY)
    except FileNotFoundError:
        return  # its last user has merged it into the database, and SQLite made sure of that
    try:
        os.fdatasync(log)
    except OSError as error:
        raise OperationalError("the disk failed") from error
    finally:
        os.close(log)
    _synced = up_to

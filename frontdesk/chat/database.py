"""Asks the database from the event loop: in a few threads that keep their connections, so that a flood waits instead of piling up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import close_old_connections, connection

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
    def run() -> R:
        close_old_connections()  # a connection that broke is not used again
        return ask(*args, **kwargs)

    return await asyncio.get_running_loop().run_in_executor(threads, run)

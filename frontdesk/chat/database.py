"""Asks the database from the event loop: in a few threads that keep their connections, so that a flood waits instead of piling up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

THREADS = ThreadPoolExecutor(4, thread_name_prefix="database")
P = ParamSpec("P")
R = TypeVar("R")


async def in_database(ask: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Runs a function that asks the database."""

    def run() -> R:
        close_old_connections()  # a connection that broke is not used again
        return ask(*args, **kwargs)

    return await asyncio.get_running_loop().run_in_executor(THREADS, run)

"""Processes that we start: they end when we do, however that comes about."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from typing import Any

from frontdesk import environment

PR_SET_PDEATHSIG = 1  # of Linux's prctl
NICENESS = 10  # a tenth of a core that others want whole, all of one that nobody wants


def ends_with_us(number: int = signal.SIGTERM) -> None:
    """In the new process, before it is the program: when whoever started it is killed, so is it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)


def after_visitors() -> None:
    """In the new process: whoever is waited for goes before it, and it still comes to its end on a busy machine; it ends with us."""
    ends_with_us(signal.SIGKILL)
    os.nice(NICENESS)
    if hasattr(os, "SCHED_BATCH"):
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))  # it takes the processor from nobody who has just begun


@contextlib.asynccontextmanager
async def running(*command: str, beside: bool, **streams: Any) -> AsyncIterator[Process]:
    """A process in the project's folder, which has ended at the latest when what it is for has.

    Args:
        command: The program and its arguments.
        beside: Visitors are served meanwhile, and go first.
        streams: As `asyncio.create_subprocess_exec` takes them.

    Raises:
        OSError: If it cannot be started.
    """
    process = await asyncio.create_subprocess_exec(
        *command, cwd=environment.ROOT, preexec_fn=after_visitors if beside else ends_with_us, **streams
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()

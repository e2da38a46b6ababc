"""Work that gives way to whoever serves visitors meanwhile."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

NICENESS = 10  # a tenth of a core that others want whole, all of one that nobody wants


def behind_others(work: Callable[[], T]) -> T:
    """Does work in a thread that comes after others for the processor, and waits for it.

    A process that has lowered its priority may not raise it again; on Linux each thread has its own. Elsewhere it is work like any other.

    Args:
        work: What it raises is raised.
    """
    with ThreadPoolExecutor(1, initializer=_give_way) as thread:
        return thread.submit(work).result()


def _give_way() -> None:
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, max(NICENESS, os.getpriority(os.PRIO_PROCESS, thread)))

"""Processes that we start: they end when we do, however that comes about."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

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

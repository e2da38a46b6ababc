"""Work that gives way to whoever serves visitors."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from assistant.priority import NICENESS, behind_others


def _niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a priority for each thread")
def test_the_work_comes_after_others_and_what_follows_does_not() -> None:
    before = _niceness()

    assert behind_others(_niceness) == max(NICENESS, before)
    assert _niceness() == before


def test_what_the_work_raises_is_raised() -> None:
    def fail() -> None:
        raise ValueError("no model")

    with pytest.raises(ValueError, match="no model"):
        behind_others(fail)

"""How steady the machine is while something is measured.

One that is shared with others computes at times at half its speed, and its disk stands still for moments that no program here has caused.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

WORK = 1_000_000  # steps of the piece of work
EVERY = 0.05  # seconds from one sync to the next
PAGE_BYTES = 4096  # that are written before a sync, as the database's log is at least
STALL = 30.0  # milliseconds: a sync takes half of one here, mostly


def piece_of_work() -> float:
    """Milliseconds of a piece of work that is always the same, on one core."""
    began = time.perf_counter()
    total = 0
    for number in range(WORK):
        total += number * number
    return (time.perf_counter() - began) * 1000


@dataclass
class Syncs:
    """Syncs of a file of its own, again and again: when each began, in seconds since the epoch, and the milliseconds that it took."""

    taken: list[tuple[float, float]] = field(default_factory=list)

    def between(self, first: float, last: float) -> list[float]:
        """The milliseconds of those that began in a time."""
        return [took for at, took in self.taken if first <= at <= last]

    def stood_still(self, at: float, took: float) -> bool:
        """Whether the disk did, while something took so many milliseconds from a moment on."""
        end = at + took / 1000
        return any(slow > STALL and began <= end and at <= began + slow / 1000 for began, slow in self.taken)


@contextmanager
def syncs_of(folder: Path) -> Iterator[Syncs]:
    """Measures the disk of a folder until the block ends."""
    found, ended = Syncs(), threading.Event()

    def measure() -> None:
        with (folder / "syncs").open("wb", buffering=0) as file:
            while not ended.wait(EVERY):
                file.write(bytes(PAGE_BYTES))
                at, began = time.time(), time.perf_counter()
                os.fsync(file.fileno())
                found.taken.append((at, (time.perf_counter() - began) * 1000))

    thread = threading.Thread(target=measure)
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join()

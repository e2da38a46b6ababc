"""What answers visitors now: which assistant, in which wording, of which release. Every turn asks; nobody waits for it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from frontdesk import environment
from frontdesk.content.models import Live, Release

FRESH = 0.5  # seconds for which a process does not look again: so long a turn may still go to what was live before


@dataclass(frozen=True)
class Served:
    """What answers.

    Attributes:
        address: Of the assistant.
        wording: Digest of the answers that are worded otherwise than in its model; empty where none is.
        release: Its number; 0 before there is one.
    """

    address: str
    wording: str = ""
    release: int = 0


_looked: tuple[float, Served] | None = None


def served() -> Served:
    """What answers now, as it was at most half a second ago."""
    global _looked
    now = time.monotonic()
    if _looked is None or now - _looked[0] > FRESH:
        row = Live.objects.values_list("address", "wording", "release__number").first()
        _looked = (now, Served(*row) if row else Served(environment.ASSISTANT))
    return _looked[1]


def forget_served() -> None:
    """It was changed: it is read anew."""
    global _looked
    _looked = None


MOST_TRIED = 8  # wordings: as many editors may try at once
_tried: dict[str, dict[str, Any]] = {}


def wording_try(wording: str, responses: dict[str, Any]) -> None:
    """A wording that this process tries, and that is no release's yet."""
    _tried.pop(wording, None)
    _tried[wording] = responses
    while len(_tried) > MOST_TRIED:
        del _tried[next(iter(_tried))]


def responses_of(wording: str) -> dict[str, Any]:
    """The answers of a wording, as the assistant takes them; empty where no release has it any more."""
    if wording in _tried:
        return _tried[wording]
    found = Release.objects.filter(wording=wording).values_list("responses", flat=True).first()
    return dict(found) if found else {}

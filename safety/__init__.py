"""Red flags in visitors' messages: what must reach a person, and how fast.

Plain Python with spaCy, for whoever reads a message: the assistant, and the front desk when the assistant is down.

    flags = RedFlags.load()
    concern = flags.check("my throat feels tight")
    concern.level      # Level.EMERGENCY
    concern.reasons    # (Reason(rule="airway/throat_tight", why="…", …),)

The rules are data, in `safety/rules/`. What they are written in: `safety/patterns.py`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from safety.levels import Level
    from safety.red_flags import Concern, Reason, RedFlags
    from safety.rules import InvalidRules

__all__ = ["Concern", "InvalidRules", "Level", "Reason", "RedFlags"]

_MODULES = {
    "Level": "safety.levels",
    "Concern": "safety.red_flags",
    "Reason": "safety.red_flags",
    "RedFlags": "safety.red_flags",
    "InvalidRules": "safety.rules",
}


def __getattr__(name: str) -> Any:
    """Brings spaCy, sixty megabytes of memory, only into a process that looks for red flags: a level is no more than a number."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)

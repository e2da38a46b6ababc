"""Red flags in visitors' messages: what must reach a person, and how fast.

Plain Python with spaCy, for whoever reads a message: the assistant, and the front desk when the assistant is down.

    flags = RedFlags.load()
    concern = flags.check("my throat feels tight")
    concern.level      # Level.EMERGENCY
    concern.reasons    # (Reason(rule="airway/throat_tight", why="…", …),)

The rules are data, in `safety/rules/`. What they are written in: `safety/patterns.py`.
"""

from safety.levels import Level
from safety.red_flags import Concern, Reason, RedFlags
from safety.rules import InvalidRules

__all__ = ["Concern", "InvalidRules", "Level", "Reason", "RedFlags"]

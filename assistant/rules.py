"""The safety rules, as this process has them."""

from __future__ import annotations

from functools import cache

from safety import RedFlags


@cache  # reading them takes half a second: once to see whether they can be used, and once to use them, would be a second
def red_flags() -> RedFlags:
    """Read once in a process.

    Raises:
        safety.InvalidRules: If they are missing or wrong.
    """
    return RedFlags.load()

"""How serious a visitor's message is."""

from __future__ import annotations

from enum import IntEnum


class Level(IntEnum):
    """From the least to the most serious; what is in doubt between two is the higher."""

    NONE = 0  # nothing that a person must look at
    ROUTINE = 1  # a personal matter that a person should answer
    URGENT = 2  # a clinician should see or hear this today
    EMERGENCY = 3  # somebody may be in danger now

    @classmethod
    def named(cls, name: str) -> Level:
        """The level of a name in lower case.

        Raises:
            KeyError: If there is no such level.
        """
        return cls[name.upper()]

    def __str__(self) -> str:
        """The name in lower case, as it stands in data and requests."""
        return self.name.lower()

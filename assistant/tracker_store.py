"""Rasa's memory of conversations, made small: the record is the front desk's."""

from __future__ import annotations

from typing import Any

from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.trackers import DialogueStateTracker

KEPT = 20  # conversations, all of them developers' own: of `rasa shell` and the like


class ForgetfulTrackerStore(InMemoryTrackerStore):
    """Keeps nothing of the front desk's conversations, whose requests bring what they need, and few of others."""

    async def save(self, tracker: DialogueStateTracker, **kwargs: Any) -> None:
        """See parent class."""
        from assistant.channel import FrontDeskInput

        if tracker.get_latest_input_channel() == FrontDeskInput.name():
            return
        await super().save(tracker)
        while len(self.store) > KEPT:
            del self.store[next(iter(self.store))]

"""Rasa's memory of conversations: nothing of the front desk's stays."""

from __future__ import annotations

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.tracker_store import KEPT, ForgetfulTrackerStore


@pytest.fixture
def store() -> ForgetfulTrackerStore:
    return ForgetfulTrackerStore(Domain.empty())


async def test_a_conversation_of_the_front_desk_is_not_kept(store: ForgetfulTrackerStore) -> None:
    await store.save(_tracker("visitor", "frontdesk"))

    assert await store.retrieve("visitor") is None


async def test_a_conversation_in_rasas_shell_is_kept(store: ForgetfulTrackerStore) -> None:
    await store.save(_tracker("developer", "cmdline"))

    assert await store.retrieve("developer") is not None


async def test_of_many_the_newest_are_kept(store: ForgetfulTrackerStore) -> None:
    for number in range(KEPT + 5):
        await store.save(_tracker(f"developer {number}", "cmdline"))

    assert await store.retrieve("developer 4") is None
    assert await store.retrieve("developer 5") is not None
    assert len(store.store) == KEPT


def _tracker(sender: str, channel: str) -> DialogueStateTracker:
    return DialogueStateTracker.from_events(sender, [UserUttered("hello", input_channel=channel)])

"""Who follows what, and how they hear of it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from frontdesk.chat.hub import Hub


@pytest_asyncio.fixture
async def hub() -> AsyncIterator[Hub]:
    yield Hub()


async def test_a_follower_hears_of_its_conversation(hub: Hub) -> None:
    with hub.subscribed("mine") as follower:
        hub.changed("mine")

        assert await follower.wait(1)


async def test_a_follower_does_not_hear_of_another(hub: Hub) -> None:
    with hub.subscribed("mine") as follower:
        hub.changed("another's")

        assert not await follower.wait(0.01)


async def test_what_happened_before_it_was_looked_at_is_not_missed(hub: Hub) -> None:
    with hub.subscribed("mine") as follower:
        follower.clear()
        hub.changed("mine")  # while the follower looks

        assert await follower.wait(1)


async def test_typing_is_told_once(hub: Hub) -> None:
    with hub.subscribed("mine") as follower:
        hub.typing("mine", "bot", is_typing=True)

        assert follower.typing() == {"bot": True}
        assert follower.typing() == {}


async def test_of_one_who_types_and_stops_the_last_counts(hub: Hub) -> None:
    with hub.subscribed("mine") as follower:
        hub.typing("mine", "bot", is_typing=True)
        hub.typing("mine", "bot", is_typing=False)

        assert follower.typing() == {"bot": False}


async def test_nothing_is_kept_of_who_has_left(hub: Hub) -> None:
    with hub.subscribed("mine"), hub.subscribed("mine"):
        pass

    assert dict(hub._followers) == {}


async def test_one_who_leaves_does_not_take_the_other_along(hub: Hub) -> None:
    with hub.subscribed("mine") as stays:
        with hub.subscribed("mine"):
            pass
        hub.changed("mine")

        assert await stays.wait(1)


async def test_a_follower_who_leaves_while_the_hub_looks_is_forgotten(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    looks, goes_on, told = asyncio.Event(), threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def look(ids: list[str]) -> dict[str, int]:
        loop.call_soon_threadsafe(looks.set)
        goes_on.wait(5)
        return dict.fromkeys(ids, 7)

    monkeypatch.setattr(hub, "_look", look)
    with hub.subscribed("stays"):
        monkeypatch.setattr(hub, "changed", lambda one: told.set() if one == "stays" else None)
        with hub.subscribed("leaves"):
            watching = asyncio.create_task(hub.watch())
            await looks.wait()
        goes_on.set()
        await told.wait()
        await asyncio.sleep(0)
        watching.cancel()

        assert set(hub._positions) == {"stays"}

"""What a serving process has one of: the safety rules, the way to the assistant, who follows conversations, and the turns."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import cache

import aiohttp

from frontdesk.chat import assistant
from frontdesk.chat.hub import Hub
from frontdesk.chat.turns import Turns
from safety import RedFlags


@dataclass(frozen=True)
class Serving:
    """Made at the start of a process, in its event loop."""

    hub: Hub
    turns: Turns
    client: aiohttp.ClientSession


_now: list[Serving] = []


@cache
def red_flags() -> RedFlags:
    """The safety rules, read once.

    Raises:
        safety.InvalidRules: If they cannot be used: then nobody must be served.
    """
    return RedFlags.load()


def serving() -> Serving:
    """What this process serves with."""
    return _now[-1]


@contextlib.asynccontextmanager
async def lifespan(_: object = None) -> AsyncIterator[None]:
    """From a process's start to its end."""
    flags = red_flags()
    hub = Hub()
    async with assistant.new_client() as client:
        turns = Turns(flags, client, hub)
        _now.append(Serving(hub, turns, client))
        watching = asyncio.create_task(hub.watch())
        try:
            yield
        finally:
            await turns.finish()
            watching.cancel()
            _now.pop()

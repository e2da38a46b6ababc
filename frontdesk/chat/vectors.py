"""Asks the assistant for vectors of texts, by which those that are alike are found: `docs/channel.md`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp

from frontdesk.chat import database
from frontdesk.chat.assistant import HEALTH_SECONDS, OK, PATH, AssistantFailed
from frontdesk.content.live import served

MOST = 32  # texts that the assistant takes at once
LONGEST = 1000  # characters that it reads of one
REFUSED = frozenset({"status_400", "status_413", "status_500"})  # failures that may be one text's
SECONDS = 20.0  # nobody waits for it, and visitors' messages go first


@dataclass(frozen=True)
class Vectors:
    """Vectors in the order of the texts, and the digest of what made them."""

    vectors: list[list[float]]
    encoder: str


async def encoder_of(client: aiohttp.ClientSession) -> str | None:
    """The digest of the encoder in use; None where the assistant is not there, or has none."""
    try:
        address = (await database.read(served)).address
        async with asyncio.timeout(HEALTH_SECONDS), client.get(f"{address}{PATH}/health") as response:
            read = json.loads(await response.read()) if response.status == OK else {}
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return None
    encoder = read.get("encoder") if isinstance(read, dict) else None
    return encoder if isinstance(encoder, str) and encoder else None


async def vectors_of(client: aiohttp.ClientSession, texts: Sequence[str]) -> Vectors:
    """The vectors of at most `MOST` texts; of a longer text, the beginning is read.

    Raises:
        AssistantFailed: If there are none.
    """
    address = (await database.read(served)).address
    try:
        async with (
            asyncio.timeout(SECONDS),
            client.post(f"{address}{PATH}/vectors", json={"texts": [one[:LONGEST] for one in texts]}) as response,
        ):
            status, body = response.status, await response.read()
    except TimeoutError as error:
        raise AssistantFailed("timeout") from error
    except aiohttp.ClientError as error:
        raise AssistantFailed("unreachable") from error
    if status != OK:
        raise AssistantFailed(f"status_{status}")
    try:
        read = json.loads(body)
        vectors = [[float(number) for number in vector] for vector in read["vectors"]]
        encoder = str(read["encoder"])
    except (ValueError, KeyError, TypeError) as error:
        raise AssistantFailed("unreadable") from error
    if len(vectors) != len(texts) or len({len(vector) for vector in vectors}) > 1:
        raise AssistantFailed("unreadable")
    return Vectors(vectors, encoder)

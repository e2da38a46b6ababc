"""Asks the assistant. It may be slow, down or wrong: then it has failed, with a reason that holds no visitor's word."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx

from frontdesk import environment
from frontdesk.conversations.turns import Reply, Turn

URL = f"{environment.ASSISTANT}/webhooks/frontdesk"
PAUSE = 0.25  # seconds before an assistant that is starting is asked again


class AssistantFailed(Exception):
    """The assistant gave no answer; says the kind of failure."""


def new_client() -> httpx.AsyncClient:
    """Connections that stay open; one client per process and event loop."""
    return httpx.AsyncClient(
        headers={"Authorization": f"Bearer {environment.assistant_key()}"},
        timeout=environment.ASSISTANT_SECONDS,
        trust_env=False,  # no proxy between us and a process on this machine
    )


async def ask(client: httpx.AsyncClient, turn: Turn) -> Reply:
    """What the assistant says to the turn's message.

    Raises:
        AssistantFailed: If it does not within `FRONTDESK_ASSISTANT_SECONDS`. One that cannot be reached is asked again until then.
    """
    until = time.monotonic() + environment.ASSISTANT_SECONDS
    request = _request(turn)
    while True:
        try:
            async with asyncio.timeout(until - time.monotonic()):
                response = await client.post(f"{URL}/messages", json=request)
        except TimeoutError as error:
            raise AssistantFailed("timeout") from error
        except httpx.TimeoutException as error:
            raise AssistantFailed("timeout") from error
        except httpx.TransportError as error:
            # Not there (it is starting, or died under this message): asked again, it may be there.
            if time.monotonic() + PAUSE >= until:
                raise AssistantFailed("unreachable") from error
            await asyncio.sleep(PAUSE)
            continue
        if response.status_code == httpx.codes.NOT_FOUND and "choice" in request:
            # A button of an earlier release, which leads nowhere now: what it says is a question like any other.
            request = _request(turn, as_text=True)
            continue
        return _read(response)


async def is_ready(client: httpx.AsyncClient) -> bool:
    """Whether the assistant has a model that answers."""
    try:
        return (await client.get(f"{URL}/health", timeout=2)).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _request(turn: Turn, *, as_text: bool = False) -> dict[str, Any]:
    said = {"choice": turn.choice} if turn.choice and not as_text else {"text": turn.text}
    return {"conversation": turn.conversation_id, "message_id": str(turn.position), "context": turn.context, **said}


def _read(response: httpx.Response) -> Reply:
    if response.status_code != httpx.codes.OK:
        raise AssistantFailed(f"status_{response.status_code}")
    try:
        read = response.json()
        reply = Reply(read["replies"], read["understanding"], read["handoff"], read["context"])
    except (ValueError, KeyError, TypeError) as error:
        raise AssistantFailed("unreadable") from error
    if not reply.replies:
        raise AssistantFailed("no_reply")
    return reply

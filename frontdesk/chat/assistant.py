"""Asks the assistant. It may be slow, down or wrong: then it has failed, with a reason that holds no visitor's word."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import replace
from typing import Any

import aiohttp
from django.db import DatabaseError

from frontdesk import environment
from frontdesk.chat import database
from frontdesk.content.live import Served, responses_of, served
from frontdesk.conversations.turns import Reply, Turn
from safety import Level

PATH = "/webhooks/frontdesk"
PAUSE = 0.25  # seconds before an assistant that is starting is asked again
HEALTH_SECONDS = 2.0
OK, NOT_FOUND, CONFLICT = 200, 404, 409


class AssistantFailed(Exception):
    """The assistant gave no answer; says the kind of failure."""


def new_client() -> aiohttp.ClientSession:
    """Connections that stay open; one client per process, made in its event loop."""
    return aiohttp.ClientSession(
        headers={"Authorization": f"Bearer {environment.assistant_key()}"},
        cookie_jar=aiohttp.DummyCookieJar(),
    )


async def ask(client: aiohttp.ClientSession, turn: Turn) -> Reply:
    """What the assistant says to the turn's message.

    Raises:
        AssistantFailed: If it does not within `FRONTDESK_ASSISTANT_SECONDS`; or, since then there is advice without it, sooner for an
            emergency that the rules have found. One that cannot be reached is asked again until then.
    """
    until = time.monotonic() + (environment.EMERGENCY_SECONDS if turn.is_emergency else environment.ASSISTANT_SECONDS)
    request = _request(turn)
    while True:
        try:
            async with asyncio.timeout(until - time.monotonic()):
                status, body = await message_post(client, turn.served, request)
        except TimeoutError as error:
            raise AssistantFailed("timeout") from error
        except aiohttp.ClientError as error:
            # Not there (it is starting, or died under this message): asked again, it may be there; or what answers is another by now.
            if time.monotonic() + PAUSE >= until:
                raise AssistantFailed("unreachable") from error
            await asyncio.sleep(PAUSE)
            turn = replace(turn, served=await database.read(served))
            continue
        if status == NOT_FOUND and "choice" in request:
            # A button of an earlier release, which leads nowhere now: what it says is a question like any other.
            request = _request(turn, as_text=True)
            continue
        return replace(_read(status, body), release=turn.served.release)


async def is_ready(client: aiohttp.ClientSession, address: str = "") -> bool:
    """Whether the assistant at this address, or the one that answers visitors, has a model that answers."""
    try:
        address = address or (await database.read(served)).address
        async with asyncio.timeout(HEALTH_SECONDS), client.get(f"{address}{PATH}/health") as response:
            return response.status == OK
    except (aiohttp.ClientError, TimeoutError, DatabaseError):
        return False


async def message_post(client: aiohttp.ClientSession, by: Served, request: dict[str, Any]) -> tuple[int, bytes]:
    """Sends a message in the channel's own words; an assistant that has not got the wording yet gets it on the way.

    Returns:
        The answer's status and body.

    Raises:
        aiohttp.ClientError: If it cannot be reached.
    """
    if by.wording:
        request = {**request, "wording": by.wording}
    status, body = await _post(client, f"{by.address}{PATH}/messages", request)
    if status == CONFLICT and by.wording:
        responses = await database.read(responses_of, by.wording)
        status, body = await _post(client, f"{by.address}{PATH}/wording", {"responses": responses})
        if status == OK:
            status, body = await _post(client, f"{by.address}{PATH}/messages", request)
    return status, body


async def _post(client: aiohttp.ClientSession, address: str, request: dict[str, Any]) -> tuple[int, bytes]:
    async with client.post(address, json=request) as response:
        return response.status, await response.read()


def _request(turn: Turn, *, as_text: bool = False) -> dict[str, Any]:
    message = turn.message
    said = {"choice": message.choice} if message.choice and not as_text else {"text": message.text}
    return {"conversation": turn.conversation_id, "message_id": str(message.position), "context": turn.context, **said}


def _read(status: int, body: bytes) -> Reply:
    if status != OK:
        raise AssistantFailed(f"status_{status}")
    try:
        reply = _reply(json.loads(body))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise AssistantFailed("unreadable") from error
    if not reply.replies:
        raise AssistantFailed("no_reply")
    return reply


def _reply(read: dict[str, Any]) -> Reply:
    """The answer with everything that is made use of; whatever else came with it is left out.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: If something is missing, or is not what it must be.
    """
    said = [
        {
            "text": str(one["text"]),
            "choices": [{"id": str(choice["id"]), "title": str(choice["title"])} for choice in one["choices"]],
            "answers": [str(key) for key in one["answers"]],
            "handoff": bool(one["handoff"]),
        }
        for one in read["replies"]
    ]
    understood, took = read["understanding"], read["understanding"]["milliseconds"]
    understanding = {
        "intent": str(understood["intent"] or ""),
        "confidence": float(understood["confidence"]),
        "ranking": [{"name": str(one["name"]), "confidence": float(one["confidence"])} for one in understood["ranking"]],
        "answers": [str(key) for key in understood["answers"]],
        "concern": str(Level.named(understood["concern"])),
        "language": str(understood["language"]),
        "model": str(understood["model"]),
        "milliseconds": {name: float(took[name]) for name in ("understanding", "answering")},
    }
    handoff = read["handoff"]
    if handoff is not None:
        handoff = {"level": str(Level.named(handoff["level"])), "reasons": [dict(reason) for reason in handoff["reasons"]]}
    return Reply(said, understanding, handoff, dict(read["context"]))

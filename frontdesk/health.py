"""Whether the front desk runs, and whether it can serve."""

from __future__ import annotations

import asyncio
import logging

from django.db import DatabaseError
from django.utils import timezone
from starlette.requests import Request

from frontdesk.chat import assistant, database
from frontdesk.chat.answers import Answer
from frontdesk.chat.serving import serving
from frontdesk.clinic.models import Heartbeat

logger = logging.getLogger(__name__)
SECONDS = 3.0  # within which the database must write and read


async def healthz(request: Request) -> Answer:
    """The process answers."""
    return Answer({"ready": True})


async def readyz(request: Request) -> Answer:
    """A write and a read in the database, and an assistant that answers."""
    database, answers = await asyncio.gather(_database_works(), assistant.is_ready(serving().client))
    ready = database and answers
    return Answer({"ready": ready, "parts": {"database": database, "assistant": answers}}, 200 if ready else 503)


async def _database_works() -> bool:
    try:
        async with asyncio.timeout(SECONDS):
            return await database.write(_write_and_read)
    except (DatabaseError, TimeoutError) as error:
        logger.warning("Not ready: the database gives %s", type(error).__name__)
        return False


def _write_and_read() -> bool:
    now = timezone.now()
    Heartbeat.objects.update_or_create(name="ready", defaults={"at": now})
    return Heartbeat.objects.get(name="ready").at >= now

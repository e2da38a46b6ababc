"""Tells an open page of the desk that something changed, at once: it then asks for itself again. `GET /desk/events`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from sse_starlette.sse import EventSourceResponse
from starlette.requests import Request
from starlette.responses import Response

from frontdesk.chat import database
from frontdesk.chat.events import COMMENT_EVERY
from frontdesk.chat.hub import Hub, Present
from frontdesk.chat.serving import serving
from frontdesk.people.roles import Right, has_right
from frontdesk.people.selectors import name_of
from frontdesk.people.sessions import person_of

LOOK_AGAIN = 30.0  # seconds: what depends on the time alone, such as how long somebody waits, is not older
MAX_ID = 32  # characters of a conversation's id


async def follow_desk(request: Request) -> Response:
    """The stream of a page of the desk: of a conversation, or of the inbox."""
    session_key = request.cookies.get(settings.SESSION_COOKIE_NAME, "")
    user = await database.read(_signed_in, session_key)
    if user is None:
        return Response(status_code=403)
    conversation_id = request.query_params.get("conversation", "")[:MAX_ID]
    here = Present(user.pk, await database.read(name_of, user), conversation_id)
    return EventSourceResponse(
        _events(serving().hub, here, session_key),
        ping=COMMENT_EVERY,
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _events(hub: Hub, here: Present, session_key: str) -> AsyncIterator[dict[str, Any]]:
    loop = asyncio.get_running_loop()
    looked = loop.time()
    with hub.staff(here) as subscription:
        yield {"comment": "here", "retry": 2000}
        while True:
            subscription.clear()
            for who, is_typing in subscription.typing().items():
                if who == "visitor":
                    yield {"event": "typing", "data": json.dumps(is_typing)}
            yield {"event": "changed", "data": "{}"}
            await subscription.wait(LOOK_AGAIN)
            if loop.time() - looked >= LOOK_AGAIN:
                looked = loop.time()
                if await database.read(_signed_in, session_key) is None:  # switched off meanwhile, or signed out elsewhere
                    return


def _signed_in(session_key: str) -> User | None:
    """Whose session it is, if they may answer conversations."""
    user = person_of(session_key)
    return user if user is not None and has_right(user, Right.ANSWER) else None

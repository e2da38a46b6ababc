"""Tells an open page of the desk that something changed, at once: it then asks for itself again. `GET /desk/events`."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import User
from django.http import HttpRequest
from sse_starlette.sse import EventSourceResponse
from starlette.requests import Request
from starlette.responses import Response

from frontdesk.chat import database
from frontdesk.chat.events import COMMENT_EVERY
from frontdesk.chat.hub import Hub, Present
from frontdesk.chat.serving import serving
from frontdesk.people.roles import Right, has_right
from frontdesk.people.selectors import name_of

LOOK_AGAIN = 30.0  # seconds: what depends on the time alone, such as how long somebody waits, is not older
MAX_ID = 32  # characters of a conversation's id


async def follow_desk(request: Request) -> Response:
    """The stream of a page of the desk: of a conversation, or of the inbox."""
    user = await database.read(_signed_in, request.cookies.get(settings.SESSION_COOKIE_NAME, ""))
    if user is None:
        return Response(status_code=403)
    conversation_id = request.query_params.get("conversation", "")[:MAX_ID]
    here = Present(user.pk, await database.read(name_of, user), conversation_id)
    return EventSourceResponse(
        _events(serving().hub, here), ping=COMMENT_EVERY, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )


async def _events(hub: Hub, here: Present) -> AsyncIterator[dict[str, Any]]:
    with hub.staff(here) as subscription:
        yield {"comment": "here", "retry": 2000}
        while True:
            subscription.clear()
            for who, is_typing in subscription.typing().items():
                if who == "visitor":
                    yield {"event": "typing", "data": json.dumps(is_typing)}
            yield {"event": "changed", "data": "{}"}
            await subscription.wait(LOOK_AGAIN)


def _signed_in(session_key: str) -> User | None:
    """Whose session it is, if they may answer conversations."""
    if not session_key:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user(request)
    return user if isinstance(user, User) and has_right(user, Right.ANSWER) else None

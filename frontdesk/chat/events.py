"""What happens in a conversation, as it happens: server-sent events, read from the record from where the visitor's page stands."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from django.db import OperationalError
from sse_starlette.sse import EventSourceResponse
from starlette.requests import Request
from starlette.responses import Response

from frontdesk.chat import database, requests, tokens
from frontdesk.chat.errors import Refused
from frontdesk.chat.hub import Hub
from frontdesk.chat.serving import serving
from frontdesk.conversations import selectors
from frontdesk.conversations.services import ConversationDeleted
from frontdesk.headers import NOT_KEPT, PROTECTING

COMMENT_EVERY = 15  # seconds: shorter than what proxies take for a dead connection
MAX_STREAMS = 20  # of one conversation: tabs, and those that are about to be found dead
LOOK_AGAIN = 30.0  # seconds, should a call have been lost
Sent = dict[str, Any]


async def follow_conversation(request: Request) -> Response:
    """The stream of the conversation that the request's token opens."""
    conversation_id = tokens.conversation_of(request.headers.get("Authorization", ""))
    given = request.headers.get("Last-Event-ID", "")
    last = requests.position(given, "Last-Event-ID") if given else None
    conversation = await database.read(selectors.conversation_of, conversation_id)
    if serving().hub.followers(conversation_id) >= MAX_STREAMS:
        raise Refused(429, "too_many_streams", "This chat is open in too many places.", after=COMMENT_EVERY)
    after = conversation.last_position if last is None else last
    return EventSourceResponse(
        _events(serving().hub, conversation_id, after),
        ping=COMMENT_EVERY,
        headers={**PROTECTING, **NOT_KEPT, "X-Accel-Buffering": "no"},  # a proxy must not collect what is meant for now
    )


async def _events(hub: Hub, conversation_id: str, after: int) -> AsyncIterator[Sent]:
    with hub.subscribed(conversation_id) as subscription:
        yield {"comment": "here", "retry": 2000}
        while True:
            subscription.clear()
            try:
                happened = await database.read(selectors.events_after, conversation_id, after)
            except ConversationDeleted:
                yield {"event": "gone", "data": "{}"}
                return
            except OperationalError:
                happened = []
            for event in happened:
                after = event.position
                yield {"event": event.kind, "id": str(event.position), "data": json.dumps(event.data, ensure_ascii=False)}
            for who, is_typing in subscription.typing().items():
                if who != "visitor":
                    yield {"event": "typing", "data": json.dumps({"from": who, "typing": is_typing})}
            await subscription.wait(LOOK_AGAIN)

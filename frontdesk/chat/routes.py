"""The visitors' API. Each path takes every method, and refuses in its own words those that it does not have."""

from __future__ import annotations

from starlette.routing import Route

from frontdesk.chat import views
from frontdesk.chat.events import follow_conversation
from frontdesk.chat.views import View, endpoint

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]


def path(address: str, **methods: View) -> Route:
    """One path, by method."""
    return Route(address, endpoint(**methods), methods=METHODS)


routes = [
    path("/chat/config", GET=views.get_config),
    path("/chat/conversations", POST=views.start_conversation),
    path("/chat/conversation", DELETE=views.delete_conversation),
    path("/chat/messages", GET=views.read_messages, POST=views.send_message),
    path("/chat/events", GET=follow_conversation),
    path("/chat/typing", POST=views.tell_typing),
    path("/chat/contact", POST=views.leave_contact),
    path("/chat/feedback", POST=views.rate_answer),
    path("/chat/end", POST=views.end_conversation),
    Route("/chat{rest:path}", views.not_found, methods=METHODS),
]

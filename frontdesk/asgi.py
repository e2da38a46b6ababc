"""The front desk as a server runs it: origins and limits around everything, the event stream and the widget's files beside Django."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "frontdesk.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()  # before what follows: it makes the tables known

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route

from frontdesk import environment
from frontdesk.chat.events import follow_conversation
from frontdesk.chat.serving import lifespan
from frontdesk.conversations.live import follow_desk
from frontdesk.edge import WIDGET, BodyLimit, ExactOrigins, KnownHosts, OpenLimit, demo_page, desk_files, sites_of_clinic
from frontdesk.widget_files import WidgetFiles

# All that there are: a path of ours refuses what it does not take itself, in its own words.
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]

application = Starlette(
    routes=[
        Route("/chat/events", follow_conversation, methods=METHODS),
        Route("/desk/events", follow_desk, methods=["GET"]),
        *([Route("/", demo_page)] if environment.DEMO else []),
        Mount("/widget", WidgetFiles(WIDGET)),
        Mount("/static", desk_files()),
        Mount("/", django_application),  # type: ignore[arg-type] # ASGI in other words
    ],
    middleware=[
        Middleware(OpenLimit, most=environment.OPEN_FROM_ADDRESS),
        Middleware(KnownHosts, hosts=environment.HOSTS),
        Middleware(ExactOrigins, origins=[environment.PUBLIC_ADDRESS, *environment.ORIGINS], more=sites_of_clinic),
        Middleware(BodyLimit, limit=environment.MAX_BODY),
    ],
    lifespan=lifespan,
)

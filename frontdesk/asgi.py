"""The front desk as a server runs it: origins and limits, the visitors' API and the widget, and beside them Django with the desk."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "frontdesk.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()  # before what follows: it makes the tables known

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route

from frontdesk import environment, health
from frontdesk.chat import routes
from frontdesk.chat.serving import lifespan
from frontdesk.conversations.live import follow_desk
from frontdesk.edge import (
    WIDGET,
    BodyLimit,
    ExactOrigins,
    KnownHosts,
    OpenLimit,
    demo_page,
    desk_files,
    is_editor,
    sites_of_clinic,
)
from frontdesk.widget_files import WidgetFiles

application = Starlette(
    routes=[
        *routes.routes,
        routes.path("/healthz", GET=health.healthz),
        routes.path("/readyz", GET=health.readyz),
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
        Middleware(BodyLimit, limit=environment.MAX_BODY, uploads=environment.MAX_UPLOAD, may_upload=is_editor),
    ],
    lifespan=lifespan,
)

"""What is where. Beside it, outside of Django: the event stream, the widget's files and the demonstration page (`asgi.py`)."""

from __future__ import annotations

from django.urls import include, path

from frontdesk import health

urlpatterns = [
    path("chat/", include("frontdesk.chat.urls")),
    path("desk/", include("frontdesk.conversations.urls")),
    path("desk/", include("frontdesk.people.urls")),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
]

"""What is where. Beside it, outside of Django: the event stream, the widget's files and the demonstration page (`asgi.py`)."""

from __future__ import annotations

from django.urls import include, path

from frontdesk import health
from frontdesk.chat.views import endpoint

urlpatterns = [
    path("chat/", include("frontdesk.chat.urls")),
    path("desk/", include("frontdesk.conversations.urls")),
    path("desk/", include("frontdesk.people.urls")),
    path("desk/", include("frontdesk.clinic.urls")),
    path("desk/", include("frontdesk.review.urls")),
    path("desk/", include("frontdesk.privacy.urls")),
    path("desk/", include("frontdesk.audit.urls")),
    path("healthz", endpoint(GET=health.healthz)),
    path("readyz", endpoint(GET=health.readyz)),
]

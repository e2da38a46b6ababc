"""The staff's pages. What visitors use is beside Django (`asgi.py`)."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("desk/", include("frontdesk.conversations.urls")),
    path("desk/", include("frontdesk.people.urls")),
    path("desk/", include("frontdesk.clinic.urls")),
    path("desk/", include("frontdesk.review.urls")),
    path("desk/", include("frontdesk.insight.urls")),
    path("desk/", include("frontdesk.content.urls")),
    path("desk/", include("frontdesk.privacy.urls")),
    path("desk/", include("frontdesk.audit.urls")),
]

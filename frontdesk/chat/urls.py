"""The visitors' API; `/chat/events` is in `events.py`, outside of Django's handler."""

from __future__ import annotations

from django.urls import path, re_path

from frontdesk.chat import views
from frontdesk.chat.views import endpoint

urlpatterns = [
    path("config", endpoint(GET=views.get_config)),
    path("conversations", endpoint(POST=views.start_conversation)),
    path("conversation", endpoint(DELETE=views.delete_conversation)),
    path("messages", endpoint(GET=views.read_messages, POST=views.send_message)),
    path("typing", endpoint(POST=views.tell_typing)),
    path("contact", endpoint(POST=views.leave_contact)),
    path("feedback", endpoint(POST=views.rate_answer)),
    path("end", endpoint(POST=views.end_conversation)),
    re_path("", views.not_found),
]

"""The desk's pages."""

from __future__ import annotations

from django.urls import path

from frontdesk.conversations import views

urlpatterns = [
    path("inbox", views.inbox, name="inbox"),
    path("conversations/<str:conversation_id>", views.conversation, name="conversation"),
    path("conversations/<str:conversation_id>/take", views.take, name="take"),
    path("conversations/<str:conversation_id>/assign", views.assign, name="assign"),
    path("conversations/<str:conversation_id>/reply", views.reply, name="reply"),
    path("conversations/<str:conversation_id>/note", views.add_note, name="add_note"),
    path("conversations/<str:conversation_id>/hand-over", views.hand_over, name="hand_over"),
    path("conversations/<str:conversation_id>/typing", views.typing, name="typing"),
    path("conversations/<str:conversation_id>/give-back", views.give_back, name="give_back"),
    path("conversations/<str:conversation_id>/close", views.close, name="close"),
]

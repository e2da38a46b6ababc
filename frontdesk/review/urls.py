"""The pages of review."""

from __future__ import annotations

from django.urls import path

from frontdesk.review import views

urlpatterns = [
    path("review", views.review, name="review"),
    path("review/selected", views.selected, name="review_selected"),
    path("review/filters", views.save_filter, name="review_save_filter"),
    path("review/filters/<int:filter_id>/delete", views.delete_filter, name="review_delete_filter"),
    path("review/<str:conversation_id>", views.conversation, name="review_conversation"),
    path("review/<str:conversation_id>/next", views.neighbour, {"before": False}, name="review_next"),
    path("review/<str:conversation_id>/previous", views.neighbour, {"before": True}, name="review_previous"),
    path("review/<str:conversation_id>/tag", views.tag, name="review_tag"),
    path("review/<str:conversation_id>/untag", views.untag, name="review_untag"),
    path("review/<str:conversation_id>/flag", views.flag, name="review_flag"),
    path("review/<str:conversation_id>/reviewed", views.mark_reviewed, name="review_mark"),
    path("review/<str:conversation_id>/note", views.add_note, name="review_note"),
    path("review/<str:conversation_id>/correct", views.correct, name="review_correct"),
    path("review/<str:conversation_id>/withdraw", views.withdraw, name="review_withdraw"),
]

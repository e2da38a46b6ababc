"""The pages of privacy."""

from __future__ import annotations

from django.urls import path

from frontdesk.privacy import views

urlpatterns = [
    path("conversations/<str:conversation_id>/reveal", views.reveal, name="reveal"),
    path("conversations/<str:conversation_id>/conceal", views.conceal, name="conceal"),
    path("conversations/<str:conversation_id>/erase", views.erase, name="erase"),
    path("conversations/<str:conversation_id>/export.pdf", views.export_pdf, name="export_pdf"),
    path("conversations/<str:conversation_id>/export.json", views.export_json, name="export_json"),
    path("export.csv", views.export_csv, name="export_csv"),
    path("erase", views.erase_person, name="erase_person"),
]

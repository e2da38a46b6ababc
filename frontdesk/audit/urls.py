"""The audit log's pages."""

from __future__ import annotations

from django.urls import path

from frontdesk.audit import views

urlpatterns = [
    path("audit", views.audit, name="audit"),
    path("audit.csv", views.audit_csv, name="audit_csv"),
]

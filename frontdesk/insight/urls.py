"""The pages of insight."""

from __future__ import annotations

from django.urls import path

from frontdesk.insight import group_views, views

urlpatterns = [
    path("insight", views.insight, name="insight"),
    path("insight/not-understood", group_views.not_understood, name="insight_not_understood"),
    path("insight/not-understood.csv", group_views.not_understood_csv, name="insight_not_understood_csv"),
    path("insight/<str:chart>.csv", views.insight_csv, name="insight_csv"),
]

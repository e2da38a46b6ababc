"""The settings' pages."""

from __future__ import annotations

from django.urls import path

from frontdesk.clinic import views

urlpatterns = [
    path("settings", views.overview, name="settings"),
    path("settings/clinic", views.clinic, name="settings_clinic"),
    path("settings/hours", views.hours, name="settings_hours"),
    path("settings/hours/minutes", views.minutes, name="settings_minutes"),
    path("settings/hours/closed", views.add_closed_days, name="settings_closed_add"),
    path("settings/hours/closed/<int:key>/delete", views.delete_closed_days, name="settings_closed_delete"),
    path("settings/alerts", views.alerts, name="settings_alerts"),
    path("settings/alerts/new", views.recipient, name="settings_recipient_new"),
    path("settings/alerts/<int:key>", views.recipient, name="settings_recipient"),
    path("settings/alerts/<int:key>/test", views.test_recipient, name="settings_recipient_test"),
    path("settings/alerts/<int:key>/delete", views.delete_recipient, name="settings_recipient_delete"),
    path("settings/consent", views.consent, name="settings_consent"),
    path("settings/consent/<str:language>", views.consent_text, name="settings_consent_text"),
    path("settings/replies", views.replies, name="settings_replies"),
    path("settings/replies/new", views.canned_reply, name="settings_reply_new"),
    path("settings/replies/<int:key>", views.canned_reply, name="settings_reply"),
    path("settings/replies/<int:key>/delete", views.delete_reply, name="settings_reply_delete"),
    path("settings/widget", views.widget, name="settings_widget"),
    path("settings/widget/sites", views.sites, name="settings_sites"),
    path("settings/preview", views.preview, name="settings_preview"),
    path("settings/undo", views.undo, name="settings_undo"),
]

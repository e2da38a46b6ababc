"""Django's entry for this app."""

from __future__ import annotations

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """Privacy."""

    name = "frontdesk.privacy"

"""See the package."""

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    """The record."""

    name = "frontdesk.conversations"

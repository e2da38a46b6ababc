"""See the package."""

from django.apps import AppConfig


class ChatConfig(AppConfig):
    """The visitors' API."""

    name = "frontdesk.chat"

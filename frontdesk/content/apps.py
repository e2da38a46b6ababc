"""See the package."""

from django.apps import AppConfig


class ContentConfig(AppConfig):
    """Content."""

    name = "frontdesk.content"

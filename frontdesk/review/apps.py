"""See the package."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """Review."""

    name = "frontdesk.review"

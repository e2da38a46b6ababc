"""See the package."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """Insight."""

    name = "frontdesk.insight"

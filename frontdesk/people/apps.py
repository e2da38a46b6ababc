"""See the package."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Staff."""

    name = "frontdesk.people"

"""See the package."""

from django.apps import AppConfig


class ClinicConfig(AppConfig):
    """Settings that a clinic edits."""

    name = "frontdesk.clinic"

"""See the package."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit log."""

    name = "frontdesk.audit"

"""See the package."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Staff."""

    name = "frontdesk.people"

    def ready(self) -> None:
        """See parent class."""
        from django.contrib.auth.signals import user_logged_in

        from frontdesk.people.sessions import session_begin

        user_logged_in.connect(session_begin)  # Django's own place for what must hold whichever way somebody came in

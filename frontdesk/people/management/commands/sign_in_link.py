"""`python -m frontdesk sign_in_link NAME`: for whoever runs the front desk, when no administrator can help."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from frontdesk.people import services
from frontdesk.people.forms import person_named


class Command(BaseCommand):
    """Whoever can run it has the database anyway."""

    requires_system_checks = ()  # as first_start

    help = "Prints a one-time link by which somebody chooses a new password"

    def add_arguments(self, parser: CommandParser) -> None:
        """See parent class."""
        parser.add_argument("name", help="as they sign in")
        parser.add_argument(
            "--without-second-step", action="store_true", help="for who has lost the phone and the recovery codes"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """See parent class.

        Raises:
            CommandError: If nobody signs in with the name.
        """
        user = person_named(options["name"])
        if user is None or not user.is_active:
            raise CommandError(f"Nobody signs in as {options['name']!r}.")
        if options["without_second_step"]:
            services.second_factor_remove(None, user)
        self.stdout.write(services.link_make(None, user))

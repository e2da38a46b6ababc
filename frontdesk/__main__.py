"""The front desk's commands: `python -m frontdesk migrate`, `… worker`, `… serve`, and Django's own."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Django's command line with our settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "frontdesk.settings")
    from django.core.management import execute_from_command_line  # needs the line above

    execute_from_command_line(["python -m frontdesk", *sys.argv[1:]])


if __name__ == "__main__":
    main()

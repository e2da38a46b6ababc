"""What must be in place before Rasa is imported; an environment's `assistant.pth` imports this in every Python process.

So `rasa train`, `rasa shell`, `rasa test` and `rasa data validate` work as Rasa's documentation says, from its own command.
"""

import os
import sys
import warnings
from typing import TextIO

from assistant.lean_rasa import UNUSED_IN_SERVING, install_lean_rasa
from assistant.tensorflow_placeholder import install_placeholder

# Rasa reports usage to its makers unless told otherwise; a clinic's assistant reports to nobody.
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
# SQLAlchemy 1.4, which Rasa pins, warns about its own next version on every start.
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")

# Variable of the process that serves visitors, and of no other: when it began, in seconds since the epoch.
SERVING = "ASSISTANT_SERVING"

_show_warning = warnings.showwarning


def _show_unless_deprecation(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Leaves out what the libraries that Rasa pins say to one another's developers, and Sanic switches on for everybody."""
    if not issubclass(category, (DeprecationWarning, PendingDeprecationWarning)):
        _show_warning(message, category, filename, lineno, file, line)


warnings.showwarning = _show_unless_deprecation
install_placeholder(sys.meta_path)
install_lean_rasa(sys.meta_path, UNUSED_IN_SERVING if SERVING in os.environ else ())

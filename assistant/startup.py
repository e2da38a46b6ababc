"""What must be in place before Rasa is imported; an environment's `assistant.pth` imports this in every Python process.

So `rasa train`, `rasa shell`, `rasa test` and `rasa data validate` work as Rasa's documentation says, from its own command.
"""

import os
import sys

from assistant.tensorflow_placeholder import install_placeholder

# Rasa reports usage to its makers unless told otherwise; a clinic's assistant reports to nobody.
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
# SQLAlchemy 1.4, which Rasa pins, warns about its own next version on every start.
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")

install_placeholder(sys.meta_path)

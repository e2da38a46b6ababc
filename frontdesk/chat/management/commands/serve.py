"""`python -m frontdesk serve`: the front desk's web server."""

from __future__ import annotations

import gc
import sys
from typing import Any

import uvicorn
from django.core.management.base import BaseCommand

from frontdesk import environment
from frontdesk.chat.serving import red_flags
from safety import InvalidRules

CONNECTIONS = 2000  # over these, a new one is told to come back
BACKLOG = 2048


class Command(BaseCommand):
    """Runs until it is stopped."""

    help = "Serves visitors and staff"
    requires_system_checks = ()  # they read every page into memory, and `make lint` runs them

    def handle(self, *args: Any, **options: Any) -> None:
        """See parent class."""
        try:
            red_flags()
        except InvalidRules as error:
            sys.exit(f"The safety rules cannot be used, so the front desk does not start. {error}")
        from frontdesk.asgi import application  # reads the whole front desk, which the worker's command has no need of

        # What has been read stays: whenever the collector looks for garbage, it need not go through it.
        gc.collect()
        gc.freeze()
        uvicorn.run(
            application,
            host=environment.HOST,
            port=environment.PORT,
            loop="uvloop",
            http="httptools",
            log_level=environment.LOG_LEVEL.lower(),
            access_log=False,
            log_config=None,
            limit_concurrency=CONNECTIONS,
            backlog=BACKLOG,
            server_header=False,
            timeout_keep_alive=60,
            timeout_graceful_shutdown=5,
            # Which proxies may say whom they speak for: FORWARDED_ALLOW_IPS, as uvicorn's documentation says.
        )

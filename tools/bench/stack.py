"""The whole, started for a bench or for pictures: through its supervisor, with a database of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.bench.servers import HOST, CommandFailed, free_port, server

ROOT = Path(__file__).parents[2]
DESK_PYTHON = ROOT / ".venv/frontdesk/bin/python"
KEY = "bench-frontdesk-key"
PASSWORD = "only for this bench, 1"  # noqa: S105 - of a database that is deleted with it
ALWAYS_OPEN = """
from datetime import time
from frontdesk.clinic.models import Clinic, OpeningHours
clinic = Clinic.objects.get()
clinic.opening_hours.all().delete()
for day in range(7):
    OpeningHours.objects.create(clinic=clinic, weekday=day, opens=time(0), closes=time(23, 59, 59))
"""


@dataclass
class Stack:
    """The whole, running.

    Attributes:
        pid: Of the supervisor.
        port: The front desk's.
        assistant_port: The assistant's.
        environment: Its variables.
    """

    pid: int
    port: int
    assistant_port: int
    environment: dict[str, str]

    def part(self, name: str) -> int:
        """The process id of `serve`, `worker` or `rasa`."""
        for child in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split():
            if name in Path(f"/proc/{child}/cmdline").read_text().split("\0"):
                return int(child)
        raise CommandFailed(f"There is no process {name}.")

    def run(self, code: str) -> None:
        """Runs a few lines with the front desk's tables."""
        command = [str(DESK_PYTHON), "-m", "frontdesk", "shell", "-v", "0", "-c", code]
        done = subprocess.run(command, env=self.environment, cwd=ROOT, capture_output=True, text=True)
        if done.returncode != 0:
            raise CommandFailed(done.stderr[-2000:])


@contextmanager
def running_stack(record: Path | None = None, content: Path | None = None) -> Iterator[Stack]:
    """The whole through its supervisor, with a database of its own and an open clinic; ready when the block begins.

    Args:
        record: A folder whose database and key it begins with, as a copy; else it begins with nothing.
        content: A folder with the `data/` that its editors change; else the project's own.
    """
    port, assistant_port = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="bench-frontdesk-") as folder:
        if record:
            shutil.copytree(record, folder, dirs_exist_ok=True)
        environment = {
            **os.environ,
            "FRONTDESK_VAR": folder,
            "FRONTDESK_PORT": str(port),
            "FRONTDESK_ADDRESS": f"http://{HOST}:{port}",
            "FRONTDESK_ASSISTANT": f"http://{HOST}:{assistant_port}",
            "ASSISTANT_KEY": KEY,
            # The limits are tested elsewhere; here one address is all visitors.
            "FRONTDESK_OPEN_FROM_ADDRESS": "1000000",
            "FRONTDESK_MESSAGES_A_MINUTE": "1000000",
            "FRONTDESK_MESSAGES_A_MINUTE_FROM_ADDRESS": "1000000",
            "FRONTDESK_CONVERSATIONS_AN_HOUR_FROM_ADDRESS": "1000000",
            **({"FRONTDESK_CONTENT": str(content), "FRONTDESK_GIT": "no"} if content else {}),
        }
        command = [str(DESK_PYTHON), "-m", "frontdesk.supervisor"]
        # It runs in the project's folder; its output goes beside its database.
        with server(["env", "-C", str(ROOT), *command], Path(folder), environment, lambda: _is_ready(port)) as (pid, _):
            stack = Stack(pid, port, assistant_port, environment)
            stack.run(ALWAYS_OPEN)
            yield stack


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/readyz", timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False

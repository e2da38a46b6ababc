"""What is in place in every Python process of the environment."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from rasa import telemetry

PRINT = "import os; print(os.environ['RASA_TELEMETRY_ENABLED'])"


def test_rasas_telemetry_is_off() -> None:
    assert telemetry.is_telemetry_enabled() is False


def test_the_environments_path_file_imports_the_start() -> None:
    path_file = Path(sysconfig.get_path("purelib")) / "assistant.pth"

    assert "import assistant.startup" in path_file.read_text().splitlines()


@pytest.mark.parametrize(("environment", "telemetry_enabled"), [({}, "false"), ({"RASA_TELEMETRY_ENABLED": "true"}, "true")])
def test_a_new_process_has_telemetry_off_unless_it_was_asked_for(environment: dict[str, str], telemetry_enabled: str) -> None:
    bare = {name: value for name, value in os.environ.items() if name != "RASA_TELEMETRY_ENABLED"}

    printed = subprocess.run([sys.executable, "-c", PRINT], env=bare | environment, capture_output=True, text=True, check=True)

    assert printed.stdout.strip() == telemetry_enabled

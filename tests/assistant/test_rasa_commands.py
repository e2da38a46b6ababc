"""Rasa's own commands work on the project as Rasa's documentation says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def test_the_data_are_valid_without_a_warning(project: Path) -> None:
    validated = _rasa(project, "data", "validate", "--fail-on-warnings")

    assert validated.returncode == 0, validated.stdout


@pytest.mark.parametrize("understanding", [["--e2e"], []], ids=["with understanding", "bare intents"])
def test_rasas_own_test_stories_pass(project: Path, model: Path, tmp_path: Path, understanding: list[str]) -> None:
    where = ["--stories", "tests/test_stories.yml", "--model", str(model), "--out", str(tmp_path)]

    tested = _rasa(project, "test", "core", *understanding, *where, "--fail-on-prediction-errors")

    assert tested.returncode == 0, tested.stdout


def _rasa(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "rasa", *arguments]
    return subprocess.run(command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

"""What the browser tests share: the whole (`tests/stack.py`), and how visitors come to it (`visits.py`)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytest_plugins = ["tests.stack", "tests.browser.visits"]  # in this order: the second's `stack` is ours


def pytest_configure(config: pytest.Config) -> None:
    # Playwright's greenlets and Python 3.11's parser do not agree on how deep they are: pytest fails when it quotes a failed test's source.
    if config.option.tbstyle == "auto":
        config.option.tbstyle = "native"


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of our questions and answers, which editors may change: `FRONTDESK_CONTENT` names it."""
    folder = tmp_path_factory.mktemp("content")
    shutil.copytree(ROOT / "data", folder / "data")
    return folder

"""What the browser tests share: the whole (`tests/stack.py`), and how visitors come to it (`visits.py`)."""

from __future__ import annotations

import pytest

pytest_plugins = ["tests.stack", "tests.browser.visits"]  # in this order: the second's `stack` is ours


def pytest_configure(config: pytest.Config) -> None:
    # Playwright's greenlets and Python 3.11's parser do not agree on how deep they are: pytest fails when it quotes a failed test's source.
    if config.option.tbstyle == "auto":
        config.option.tbstyle = "native"

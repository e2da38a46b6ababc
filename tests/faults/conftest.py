"""What the fault tests share: the whole (`tests/stack.py`), and front desks alone (`desks.py`).

`@pytest.mark.fault(n)` names the line of RASA-FAULTS.md whose promise a test holds us to.
"""

from __future__ import annotations

import pytest

pytest_plugins = [
    "tests.stack",
    "tests.faults.desks",
]  # by name: what pytest has not imported itself, it cannot explain a failure in


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fault(number): the line of RASA-FAULTS.md whose promise is tested")

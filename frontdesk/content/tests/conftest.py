"""What tests of the content share: the files that editors write, in a folder of their own."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from frontdesk import environment
from frontdesk.conftest import Assistant, Served, _listening
from frontdesk.content.live import forget_served


@pytest.fixture(autouse=True)
def serves(server: Served) -> None:
    """The desk's pages say who else is there."""


@pytest.fixture
def files_of_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of our questions and answers, which a test may change; nothing is committed. The folder in which `data/` is."""
    copied = tmp_path / "content"
    shutil.copytree(environment.ROOT / "data", copied / "data")
    monkeypatch.setattr(environment, "CONTENT", copied)
    monkeypatch.setattr(environment, "GIT", False)
    monkeypatch.setattr(environment, "VAR", tmp_path / "var")
    forget_served()
    return copied


@pytest.fixture
def answering(stand_in: Assistant, monkeypatch: pytest.MonkeyPatch) -> Iterator[Assistant]:
    """The stand-in assistant is the one that answers visitors: pages that wait for it are called without an event loop."""
    address: list[str] = []
    loop, is_up, done = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with _listening(stand_in) as listens_at:
            address.append(listens_at)
            is_up.set()
            await done.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    assert is_up.wait(10)
    monkeypatch.setattr(environment, "ASSISTANT", address[0])
    forget_served()
    yield stand_in
    loop.call_soon_threadsafe(done.set)
    thread.join(10)
    loop.close()
    forget_served()

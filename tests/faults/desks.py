"""A front desk alone, beside an assistant that a test can have fail."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.listeners import FakeAssistant, Webhook
from tests.stack import STARTS_WITHIN, Place, Stack, Visitor, until


class Desk(Place):
    """Front desk and worker, part by part; what stands for their assistant is in the test's process."""

    assistant: FakeAssistant
    webhook: Webhook
    addresses: list[str]  # of the front desks, where there are several

    def serve(self, port: int | None = None) -> int:
        """Starts a front desk and waits until it answers; returns its process."""
        port = port or self.port
        process = self.run(sys.executable, "-m", "frontdesk", "serve", FRONTDESK_PORT=str(port))

        def answers() -> bool:
            assert process.poll() is None, self.printed.read_text()
            return Place(self.folder, port=port).is_alive()

        until(answers, "the front desk answers", STARTS_WITHIN)
        return process.pid

    def work(self) -> int:
        """Starts a worker; returns its process."""
        return self.run(sys.executable, "-m", "frontdesk", "worker").pid


NewDesk = Callable[..., Desk]


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a clinic that is always open, to be copied."""
    place = Place(tmp_path_factory.mktemp("prepared"))
    place.prepare()
    place.change("PRAGMA wal_checkpoint(TRUNCATE)")
    return place.database


@pytest.fixture(scope="session")
def make_desk(tmp_path_factory: pytest.TempPathFactory, prepared: Path) -> Iterator[NewDesk]:
    """Makes front desks, nothing of which is left when the tests are over."""
    made: list[Desk] = []

    def make(folder: Path | None = None, **given: str) -> Desk:
        desk = Desk(folder or tmp_path_factory.mktemp("desk"), given)
        made.append(desk)
        if desk.database.parent.is_dir():
            shutil.copy(prepared, desk.database)
        desk.assistant = FakeAssistant(desk.assistant_port)
        desk.webhook = Webhook()
        return desk

    yield make
    for desk in made:
        desk.end()
        desk.assistant.answers.set()
        desk.assistant.stop()
        desk.webhook.stop()


@pytest.fixture
def new_desk(make_desk: NewDesk) -> Iterator[NewDesk]:
    """Makes front desks for one test; the variables are given by name."""
    made: list[Desk] = []

    def make(**given: Any) -> Desk:
        made.append(make_desk(**given))
        return made[-1]

    yield make
    for desk in made:
        desk.end()


@pytest.fixture(scope="session")
def shared_desk(make_desk: NewDesk) -> Desk:
    """A front desk with a worker, whose staff are told by webhook; use `desk`."""
    desk = make_desk(FRONTDESK_DATABASE_WAIT="1")
    desk.assistant.start().works()
    desk.alert(desk.webhook.start().address)
    desk.serve()
    desk.work()
    return desk


@pytest.fixture
def desk(shared_desk: Desk) -> Iterator[Desk]:
    """A front desk with a worker and an assistant that answers until the test has it fail."""
    shared_desk.assistant.works()
    yield shared_desk
    shared_desk.assistant.works()


@pytest.fixture
def visitor(desk: Desk) -> Visitor:
    """A visitor of the front desk alone, who has agreed."""
    return desk.visitor().begins()


@pytest.fixture(scope="session")
def alerted_stack(stack: Stack) -> Iterator[tuple[Stack, Webhook]]:
    """The whole, and the webhook by which its staff are told."""
    webhook = Webhook().start()
    stack.alert(webhook.address)
    yield stack, webhook
    webhook.stop()

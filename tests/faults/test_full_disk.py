"""A full disk: nothing is acknowledged that is not kept, and all goes on when there is room again."""

from __future__ import annotations

import os
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.desks import Desk, NewDesk
from tests.stack import Visitor, until

MEGABYTES = 8
PAGE = 4096


class Disk:
    """A small disk that can be filled."""

    def __init__(self, folder: Path) -> None:
        """`folder`: where it is mounted."""
        self.folder = folder
        self._filling = folder / "filling"

    def fill(self) -> None:
        """Leaves no room for anything."""
        with self._filling.open("wb", buffering=0) as filling:
            while True:
                try:
                    filling.write(b"\0" * PAGE)
                except OSError:
                    return

    def make_room(self) -> None:
        """There is room again."""
        self._filling.unlink(missing_ok=True)


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disk]:
    """A disk of eight megabytes."""
    folder = tmp_path_factory.mktemp("disk")
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", folder], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.decode().strip()}")
    yield Disk(folder)
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture(scope="module")
def desk_on_disk(disk: Disk, make_desk: NewDesk) -> Iterator[Desk]:
    """A front desk with a worker whose record is on the small disk."""
    desk = make_desk(FRONTDESK_DATABASE=str(disk.folder / "frontdesk.sqlite3"))
    desk.assistant.start().works()
    desk.serve()
    desk.work()
    yield desk
    desk.end()


@pytest.fixture
def visitor(desk_on_disk: Desk, disk: Disk) -> Iterator[Visitor]:
    """A visitor who agreed before the disk was full."""
    yield desk_on_disk.visitor().begins()
    disk.make_room()


def fill_and_write(disk: Disk, visitor: Visitor) -> tuple[set[str], list[str]]:
    """Writes until nothing is taken any more; returns the ids that were acknowledged, and those that were not."""
    disk.fill()
    taken, refused = set(), []
    # What SQLite has set aside in its log is still filled first.
    while len(refused) < 5:
        message_id = str(uuid.uuid4())
        answer = visitor.asks("can i wear makeup after " + "x" * 900, message_id)
        if answer.status_code == 200:
            taken.add(message_id)
        else:
            assert (answer.status_code, answer.json()["error"]["code"]) == (503, "busy")
            assert answer.headers["Retry-After"]
            refused.append(message_id)
    return taken, refused


def test_on_a_full_disk_nothing_is_acknowledged_that_is_not_kept(disk: Disk, visitor: Visitor) -> None:
    taken, refused = fill_and_write(disk, visitor)

    kept = {message["client_id"] for message in visitor.reads() if message["from"] == "visitor"}
    assert taken <= kept
    assert not kept & set(refused)


def test_a_full_disk_is_not_ready_and_alive(desk_on_disk: Desk, disk: Disk, visitor: Visitor) -> None:
    fill_and_write(disk, visitor)

    assert desk_on_disk.is_alive()
    assert not desk_on_disk.is_ready()


def test_when_there_is_room_again_what_was_refused_is_taken_once(desk_on_disk: Desk, disk: Disk, visitor: Visitor) -> None:
    _, refused = fill_and_write(disk, visitor)

    disk.make_room()
    for message_id in refused:
        visitor.says("can i wear makeup after " + "x" * 900, message_id)

    kept = [message["client_id"] for message in visitor.reads() if message["from"] == "visitor"]
    assert kept[-len(refused) :] == refused
    until(desk_on_disk.is_ready, "it is ready")

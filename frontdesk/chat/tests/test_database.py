"""What is acknowledged is on the disk, and many share the wait for it."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from django.db import connection

from frontdesk.chat import database
from frontdesk.clinic.models import Clinic, Heartbeat
from frontdesk.conftest import Assistant, Visitor
from frontdesk.conversations import services
from frontdesk.conversations.models import Message


def _beat(name: str) -> None:
    Heartbeat.objects.create(name=name, at="2026-01-01T00:00:00Z")


class Disk:
    """Counts how often it was asked to make sure; can be slow, and can fail."""

    def __init__(self) -> None:
        self.asked = 0
        self.fails = False
        self.hears, self.works = threading.Event(), threading.Event()
        self.works.set()

    def __call__(self, file: int) -> None:
        self.asked += 1
        self.hears.set()
        assert self.works.wait(10)
        if self.fails:
            raise OSError(5, "Input/output error")

    async def is_asked(self) -> None:
        """Returns when it was asked."""
        assert await asyncio.to_thread(self.hears.wait, 10)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    made = Disk()
    monkeypatch.setattr(os, "fdatasync", made)
    return made


@pytest_asyncio.fixture
async def writing(clinic: Clinic, disk: Disk) -> AsyncIterator[asyncio.Task[None]]:
    """Somebody writes, and the disk takes its time."""
    disk.works.clear()
    task = asyncio.create_task(database.write(_beat, "one"))
    await disk.is_asked()
    yield task
    disk.works.set()
    await task


async def test_a_write_waits_for_the_disk(writing: asyncio.Task[None]) -> None:
    assert await Heartbeat.objects.filter(name="one").aexists()
    assert not writing.done()


async def test_who_commits_does_not_wait_for_anothers_disk(writing: asyncio.Task[None]) -> None:
    await database.commit(_beat, "two")

    assert not writing.done()


async def test_many_share_one_wait(writing: asyncio.Task[None], disk: Disk) -> None:
    await asyncio.gather(*(database.commit(_beat, f"other {number}") for number in range(20)))

    others = [asyncio.create_task(database.on_disk()) for _ in range(20)]
    await asyncio.sleep(0)  # each has begun
    disk.works.set()
    await asyncio.gather(writing, *others)

    assert disk.asked == 2


async def test_a_message_is_not_acknowledged_while_the_disk_fails_and_is_there_once_when_sent_again(
    visitor: Visitor, bot: Assistant, disk: Disk
) -> None:
    message_id = "0b54ca4f-1d0e-4d5c-9c53-1f2f7a1f7d10"
    disk.fails = True
    refused = await visitor.says("can i wear makeup after", message_id=message_id)
    disk.fails = False

    again = await visitor.says("can i wear makeup after", message_id=message_id)

    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "busy")
    assert again.status_code == 200
    assert await Message.objects.filter(sender="visitor").acount() == 1


async def test_a_message_goes_to_the_disk_while_the_assistant_reads_it(visitor: Visitor, bot: Assistant, disk: Disk) -> None:
    bot.gate.clear()
    sending = asyncio.create_task(visitor.says("can i wear makeup after"))

    await disk.is_asked()
    await bot.hears()

    assert not sending.done()
    bot.gate.set()
    await sending


async def test_a_message_to_staff_waits_for_the_disk_too(visitor: Visitor, alice: Any, disk: Disk) -> None:
    await asyncio.to_thread(services.conversation_take, visitor.conversation_id, alice)

    await visitor.says("are you there")

    assert disk.asked == 1


async def test_the_thread_that_writes_leaves_the_disk_to_us(clinic: Clinic) -> None:
    def synchronous() -> int:
        with connection.cursor() as cursor:
            return int(cursor.execute("PRAGMA synchronous").fetchone()[0])

    assert await database.write(synchronous) == 1  # NORMAL

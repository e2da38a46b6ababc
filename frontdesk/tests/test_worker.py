"""The worker's rounds: each does what the record says is due, and the next comes whatever one meets."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from frontdesk import worker
from frontdesk.chat import assistant
from frontdesk.clinic.models import Clinic, Heartbeat
from frontdesk.conftest import Assistant, Settings, Visitor
from frontdesk.conversations.models import Message


async def _rounds(one_round: Callable[[int], Any], until: int) -> int:
    """Rounds until so many have begun; how many did."""
    stopping, count = asyncio.Event(), 0

    async def counted() -> None:
        nonlocal count
        count += 1
        if count == until:
            stopping.set()
        one_round(count)

    async with asyncio.timeout(5):
        await worker.rounds(stopping, counted, 0.01)
    return count


@pytest.mark.parametrize("failure", [OperationalError, OSError, ValueError, KeyError, AssertionError, OverflowError])
async def test_after_a_round_that_failed_the_next_one_comes(failure: type[Exception]) -> None:
    def fails(count: int) -> None:
        raise failure("zebedee quux")

    assert await _rounds(fails, until=3) == 3


@pytest.mark.parametrize("failure", [OperationalError, OSError, ValueError])
async def test_a_round_that_failed_is_logged_without_its_words(failure: type[Exception], log: io.StringIO) -> None:
    def fails(count: int) -> None:
        raise failure("zebedee quux")

    await _rounds(fails, until=1)

    assert f"A round of the worker failed: {failure.__name__}" in log.getvalue()
    assert "zebedee" not in log.getvalue()


async def test_told_to_stop_it_begins_no_other_round() -> None:
    assert await _rounds(lambda count: None, until=1) == 1


async def test_it_says_that_it_lives(clinic: Clinic) -> None:
    before = timezone.now()

    await worker.tend()

    assert (await Heartbeat.objects.aget(name="worker")).at >= before


async def test_it_says_so_again_in_the_same_row(clinic: Clinic) -> None:
    await worker.tend()
    await worker.tend()

    assert await Heartbeat.objects.filter(name="worker").acount() == 1


async def test_it_answers_what_a_process_that_died_has_left(
    visitor: Visitor, bot: Assistant, environment_with: Settings
) -> None:
    conversation = await visitor.conversation()
    await Message.objects.acreate(
        conversation=conversation, position=2, sender="visitor", text="can i wear makeup after", sent_at=timezone.now(),
        answer="due", try_at=timezone.now() - timedelta(seconds=1),
    )  # fmt: skip
    conversation.last_position, conversation.turn = 2, "dead"
    conversation.turn_until = timezone.now() - timedelta(seconds=1)
    await conversation.asave()

    async with assistant.new_client() as client:
        assert await worker.answer_due(client) == 1

    assert (await visitor.reads()).json()["messages"][-1]["text"] == "Leave makeup off for a while."


async def test_it_leaves_alone_what_another_process_answers_just_now(visitor: Visitor, bot: Assistant) -> None:
    bot.gate.clear()
    saying = asyncio.create_task(visitor.says("can i wear makeup after"))
    await bot.hears()

    async with assistant.new_client() as client:
        assert await worker.answer_due(client) == 0
    bot.gate.set()
    await saying

    assert len(bot.asked) == 1

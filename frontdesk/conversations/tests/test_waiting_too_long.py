"""A visitor who waits too long is told so, once, and offered the other way."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from frontdesk import worker
from frontdesk.chat import database
from frontdesk.clinic.models import Clinic
from frontdesk.clinic.selectors import forget_clinic
from frontdesk.conftest import Clock
from frontdesk.conversations import services
from frontdesk.conversations.models import Message
from frontdesk.conversations.tests.conftest import Talk

LONGER = "Sorry, it's taking longer than we hoped."


@pytest.fixture
def waiting(talk: Talk) -> Talk:
    """Somebody who waits."""
    return talk.waits()


async def _told() -> list[str]:
    """The forms of the sentences that say it takes longer."""
    return [message.form async for message in Message.objects.filter(text__startswith=LONGER)]


async def test_one_who_waits_as_long_as_the_clinics_patience_is_told_and_offered_the_form(waiting: Talk, clock: Clock) -> None:
    clock.passes(minutes=15.1)

    await worker.tend()

    assert await _told() == ["contact"]


async def test_one_who_does_not_wait_so_long_yet_is_not_told(waiting: Talk, clock: Clock) -> None:
    clock.passes(minutes=14.9)

    await worker.tend()

    assert await _told() == []


async def test_it_is_told_once(waiting: Talk, clock: Clock) -> None:
    for _ in range(3):
        clock.passes(minutes=16)
        await worker.tend()

    assert len(await _told()) == 1


async def test_the_clinic_says_what_is_too_long(waiting: Talk, clinic: Clinic, clock: Clock) -> None:
    clinic.patience_minutes = 60
    await clinic.asave()
    forget_clinic()
    clock.passes(minutes=59)

    await worker.tend()

    assert await _told() == []


async def test_one_whom_a_person_has_is_not_told(waiting: Talk, clock: Clock, alice: User) -> None:
    await database.write(services.conversation_take, waiting.pk, alice)
    clock.passes(minutes=60)

    await worker.tend()

    assert await _told() == []


async def test_one_who_does_not_wait_is_not_told(talk: Talk, clock: Clock) -> None:
    clock.passes(minutes=60)

    await worker.tend()

    assert await _told() == []


async def test_one_who_waits_anew_is_told_anew(waiting: Talk, clock: Clock, alice: User) -> None:
    clock.passes(minutes=16)
    await worker.tend()
    await database.write(services.conversation_take, waiting.pk, alice)
    await database.write(services.conversation_give_back, waiting.pk, alice)
    await database.write(waiting.waits)
    clock.passes(minutes=16)

    await worker.tend()

    assert len(await _told()) == 2


def test_whoever_was_taken_meanwhile_is_not_told(waiting: Talk, alice: User) -> None:
    """Between the worker's look and its deed."""
    services.conversation_take(waiting.pk, alice)

    assert services.waiting_told(waiting.pk) is False

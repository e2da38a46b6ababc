"""What was left is closed, and what was kept long enough is deleted."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from frontdesk import worker
from frontdesk.chat import database
from frontdesk.clinic.models import Clinic
from frontdesk.clinic.selectors import forget_clinic
from frontdesk.conftest import Clock, Settings
from frontdesk.conversations import services
from frontdesk.conversations.models import Conversation
from frontdesk.conversations.tests.conftest import Talk


async def _state(talk: Talk) -> str:
    return (await Conversation.objects.aget(pk=talk.pk)).state


async def test_a_chat_with_the_bot_that_was_left_is_closed(talk: Talk, clock: Clock) -> None:
    clock.passes(hours=24.1)

    await worker.tend()

    assert await _state(talk) == "closed"
    assert (await database.read(lambda: talk.moves)) == [("bot", "closed", "system", "idle")]
    assert (await database.read(lambda: talk.said))[-1][1].startswith("This chat was ended because nothing was written")


async def test_one_in_which_something_was_said_lately_is_not(talk: Talk, clock: Clock) -> None:
    clock.passes(hours=23)
    await database.write(lambda: talk.assistant_says(talk.visitor_says("still here")))
    clock.passes(hours=2)

    await worker.tend()

    assert await _state(talk) == "bot"


async def test_the_operator_says_how_long(talk: Talk, clock: Clock, environment_with: Settings) -> None:
    environment_with(IDLE_HOURS=1.0)
    clock.passes(hours=1.1)

    await worker.tend()

    assert await _state(talk) == "closed"


async def test_one_in_which_somebody_waits_is_not_closed(talk: Talk, clock: Clock) -> None:
    await database.write(talk.waits)
    clock.passes(hours=48)

    await worker.tend()

    assert await _state(talk) == "waiting"


async def test_one_that_staff_have_is_not_closed(talk: Talk, clock: Clock, alice: User) -> None:
    await database.write(services.conversation_take, talk.pk, alice)
    clock.passes(hours=48)

    await worker.tend()

    assert await _state(talk) == "staff"


@pytest.mark.parametrize(("days", "is_there"), [(89.9, True), (90.1, False)])
async def test_it_is_deleted_after_as_many_days_as_the_visitor_was_told(
    talk: Talk, clock: Clock, environment_with: Settings, days: float, is_there: bool
) -> None:
    environment_with(IDLE_HOURS=10_000.0)
    clock.passes(days=days)

    await worker.tend()

    assert await Conversation.objects.aexists() is is_there


async def test_the_clinic_says_how_many_days(talk: Talk, clinic: Clinic, clock: Clock, environment_with: Settings) -> None:
    environment_with(IDLE_HOURS=10_000.0)
    clinic.kept_days = 7
    await clinic.asave()
    forget_clinic()
    clock.passes(days=7.1)

    await worker.tend()

    assert not await Conversation.objects.aexists()

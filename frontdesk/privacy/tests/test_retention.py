"""What was kept long enough goes by itself."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from frontdesk import worker
from frontdesk.audit.models import KEPT_DAYS, Entry
from frontdesk.clinic.models import Clinic, Heartbeat
from frontdesk.clinic.selectors import forget_clinic
from frontdesk.conftest import Clock
from frontdesk.conversations.models import Conversation


async def test_a_conversation_goes_after_the_days_that_are_set(
    clinic: Clinic, conversation: Conversation, clock: Clock
) -> None:
    clinic.kept_days = 30
    await clinic.asave()
    forget_clinic()

    clock.passes(days=2)
    await worker.tend()  # it is closed, since nobody writes any more: the last thing that happens in it

    clock.passes(days=29, hours=23)
    await worker.tend()
    assert await Conversation.objects.aexists()

    clock.passes(hours=2)
    await worker.tend()
    assert not await Conversation.objects.aexists()


async def test_that_it_went_stands_in_the_audit_log(clinic: Clinic, conversation: Conversation, clock: Clock) -> None:
    clock.passes(days=2)
    await worker.tend()
    clock.passes(days=clinic.kept_days + 1)

    await worker.tend()

    entry = await Entry.objects.aget(action="erased")
    assert (entry.username, entry.conversation_id, entry.details) == ("", conversation.pk, {"by": "retention"})


async def test_what_stands_in_the_audit_log_goes_after_six_years(clinic: Clinic) -> None:
    now = timezone.now()
    await Entry.objects.acreate(at=now - timedelta(days=KEPT_DAYS + 1), action="opened")
    await Entry.objects.acreate(at=now - timedelta(days=KEPT_DAYS - 1), action="closed")

    await worker.tend()

    assert [entry.action async for entry in Entry.objects.all()] == ["closed"]


async def test_the_audit_log_is_looked_through_once_a_day(clinic: Clinic, clock: Clock) -> None:
    await worker.tend()
    first = (await Heartbeat.objects.aget(name="audit")).at

    clock.passes(hours=23)
    await worker.tend()
    assert (await Heartbeat.objects.aget(name="audit")).at == first

    clock.passes(hours=2)
    await worker.tend()
    assert (await Heartbeat.objects.aget(name="audit")).at > first

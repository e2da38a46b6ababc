"""The worker's counting: what is due, done once, done again, interrupted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from frontdesk import worker
from frontdesk.clinic.models import Clinic
from frontdesk.conftest import Clock
from frontdesk.conversations.models import Conversation
from frontdesk.insight import counting
from frontdesk.insight.due import days_mark
from frontdesk.insight.models import Basis, DueDay, Total
from frontdesk.insight.tests.conftest import Counted, everything, number
from frontdesk.review.models import Summary
from frontdesk.review.services import tag_add
from frontdesk.review.tests.conftest import Chats, turn


def test_a_summary_makes_its_day_due(chats: Chats) -> None:
    conversation = chats("can i wear makeup")

    assert [due.day for due in counting.days_due()] == [timezone.localtime(conversation.last_activity_at).date()]


def test_a_day_that_is_counted_is_due_no_more(chats: Chats, counted: Counted) -> None:
    chats("can i wear makeup")

    counted()

    assert counting.days_due() == []


def test_a_recount_changes_nothing(chats: Chats, counted: Counted) -> None:
    chats("can i wear makeup", "and water?")
    counted()
    before = everything()
    assert before

    counting.basis_renew("Europe/London", counting.days_of_record())
    counted()

    assert everything() == before


def test_a_recount_leaves_the_rows_as_they_are(chats: Chats, counted: Counted) -> None:
    chats("can i wear makeup")
    counted()
    rows = dict(Total.objects.values_list("pk", "number"))

    days_mark(Total.objects.values_list("day", flat=True).distinct())
    counted()

    assert dict(Total.objects.values_list("pk", "number")) == rows


def test_what_is_not_there_any_more_is_gone_after_a_recount(chats: Chats, counted: Counted, alice: User) -> None:
    """As when a release reads otherwise what was understood."""
    conversation = chats("can i wear makeup")
    counted()
    Summary.objects.get(conversation=conversation).keys.all().delete()

    days_mark(Total.objects.values_list("day", flat=True).distinct())
    for due in counting.days_due():
        counting.day_write(due, counting.day_read(due))

    assert number("topic_in", "aftercare") == 0
    assert not Total.objects.filter(measure="topic_in").exists()


def test_a_day_that_changes_while_it_is_counted_stays_due(chats: Chats, counted: Counted) -> None:
    conversation = chats("can i wear makeup")
    [due] = counting.days_due()
    found = counting.day_read(due)
    tag_add([conversation.pk], User.objects.create_user("zoe"), "Refund")  # a summary is written

    assert not counting.day_write(due, found)
    assert number("conversations") == 0
    assert len(counting.days_due()) == 1
    counted()
    assert number("conversations") == 1


def test_what_is_undone_makes_nothing_due(clinic: Clinic) -> None:
    with transaction.atomic():
        days_mark([date(2026, 3, 10)])
        transaction.set_rollback(True)

    assert not DueDay.objects.exists()


def test_today_is_counted_first(clinic: Clinic) -> None:
    days_mark([date(2026, 3, 10), date(2026, 3, 12), date(2026, 3, 11)])

    assert [due.day.day for due in counting.days_due()] == [12, 11, 10]


async def test_the_worker_counts(conversation: Conversation, clock: Clock) -> None:
    clock.passes(seconds=2)
    await worker.sum_up()

    assert await worker.count_days() == 1
    assert (await Total.objects.aget(measure="conversations")).number == 1
    assert await worker.count_days() == 0


async def test_after_an_update_all_days_are_counted(conversation: Conversation, clock: Clock) -> None:
    clock.passes(seconds=2)
    await worker.sum_up()
    await (
        DueDay.objects.all().adelete()
    )  # an installation from before there were figures has summaries, and nothing else of this
    assert not await Basis.objects.aexists()

    await worker.count_days()

    assert (await Total.objects.aget(measure="conversations")).number == 1


async def test_other_rules_count_all_days_anew(
    conversation: Conversation, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.passes(seconds=2)
    await worker.sum_up()
    await worker.count_days()
    monkeypatch.setattr(counting, "RULES", counting.RULES + 1)

    assert await worker.count_days() == 1
    assert await worker.count_days() == 0


async def test_the_worker_stops_between_days(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an update many are due: a round does some of them."""
    monkeypatch.setattr(worker, "DAYS", 2)
    await worker.count_days()
    days = [timezone.localdate() - timedelta(days=ago) for ago in range(5)]
    await worker.database.write(days_mark, days)

    assert [await worker.count_days() for _ in range(3)] == [2, 2, 1]


def test_the_day_on_which_it_was_is_due_too(chats: Chats, clock: Clock, counted: Counted) -> None:
    conversation = chats("can i wear makeup")
    counted()
    clock.passes(days=3)
    turn(conversation, "and water?", "aftercare/water")

    counted()

    assert number("conversations") == 1
    assert Total.objects.values_list("day", flat=True).distinct().count() == 1

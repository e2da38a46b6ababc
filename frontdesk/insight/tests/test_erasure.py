"""Figures outlive conversations: they are numbers without a person."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from frontdesk import worker
from frontdesk.clinic.models import Clinic
from frontdesk.conftest import Clock
from frontdesk.conversations.models import Conversation
from frontdesk.insight import counting
from frontdesk.insight.due import days_mark
from frontdesk.insight.models import Total
from frontdesk.insight.tests.conftest import Counted, calls, everything, number, thumb
from frontdesk.privacy.services import conversation_erase
from frontdesk.review.tests.conftest import Chats, turn


def _recount() -> None:
    days_mark(Total.objects.values_list("day", flat=True).distinct())
    for due in counting.days_due():
        assert counting.day_write(due, counting.day_read(due))


@pytest.mark.parametrize("by", ["visitor", "retention", "staff"])
def test_an_erased_conversation_stays_in_the_figures(chats: Chats, counted: Counted, alice: User, by: str) -> None:
    erased = chats("can i wear makeup", "and water?")
    thumb(erased, helpful=False)
    chats("price?", key="cost/price")
    counted()
    before = everything()

    conversation_erase(erased.pk, by=by, user=alice if by == "staff" else None)

    assert everything() == before
    _recount()
    assert everything() == before
    assert number("unhelpful", "aftercare/makeup") == 1


def test_it_stays_after_the_last_one_of_its_day_is_erased(chats: Chats, counted: Counted) -> None:
    made = [chats("can i wear makeup") for _ in range(3)]
    counted()
    before = everything()

    for one in made:
        conversation_erase(one.pk)
        _recount()

    assert not Conversation.objects.exists()
    assert everything() == before
    assert set(Total.objects.values_list("number", "kept")) == {(row.number, row.number) for row in Total.objects.all()}


def test_later_conversations_of_the_day_are_added(chats: Chats, counted: Counted, noon: Clock) -> None:
    conversation_erase(chats("can i wear makeup").pk)
    chats("can i wear makeup")

    counted()

    assert number("conversations") == 2
    assert Total.objects.get(measure="conversations").kept == 1


def test_it_counts_though_the_worker_had_not_counted_it_yet(chats: Chats, counted: Counted) -> None:
    conversation_erase(chats("can i wear makeup").pk)

    assert number("conversations") == 1
    counted()
    assert number("conversations") == 1


def test_it_counts_though_its_summary_was_not_written_yet(conversation: Conversation, counted: Counted) -> None:
    turn(conversation, "can i wear makeup")

    conversation_erase(conversation.pk)
    counted()

    assert number("conversations") == number("topic", "aftercare") == 1


def test_what_was_said_since_the_last_count_counts_once(chats: Chats, counted: Counted) -> None:
    conversation = chats("can i wear makeup")
    counted()
    turn(conversation, "and water?", "aftercare/water")

    conversation_erase(conversation.pk)
    counted()

    assert number("conversations") == 1
    assert number("topic", "aftercare") == 2


def test_it_counts_on_the_day_on_which_it_was_last(chats: Chats, counted: Counted, noon: Clock) -> None:
    conversation = chats("can i wear makeup")
    counted()
    noon.passes(days=2)
    turn(conversation, "and water?", "aftercare/water")

    conversation_erase(conversation.pk)
    counted()

    assert [row.day for row in Total.objects.filter(measure="conversations")] == [timezone.localdate()]


def test_it_stays_when_the_others_of_its_day_go_on(chats: Chats, counted: Counted, noon: Clock) -> None:
    erased, other = chats("can i wear makeup"), chats("can i wear makeup")
    counted()
    conversation_erase(erased.pk)
    day = timezone.localdate()
    noon.passes(days=1)
    turn(other, "and water?", "aftercare/water")

    counted()

    assert number("conversations", day=day) == number("topic", "aftercare", day) == 1
    assert number("conversations", day=timezone.localdate()) == 1


def test_a_day_that_is_erased_from_while_it_is_counted_is_counted_again(chats: Chats, counted: Counted) -> None:
    conversation = chats("can i wear makeup")
    [due] = counting.days_due()
    found = counting.day_read(due)
    conversation_erase(conversation.pk)

    assert not counting.day_write(due, found)
    counted()
    assert number("conversations") == 1


async def test_retention_changes_no_figure(clinic: Clinic, conversation: Conversation, clock: Clock) -> None:
    clock.passes(days=2)
    await worker.tend()  # it is closed
    clock.passes(seconds=2)
    await worker.sum_up()
    await worker.count_days()
    before = await worker.database.read(everything)
    assert before

    clock.passes(days=clinic.kept_days + 1)
    await worker.tend()
    await worker.count_days()

    assert not await Conversation.objects.aexists()
    assert await worker.database.read(everything) == before


def test_no_total_has_a_visitors_word(conversation: Conversation, counted: Counted) -> None:
    calls(conversation, "zanzibarquux please")
    turn(conversation, "zanzibarquux again")

    counted()

    written = [str(value) for row in Total.objects.values_list() for value in row]
    assert written
    assert not [value for value in written if "zanzibar" in value or conversation.pk in value]

"""What the page finds: shares, percentiles, what helps least, what is compared with what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from frontdesk.conftest import Clock
from frontdesk.conversations import services
from frontdesk.conversations.models import Conversation
from frontdesk.insight import figures
from frontdesk.insight.models import Total
from frontdesk.insight.selectors import percentiles_of
from frontdesk.insight.spans import Span, read
from frontdesk.insight.tests.conftest import Counted, calls, thumb
from frontdesk.review.tests.conftest import Chats


def _span(days: int = 7, by: str = "day") -> Span:
    last = timezone.localdate()
    return Span(last - timedelta(days=days - 1), last, by)


def _put(day: date, measure: str, number: int, key: str = "") -> None:
    Total.objects.create(day=day, measure=measure, key=key, number=number)


@pytest.mark.parametrize(
    ("waits", "half", "nine_in_ten"),
    [
        ({}, None, None),
        ({30: 1}, 30, 30),
        ({10: 1, 20: 1}, 10, 20),
        ({10: 1, 300: 1, 20: 1}, 20, 300),
        (dict.fromkeys(range(1, 11), 1), 5, 9),
        ({100: 1, 9: 9}, 9, 9),
        ({5: 50, 40: 39, 1000: 11}, 5, 1000),
    ],
)
def test_percentiles_are_exact(waits: dict[int, int], half: int | None, nine_in_ten: int | None) -> None:
    assert percentiles_of(waits, (0.5, 0.9)) == [half, nine_in_ten]


def test_percentiles_of_a_span_are_not_those_of_its_days(clinic: object) -> None:
    today = timezone.localdate()
    for day, seconds in ((today, 10), (today - timedelta(days=1), 100)):
        _put(day, "wait", 1 if seconds == 10 else 8, str(seconds))
        _put(day, "call", 1 if seconds == 10 else 8)

    replies = figures.replies_of(figures.read_figures(_span()))

    assert (replies.half, replies.nine_in_ten) == (100, 100)
    assert replies.rows[-1].numbers == [1, 1, 0, 10, 10]


def test_replies_from_the_record(new: Callable[[], Conversation], counted: Counted, alice: User, noon: Clock) -> None:
    for seconds in (10, 20, 600):
        conversation = new()
        calls(conversation, "a person please")
        services.conversation_take(conversation.pk, alice)
        noon.passes(seconds=seconds)
        services.conversation_reply(conversation.pk, alice, "Hello.")
    calls(new(), "and me")
    counted()

    replies = figures.replies_of(figures.read_figures(_span()))

    assert (replies.calls, replies.replied, replies.no_reply, replies.open) == (4, 3, 0, 1)
    assert (replies.half, replies.nine_in_ten) == (20, 600)


def test_shares_are_of_what_the_assistant_was_asked(chats: Chats, counted: Counted, clinic: object) -> None:
    for _ in range(3):
        chats("can i wear makeup")
    chats("blub", answers=["system/not_understood"])
    _put(timezone.localdate(), "became", 96, "to_staff")
    counted()

    outcomes = figures.outcomes_of(figures.read_figures(_span()))

    assert outcomes.total == 4
    assert {key: part.percent for key, part in outcomes.part.items()} == {
        "answered": 75, "asked_back": 0, "not_understood": 25, "handed_over": 0,
    }  # fmt: skip


def test_answers_with_few_votes_come_last(chats: Chats, counted: Counted) -> None:
    for key, helpful, votes in (("cost/price", 4, 5), ("aftercare/makeup", 1, 5), ("aftercare/water", 0, 1)):
        for vote in range(votes):
            thumb(chats("hello", key=key), helpful=vote < helpful)
    counted()

    thumbs = figures.thumbs_of(figures.read_figures(_span()))

    assert [answer.key for answer in thumbs.answers] == ["aftercare/makeup", "cost/price", "aftercare/water"]
    assert [answer.key for answer in thumbs.compared] == ["aftercare/makeup", "cost/price"]
    assert (thumbs.helpful, thumbs.votes, thumbs.answers[0].percent) == (5, 11, 20)


def test_topics_have_their_questions(chats: Chats, counted: Counted) -> None:
    chats("makeup?", "again?", key="aftercare/makeup")
    chats("water?", key="aftercare/water")
    chats("price?", key="cost/price")
    counted()

    topics = figures.topics_of(figures.read_figures(_span()))

    assert [(topic.key, topic.number, topic.percent, topic.cell.number) for topic in topics.topics] == [
        ("aftercare", 3, 75, 2),
        ("cost", 1, 25, 1),
    ]
    assert [(one.key, one.number) for one in topics.topics[0].questions] == [("aftercare/makeup", 2), ("aftercare/water", 1)]


def test_the_busiest_hour(chats: Chats, clock: Clock, counted: Counted) -> None:
    for at in (
        datetime(2026, 3, 9, 9, tzinfo=UTC),
        datetime(2026, 3, 10, 10, 5, tzinfo=UTC),
        datetime(2026, 3, 10, 10, 50, tzinfo=UTC),
    ):
        clock.is_set(at)
        chats("can i wear makeup")
    counted()

    hours = figures.hours_of(figures.read_figures(_span()))

    assert hours.busiest == ("Tuesday", 10, 2)
    assert hours.total == 3
    assert hours.days[1][1][10] == (2, figures.SHADES)


def test_weeks_add_up_their_days(clinic: object) -> None:
    for day, number in ((date(2025, 12, 29), 1), (date(2026, 1, 1), 2), (date(2026, 1, 4), 4), (date(2026, 1, 5), 8)):
        _put(day, "conversations", number)

    found = figures.conversations_of(figures.read_figures(Span(date(2025, 12, 22), date(2026, 1, 11), "week")))

    assert [row.numbers[0].number for row in found.rows] == [0, 7, 8]
    assert found.total.number == 15


def test_a_span_is_compared_with_as_many_days_before(clinic: object) -> None:
    span = read({"from": "2026-03-08", "to": "2026-03-14"}, date(2026, 3, 20))
    for day, number in ((date(2026, 2, 28), 50), (date(2026, 3, 1), 6), (date(2026, 3, 7), 4), (date(2026, 3, 8), 15)):
        _put(day, "conversations", number)

    change = figures.conversations_of(figures.read_figures(span)).change

    assert (change.now, change.before, change.difference, change.percent) == (15, 10, 5, 50)


def test_days_that_have_no_figures_are_nothing_to_compare_with(clinic: object) -> None:
    span = read({"from": "2026-03-08", "to": "2026-03-14"}, date(2026, 3, 20))
    _put(date(2026, 3, 5), "conversations", 6)

    assert figures.read_figures(span).before is None


def test_what_is_erased_leads_to_no_list(clinic: object) -> None:
    day = timezone.localdate()
    Total.objects.create(day=day, measure="conversations", key="", number=3, kept=3)

    found = figures.conversations_of(figures.read_figures(_span()))

    assert (found.total.number, found.total.query, found.is_complete) == (3, "", False)

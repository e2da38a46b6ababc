"""The list: which conversations, in which order, page by page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from frontdesk.audit.models import Entry
from frontdesk.conftest import Clock
from frontdesk.conversations import services
from frontdesk.conversations.models import Conversation, Message, StateChange
from frontdesk.review import selectors
from frontdesk.review.filters import Filter, from_query
from frontdesk.review.models import Summary
from frontdesk.review.services import correction_make, flag_set, reviewed_set, tag_add
from frontdesk.review.summaries import summaries_write
from frontdesk.review.tests.conftest import Chats


@pytest.fixture
def two(chats: Chats, alice: User, clock: Clock) -> tuple[Conversation, Conversation]:
    """One of which everything can be asked that the other is not."""
    clock.is_set(datetime(2026, 3, 10, 12, tzinfo=UTC))
    plain = chats("can i wear makeup")
    clock.is_set(datetime(2026, 3, 20, 12, tzinfo=UTC))
    special = chats("what does it cost", key="cost/price", language="es-MX", confidence=0.3, concern="urgent")
    clock.passes(seconds=1)
    services.conversation_take(special.pk, alice)
    answer = special.messages.filter(sender=Message.Sender.BOT).last()
    assert answer is not None
    services.feedback_set(special.pk, answer.position, helpful=False)
    services.conversation_close(special.pk, StateChange.By.STAFF, "closed", alice, outcome="appointment")
    tag_add([special.pk], alice, "Refund")
    flag_set(special.pk, alice, flagged=True)
    correction_make(special.pk, 2, alice, kind="out_of_scope")
    reviewed_set([special.pk], alice, reviewed=True)
    return plain, special


def _found(query: str) -> list[str]:
    return [row.conversation_id for row in selectors.page_of(from_query(query)).rows]


@pytest.mark.parametrize(
    "query",
    [
        "topic=cost", "topic=cost/price", "level=urgent", "level=medical", "state=closed", "outcome=appointment", "thumbs=down",
        "low=yes", "language=es", "reviewed=yes", "corrected=yes", "flagged=yes", "q=cost", "from=2026-03-20", "from=2026-03-11",
        "topic=cost&level=urgent&q=cost&flagged=1",
    ],
)  # fmt: skip
def test_a_filter_finds_what_it_asks_for(two: tuple[Conversation, Conversation], query: str) -> None:
    assert _found(query) == [two[1].pk]


@pytest.mark.parametrize(
    "query",
    [
        "topic=aftercare", "level=none", "state=bot", "outcome=none", "language=en", "reviewed=no", "corrected=no", "flagged=no",
        "q=makeup", "to=2026-03-10", "to=2026-03-19", "staff=nobody",
    ],
)  # fmt: skip
def test_a_filter_leaves_out_what_it_does_not_ask_for(two: tuple[Conversation, Conversation], query: str) -> None:
    assert _found(query) == [two[0].pk]


@pytest.mark.parametrize("query", ["topic=uses", "thumbs=up", "fallback=yes", "q=zebedee", "topic=cost&q=makeup", "tag=999"])
def test_a_filter_can_find_nothing(two: tuple[Conversation, Conversation], query: str) -> None:
    assert _found(query) == []


def test_a_tag_is_filtered_by(two: tuple[Conversation, Conversation]) -> None:
    assert _found(f"tag={selectors.tags()[0].pk}") == [two[1].pk]


def test_who_handled_it_is_filtered_by(two: tuple[Conversation, Conversation], alice: User) -> None:
    assert [row.conversation_id for row in selectors.page_of(from_query("staff=me", alice.pk)).rows] == [two[1].pk]


def test_what_was_not_understood_is_filtered_by(chats: Chats) -> None:
    missed = chats("blub", answers=["system/not_understood"])
    chats("can i wear makeup")

    assert _found("fallback=yes") == [missed.pk]


@pytest.mark.parametrize(
    "query",
    ["level=quux", "from=yesterday", "staff=x", "tag=x", "sort=x", "fallback=maybe", "after=x", "state=' OR 1", "topic=%23 1"],
)
def test_what_cannot_be_read_asks_for_nothing(query: str) -> None:
    assert from_query(query) == Filter()


def test_a_filter_reads_what_it_has_written() -> None:
    asked = from_query(
        "q=a+%22b+c%22&from=2026-01-01&to=2026-02-01&topic=cost&level=urgent&fallback=1&tag=3&staff=4&sort=level"
    )

    assert from_query(asked.query) == asked


@pytest.mark.parametrize(
    ("query", "most"),
    [("", 5_000), ("sort=begun", 5_000), ("sort=level", 5_000), ("q=makeup", 5_000), ("topic=aftercare", 5_000),
     ("topic=aftercare", 3), ("topic=aftercare&sort=level", 5_000), ("topic=aftercare&sort=level", 3)],
)  # fmt: skip
def test_pages_have_every_conversation_once(chats: Chats, monkeypatch: pytest.MonkeyPatch, query: str, most: int) -> None:
    monkeypatch.setattr(selectors, "PAGE", 2)
    monkeypatch.setattr(selectors, "MOST", most)
    monkeypatch.setattr(selectors, "WALKED", 3)
    made = {chats("makeup", concern=level).pk for level in ("none", "urgent", "none", "emergency", "none", "none", "routine")}
    found: list[str] = []
    after = ""

    while True:
        page = selectors.page_of(from_query(query), after)
        found += [row.conversation_id for row in page.rows]
        after = page.after
        if not after:
            break

    assert len(found) == len(made)
    assert set(found) == made


def test_the_last_active_comes_first(chats: Chats) -> None:
    first, second = chats("one"), chats("two")
    services.conversation_close(first.pk, StateChange.By.SYSTEM, "idle")
    summaries_write([first.pk])

    assert _found("") == [first.pk, second.pk]
    assert _found("sort=begun") == [second.pk, first.pk]


def test_the_most_serious_comes_first(chats: Chats) -> None:
    serious, _ = chats("one", concern="urgent"), chats("two")

    assert _found("sort=level")[0] == serious.pk


def test_a_walk_that_is_too_long_says_where_it_ended(chats: Chats, monkeypatch: pytest.MonkeyPatch) -> None:
    old = [chats("old", key="cost/price") for _ in range(3)]
    for _ in range(4):
        chats("new")
    monkeypatch.setattr(selectors, "MOST", 2)
    monkeypatch.setattr(selectors, "WALKED", 4)

    first = selectors.page_of(from_query("topic=cost"))
    second = selectors.page_of(from_query("topic=cost"), first.after)

    assert (first.rows, first.is_cut) == ([], True)
    assert [row.conversation_id for row in second.rows] == [one.pk for one in reversed(old)]


def test_the_list_says_how_long_it_is(chats: Chats, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "PAGE", 2)
    monkeypatch.setattr(selectors, "COUNTED", 3)
    for _ in range(3):
        chats("one")
    exact = selectors.page_of(Filter())
    chats("one")

    more = selectors.page_of(Filter())

    assert (exact.count, exact.is_more_than) == (3, False)
    assert (more.count, more.is_more_than) == (3, True)


@pytest.mark.parametrize("query", ["", "q=one", "topic=aftercare", "sort=level"])
def test_a_conversation_has_its_neighbours_of_the_list(chats: Chats, query: str) -> None:
    first, middle, last = chats("one"), chats("one"), chats("one")
    asked = from_query(query)

    assert selectors.neighbour_of(asked, middle.pk, before=False) == first.pk
    assert selectors.neighbour_of(asked, middle.pk, before=True) == last.pk
    assert selectors.neighbour_of(asked, first.pk, before=False) is None


@pytest.mark.parametrize("query", ["level=urgent", "q=blub", "topic=cost", ""])
def test_the_page_asks_the_database_as_often_whatever_is_in_it(
    chats: Chats, reviewer: Client, django_assert_max_num_queries: Any, query: str
) -> None:
    for _ in range(12):
        chats("blub", key="cost/price", concern="urgent")

    with django_assert_max_num_queries(24 + 12 * query.startswith("q=")):
        shown = reviewer.get(f"/desk/review?{query}")

    assert shown.content.count(b'name="conversation"') == 12


def test_a_search_is_noted_without_its_words(chats: Chats, reviewer: Client, alice: User) -> None:
    reviewer.get("/desk/review?q=zebedee&level=urgent&topic=cost")

    entry = Entry.objects.get(action="searched")
    assert (entry.user, entry.details) == (alice, {"where": "review", "by": ["level", "q", "topic"]})


@pytest.mark.parametrize(
    "query", ["q=<script>", "topic=<script>", "after=1.2.3&older=x", "tag=1&staff=1", "sort=level&after=9.9.9"]
)
def test_whatever_stands_in_the_address_the_page_answers(chats: Chats, reviewer: Client, query: str) -> None:
    chats("one")

    shown = reviewer.get(f"/desk/review?{query}")

    assert shown.status_code == 200
    assert b"<script>" not in shown.content


def test_an_empty_list_says_what_to_do(reviewer: Client, chats: Chats) -> None:
    assert b"No conversations yet" in reviewer.get("/desk/review").content
    assert b"Take something off the filter" in reviewer.get("/desk/review?level=urgent").content


def test_summaries_are_walked_in_an_index_alone(chats: Chats) -> None:
    plan = selectors._Walk(from_query("thumbs=down&language=es"))._ahead(None, backwards=False)[:50].explain()

    assert "COVERING INDEX summaries_by" in plan
    assert "TEMP B-TREE" not in plan
    assert Summary.objects.count() == 0

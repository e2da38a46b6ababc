"""The page of questions that were not understood: groups, their examples, and who sees what of them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from frontdesk.audit.models import Entry
from frontdesk.conversations.models import Conversation, Message, Understanding
from frontdesk.insight import groups
from frontdesk.insight.group_models import Miss
from frontdesk.insight.likeness import packed
from frontdesk.insight.misses import groups_find, groups_write
from frontdesk.insight.tests.conftest import Chats
from frontdesk.privacy.services import conversation_erase
from frontdesk.review import services as review

PAGE, CSV = "/desk/insight/not-understood", "/desk/insight/not-understood.csv"
ENCODER = "an encoder"
PARKING, PRICE, PETS = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]
PHONE = "07700 900123"
Asked = Callable[..., Conversation]


@pytest.fixture
def asked(chats: Chats) -> Asked:
    """Texts of one meaning, which were not understood; grouped, as the worker does it."""

    def ask(meaning: list[float] | None, *texts: str, days_ago: int = 0, **rest: Any) -> Conversation:
        made = chats(*texts, **{"key": "system/not_understood", "confidence": 0.2, **rest})
        rows = Miss.objects.filter(message__conversation=made)
        if meaning:
            rows.update(vector=packed(meaning), encoder=ENCODER)
        rows.update(at=timezone.now() - timedelta(days=days_ago))
        groups_write(groups_find(ENCODER))
        return made

    return ask


def _groups(page: str) -> list[str]:
    return re.findall(r'<li class="card group">(.*?)</dl>', page, re.DOTALL)


def _page(client: Client, query: str = "") -> str:
    answered = client.get(PAGE + query)
    assert answered.status_code == 200
    return answered.content.decode()


def test_like_questions_are_one_group_and_the_largest_comes_first(reviewer: Client, asked: Asked) -> None:
    asked(PRICE, "what does parking cost", "price of parking")
    asked(PARKING, "is there parking", "where do i leave my car", "a place for my car")

    first, second = _groups(_page(reviewer))

    assert "<strong>3</strong> times" in first
    assert "where do i leave my car" in first
    assert "<strong>2</strong> times" in second
    assert "price of parking" in second


def test_a_group_says_what_the_assistant_took_it_for_and_how_surely(reviewer: Client, asked: Asked) -> None:
    asked(PARKING, "is there parking", "where do i leave my car")
    Understanding.objects.update(intent="aftercare/makeup", confidence=0.21)

    [group] = _groups(_page(reviewer))

    assert "Makeup" in group
    assert "2 of 2, 21% sure" in group


def test_a_group_says_what_staff_say_of_it(reviewer: Client, asked: Asked, bob: User) -> None:
    conversation = asked(PARKING, "can i swim", "can i go swimming")
    first, second = conversation.messages.filter(sender=Message.Sender.VISITOR).values_list("position", flat=True)
    review.correction_make(conversation.pk, first, bob, kind="question", question="aftercare/water")
    review.correction_make(conversation.pk, second, bob, kind="out_of_scope")

    [group] = _groups(_page(reviewer))

    assert "It asks: " in group
    assert "Nothing that we answer" in group


def test_an_example_leads_to_its_message_in_review(reviewer: Client, asked: Asked) -> None:
    asked(PARKING, "is there parking", "where do i leave my car")

    links = re.findall(r'href="(/desk/review/[^"]+)"', _page(reviewer))

    assert len(links) == 2
    for link in links:
        path, _, anchor = link.partition("#")
        conversation = reviewer.get(path)
        assert conversation.status_code == 200
        assert f'id="{anchor}"' in conversation.content.decode()


def test_an_editor_sees_examples_and_no_way_to_their_conversations(editor: Client, asked: Asked) -> None:
    conversation = asked(PARKING, "is there parking", "where do i leave my car")

    page = _page(editor)

    assert "where do i leave my car" in page
    assert "/desk/review" not in page
    assert conversation.pk not in page


@pytest.mark.parametrize("who", ["reviewer", "editor"])
@pytest.mark.parametrize("query", ["", "?show=once"])
def test_personal_details_are_masked_for_everybody(request: pytest.FixtureRequest, asked: Asked, who: str, query: str) -> None:
    client: Client = request.getfixturevalue(who)
    asked(PARKING, f"is there parking, call me on {PHONE}", f"where do i leave my car, {PHONE}")
    asked(PETS, f"can my dog come, i am on {PHONE}")

    assert PHONE not in _page(client, query)
    assert "[phone]" in _page(client, query)
    assert PHONE not in client.get(CSV + query).content.decode()


def test_a_text_is_shown_once_however_often_it_came(reviewer: Client, asked: Asked) -> None:
    asked(PARKING, "is there parking", "Is there  parking", "IS THERE PARKING", "where do i leave my car")

    [group] = _groups(_page(reviewer))

    assert "<strong>4</strong> times" in group
    assert len(re.findall("is there parking", group, re.IGNORECASE)) == 1


def test_a_group_has_at_most_three_examples(reviewer: Client, asked: Asked) -> None:
    asked(PARKING, *(f"parking {number}" for number in range(8)))

    [group] = _groups(_page(reviewer))

    assert group.count('<li dir="auto">') == 3


def test_a_long_message_is_cut(reviewer: Client, asked: Asked) -> None:
    asked(PARKING, "is there parking " * 50, "where do i leave my car")

    assert "is there parking " * 30 not in _page(reviewer)


def test_words_of_visitors_are_no_markup(reviewer: Client, asked: Asked) -> None:
    asked(PARKING, "<script>alert(1)</script>", "where do i leave my car")

    assert "<script>alert" not in _page(reviewer)


def test_what_was_asked_once_is_on_a_list_of_its_own(reviewer: Client, asked: Asked) -> None:
    asked(PARKING, "is there parking", "where do i leave my car")
    asked(PETS, "can my dog come")

    assert "can my dog come" not in _page(reviewer)
    once = _page(reviewer, "?show=once")
    assert "can my dog come" in once
    assert "is there parking" not in once


def test_only_the_days_that_are_looked_at_count(reviewer: Client, asked: Asked) -> None:
    asked(PARKING, "is there parking", "where do i leave my car")
    asked(PARKING, "parking in the old days", days_ago=40)

    assert "<strong>2</strong> times" in _page(reviewer, "?days=28")
    assert "<strong>3</strong> times" in _page(reviewer, "?days=90")


def test_a_days_messages_up_to_midnight_count(reviewer: Client, asked: Asked, noon: Any) -> None:
    asked(PARKING, "is there parking", "where do i leave my car")
    today = timezone.localdate()
    start, end = groups.bounds_of(today, groups.clinic_zone())
    for at, number in ((start, 2), (end - timedelta(microseconds=1), 2), (end, 0), (start - timedelta(microseconds=1), 0)):
        Miss.objects.update(at=at)

        assert groups.counts_of(groups.Period(today, today)).all == number


@pytest.mark.parametrize(
    "query", ["?days=never", "?days=-1", "?page=x", "?page=0", "?page=99999", "?show=all", "?from=2999-01-01"]
)
def test_a_strange_address_is_a_page(reviewer: Client, asked: Asked, query: str) -> None:
    asked(PARKING, "is there parking", "where do i leave my car")

    _page(reviewer, query)


def test_further_groups_are_on_further_pages(reviewer: Client, asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "PAGE", 1)
    asked(PARKING, "is there parking", "where do i leave my car", "a place for my car")
    asked(PRICE, "what is the price", "how much is it")

    page = _page(reviewer)
    [later] = re.findall(r'rel="next" href="([^"]+)"', page)
    second = _page(reviewer, later.replace("&amp;", "&"))

    assert "is there parking" in page
    assert "what is the price" not in page
    assert "what is the price" in second
    assert 'rel="next"' not in second
    assert 'rel="prev"' in second


def test_messages_that_wait_for_the_assistant_are_counted(reviewer: Client, asked: Asked) -> None:
    asked(None, "is there parking", "where do i leave my car")

    page = _page(reviewer)

    assert "Not grouped yet: 2." in page
    assert "No groups yet" in page


def test_nothing_waits_when_all_are_grouped(reviewer: Client, asked: Asked) -> None:
    asked(PARKING, "is there parking", "where do i leave my car")

    assert "Not grouped yet" not in _page(reviewer)


def test_older_messages_than_the_newest_are_counted_as_left_out(
    reviewer: Client, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("frontdesk.insight.misses.MOST", 2)
    asked(None, "an old one", days_ago=3)
    asked(PARKING, "is there parking", "where do i leave my car")

    page = _page(reviewer)

    assert "left out: 1" in page
    assert "Not grouped yet" not in page


@pytest.mark.parametrize(
    ("texts", "says"), [([], "No such question in these days"), (["can my dog come"], "Nothing was asked twice")]
)
def test_an_empty_page_says_what_to_do(reviewer: Client, asked: Asked, texts: list[str], says: str) -> None:
    asked(PETS, *texts)

    assert says in _page(reviewer)


def test_an_erased_conversation_is_gone_from_the_page(reviewer: Client, asked: Asked) -> None:
    asked(PARKING, "is there parking", "where do i leave my car")
    conversation_erase(asked(PARKING, "a place for my zanzibarquux").pk)
    groups_write(groups_find(ENCODER))

    page = _page(reviewer)

    assert "zanzibarquux" not in page
    assert "<strong>2</strong> times" in page


def test_the_table_has_a_row_for_each_group(reviewer: Client, asked: Asked) -> None:
    asked(PARKING, "is there parking", "where do i leave my car")
    asked(PETS, "can my dog come")
    Understanding.objects.update(intent="aftercare/makeup", confidence=0.21)

    answered = reviewer.get(CSV)
    head, *rows = csv.reader(io.StringIO(answered.content.decode("utf-8-sig")))

    assert answered.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert len(rows) == 1
    row = dict(zip(head, rows[0], strict=True))
    assert row["asked"] == "2"
    assert {row["example_1"], row["example_2"], row["example_3"]} == {"is there parking", "where do i leave my car", ""}
    assert (row["taken_for"], row["percent_sure"]) == ("Makeup after", "21")


def test_no_cell_is_a_formula(reviewer: Client, asked: Asked) -> None:
    asked(PARKING, "=HYPERLINK(1)", "where do i leave my car")

    assert "'=HYPERLINK(1)" in reviewer.get(CSV).content.decode()


def test_looking_and_downloading_stand_in_the_audit_log(editor: Client, asked: Asked) -> None:
    asked(PARKING, "is there parking", "where do i leave my car")
    today = timezone.localdate().isoformat()

    editor.get(f"{PAGE}?days=7")
    editor.get(f"{CSV}?days=7")

    noted = list(Entry.objects.order_by("pk").values_list("username", "action", "details__last"))
    assert noted == [("dave", "not_understood_read", today), ("dave", "not_understood_exported", today)]


def test_a_page_asks_the_database_as_often_for_many_groups_as_for_few(
    reviewer: Client, asked: Asked, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        meaning = [0.0] * 12
        meaning[number] = 1.0
        asked(meaning, f"question {number}", f"question {number} again")

    with django_assert_max_num_queries(25):
        _page(reviewer)

"""The page: for whom, with what, without whose words."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from frontdesk.conftest import Clock
from frontdesk.insight.models import Total
from frontdesk.insight.tests.conftest import Counted, calls, thumb
from frontdesk.review.tests.conftest import Chats


def _page(client: Client, query: str = "") -> str:
    shown = client.get(f"/desk/insight?{query}")
    assert shown.status_code == 200
    text: str = shown.content.decode()
    return text


@pytest.fixture
def record(chats: Chats, counted: Counted, noon: Clock) -> None:
    """Some of everything, with words that must not be seen."""
    for vote in range(6):
        conversation = chats("zanzibarquux makeup", concern="urgent" if vote < 2 else "none")
        thumb(conversation, helpful=vote < 2)
    chats("zanzibarquux blub", answers=["system/not_understood"])
    calls(chats("zanzibarquux price?", key="cost/price"), "zanzibarquux please")
    counted()


def test_it_says_what_it_finds(record: None, reviewer: Client) -> None:
    page = _page(reviewer)

    assert f"{timezone.localdate():%a %-d %b %Y} was the busiest day, with 8 conversations" in page
    assert "The assistant answered 56% of 9 messages, and did not understand 11%" in page
    assert "0 emergencies and 2 urgent conversations" in page
    assert "“Aftercare” is asked about most: 75% of 8 questions" in page
    assert "2 of 6 found it helpful" in page
    assert "3 visitors needed a person, and nobody has replied" in page
    assert f"{timezone.localdate():%A} 12 to 13 is the busiest hour, with 9 of 9 messages" in page


@pytest.mark.parametrize("query", ["", "days=7", "days=365", "by=week"])
def test_every_chart_is_named_by_its_finding_and_has_a_table_and_a_file(record: None, reviewer: Client, query: str) -> None:
    page = _page(reviewer, query)

    drawn = re.findall(r'<svg class="(?:plot|list)" role="img" aria-labelledby="([\w-]+)"', page)
    assert drawn
    assert all(f'<h2 id="{one}">' in page for one in drawn)
    assert page.count("<table") >= 7
    assert len(re.findall(r'href="/desk/insight/\w+\.csv\?', page)) == 7


def test_it_has_no_visitors_word_nor_number(record: None, reviewer: Client) -> None:
    page = _page(reviewer)

    assert "zanzibar" not in page
    assert not re.search(r"\b[0-9a-f]{32}\b", page)


def test_an_editor_reads_figures_and_follows_no_number(record: None, editor: Client) -> None:
    page = _page(editor)

    assert "/desk/review" not in page
    assert "was the busiest day, with 8 conversations" in page


def test_staff_follow_numbers(record: None, reviewer: Client) -> None:
    assert "/desk/review?" in _page(reviewer)


def test_an_editor_begins_here(editor: Client, clinic: object) -> None:
    assert editor.get("/desk/").headers["Location"] == reverse("content")


def test_one_without_any_role_is_told_so(client: Client, clinic: object) -> None:
    client.force_login(User.objects.create_user("zoe"))

    assert b"There is no page here yet" in client.get("/desk/").content


@pytest.mark.parametrize("who", ["alice", "dave", "erin", "carol"])
def test_the_navigation_leads_here(request: Any, client: Client, clinic: object, who: str) -> None:
    client.force_login(request.getfixturevalue(who))

    assert 'href="/desk/insight" aria-current="page"' in _page(client)


def test_before_the_first_conversation_it_says_what_to_do(reviewer: Client, clinic: object) -> None:
    page = _page(reviewer)

    assert "No figures yet" in page
    assert "An administrator puts the chat on your site" in page
    assert "<svg" not in page


def test_an_administrator_is_led_to_the_snippet(client: Client, carol: User, clinic: object) -> None:
    client.force_login(carol)

    assert reverse("settings_widget") in _page(client)


def test_days_without_conversations_say_what_to_do(record: None, reviewer: Client) -> None:
    page = _page(reviewer, "from=2020-01-01&to=2020-01-31")

    assert "No conversations in these days" in page
    assert 'href="?days=365"' in page


def test_a_conversation_in_which_nothing_was_asked(conversation: object, counted: Counted, reviewer: Client) -> None:
    counted()

    page = _page(reviewer)

    assert "The assistant was asked nothing in these days" in page
    assert "Nobody gave a thumb in these days" in page
    assert "Nobody needed a person in these days" in page
    assert "Nobody wrote in these days" in page


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-03-10&to=2026-03-01",
        "from=x&to=<script>",
        "from=9999-12-31",
        "to=0001-01-01",
        "days=1e9",
        "by=%00",
        "days=7&by=x",
    ],
)
def test_whatever_stands_in_the_address_the_page_answers(record: None, reviewer: Client, query: str) -> None:
    assert "<script>" not in _page(reviewer, query)


def test_a_difference_is_said_in_words(
    record: None, client: Client, alice: User, noon: Clock, chats: Chats, counted: Counted
) -> None:
    noon.passes(days=7)
    client.force_login(alice)
    for _ in range(12):
        chats("can i wear makeup")
    Total.objects.create(day=timezone.localdate().replace(year=2020), measure="conversations", number=1)
    counted()

    page = _page(client, "days=7")

    assert re.search(r"▲</span> 4\s+more than before \(8\)", page)


def test_figures_that_do_not_go_back_so_far_are_compared_with_nothing(record: None, reviewer: Client) -> None:
    page = _page(reviewer)

    assert "than before" not in page
    assert "Figures begin on" in page


def test_it_says_when_days_are_still_being_counted(
    record: None, client: Client, alice: User, chats: Chats, noon: Clock
) -> None:
    for _ in range(5):
        noon.passes(days=1)
        chats("one")
    client.force_login(alice)

    assert "Days are being counted" in _page(client)


def test_what_is_erased_is_said(record: None, reviewer: Client) -> None:
    Total.objects.filter(measure="conversations").update(kept=2)

    assert "the lists are shorter than these" in _page(reviewer)


def test_the_page_asks_the_database_as_often_whatever_is_in_it(
    record: None, reviewer: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(16):
        _page(reviewer, "days=365")


def test_the_policy_is_kept(record: None, reviewer: Client) -> None:
    page = _page(reviewer)

    assert "style=" not in page
    assert "<style" not in page
    assert not re.search(r"<script(?! type=\"module\" src=\"/static/)", page)

"""Figures to take away: the page's numbers, noted, and nothing that a spreadsheet runs."""

from __future__ import annotations

import csv
import io

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from frontdesk import words
from frontdesk.audit.models import Entry
from frontdesk.conftest import Clock
from frontdesk.insight.models import Total
from frontdesk.insight.tables import CHARTS
from frontdesk.insight.tests.conftest import Counted, calls, thumb
from frontdesk.review.tests.conftest import Chats


@pytest.fixture
def record(chats: Chats, counted: Counted, noon: Clock) -> None:
    """A day of everything."""
    for helpful in (True, False):
        thumb(chats("zanzibarquux makeup", "again"), helpful=helpful)
    chats("zanzibarquux blub", answers=["system/not_understood"])
    calls(chats("zanzibarquux price", key="cost/price", concern="urgent"), "zanzibarquux please")
    counted()


def _table(client: Client, chart: str, query: str = "days=7") -> list[dict[str, str]]:
    answered = client.get(f"/desk/insight/{chart}.csv?{query}")
    assert answered.status_code == 200
    assert answered.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answered.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("chart", CHARTS)
def test_each_chart_has_a_table_without_words(record: None, reviewer: Client, chart: str) -> None:
    rows = _table(reviewer, chart)

    assert rows
    assert "zanzibar" not in str(rows)


def test_the_numbers_are_the_pages(record: None, reviewer: Client) -> None:
    today = timezone.localdate().isoformat()

    assert _table(reviewer, "conversations")[-1] == {"from": today, "to": today, "conversations": "4"}
    assert _table(reviewer, "outcomes")[-1] == {
        "from": today, "to": today, "answered": "4", "asked_back": "0", "not_understood": "1", "handed_over": "2",
        "to_staff": "0", "open": "0", "conversations_with_not_understood": "1",
    }  # fmt: skip
    assert _table(reviewer, "levels")[-1] == {
        "from": today,
        "to": today,
        "emergency": "0",
        "urgent": "1",
        "routine": "0",
        "none": "3",
    }
    assert _table(reviewer, "replies")[-1]["calls"] == "1"
    questions = {row["question"]: (row["messages"], row["conversations"]) for row in _table(reviewer, "topics")}
    assert questions["aftercare/makeup"] == ("4", "2")
    [thumbs] = _table(reviewer, "thumbs")
    assert (thumbs["helpful"], thumbs["not_helpful"], thumbs["percent_helpful"]) == ("1", "1", "50")
    assert sum(int(row["messages"]) for row in _table(reviewer, "hours")) == 7


def test_it_has_a_row_for_each_day_or_week(record: None, reviewer: Client) -> None:
    assert len(_table(reviewer, "conversations", "days=28")) == 28
    assert len(_table(reviewer, "conversations", "days=28&by=week")) in (4, 5)


def test_it_is_noted(record: None, reviewer: Client, alice: User) -> None:
    _table(reviewer, "levels", "from=2026-03-01&to=2026-03-07")

    entry = Entry.objects.get(action="insight_exported")
    assert (entry.user, entry.conversation_id) == (alice, "")
    assert entry.details == {"chart": "levels", "first": "2026-03-01", "last": "2026-03-07", "by": "day"}
    assert "insight_exported" in words.audited()


def test_an_editor_takes_it_away_too(record: None, editor: Client) -> None:
    assert _table(editor, "topics")


def test_a_cell_is_no_formula(record: None, reviewer: Client) -> None:
    Total.objects.create(day=timezone.localdate(), measure="helpful", key="=cmd|' /C calc'!A0", number=1)

    assert "'=cmd|' /C calc'!A0" in {row["answer"] for row in _table(reviewer, "thumbs")}


@pytest.mark.parametrize("chart", ["people", "..", "1", "conversations.csv"])
def test_there_is_no_other(record: None, reviewer: Client, chart: str) -> None:
    assert reviewer.get(f"/desk/insight/{chart}.csv").status_code == 404


def test_the_file_says_what_it_is(record: None, reviewer: Client) -> None:
    answered = reviewer.get("/desk/insight/levels.csv?from=2026-03-01&to=2026-03-07")

    assert answered.headers["Content-Disposition"] == 'attachment; filename="levels-2026-03-01-2026-03-07.csv"'

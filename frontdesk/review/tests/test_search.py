"""Words in what visitors and staff wrote."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import connection

from frontdesk.conversations import services
from frontdesk.review import search, selectors, summaries
from frontdesk.review.filters import Filter
from frontdesk.review.tests.conftest import Chats, summary, turn


def _finds(sought: str) -> int:
    return len(search.newest(sought, 10))


@pytest.mark.parametrize(
    "sought",
    [
        "makeup",
        "MAKEUP",
        "wear makeup",
        "makeup wear",
        '"wear makeup"',
        "wearing",
        "mak*",
        "déjà",
        "deja",
        "makeup!",
        'makeup "',
    ],
)
def test_a_message_is_found_by(chats: Chats, sought: str) -> None:
    chats("Can I wear makeup, déjà?")

    assert _finds(sought) == 1


@pytest.mark.parametrize(
    "sought", ["exercise", "makeup exercise", '"makeup wear"', "ma*", "", "*", '"', "(", "NEAR(", "text:makeup"]
)
def test_a_message_is_not_found_by(chats: Chats, sought: str) -> None:
    chats("Can I wear makeup, déjà?")

    assert _finds(sought) == 0


def test_words_of_the_index_s_own_language_are_words(chats: Chats) -> None:
    chats("this AND that OR not")

    assert _finds("this OR not") == 1


def test_what_the_assistant_says_is_not_searched(chats: Chats) -> None:
    chats("Can I wear makeup?")

    assert _finds("while") == 0


def test_what_staff_say_is_searched(chats: Chats, alice: User) -> None:
    conversation = chats("Can I wear makeup?")
    services.conversation_take(conversation.pk, alice)
    services.conversation_reply(conversation.pk, alice, "Zebedee says yes")

    summaries.summaries_write([conversation.pk])

    assert _finds("zebedee") == 1


def test_a_message_is_in_the_index_once(chats: Chats) -> None:
    conversation = chats("Can I wear makeup?")
    turn(conversation, "And exercise?")

    summaries.summaries_write([conversation.pk])
    summaries.summaries_write([conversation.pk])

    assert (_finds("makeup"), _finds("exercise")) == (1, 1)


def test_a_page_shows_what_was_found(chats: Chats) -> None:
    conversation = chats("Hello", "Can I wear makeup?")

    page = selectors.page_of(Filter(q="makeup"))

    assert page.snippets[summary(conversation).pk] == [("", False), ("Can I wear ", False), ("makeup", True), ("?", False)]


def test_what_is_shown_has_no_personal_details(chats: Chats) -> None:
    chats("makeup? mail me at jo.bloggs@example.org")

    [shown] = selectors.page_of(Filter(q="makeup")).snippets.values()

    assert "jo.bloggs" not in "".join(text for text, _ in shown)


def test_more_mentions_than_are_looked_at_in_one_go_are_found_further_back(
    chats: Chats, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors, "MOST", 3)
    made = [chats("makeup", "makeup again") for _ in range(4)]
    found, older = [], ""

    while True:
        page = selectors.page_of(Filter(q="makeup"), older=older)
        found += [row.conversation_id for row in page.rows]
        older = page.older
        if not older:
            break

    assert found == [one.pk for one in reversed(made)]


def test_a_deleted_word_is_gone_from_the_index_s_own_tables(chats: Chats) -> None:
    conversation = chats("zebedee")
    chats("another")
    services.conversation_delete(conversation.pk)

    summaries.words_purge()

    with connection.cursor() as cursor:
        cursor.execute("SELECT block FROM review_words_data")
        blocks = [bytes(block) for (block,) in cursor.fetchall()]
        cursor.execute("SELECT count(*) FROM review_words_content")
        assert cursor.fetchone() == (1,)
    assert not any(b"zebed" in block for block in blocks)
    assert any(b"anoth" in block for block in blocks)

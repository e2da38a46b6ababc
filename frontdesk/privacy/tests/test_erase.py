"""An erased conversation is nowhere any more: in no table, and in no byte of the database's files."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection, models
from django.test import Client
from django.utils import timezone

from frontdesk import worker
from frontdesk.audit.models import Entry
from frontdesk.chat import database
from frontdesk.conftest import Clock, Served, Visitor
from frontdesk.conversations import contact, services
from frontdesk.conversations.models import (
    Alert,
    AnswerMail,
    Conversation,
    Feedback,
    HandOff,
    Message,
    Understanding,
)
from frontdesk.insight.group_models import Miss
from frontdesk.privacy.models import Erasure
from frontdesk.privacy.services import conversation_erase, erasures_finish
from frontdesk.review import search, summaries
from frontdesk.review import services as review

MARK = "zanzibarquux"
RECORD = "conversations"
# Names a message of another conversation, which stays when this one goes; nothing of the erased one is in it.
BESIDE = "insight.Miss.centre"


@pytest.fixture(autouse=True)
def serves(server: Served) -> None:
    """The desk's pages say who else is there."""


def _fill(conversation: Conversation, alice: User) -> None:
    """Marker words wherever a conversation can have words."""
    now = timezone.now()
    conversation.context = {"messages": [f"{MARK} context"]}
    conversation.origin = f"https://{MARK}.example"
    message = services.append(
        conversation, Message.Sender.VISITOR, f"{MARK} " + "long message " * 2000, now, flags={"words": MARK}
    )
    services.save(conversation)
    Understanding.objects.create(message=message, intent="aftercare/makeup", ranking=[{"name": MARK, "confidence": 0.5}])
    Feedback.objects.create(message=message, helpful=False, comment=f"{MARK} comment", at=now)
    services.contact_leave(conversation.pk, contact.details(MARK, "", f"{MARK}@example.org", "GB"))
    handoff = HandOff.objects.create(
        conversation=conversation, message=message, level="urgent", why="asked", reasons=[{"words": MARK}], at=now
    )
    Alert.objects.create(handoff=handoff, channel="email", address="a@b.example", made_at=now, try_at=now)
    services.conversation_take(conversation.pk, alice)
    services.note_add(conversation.pk, alice, f"{MARK} note")
    reply = services.conversation_reply(conversation.pk, alice, f"{MARK} reply")
    AnswerMail.objects.create(message=reply, try_at=now)
    review.correction_make(conversation.pk, message.position, alice, kind="out_of_scope")
    review.tag_add([conversation.pk], alice, "seen")
    summaries.summaries_write([conversation.pk])
    assert Miss.objects.filter(message=message).update(vector=MARK.encode() * 32)


def _where(word: str) -> list[str]:
    """The tables in which a word stands, the search index among them."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                if any(word.encode() in (value if isinstance(value, bytes) else str(value).encode()) for value in row):
                    found.append(table)
    return sorted(set(found))


def _files_with(word: str) -> list[str]:
    database_file = Path(str(connection.settings_dict["NAME"]))
    files = [database_file, *database_file.parent.glob(f"{database_file.name}-*")]
    return [file.name for file in files if word.encode() in file.read_bytes()]


def test_the_words_were_there_and_are_nowhere_any_more(conversation: Conversation, alice: User) -> None:
    _fill(conversation, alice)
    assert {"conversations_message", "conversations_note", "conversations_feedback", "review_words", "insight_miss"} <= {
        name.removesuffix("_content") for name in _where(MARK)
    }
    assert _files_with(MARK)

    conversation_erase(conversation.pk, by="staff", user=alice)
    summaries.words_purge()
    finished = erasures_finish()

    assert finished == 1
    assert _where(MARK) == []
    assert _files_with(MARK) == []
    assert search.newest(MARK, 10) == []


def test_whatever_belongs_to_a_conversation_goes_with_it() -> None:
    """Also the tables that are made after this test was written."""
    record = set(apps.get_app_config(RECORD).get_models())
    belongs = {Conversation}
    while True:
        more = {
            model
            for model in apps.get_models()
            for field in model._meta.get_fields()
            if isinstance(field, models.ForeignKey) and field.related_model in belongs
        }
        if more <= belongs:
            break
        belongs |= more
    left = [
        f"{model._meta.label}.{field.name}"
        for model in belongs
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
        and field.related_model in belongs
        and field.remote_field.on_delete is not models.CASCADE
    ]

    assert Message in belongs
    assert Message in record
    assert left == [BESIDE]


def test_people_and_other_conversations_stay(conversation: Conversation, alice: User) -> None:
    other = services.conversation_start(consent_version="1", consent_text="", language="en")
    _fill(conversation, alice)

    conversation_erase(conversation.pk, by="staff", user=alice)

    assert list(Conversation.objects.values_list("pk", flat=True)) == [other.pk]
    assert User.objects.filter(pk=alice.pk).exists()


def test_it_stands_in_the_audit_log_without_words(conversation: Conversation, alice: User, carol: User) -> None:
    _fill(conversation, alice)

    conversation_erase(conversation.pk, by="staff", user=carol)

    entry = Entry.objects.get(action="erased")
    assert (entry.username, entry.conversation_id, entry.details) == ("carol", conversation.pk, {"by": "staff"})


def test_what_is_gone_already_is_not_noted_again(conversation: Conversation) -> None:
    conversation_erase(conversation.pk)

    assert conversation_erase(conversation.pk) is False
    assert Entry.objects.filter(action="erased").count() == 1


def test_while_the_search_index_is_not_merged_it_is_not_finished(conversation: Conversation, alice: User) -> None:
    _fill(conversation, alice)
    conversation_erase(conversation.pk)
    if summaries.purge_due() is None:
        pytest.skip("this SQLite takes words out of the index at once")

    assert erasures_finish() == 0
    assert Erasure.objects.count() == 1


def test_while_somebody_reads_it_is_tried_again(conversation: Conversation, another_writer: Any) -> None:
    another_writer.execute("BEGIN")
    another_writer.execute("SELECT count(*) FROM conversations_message").fetchall()
    conversation_erase(conversation.pk)
    summaries.words_purge()
    assert erasures_finish() == 0

    another_writer.execute("COMMIT")

    assert erasures_finish() == 1


async def test_a_visitors_own_deletion_does_the_same(visitor: Visitor, clock: Clock) -> None:
    word = "mogadorquux"  # of its own: tests that do not finish an erasure leave theirs in the index
    await visitor.says(f"{word} is what i wrote")
    clock.passes(minutes=1)
    await worker.sum_up()
    assert {"conversations_message", "review_words_content"} <= set(await asyncio.to_thread(_where, word))

    await visitor.client.delete("/chat/conversation", headers=visitor.headers)
    await worker.sum_up()
    await worker.tend()

    assert await asyncio.to_thread(_where, word) == []
    assert await asyncio.to_thread(_files_with, word) == []
    entry = await Entry.objects.aget(action="erased")
    assert (entry.username, entry.details) == ("", {"by": "visitor"})


async def test_the_worker_finishes_what_a_process_that_died_has_left(visitor: Visitor) -> None:
    await database.write(conversation_erase, visitor.conversation_id)

    await worker.sum_up()
    await worker.tend()

    assert not await Erasure.objects.aexists()


@pytest.mark.parametrize("word", ["", "yes", "Erased", "eras"])
def test_without_the_word_nothing_is_erased(conversation: Conversation, client: Client, carol: User, word: str) -> None:
    client.force_login(carol)

    asked = client.post(f"/desk/conversations/{conversation.pk}/erase", {"word": word})

    assert "Nothing was erased" in asked.content.decode()
    assert Conversation.objects.count() == 1


@pytest.mark.parametrize("word", ["erase", " Erase "])
def test_with_the_word_it_is_erased(conversation: Conversation, client: Client, carol: User, word: str) -> None:
    client.force_login(carol)

    client.post(f"/desk/conversations/{conversation.pk}/erase", {"word": word})

    assert not Conversation.objects.exists()


@pytest.mark.parametrize("who", ["alice", "dave", "erin"])
def test_who_does_not_administer_erases_nothing(
    conversation: Conversation, client: Client, request: pytest.FixtureRequest, who: str
) -> None:
    client.force_login(request.getfixturevalue(who))

    refused = client.post(f"/desk/conversations/{conversation.pk}/erase", {"word": "erase"})

    assert refused.status_code == 403
    assert Conversation.objects.count() == 1


@pytest.mark.parametrize("sought", ["Jo.B@Example.org", "07700 900123", "+44 7700 900123", "7700900123"])
def test_one_persons_conversations_are_found_by_what_they_left(
    conversation: Conversation, client: Client, carol: User, sought: str
) -> None:
    services.conversation_start(consent_version="1", consent_text="", language="en")
    services.contact_leave(conversation.pk, contact.details("Jo", "+44 7700 900123", "jo.b@example.org", "GB"))
    client.force_login(carol)

    page = client.post("/desk/erase", {"sought": sought, "act": "find"}).content.decode()

    assert "1 conversation found" in page
    assert f'value="{conversation.pk}"' in page


def test_and_by_what_they_wrote(conversation: Conversation, client: Client, carol: User) -> None:
    services.append(conversation, Message.Sender.VISITOR, "write to jo.b@example.org", timezone.now())
    services.save(conversation)
    client.force_login(carol)

    page = client.post("/desk/erase", {"sought": "JO.B@example.org", "act": "find"}).content.decode()

    assert "1 conversation found" in page


def test_those_that_are_ticked_are_erased(conversation: Conversation, client: Client, carol: User) -> None:
    other = services.conversation_start(consent_version="1", consent_text="", language="en")
    client.force_login(carol)

    client.post(
        "/desk/erase", {"sought": "jo.b@example.org", "act": "erase", "word": "erase", "conversation": [conversation.pk]}
    )

    assert list(Conversation.objects.values_list("pk", flat=True)) == [other.pk]


def test_what_was_sought_is_not_noted(conversation: Conversation, client: Client, carol: User) -> None:
    client.force_login(carol)

    client.post("/desk/erase", {"sought": "jo.b@example.org", "act": "find"})

    assert Entry.objects.get(action="searched").details == {"by": "address", "to": "erase"}


@pytest.mark.parametrize("sought", ["", "a@b", "12345", "Jo"])
def test_too_little_finds_nobody(conversation: Conversation, client: Client, carol: User, sought: str) -> None:
    client.force_login(carol)

    page = client.post("/desk/erase", {"sought": sought, "act": "find"}).content.decode()

    assert "whole e-mail address" in page
    assert "found</h2>" not in page

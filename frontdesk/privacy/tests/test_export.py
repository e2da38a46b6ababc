"""Conversations to take away: masked but for who has them, and noted."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from frontdesk.audit.models import Entry
from frontdesk.clinic.models import Clinic
from frontdesk.conftest import Clock
from frontdesk.conversations import contact, services
from frontdesk.conversations.models import Conversation, Message
from frontdesk.review.summaries import summaries_write
from frontdesk.spreadsheets import cell

WORDS = "my name is Josephine Baxter, call 07700 900123"


@pytest.fixture
def talked(conversation: Conversation, alice: User) -> Conversation:
    """A conversation with somebody's details."""
    now = timezone.now()
    services.append(conversation, Message.Sender.VISITOR, WORDS, now)
    services.append(conversation, Message.Sender.BOT, "Call the clinic.", now)
    services.append(conversation, Message.Sender.VISITOR, "مرحبا، هل العلاج مؤلم؟ 🙂 漢", now)
    services.save(conversation)
    services.contact_leave(conversation.pk, contact.details("Jo", "07700 900123", "jo.b@example.org", "GB"))
    services.note_add(conversation.pk, alice, "rang 07700 900123")
    return conversation


def _json(client: Client, conversation: Conversation) -> dict[str, object]:
    read: dict[str, object] = json.loads(client.get(f"/desk/conversations/{conversation.pk}/export.json").content)
    return read


def _csv(client: Client, **form: object) -> list[dict[str, str]]:
    answered = client.post("/desk/export.csv", form)
    assert answered.status_code == 200
    return list(csv.DictReader(io.StringIO(answered.content.decode("utf-8-sig"))))


def test_one_as_json_is_masked(talked: Conversation, client: Client, alice: User) -> None:
    client.force_login(alice)

    written = json.dumps(_json(client, talked), ensure_ascii=False)

    assert "my name is [name], call [phone]" in written
    assert "Call the clinic." in written
    assert not any(one in written for one in ("Josephine", "900123", "jo.b@"))


def test_for_who_has_it_it_is_whole(talked: Conversation, client: Client, alice: User) -> None:
    services.conversation_take(talked.pk, alice)
    client.force_login(alice)

    written = json.dumps(_json(client, talked), ensure_ascii=False)

    assert WORDS in written
    assert "jo.b@example.org" in written


def test_as_pdf_it_can_be_read(talked: Conversation, client: Client, alice: User) -> None:
    client.force_login(alice)

    answered = client.get(f"/desk/conversations/{talked.pk}/export.pdf")

    assert answered.headers["Content-Type"] == "application/pdf"
    assert answered.headers["Content-Disposition"].startswith("attachment;")
    assert answered.content.startswith(b"%PDF-")


@pytest.mark.parametrize("form", ["pdf", "json"])
def test_it_is_noted(talked: Conversation, client: Client, alice: User, form: str) -> None:
    client.force_login(alice)

    client.get(f"/desk/conversations/{talked.pk}/export.{form}")

    entry = Entry.objects.get(action="exported")
    assert (entry.username, entry.conversation_id, entry.details) == ("alice", talked.pk, {"form": form, "whole": False})


def test_those_that_were_marked_are_a_table(talked: Conversation, client: Client, alice: User) -> None:
    other = services.conversation_start(consent_version="1", consent_text="", language="en")
    client.force_login(alice)

    rows = _csv(client, conversation=[talked.pk])

    assert {row["conversation"] for row in rows} == {talked.pk} != {other.pk}
    assert "my name is [name], call [phone]" in [row["text"] for row in rows]
    assert [entry.conversation_id for entry in Entry.objects.filter(action="exported")] == [talked.pk]


def test_all_that_a_filter_finds_are_a_table(
    talked: Conversation, clinic: Clinic, client: Client, alice: User, clock: Clock
) -> None:
    other = services.conversation_start(consent_version="1", consent_text="", language="fr")
    summaries_write([talked.pk, other.pk])
    client.force_login(alice)

    rows = _csv(client, query="language=fr")

    assert {row["conversation"] for row in rows} == {other.pk}


@pytest.mark.parametrize("text", ["=1+1", "+44", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["hello", "1+1", "a=b", "", "12"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert cell(text) == text


@pytest.mark.parametrize("path", ["/desk/conversations/{id}/export.pdf", "/desk/conversations/{id}/export.json"])
def test_an_editor_is_refused(talked: Conversation, client: Client, dave: User, path: str) -> None:
    client.force_login(dave)

    assert client.get(path.format(id=talked.pk)).status_code == 403


def test_an_editor_gets_no_table(talked: Conversation, client: Client, dave: User) -> None:
    client.force_login(dave)

    assert client.post("/desk/export.csv", {"conversation": [talked.pk]}).status_code == 403


def test_what_is_gone_is_not_found(talked: Conversation, client: Client, alice: User) -> None:
    services.conversation_delete(talked.pk)
    client.force_login(alice)

    assert client.get(f"/desk/conversations/{talked.pk}/export.pdf").status_code == 404

"""The page on which canned replies are kept."""

from __future__ import annotations

import pytest
from django.test import Client

from frontdesk import words
from frontdesk.audit.models import Entry
from frontdesk.clinic import views
from frontdesk.conversations.models import CannedReply


@pytest.fixture
def reply(transactional_db: None) -> CannedReply:
    """One."""
    return CannedReply.objects.create(title="Booking", text="By phone, or on our page.")


def test_one_is_added_and_listed(desk: Client) -> None:
    desk.post("/desk/settings/replies/new", {"title": "Parking", "text": "Behind the house.\nThe first hour is free."})

    assert CannedReply.objects.get().text.splitlines() == ["Behind the house.", "The first hour is free."]
    assert "Parking" in desk.get("/desk/settings/replies").content.decode()


def test_one_is_edited(desk: Client, reply: CannedReply) -> None:
    desk.post(f"/desk/settings/replies/{reply.pk}", {"title": "Booking", "text": "By phone."})

    reply.refresh_from_db()
    assert reply.text == "By phone."
    assert Entry.objects.get().details == {"what": "reply", "did": "changed", "reply": reply.pk, "fields": ["text"]}


@pytest.mark.parametrize(("title", "text"), [("", "x"), ("x", ""), ("x" * 81, "x"), ("x", "x" * 2001), ("booking", "again")])
def test_what_cannot_be_found_or_sent_is_refused(desk: Client, reply: CannedReply, title: str, text: str) -> None:
    assert desk.post("/desk/settings/replies/new", {"title": title, "text": text}).status_code == 422
    assert CannedReply.objects.count() == 1


def test_one_that_was_deleted_can_be_brought_back_once(desk: Client, reply: CannedReply) -> None:
    deleted = desk.post(f"/desk/settings/replies/{reply.pk}/delete", follow=True)
    assert "“Booking” was deleted" in deleted.content.decode()

    back = desk.post("/desk/settings/undo", follow=True)
    again = desk.post("/desk/settings/undo", follow=True)

    assert CannedReply.objects.get().text == "By phone, or on our page."
    assert words.staff("undone", name="Booking") in back.content.decode()
    assert words.staff("undo_gone") in again.content.decode()


def test_undoing_is_offered_where_it_was_deleted_only(desk: Client, reply: CannedReply) -> None:
    desk.post(f"/desk/settings/replies/{reply.pk}/delete")

    assert "was deleted" not in desk.get("/desk/settings/alerts").content.decode()


def test_undoing_is_offered_for_a_while(desk: Client, reply: CannedReply, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.post(f"/desk/settings/replies/{reply.pk}/delete")
    monkeypatch.setattr(views, "UNDO_SECONDS", -1)

    desk.post("/desk/settings/undo")

    assert not CannedReply.objects.exists()


def test_one_that_is_gone_is_not_found(desk: Client) -> None:
    assert desk.post("/desk/settings/replies/7/delete").status_code == 404

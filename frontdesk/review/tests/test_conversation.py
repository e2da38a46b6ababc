"""One conversation in review: what it shows, to whom, and that it is noted."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from frontdesk.audit.models import Entry
from frontdesk.conversations import services
from frontdesk.conversations.models import Conversation, Understanding
from frontdesk.review.services import correction_make
from frontdesk.review.tests.conftest import Chats

WHO_MAY = [("alice", True), ("erin", True), ("carol", True), ("dave", False), ("", False)]
FORMS = ["tag", "untag", "flag", "reviewed", "note", "correct", "withdraw"]


@pytest.fixture
def chat(chats: Chats) -> Conversation:
    """With an address in it."""
    return chats("can i wear makeup? mail me at jo.bloggs@example.org", confidence=0.42)


def _signs_in(request: pytest.FixtureRequest, client: Client, name: str) -> None:
    if name:
        client.force_login(request.getfixturevalue(name))


@pytest.mark.parametrize(("name", "may"), WHO_MAY)
@pytest.mark.parametrize("path", ["/desk/review", "/desk/review/{id}", "/desk/review/{id}/next", "/desk/review/{id}/previous"])
def test_who_may_read(
    request: pytest.FixtureRequest, client: Client, chat: Conversation, name: str, may: bool, path: str
) -> None:
    _signs_in(request, client, name)

    answered = client.get(path.format(id=chat.pk), follow=bool(name))

    assert answered.status_code == (200 if may else 403 if name else 302)
    assert may or b"makeup" not in answered.content


@pytest.mark.parametrize(("name", "may"), WHO_MAY)
@pytest.mark.parametrize("form", [*(f"/{{id}}/{form}" for form in FORMS), "/selected", "/filters", "/filters/1/delete"])
def test_who_may_change(
    request: pytest.FixtureRequest, client: Client, chat: Conversation, name: str, may: bool, form: str
) -> None:
    _signs_in(request, client, name)
    data = {"tag": "1", "flagged": "yes", "reviewed": "yes", "text": "note", "position": "2", "kind": "out_of_scope"}

    answered = client.post("/desk/review" + form.format(id=chat.pk), data)

    refused = answered.status_code == 403 or answered.headers.get("Location", "").startswith("/desk/sign-in")
    assert refused is not may


@pytest.mark.parametrize("form", [*(f"/{{id}}/{form}" for form in FORMS), "/selected", "/filters", "/filters/1/delete"])
def test_a_change_is_no_link(reviewer: Client, chat: Conversation, form: str) -> None:
    assert reviewer.get("/desk/review" + form.format(id=chat.pk)).status_code == 405


@pytest.mark.parametrize("path", ["/desk/review/nothing", "/desk/review/nothing/flag"])
def test_a_conversation_that_is_gone_is_not_found(reviewer: Client, chat: Conversation, path: str) -> None:
    answered = reviewer.post(path) if path.endswith("flag") else reviewer.get(path)

    assert answered.status_code == 404


def test_opening_is_noted(reviewer: Client, chat: Conversation, alice: User) -> None:
    reviewer.get(f"/desk/review/{chat.pk}")

    entry = Entry.objects.get(action="opened")
    assert (entry.user, entry.conversation_id, entry.details) == (alice, chat.pk, {"where": "review", "whole": False})


def test_opening_is_no_answer_to_an_alert(reviewer: Client, chats: Chats) -> None:
    chat = chats("my throat is tight", concern="emergency")

    reviewer.get(f"/desk/review/{chat.pk}")

    assert chat.handoffs.get().opened_at is None


def test_a_message_has_what_was_made_of_it(reviewer: Client, chat: Conversation) -> None:
    shown = reviewer.get(f"/desk/review/{chat.pk}").content.decode()

    for part in ("Makeup after", "aftercare/makeup", "0.42", "Water and showers after", "a model"):
        assert part in shown


def test_personal_details_are_hidden(reviewer: Client, chat: Conversation) -> None:
    assert b"jo.bloggs" not in reviewer.get(f"/desk/review/{chat.pk}").content


def test_who_has_the_conversation_sees_them(reviewer: Client, chat: Conversation, alice: User) -> None:
    services.conversation_take(chat.pk, alice)

    assert b"jo.bloggs" in reviewer.get(f"/desk/review/{chat.pk}").content


def test_who_gives_a_reason_sees_them_and_it_is_noted(reviewer: Client, chat: Conversation) -> None:
    page = f"/desk/review/{chat.pk}"
    reviewer.post(f"/desk/conversations/{chat.pk}/reveal", {"reason": "she asked to be called back", "next": page})

    assert b"jo.bloggs" in reviewer.get(page).content
    assert Entry.objects.get(action="opened").details == {"where": "review", "whole": True}


def test_in_a_colleagues_note_they_are_hidden_too(reviewer: Client, chat: Conversation, alice: User) -> None:
    services.note_add(chat.pk, alice, "call her on 07700 900123")

    shown = reviewer.get(f"/desk/review/{chat.pk}").content.decode()

    assert "call her on" in shown
    assert "900123" not in shown


def test_a_correction_says_where_it_is(reviewer: Client, chat: Conversation, alice: User) -> None:
    correction_make(chat.pk, 2, alice, kind="question", question="aftercare/water")

    assert b"with the editors" in reviewer.get(f"/desk/review/{chat.pk}").content


@pytest.mark.parametrize(("name", "is_link"), [("alice", False), ("erin", True)])
def test_an_answer_says_of_which_release_it_is(
    request: pytest.FixtureRequest, client: Client, chat: Conversation, name: str, is_link: bool
) -> None:
    Understanding.objects.update(release=7)
    _signs_in(request, client, name)

    page = client.get(f"/desk/review/{chat.pk}").content.decode()

    assert ('<a href="/desk/content/releases/7">release 7</a>' in page) is is_link
    assert "release 7" in page


def test_an_answer_of_before_there_were_releases_names_none(reviewer: Client, chat: Conversation) -> None:
    assert "release" not in reviewer.get(f"/desk/review/{chat.pk}").content.decode().partition("<main")[2]

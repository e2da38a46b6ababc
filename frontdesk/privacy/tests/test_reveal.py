"""Personal details are whole for who has the conversation; others give a reason, and it is noted."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from frontdesk.audit.models import Entry
from frontdesk.conftest import Clock, Served
from frontdesk.conversations import contact, services
from frontdesk.conversations.models import Conversation, Feedback, Message

ADDRESS, NUMBER, NAME = "jo.b@example.org", "07700 900123", "Josephine Baxter"


@pytest.fixture(autouse=True)
def serves(server: Served) -> None:
    """The desk's pages say who else is there."""


@pytest.fixture
def talked(conversation: Conversation, bob: User) -> Conversation:
    """A conversation with somebody's details in every place that the page shows."""
    now = timezone.now()
    services.append(conversation, Message.Sender.VISITOR, f"my name is {NAME}, call {NUMBER}", now)
    answer = services.append(conversation, Message.Sender.BOT, "Thank you.", now)
    services.save(conversation)
    Feedback.objects.create(message=answer, helpful=False, comment=f"write to {ADDRESS}", at=now)
    services.contact_leave(conversation.pk, contact.details(NAME, NUMBER, ADDRESS, "GB"))
    services.note_add(conversation.pk, bob, f"called {NUMBER}")
    return conversation


def _page(client: Client, conversation: Conversation) -> str:
    return client.get(f"/desk/conversations/{conversation.pk}").content.decode()


def _shows(page: str) -> set[str]:
    return {one for one in (ADDRESS, NUMBER, NAME, "+44 7700 900123") if one in page}


def _reveals(client: Client, conversation: Conversation, reason: str = "she asked to be called", **rest: str) -> str:
    answered = client.post(f"/desk/conversations/{conversation.pk}/reveal", {"reason": reason, **rest})
    return answered.headers.get("Location", "")


def test_who_does_not_have_it_reads_it_masked(talked: Conversation, client: Client, alice: User) -> None:
    client.force_login(alice)

    page = _page(client, talked)

    assert _shows(page) == set()
    assert "my name is [name], call [phone]" in page
    assert "Thank you." in page


def test_who_has_it_reads_it_whole(talked: Conversation, client: Client, alice: User) -> None:
    services.conversation_take(talked.pk, alice)
    client.force_login(alice)

    assert _shows(_page(client, talked)) == {ADDRESS, NUMBER, NAME, "+44 7700 900123"}


def test_with_a_reason_it_is_shown_and_noted(talked: Conversation, client: Client, alice: User) -> None:
    client.force_login(alice)

    _reveals(client, talked, "she asked to be called")

    assert _shows(_page(client, talked)) == {ADDRESS, NUMBER, NAME, "+44 7700 900123"}
    entry = Entry.objects.get(action="revealed")
    assert (entry.username, entry.conversation_id) == ("alice", talked.pk)
    assert entry.details == {"reason": "she asked to be called"}


def test_the_reason_is_noted_without_a_persons_details(talked: Conversation, client: Client, alice: User) -> None:
    client.force_login(alice)

    _reveals(client, talked, f"to call {NUMBER}")

    assert Entry.objects.get(action="revealed").details == {"reason": "to call [phone]"}


@pytest.mark.parametrize("reason", ["", "    ", "abc", "x" * 201])
def test_without_a_reason_nothing_is_shown(talked: Conversation, client: Client, alice: User, reason: str) -> None:
    client.force_login(alice)

    _reveals(client, talked, reason)

    page = _page(client, talked)
    assert "Say in a few words" in page
    assert _shows(page) == set()
    assert not Entry.objects.filter(action="revealed").exists()


def test_after_a_quarter_of_an_hour_it_is_masked_again(talked: Conversation, client: Client, alice: User, clock: Clock) -> None:
    client.force_login(alice)
    _reveals(client, talked)

    clock.passes(minutes=16)

    assert _shows(_page(client, talked)) == set()


def test_it_can_be_masked_again_before(talked: Conversation, client: Client, alice: User) -> None:
    client.force_login(alice)
    _reveals(client, talked)

    client.post(f"/desk/conversations/{talked.pk}/conceal")

    assert _shows(_page(client, talked)) == set()


def test_what_one_sees_a_colleague_does_not(talked: Conversation, client: Client, alice: User, bob: User) -> None:
    client.force_login(alice)
    _reveals(client, talked)

    client.force_login(bob)

    assert _shows(_page(client, talked)) == set()


def test_another_conversation_stays_masked(talked: Conversation, client: Client, alice: User) -> None:
    other = services.conversation_start(consent_version="1", consent_text="", language="en")
    client.force_login(alice)

    _reveals(client, other)

    assert _shows(_page(client, talked)) == set()


def test_how_it_was_opened_is_noted(talked: Conversation, client: Client, alice: User) -> None:
    client.force_login(alice)
    _page(client, talked)
    services.conversation_take(talked.pk, alice)
    _page(client, talked)

    assert [entry.details["whole"] for entry in Entry.objects.filter(action="opened").order_by("pk")] == [False, True]


def test_an_editor_is_refused(talked: Conversation, client: Client, dave: User) -> None:
    client.force_login(dave)

    refused = client.post(f"/desk/conversations/{talked.pk}/reveal", {"reason": "to correct an answer"})

    assert refused.status_code == 403
    assert Entry.objects.get().action == "refused"


@pytest.mark.parametrize(
    ("given", "led_to"),
    [
        ("/desk/review/x?state=bot", "/desk/review/x?state=bot"),
        ("https://evil.example/desk/", "/desk/conversations/{id}"),
        ("//evil.example", "/desk/conversations/{id}"),
        ("", "/desk/conversations/{id}"),
    ],
)
def test_it_leads_back_to_pages_of_ours_only(
    talked: Conversation, client: Client, alice: User, given: str, led_to: str
) -> None:
    client.force_login(alice)

    assert _reveals(client, talked, next=given) == led_to.format(id=talked.pk)

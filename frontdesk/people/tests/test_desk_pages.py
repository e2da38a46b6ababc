"""What staff see and do at the desk: Alice has what she takes, Bob is told that it is hers."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from frontdesk import words
from frontdesk.audit.models import Entry
from frontdesk.conftest import Served, Visitor
from frontdesk.conversations import contact, selectors, services
from frontdesk.conversations.models import Conversation, HandOff, Message, StateChange
from frontdesk.conversations.tests.conftest import Talk
from safety import RedFlags


@pytest.fixture
def talk(conversation: Conversation, flags: RedFlags) -> Talk:
    """A conversation that has begun."""
    return Talk(conversation.pk, flags)


@pytest.fixture
def desk(client: Client, alice: User, server: Served) -> Client:
    """Alice's browser."""
    client.force_login(alice)
    return client


@pytest.fixture
def bobs_desk(bob: User) -> Client:
    """Bob's browser."""
    client = Client()
    client.force_login(bob)
    return client


def _page(desk: Client, talk: Talk) -> str:
    shown: str = desk.get(f"/desk/conversations/{talk.pk}").content.decode()
    return shown


def _acts(desk: Client, talk: Talk, action: str, **form: str) -> Any:
    return desk.post(f"/desk/conversations/{talk.pk}/{action}", form, follow=True)


def _waiting(concern: str, minutes: int, state: str = "waiting") -> Conversation:
    now = timezone.now()
    begun = services.conversation_start(consent_version="1-90", consent_text="", language="en")
    since = now - timedelta(minutes=minutes) if state == "waiting" else None
    Conversation.objects.filter(pk=begun.pk).update(state=state, concern=concern, waiting_since=since)
    return begun


# The inbox.


def test_the_most_serious_is_first_then_who_has_waited_longest(desk: Client, clinic: object) -> None:
    expected = [
        _waiting(concern, minutes).pk
        for concern, minutes in [
            ("emergency", 1), ("urgent", 9), ("urgent", 2), ("routine", 50), ("none", 60), ("none", 3),
        ]
    ]  # fmt: skip
    expected_backwards = list(reversed(expected))
    assert list(Conversation.objects.order_by("started_at").values_list("pk", flat=True)) != expected_backwards

    page = desk.get("/desk/inbox").content.decode()

    assert re.findall(r'href="/desk/conversations/(\w{32})"', page) == expected


def test_who_waits_comes_before_who_is_being_helped(desk: Client, clinic: object) -> None:
    helped, waits = _waiting("emergency", 60, "staff"), _waiting("none", 1)

    assert [one.pk for one in selectors.inbox()] == [waits.pk, helped.pk]


@pytest.mark.parametrize("state", ["bot", "closed"])
def test_who_needs_nobody_is_not_in_the_inbox(desk: Client, clinic: object, state: str) -> None:
    _waiting("none", 1, state)

    assert "/desk/conversations/" not in desk.get("/desk/inbox").content.decode()


def test_it_says_who_has_a_conversation(desk: Client, talk: Talk, bob: User) -> None:
    services.conversation_take(talk.pk, bob)

    assert "Bob" in desk.get("/desk/inbox").content.decode()


def test_the_inbox_has_no_visitors_word(desk: Client, talk: Talk) -> None:
    talk.assistant_calls(talk.visitor_says("zebedee quux"))

    page = desk.get("/desk/inbox").content.decode()
    assert talk.pk in page
    assert "zebedee" not in page


def test_the_inbox_opens_when_one_who_had_a_conversation_has_left(desk: Client, talk: Talk, bob: User) -> None:
    services.conversation_take(talk.pk, bob)
    bob.delete()

    assert desk.get("/desk/inbox").status_code == 200


# One conversation.


def test_it_begins_with_the_inbox(desk: Client, clinic: object) -> None:
    assert desk.get("/desk/").headers["Location"] == "/desk/inbox"


def test_it_is_handed_over_to_a_colleague(desk: Client, talk: Talk, bob: User) -> None:
    _acts(desk, talk, "take")

    _acts(desk, talk, "hand-over", colleague=str(bob.pk))

    assert (talk.now.state, talk.now.staff) == ("staff", bob)
    assert talk.said[-1] == ("system", "Bob (reception) has joined the chat.")


def test_one_that_nobody_has_is_given_to_a_colleague(desk: Client, bobs_desk: Client, talk: Talk, bob: User) -> None:
    talk.waits()

    _acts(desk, talk, "assign", colleague=str(bob.pk))

    assert (talk.now.state, talk.now.staff) == ("staff", bob)
    assert "Given to Bob" in _page(desk, talk)
    assert "with you" in _page(bobs_desk, talk)


def test_one_that_a_colleague_has_is_not_given_away(
    desk: Client, bobs_desk: Client, talk: Talk, alice: User, bob: User
) -> None:
    _acts(desk, talk, "take")

    told = _acts(bobs_desk, talk, "assign", colleague=str(alice.pk))
    _acts(desk, talk, "assign", colleague=str(bob.pk))

    assert talk.now.staff == alice
    assert told.status_code == 200


@pytest.mark.parametrize("who", ["", "0", "dave"])
def test_it_is_given_to_nobody_who_may_not_answer(desk: Client, talk: Talk, dave: User, who: str) -> None:
    told = _acts(desk, talk, "assign", colleague=str(dave.pk) if who == "dave" else who)

    assert words.staff("no_colleague") in told.content.decode()
    assert talk.now.staff is None
    assert not Entry.objects.filter(action="assign").exists()


def test_it_is_handed_over_to_nobody_who_may_not_answer(desk: Client, talk: Talk, alice: User, dave: User) -> None:
    _acts(desk, talk, "take")

    told = _acts(desk, talk, "hand-over", colleague=str(dave.pk))

    assert words.staff("no_colleague") in told.content.decode()
    assert talk.now.staff == alice


def test_a_note_is_for_colleagues_only(desk: Client, bobs_desk: Client, talk: Talk) -> None:
    _acts(desk, talk, "note", text="called back twice")

    assert "called back twice" in _page(bobs_desk, talk)
    assert "called back twice" not in str(talk.said)
    assert not [e for e in selectors.events_after(talk.pk, 0) if "called back twice" in str(e.data)]


@pytest.mark.parametrize("outcome", ["", "nothing"])
def test_it_is_not_closed_without_what_came_of_it(desk: Client, talk: Talk, outcome: str) -> None:
    told = _acts(desk, talk, "close", outcome=outcome)

    assert words.staff("outcome_needed") in told.content.decode()
    assert talk.now.state == "bot"


def test_its_page_shows_the_record_in_order(desk: Client, talk: Talk) -> None:
    talk.assistant_says(talk.visitor_says("can i wear makeup after"), "Leave it off.")
    talk.waits()

    page = _page(desk, talk)

    places = [
        page.index(text) for text in ("can i wear makeup after", "Leave it off.", "a person please", words.staff("moved_asked"))
    ]
    assert places == sorted(places)


def test_its_page_shows_what_was_understood_and_why_a_person_is_needed(desk: Client, talk: Talk) -> None:
    talk.assistant_says(talk.visitor_says("i cant breathe"), "Call 999 now.")

    page = _page(desk, talk)

    assert "understood: Makeup after (0.90)" in page
    assert "Cannot breathe" in page


def test_what_a_visitor_wrote_is_only_text(desk: Client, talk: Talk) -> None:
    talk.assistant_says(talk.visitor_says("<script>alert(1)</script>"))

    page = _page(desk, talk)

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_opening_it_ends_its_alerts(desk: Client, talk: Talk, alice: User) -> None:
    talk.waits()

    _page(desk, talk)

    handoff = HandOff.objects.get()
    assert handoff.opened_at is not None
    assert handoff.opened_by == alice


def test_one_that_is_gone_is_not_found(desk: Client, talk: Talk) -> None:
    services.conversation_delete(talk.pk)

    assert desk.get(f"/desk/conversations/{talk.pk}").status_code == 404
    assert desk.post(f"/desk/conversations/{talk.pk}/take").status_code == 404


def test_the_inbox_says_what_the_rules_found(desk: Client, clinic: object) -> None:
    waiting = _waiting("emergency", minutes=1)
    reasons = [{"level": "emergency", "why": "Cannot breathe"}]
    HandOff.objects.create(conversation=waiting, level="emergency", why="concern", reasons=reasons, at=timezone.now())

    assert "Cannot breathe" in desk.get("/desk/inbox").content.decode()


def test_a_language_is_named(desk: Client, talk: Talk) -> None:
    Conversation.objects.filter(pk=talk.pk).update(language="pt-BR")

    assert "chat in Portuguese" in _page(desk, talk)


def test_it_is_taken_answered_given_back_and_closed_by_its_forms(desk: Client, talk: Talk, alice: User) -> None:
    talk.waits()
    assert f"/desk/conversations/{talk.pk}/take" in _page(desk, talk)

    taken = _acts(desk, talk, "take")
    assert (talk.now.state, talk.now.staff) == ("staff", alice)
    assert f"/desk/conversations/{talk.pk}/reply" in taken.content.decode()
    _acts(desk, talk, "reply", text="Good morning.")
    assert ("staff", "Good morning.") in talk.said
    _acts(desk, talk, "give-back")
    assert talk.now.state == "bot"
    _acts(desk, talk, "close", outcome="answered")
    assert (talk.now.state, talk.now.outcome) == ("closed", "answered")


def test_a_colleague_is_told_that_somebody_has_it(desk: Client, bobs_desk: Client, talk: Talk, alice: User) -> None:
    _acts(desk, talk, "take")

    for action in ("take", "reply", "give-back"):
        told = _acts(bobs_desk, talk, action, text="mine now")
        assert words.staff("colleague_has_it", name="Alice") in told.content.decode()

    assert talk.now.staff == alice
    assert ("staff", "mine now") not in talk.said


def test_who_has_given_it_back_is_told_so(desk: Client, talk: Talk) -> None:
    _acts(desk, talk, "take")
    _acts(desk, talk, "give-back")

    told = _acts(desk, talk, "reply", text="One more thing.")

    assert words.staff("nobody_has_it") in told.content.decode()
    assert ("staff", "One more thing.") not in talk.said


def test_who_replies_after_the_end_is_told_so(desk: Client, talk: Talk) -> None:
    _acts(desk, talk, "take")
    services.conversation_close(talk.pk, StateChange.By.VISITOR, "ended")

    told = _acts(desk, talk, "reply", text="One more thing.")

    assert words.staff("has_ended") in told.content.decode()
    assert ("staff", "One more thing.") not in talk.said


def test_a_colleague_is_not_offered_to_take_or_answer_it(desk: Client, bobs_desk: Client, talk: Talk) -> None:
    _acts(desk, talk, "take")

    page = _page(bobs_desk, talk)

    assert f"/desk/conversations/{talk.pk}/take" not in page
    assert f"/desk/conversations/{talk.pk}/reply" not in page


def test_one_that_has_ended_cannot_be_taken(desk: Client, talk: Talk) -> None:
    services.conversation_close(talk.pk, "visitor", "ended")  # type: ignore[arg-type]

    told = _acts(desk, talk, "take")

    assert words.staff("has_ended") in told.content.decode()
    assert talk.now.state == "closed"


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
def test_a_reply_that_is_empty_or_too_long_is_not_sent_and_said_why(desk: Client, talk: Talk, text: str) -> None:
    _acts(desk, talk, "take")

    told = _acts(desk, talk, "reply", text=text)

    assert words.staff("text_length", most="4000") in told.content.decode()
    assert not Message.objects.filter(sender="staff").exists()


def test_the_longest_reply_is_sent(desk: Client, talk: Talk) -> None:
    _acts(desk, talk, "take")

    _acts(desk, talk, "reply", text="x" * 4000)

    assert talk.said[-1] == ("staff", "x" * 4000)


def test_contact_details_are_shown_there_to_who_has_it(desk: Client, talk: Talk) -> None:
    services.contact_leave(talk.pk, contact.Details("Zebedee Quux", "+44 20 7946 0958", "z@example.org"))
    _acts(desk, talk, "take")

    page = _page(desk, talk)

    assert "Zebedee Quux" in page
    assert 'href="tel:+44 20 7946 0958"' in page
    assert 'href="mailto:z@example.org"' in page


def test_contact_details_whose_key_is_gone_do_not_hide_the_page(
    desk: Client, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.contact_leave(talk.pk, contact.Details("Zebedee Quux", "+44 20 7946 0958", ""))
    monkeypatch.setenv("FRONTDESK_CONTACT_KEYS", "another key")

    assert "Sealed with a key that is no longer here." in _page(desk, talk)


def test_contact_details_are_nowhere_else_at_the_desk(desk: Client, talk: Talk) -> None:
    services.contact_leave(talk.pk, contact.Details("Zebedee Quux", "+44 20 7946 0958", "z@example.org"))

    assert "Zebedee" not in desk.get("/desk/inbox").content.decode()


async def test_contact_details_are_nowhere_in_the_visitors_api(visitor: Visitor) -> None:
    left = await visitor.posts("/chat/contact", {"name": "Zebedee Quux", "phone": "020 7946 0958", "email": "z@example.org"})
    answers = [left, await visitor.reads(), await visitor.says("what is my number"), await visitor.posts("/chat/end", {})]

    assert {answer.status_code for answer in answers} == {200}
    assert not [a for a in answers for word in ("Zebedee", "7946", "z@example.org") if word in a.content.decode()]


def test_a_page_that_fails_is_logged_without_its_words(
    desk: Client, talk: Talk, monkeypatch: pytest.MonkeyPatch, log: Any
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("zebedee quux")

    monkeypatch.setattr(selectors, "inbox", fails)
    desk.raise_request_exception = False

    assert desk.get("/desk/inbox").status_code == 500

    assert "RuntimeError at" in log.getvalue()
    assert "zebedee" not in log.getvalue()


def test_a_colleague_cannot_close_what_somebody_has(desk: Client, bobs_desk: Client, talk: Talk) -> None:
    _acts(desk, talk, "take")

    _acts(bobs_desk, talk, "close", outcome="answered")

    assert talk.now.state == "staff"

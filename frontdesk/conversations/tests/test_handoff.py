"""A person is called: what the visitor is promised, and who is told."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User

from frontdesk.clinic.models import AlertRecipient, Clinic, OpeningHours
from frontdesk.clinic.selectors import forget_clinic
from frontdesk.conftest import Clock
from frontdesk.conversations import services
from frontdesk.conversations.models import Alert, Conversation, HandOff, Message
from frontdesk.conversations.tests.conftest import Talk

SATURDAY = datetime(2026, 1, 10, 18, 0, tzinfo=ZoneInfo("Europe/London"))


@pytest.fixture
def weekdays_clinic(clinic: Clinic, clock: Clock) -> Clinic:
    """The clinic on a Saturday evening, that opens on Mondays at nine."""
    clinic.opening_hours.all().delete()
    OpeningHours.objects.create(clinic=clinic, weekday=0, opens=time(9), closes=time(17))
    forget_clinic()
    clock.is_set(SATURDAY)
    return clinic


@pytest.fixture
def webhook(clinic: Clinic) -> AlertRecipient:
    """Somebody who is told."""
    return AlertRecipient.objects.create(clinic=clinic, channel="webhook", address="http://127.0.0.1:9/")


def _promise() -> Message:
    return Message.objects.filter(sender="system").earliest("position")


def test_an_open_clinic_promises_a_person_within_minutes(talk: Talk, clinic: Clinic) -> None:
    clinic.answer_minutes = 7
    clinic.save()
    forget_clinic()

    talk.waits()

    assert talk.now.state == "waiting"
    assert "within about 7 minutes" in _promise().text
    assert _promise().form == ""


def test_a_closed_clinic_says_until_when_and_offers_the_form(talk: Talk, weekdays_clinic: Clinic) -> None:
    talk.waits()

    assert "closed until Monday 12 January, 09:00" in _promise().text
    assert _promise().form == "contact"


@pytest.mark.parametrize(
    ("language", "moment"),
    [("de", "Montag 12 Januar, 09:00"), ("fr", "lundi 12 janvier, 09:00"), ("es", "lunes 12 enero, 09:00")],
)
def test_the_time_is_said_in_the_visitors_language(talk: Talk, weekdays_clinic: Clinic, language: str, moment: str) -> None:
    Conversation.objects.update(language=language)

    talk.waits()

    assert moment in _promise().text


def test_a_clinic_to_which_nobody_comes_promises_no_time(talk: Talk, closed_clinic: Clinic) -> None:
    talk.waits()

    assert _promise().text.startswith("Nobody from the team is here right now.")
    assert _promise().form == "contact"


def test_the_promise_is_a_reply_to_the_message(talk: Talk) -> None:
    talk.waits()

    assert _promise().reply_to == Message.objects.get(sender="visitor")


def test_it_is_kept_why_and_by_which_message_a_person_was_called(talk: Talk) -> None:
    talk.waits()

    handoff = HandOff.objects.get()
    assert (handoff.level, handoff.why, handoff.message) == ("none", "asked", Message.objects.get(sender="visitor"))


def test_a_concern_is_kept_with_its_reasons(talk: Talk) -> None:
    talk.assistant_says(talk.visitor_says("i cant breathe"), "Call 999 now.")

    handoff = HandOff.objects.get()
    assert (handoff.level, handoff.why) == ("emergency", "concern")
    assert handoff.reasons[0]["rule"] == "airway/cannot_breathe"


def test_the_rules_call_a_person_whatever_the_assistant_read(talk: Talk) -> None:
    talk.assistant_says(talk.visitor_says("i cant breathe"), concern="none")

    assert (talk.now.state, talk.now.concern) == ("waiting", "emergency")


def test_the_assistant_calls_a_person_whatever_the_rules_found(talk: Talk) -> None:
    talk.assistant_calls(talk.visitor_says("it looks odd"), "urgent")

    assert (talk.now.state, talk.now.concern) == ("waiting", "urgent")


def test_who_is_told_is_told_of_a_new_hand_off(talk: Talk, webhook: AlertRecipient) -> None:
    talk.waits()

    assert Alert.objects.get().handoff == HandOff.objects.get()


def test_in_a_waiting_conversation_nobody_is_told_of_the_same_again(talk: Talk, webhook: AlertRecipient) -> None:
    talk.waits()

    talk.waits()

    assert Alert.objects.count() == 1
    assert [text for sender, text in talk.said if sender == "system"] == [_promise().text]


@pytest.mark.parametrize(("first", "then", "told"), [
    ("none", "routine", 2), ("routine", "urgent", 2), ("urgent", "emergency", 2),
    ("routine", "routine", 1), ("urgent", "routine", 1), ("emergency", "urgent", 1), ("emergency", "none", 1),
])  # fmt: skip
def test_in_a_waiting_conversation_staff_are_told_again_of_what_is_more_serious(
    talk: Talk, webhook: AlertRecipient, first: str, then: str, told: int
) -> None:
    talk.waits(first)

    talk.waits(then)

    assert Alert.objects.count() == told
    assert talk.now.concern == max(first, then, key=Conversation.Concern.values.index)


def test_a_concern_never_falls(talk: Talk, alice: User) -> None:
    talk.waits("urgent")
    services.conversation_take(talk.pk, alice)
    services.conversation_give_back(talk.pk, alice)

    talk.waits("none")

    assert talk.now.concern == "urgent"


def test_given_back_and_asked_for_again_a_person_is_called_again(talk: Talk, alice: User, webhook: AlertRecipient) -> None:
    talk.waits()
    services.conversation_take(talk.pk, alice)
    services.conversation_give_back(talk.pk, alice)

    talk.waits()

    assert talk.now.state == "waiting"
    assert Alert.objects.count() == 2


def test_in_a_waiting_conversation_general_questions_are_still_answered(talk: Talk) -> None:
    talk.waits()

    talk.assistant_says(talk.visitor_says("can i wear makeup after"), "Leave it off.")

    assert talk.said[-1] == ("bot", "Leave it off.")
    assert talk.now.state == "waiting"


def test_an_emergencys_answer_is_marked(talk: Talk) -> None:
    talk.assistant_calls(talk.visitor_says("i cant breathe"), "emergency")

    assert Message.objects.get(sender="bot", reply_to__isnull=False).emergency


def test_a_hand_off_and_its_alerts_are_kept_together_or_not_at_all(
    talk: Talk, webhook: AlertRecipient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError

    turn = talk.visitor_says("a person please")
    monkeypatch.setattr(services, "promise", fails)

    with pytest.raises(OSError):  # noqa: PT011 - the test's own
        talk.assistant_calls(turn)

    assert (talk.now.state, HandOff.objects.count(), Alert.objects.count()) == ("bot", 0, 0)

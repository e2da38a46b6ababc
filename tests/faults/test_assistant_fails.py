"""The assistant fails, hangs, is slow or is not there: the visitor is told, staff are told, and the answer comes when it can."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.desks import Desk, NewDesk
from tests.faults.listeners import ANSWER, Webhook, reply
from tests.stack import Stack, Visitor, until

FOLLOWS_UP = "a person from the team will follow up"
TOLD_WITHIN = 5.0  # seconds: after four, and what a machine that others share adds
FAILURES = {
    "an internal error": (500, b'{"error": {"code": "failed", "message": ""}}'),
    "no replies": (200, b"[]"),
    "an empty list of replies": (200, b'{"replies": [], "understanding": {}, "handoff": null, "context": {}}'),
    "nothing": (200, b""),
    "no JSON": (200, b"<html>"),
    "a refusal": (401, b"{}"),
}


def texts(visitor: Visitor, sender: str) -> list[str]:
    return [message["text"] for message in visitor.reads() if message["from"] == sender and "reply_to" in message]


@pytest.mark.fault(5)
@pytest.mark.parametrize("failure", FAILURES)
def test_an_assistant_that_gives_no_answer_is_followed_by_a_person(desk: Desk, visitor: Visitor, failure: str) -> None:
    desk.assistant.fails = FAILURES[failure]

    told = visitor.asks("can i wear makeup after")

    assert told.status_code == 200
    assert FOLLOWS_UP in told.json()["messages"][0]["text"]
    assert told.json()["conversation"]["state"] == "waiting"


@pytest.mark.fault(5)
def test_staff_are_told_of_a_message_that_the_assistant_could_not_answer(desk: Desk, visitor: Visitor) -> None:
    desk.assistant.fails = FAILURES["an internal error"]

    visitor.asks("can i wear makeup after")

    until(lambda: desk.webhook.told_of(visitor.conversation_id), "staff are told")


@pytest.mark.fault(5)
def test_a_message_is_answered_once_when_the_assistant_works_again(desk: Desk, visitor: Visitor) -> None:
    desk.assistant.fails = FAILURES["an internal error"]
    visitor.asks("can i wear makeup after")

    desk.assistant.works()

    until(lambda: texts(visitor, "bot"), "the answer has come")
    assert texts(visitor, "bot") == [ANSWER]
    assert visitor.state() == "bot"


@pytest.mark.fault(5)
def test_an_answer_with_a_part_missing_is_followed_by_a_person(desk: Desk, visitor: Visitor) -> None:
    whole = reply(ANSWER, understanding={})
    desk.assistant.fails = (200, repr(whole).replace("'", '"').replace("None", "null").replace("False", "false").encode())

    told = visitor.asks("can i wear makeup after")

    assert told.status_code == 200
    assert FOLLOWS_UP in told.json()["messages"][0]["text"]


@pytest.mark.fault(5)
def test_an_assistant_that_hangs_is_followed_by_a_person_after_four_seconds(desk: Desk, visitor: Visitor) -> None:
    desk.assistant.answers.clear()

    began = time.monotonic()
    told = visitor.asks("can i wear makeup after")
    took = time.monotonic() - began

    assert FOLLOWS_UP in told.json()["messages"][0]["text"]
    assert 3.5 < took < TOLD_WITHIN


@pytest.fixture(scope="module")
def without_assistant(make_desk: NewDesk) -> Desk:
    """A front desk whose assistant is not there."""
    desk = make_desk(FRONTDESK_ASSISTANT_SECONDS="1")
    desk.alert(desk.webhook.start().address)
    desk.serve()
    desk.work()
    return desk


@pytest.mark.fault(14)
def test_without_an_assistant_an_emergency_still_gets_its_advice_with_the_number(without_assistant: Desk) -> None:
    visitor = without_assistant.visitor().begins()
    number = visitor.client.get("/chat/config").json()["emergency_number"]

    told = visitor.asks("help i cant breathe").json()

    assert f"Call {number} now" in told["messages"][0]["text"]
    assert told["messages"][0]["emergency"] is True
    assert told["conversation"]["concern"] == "emergency"


@pytest.mark.fault(14)
def test_without_an_assistant_staff_are_told_of_an_emergency(without_assistant: Desk) -> None:
    visitor = without_assistant.visitor().begins()

    visitor.asks("help i cant breathe")

    told = until(lambda: without_assistant.webhook.told_of(visitor.conversation_id), "staff are told")
    assert "mergency" in told[0]
    assert "breathe" not in told[0]


@pytest.mark.fault(14)
def test_an_emergency_written_while_an_earlier_message_waits_gets_its_advice(without_assistant: Desk) -> None:
    visitor = without_assistant.visitor().begins()
    visitor.asks("can i wear makeup after")

    told = visitor.asks("my throat is swelling up").json()

    assert "Call 999 now" in told["messages"][0]["text"]


@pytest.fixture(scope="module")
def slow(alerted_stack: tuple[Stack, Webhook]) -> Slow:
    """What happened while the assistant stood still for six seconds."""
    stack, webhook = alerted_stack
    stack.make_person("Alice")
    return Slow(stack, webhook)


class Slow:
    """One conversation, others beside it, and an assistant that stands still."""

    def __init__(self, stack: Stack, webhook: Webhook) -> None:
        """Lets it happen."""
        self.stack, self.webhook = stack, webhook
        self.visitor, reader, staff = stack.visitor().begins(), stack.visitor().begins(), stack.staff("Alice")
        assistant = until(lambda: stack.pid("assistant"), "the assistant runs")
        self.others: dict[str, list[float]] = {"config": [], "record": [], "desk": []}
        with ThreadPoolExecutor(1) as asking:
            os.kill(assistant, signal.SIGSTOP)
            try:
                began = time.monotonic()
                answer = asking.submit(self._ask, began)
                while time.monotonic() < began + 6:
                    self._measure("config", lambda: reader.client.get("/chat/config").raise_for_status())
                    self._measure("record", reader.reads)
                    self._measure("desk", lambda: staff.reads("inbox"))
            finally:
                os.kill(assistant, signal.SIGCONT)
            self.told, self.took = answer.result()

    def _ask(self, began: float) -> tuple[list[dict[str, object]], float]:
        told = self.visitor.asks("Can I wear makeup after?").json()["messages"]
        return told, time.monotonic() - began

    def _measure(self, what: str, ask: object) -> None:
        began = time.monotonic()
        ask()  # type: ignore[operator]
        self.others[what].append(time.monotonic() - began)


def test_a_visitor_of_a_slow_assistant_is_told_after_four_seconds(slow: Slow) -> None:
    assert FOLLOWS_UP in str(slow.told[0]["text"])
    assert 3.5 < slow.took < TOLD_WITHIN


@pytest.mark.parametrize("what", ["config", "record", "desk"])
def test_others_are_served_while_the_assistant_is_slow(slow: Slow, what: str) -> None:
    assert max(slow.others[what]) < 1.5


def test_staff_are_told_that_the_assistant_is_slow(slow: Slow) -> None:
    until(lambda: slow.webhook.told_of(slow.visitor.conversation_id), "staff are told")


def test_the_answer_comes_once_when_a_slow_assistant_goes_on(slow: Slow) -> None:
    until(lambda: texts(slow.visitor, "bot"), "the answer has come", 30)

    answers = [message["answers"] for message in slow.visitor.reads() if message["from"] == "bot" and "reply_to" in message]
    assert answers == [["aftercare/makeup"]]

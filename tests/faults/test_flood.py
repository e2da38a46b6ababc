"""One address sends far more than it may: it is refused, and everybody else is served."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
import pytest

from tests.faults.desks import Desk, NewDesk

A_MINUTE, AN_HOUR = 120, 60  # what one address may: messages, conversations
SENT = 1000


@pytest.fixture(scope="module")
def limited(make_desk: NewDesk) -> Desk:
    """A front desk with the limits with which it comes."""
    limits = ("MESSAGES_A_MINUTE", "MESSAGES_A_MINUTE_FROM_ADDRESS", "CONVERSATIONS_AN_HOUR_FROM_ADDRESS")
    desk = make_desk(**{f"FRONTDESK_{name}": "" for name in limits})
    desk.assistant.start().works()
    desk.serve()
    return desk


@dataclass(frozen=True)
class Flood:
    """What came of it.

    Attributes:
        answers: Of the flood, by status and code.
        waits: What it was told to wait, in seconds.
        other: Statuses of a visitor from elsewhere meanwhile, and how long the slowest answer took.
    """

    answers: Counter[tuple[int, str]]
    waits: set[int]
    other: list[int]
    slowest: float


@pytest.fixture(scope="module")
def flood(limited: Desk) -> Flood:
    """A thousand messages of ten visitors from one address, and one visitor from another."""
    visitors = [limited.visitor(sends_from="127.0.0.3").begins() for _ in range(10)]
    other = limited.visitor(sends_from="127.0.0.2").begins()
    with ThreadPoolExecutor(len(visitors)) as pool:
        sending = [pool.submit(visitors[number % 10].asks, "can i wear makeup after") for number in range(SENT)]
        statuses, slowest = [], 0.0
        while not all(one.done() for one in sending) and len(statuses) < 15:
            began = time.monotonic()
            statuses.append(other.asks("does it hurt").status_code)
            slowest = max(slowest, time.monotonic() - began)
    answers = [one.result() for one in sending]
    return Flood(
        Counter((answer.status_code, code(answer)) for answer in answers),
        {int(answer.headers["Retry-After"]) for answer in answers if answer.status_code == 429},
        statuses,
        slowest,
    )


def code(answer: httpx.Response) -> str:
    return str(answer.json().get("error", {}).get("code", ""))


def test_of_a_flood_as_much_is_answered_as_one_address_may_send(flood: Flood) -> None:
    # Twice as much where the flood saw a minute end.
    assert 0 < flood.answers[200, ""] <= 2 * A_MINUTE
    assert (
        flood.answers[429, "too_many_from_address"] + flood.answers[429, "too_many_messages"] + flood.answers[200, ""] == SENT
    )


def test_a_flood_is_told_when_it_may_go_on(flood: Flood) -> None:
    assert flood.waits
    assert all(0 < wait <= 61 for wait in flood.waits)


def test_a_visitor_from_elsewhere_is_answered_during_a_flood(flood: Flood) -> None:
    assert flood.other
    assert set(flood.other) == {200}
    assert flood.slowest < 3


def test_one_visitor_may_send_twenty_messages_a_minute(limited: Desk) -> None:
    visitor = limited.visitor(sends_from="127.0.0.4").begins()

    statuses = [visitor.asks("can i wear makeup after").status_code for _ in range(22)]

    assert statuses[:20] == [200] * 20
    assert statuses[20:] == [429] * 2


def test_one_address_may_begin_sixty_conversations_an_hour(limited: Desk) -> None:
    visitor = limited.visitor(sends_from="127.0.0.5").begins()

    answers = [visitor.posts("/chat/conversations", {"consent": visitor.consent}) for _ in range(AN_HOUR + 5)]

    assert Counter((answer.status_code, code(answer)) for answer in answers)[429, "too_many_conversations"] >= 5
    assert limited.visitor(sends_from="127.0.0.6").begins().token

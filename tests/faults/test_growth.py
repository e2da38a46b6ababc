"""Nothing grows: neither what a turn costs in a long conversation, nor the front desk's memory over many."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from statistics import median

import pytest

from tests.faults.desks import NewDesk
from tests.stack import Stack, Visitor, memory_of

QUESTIONS = ["Can I wear makeup after?", "Does it hurt?", "Can I exercise afterwards?", "What is mesotherapy?"]
TURNS, PAIRS = 300, 25
ROUNDS = 3  # of measuring: one of which the rest of the machine leaves alone
FIRST, ALL = 300, 1500  # conversations: after the first, everything that is loaded once has been
FOLLOWED = 5  # one in so many has a page that follows the stream
MEGABYTES = 15


def seconds(visitor: Visitor, text: str) -> float:
    began = time.perf_counter()
    visitor.asks(text).raise_for_status()
    return time.perf_counter() - began


def ratio(stack: Stack, long: Visitor) -> float:
    """What a turn of a long conversation costs, in first turns."""
    late, first = [], []
    for number in range(PAIRS):  # by turns, so that whatever else the machine does slows both down
        late.append(seconds(long, QUESTIONS[number % len(QUESTIONS)]))
        first.append(seconds(stack.visitor().begins(), QUESTIONS[number % len(QUESTIONS)]))
    return median(late) / median(first)


@pytest.mark.fault(13)
def test_turn_300_costs_what_turn_1_does(stack: Stack) -> None:
    long = stack.visitor().begins()
    for number in range(TURNS):
        long.says(QUESTIONS[number % len(QUESTIONS)])

    assert any(ratio(stack, long) <= 1.5 for _ in range(ROUNDS))


@pytest.mark.fault(21)
def test_memory_is_flat_over_many_conversations(new_desk: NewDesk) -> None:
    desk = new_desk()
    desk.assistant.start().works()
    front_desk = desk.serve()
    visitors = [desk.visitor() for _ in range(4)]

    def converse(visitor: Visitor, conversations: int) -> None:
        for number in range(conversations):
            visitor.begins()
            with visitor.follows() if number % FOLLOWED == 0 else nullcontext():
                visitor.asks("can i wear makeup after").raise_for_status()

    with ThreadPoolExecutor(len(visitors)) as pool:
        list(pool.map(converse, visitors, [FIRST // len(visitors)] * len(visitors)))
        before = memory_of(front_desk)
        list(pool.map(converse, visitors, [(ALL - FIRST) // len(visitors)] * len(visitors)))

    assert len(desk.rows("SELECT 1 FROM conversations_conversation")) == ALL
    assert memory_of(front_desk) - before < MEGABYTES

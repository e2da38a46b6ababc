"""A dropped stream goes on where it stopped: what was missed comes, once, in order."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from tests.stack import Event, Stack, until


def messages(events: list[Event]) -> list[Event]:
    return [event for event in events if event.kind == "message"]


@pytest.mark.fault(15)
def test_a_stream_brings_a_message_and_its_answer(stack: Stack) -> None:
    visitor = stack.visitor().begins()

    with visitor.follows() as events:
        answered = stack.visitor()
        answered.token = visitor.token
        said = answered.says("Does it hurt?")
        seen = [next(event for event in events if event.kind == "message") for _ in range(2)]

    assert [event.data for event in seen] == [said["message"], *said["messages"]]


@pytest.mark.fault(15)
@pytest.mark.fault(16)
def test_a_stream_resumes_after_the_front_desk_was_killed_with_what_was_missed_in_order(stack: Stack) -> None:
    visitor, writer, killed_at = stack.visitor().begins(), stack.visitor(), datetime.now(UTC)
    writer.token = visitor.token
    with visitor.follows() as events:
        writer.says("Does it hurt?")
        seen = [next(event for event in events if event.kind == "message") for _ in range(2)]
        killed = stack.kill("front desk")
        with pytest.raises(httpx.TransportError):
            seen.extend(events)
    last = [event.id for event in seen if event.id][-1]

    stack.wait_until_back("front desk", killed, killed_at)
    missed = [writer.says(text) for text in ("Can I wear makeup after?", "What is mesotherapy?")]
    with visitor.follows(last) as events:
        resumed = [next(event for event in events if event.kind == "message") for _ in range(4)]

    assert [event.data for event in resumed] == [message for said in missed for message in (said["message"], *said["messages"])]
    assert [event.data for event in messages([*seen, *resumed])] == visitor.reads()[1:]


@pytest.mark.fault(16)
def test_what_was_missed_is_read_after_the_last_message_that_was_seen(stack: Stack) -> None:
    visitor = stack.visitor().begins()
    seen = visitor.says("Does it hurt?")["messages"][-1]["id"]

    missed = visitor.says("What is mesotherapy?")

    assert visitor.reads(after=seen) == [missed["message"], *missed["messages"]]


@pytest.mark.fault(16)
def test_what_staff_say_while_the_page_is_away_is_there_when_it_comes_back(stack: Stack) -> None:
    stack.make_person("Charlie")
    visitor, staff = stack.visitor().begins(), stack.staff("Charlie")
    last = visitor.reads()[-1]["id"]

    staff.takes(visitor.conversation_id)
    staff.replies(visitor.conversation_id, "I am here.")
    with visitor.follows(last) as events:
        seen = [next(events) for _ in range(3)]

    assert [event.kind for event in seen] == ["state", "message", "message"]
    assert (seen[0].data["state"], seen[-1].data["text"]) == ("staff", "I am here.")


@pytest.mark.fault(16)
def test_a_worker_that_was_killed_is_replaced_and_goes_on(stack: Stack) -> None:
    since = datetime.now(UTC)

    killed = stack.kill("worker")

    stack.wait_until_back("worker", killed, since)
    until(lambda: stack.worker_lived(since), "the worker does its rounds")

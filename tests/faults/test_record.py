"""The record: a message is in it before anything else happens to it, and what cannot be kept is not acknowledged."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from tests.faults.desks import Desk, NewDesk
from tests.faults.listeners import ANSWER
from tests.stack import Place, Visitor, free_port, until

HIDE = ["ALTER TABLE conversations_message RENAME TO hidden", "ALTER TABLE hidden RENAME TO conversations_message"]
LOCK = (
    "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); "
    "c.execute('BEGIN IMMEDIATE'); print(flush=True); sys.stdin.read()"
)


def kept(desk: Place, visitor: Visitor) -> list[dict[str, Any]]:
    question = "SELECT * FROM conversations_message WHERE conversation_id = ? AND sender = 'visitor' ORDER BY position"
    return desk.rows(question, visitor.conversation_id)


def replies(visitor: Visitor) -> list[str]:
    return [message["text"] for message in visitor.reads() if message["from"] == "bot" and "reply_to" in message]


def answered(desk: Place, visitor: Visitor) -> bool:
    return [message["answer"] for message in kept(desk, visitor)] == ["given"]


@pytest.fixture
def unreadable(desk: Desk, visitor: Visitor) -> Iterator[None]:
    """The record can be opened, but not read."""
    desk.change("PRAGMA legacy_alter_table=ON", HIDE[0])
    yield
    if desk.rows("SELECT 1 FROM sqlite_master WHERE name = 'hidden'"):
        desk.change("PRAGMA legacy_alter_table=ON", HIDE[1])


@pytest.fixture
def unwritable(desk: Desk, visitor: Visitor) -> Iterator[None]:
    """No message can be written."""
    desk.change("CREATE TRIGGER refuses BEFORE INSERT ON conversations_message BEGIN SELECT RAISE(ABORT, 'refused'); END")
    yield
    desk.change("DROP TRIGGER IF EXISTS refuses")


@pytest.fixture
def locked(desk: Desk, visitor: Visitor) -> Iterator[subprocess.Popen[str]]:
    """Another process is writing, and does not come to an end until it is told to."""
    holder = subprocess.Popen(
        [sys.executable, "-c", LOCK, str(desk.database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout
    holder.stdout.readline()
    yield holder
    if holder.poll() is None:
        release(holder)


@pytest.fixture(scope="module")
def both_desks(make_desk: NewDesk) -> Desk:
    """Two front desks on one record; use `two_desks`."""
    desk = make_desk()
    desk.assistant.start()
    other_port = free_port()
    desk.serve()
    desk.serve(other_port)
    desk.addresses = [desk.address, f"http://127.0.0.1:{other_port}"]
    return desk


@pytest.fixture
def two_desks(both_desks: Desk) -> Desk:
    """Two front desks on one record, and an assistant that answers."""
    both_desks.assistant.works()
    return both_desks


def release(holder: subprocess.Popen[str]) -> None:
    assert holder.stdin
    holder.stdin.close()
    holder.wait(10)


@pytest.mark.fault(1)
def test_a_message_is_in_the_record_before_the_assistant_hears_of_it(desk: Desk, visitor: Visitor) -> None:
    found: list[list[dict[str, Any]]] = []
    desk.assistant.overhears = lambda _: found.append(kept(desk, visitor))

    visitor.says("can i wear makeup after")

    assert [message["text"] for message in found[0]] == ["can i wear makeup after"]


@pytest.mark.fault(1)
def test_a_record_that_cannot_be_read_is_an_error_and_the_message_is_taken_later(
    desk: Desk, visitor: Visitor, unreadable: None
) -> None:
    message_id = str(uuid.uuid4())

    refused = visitor.asks("can i wear makeup after", message_id)
    desk.change("PRAGMA legacy_alter_table=ON", HIDE[1])
    visitor.says("can i wear makeup after", message_id)

    assert (refused.status_code, refused.json()["error"]["code"], refused.headers["Retry-After"]) == (503, "busy", "2")
    assert len(kept(desk, visitor)) == 1
    assert replies(visitor) == [ANSWER]


@pytest.mark.fault(2)
def test_a_message_that_cannot_be_written_is_not_acknowledged(desk: Desk, visitor: Visitor, unwritable: None) -> None:
    refused = visitor.asks("can i wear makeup after")

    assert refused.status_code >= 500
    assert refused.json()["error"]["message"]
    assert desk.assistant.asked == []
    assert kept(desk, visitor) == []


@pytest.mark.fault(2)
def test_a_message_that_could_not_be_written_is_kept_once_when_it_is_sent_again(
    desk: Desk, visitor: Visitor, unwritable: None
) -> None:
    message_id = str(uuid.uuid4())
    visitor.asks("can i wear makeup after", message_id)

    desk.change("DROP TRIGGER refuses")
    visitor.says("can i wear makeup after", message_id)

    assert len(kept(desk, visitor)) == 1


@pytest.mark.fault(2)
def test_an_answer_that_cannot_be_written_is_not_shown_and_is_given_later(desk: Desk, visitor: Visitor) -> None:
    desk.change(
        "CREATE TRIGGER refuses BEFORE INSERT ON conversations_message WHEN NEW.sender = 'bot' "
        "BEGIN SELECT RAISE(ABORT, 'refused'); END"
    )
    try:
        refused = visitor.asks("can i wear makeup after")
    finally:
        desk.change("DROP TRIGGER refuses")

    assert (refused.status_code, "messages" in refused.json()) == (500, False)
    until(lambda: replies(visitor) == [ANSWER], "the worker has answered")


@pytest.mark.fault(3)
def test_a_record_that_another_locks_for_too_long_is_a_503_that_says_when_to_come_back(
    visitor: Visitor, locked: subprocess.Popen[str]
) -> None:
    refused = visitor.asks("can i wear makeup after")

    assert (refused.status_code, refused.json()["error"]["code"], refused.headers["Retry-After"]) == (503, "busy", "2")


@pytest.mark.fault(3)
def test_a_locked_record_can_still_be_read(desk: Desk, visitor: Visitor, locked: subprocess.Popen[str]) -> None:
    reader = desk.visitor()
    reader.token = visitor.token
    with ThreadPoolExecutor(1) as others:
        others.submit(visitor.asks, "can i wear makeup after")
        began = time.monotonic()
        reader.client.get("/chat/config").raise_for_status()
        reader.reads()
        took = time.monotonic() - began

    assert took < 0.9  # less than who writes waits


@pytest.fixture
def writing(desk: Desk, locked: subprocess.Popen[str]) -> Iterator[list[Future[float]]]:
    """Eight visitors who want to write to the locked record; each comes to the seconds after which they were told that they cannot."""
    writers = [desk.visitor() for _ in range(8)]
    consent = writers[0].client.get("/chat/config").json()["consent"]["version"]

    def write(writer: Visitor) -> float:
        began = time.monotonic()
        assert writer.posts("/chat/conversations", {"consent": consent}).status_code == 503
        return time.monotonic() - began

    with ThreadPoolExecutor(8) as pool:
        begun = [pool.submit(write, writer) for writer in writers]
        until(lambda: all(one.running() for one in begun), "all are writing")
        yield begun


@pytest.mark.fault(3)
def test_a_locked_record_can_still_be_read_however_many_want_to_write(desk: Desk, writing: list[Future[float]]) -> None:
    reader, took = desk.visitor(), []

    while not all(one.done() for one in writing):
        began = time.monotonic()
        reader.client.get("/chat/config").raise_for_status()
        took.append(time.monotonic() - began)

    assert max(took) < 0.8


@pytest.mark.fault(3)
def test_of_a_locked_record_everybody_is_told_after_the_wait(writing: list[Future[float]]) -> None:
    assert max(one.result() for one in writing) < 1 + 1.5


@pytest.mark.fault(3)
def test_after_a_lock_everybody_is_served_and_the_message_sent_again_is_there_once(
    desk: Desk, visitor: Visitor, locked: subprocess.Popen[str]
) -> None:
    message_id = str(uuid.uuid4())
    visitor.asks("can i wear makeup after", message_id)

    release(locked)
    other = desk.visitor().begins().says("does it hurt")
    visitor.says("can i wear makeup after", message_id)

    assert other["messages"]
    assert len(kept(desk, visitor)) == 1
    assert replies(visitor) == [ANSWER]


@pytest.mark.fault(4)
def test_many_messages_at_once_through_two_front_desks_are_answered_one_at_a_time_in_order(two_desks: Desk) -> None:
    desk = two_desks
    visitor = desk.visitor().begins()
    others = [Visitor(address) for address in desk.addresses * 6]
    at_once, most, lock = 0, 0, threading.Lock()

    def overhears(_: dict[str, Any]) -> None:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.02)  # what an assistant needs
        with lock:
            at_once -= 1

    desk.assistant.overhears = overhears
    for one in others:
        one.token = visitor.token
    with ThreadPoolExecutor(len(others)) as pool:
        list(pool.map(lambda pair: pair[1].says(f"question {pair[0]}"), enumerate(others)))

    record = visitor.reads()
    written = [message["id"] for message in record if message["from"] == "visitor"]
    assert len(written) == len(others)
    assert [message["reply_to"] for message in record if message["from"] == "bot" and "reply_to" in message] == written
    assert [asked["message_id"] for asked in desk.assistant.asked] == written
    assert most == 1


@pytest.mark.fault(4)
def test_what_a_process_says_that_stood_still_for_too_long_is_not_heard(new_desk: NewDesk) -> None:
    desk = new_desk(FRONTDESK_ASSISTANT_SECONDS="1", FRONTDESK_DATABASE_WAIT="60")
    desk.assistant.start().works()
    front_desk = desk.serve()
    visitor = desk.visitor().begins()
    holder = sqlite3.connect(desk.database, isolation_level=None, check_same_thread=False)
    # What the front desk is told it cannot write down at once, so that it stands still with the answer in its hands.
    desk.assistant.overhears = lambda _: holder.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(1) as others:
        asking = others.submit(visitor.asks, "can i wear makeup after")
        until(lambda: holder.in_transaction, "the assistant is asked")
        time.sleep(0.7)  # nobody tells that the front desk has the answer: it has a second
        os.kill(front_desk, signal.SIGSTOP)
        try:
            desk.assistant.overhears = lambda _: None
            holder.execute("ROLLBACK")
            holder.close()
            desk.work()
            until(lambda: answered(desk, visitor), "the worker has answered in its place", 60)
        finally:
            os.kill(front_desk, signal.SIGCONT)
        shown = asking.result().json()

    assert replies(visitor) == [ANSWER]
    assert shown["messages"] == visitor.reads()[2:]


@pytest.mark.fault(17)
def test_the_same_message_sent_many_times_through_two_front_desks_is_one_message(two_desks: Desk) -> None:
    desk = two_desks
    visitor = desk.visitor().begins()
    others = [Visitor(address) for address in desk.addresses * 4]
    message_id = str(uuid.uuid4())
    for one in others:
        one.token = visitor.token

    with ThreadPoolExecutor(len(others)) as pool:
        said = list(pool.map(lambda one: one.says("can i wear makeup after", message_id), others))

    assert all(one == said[0] for one in said)
    assert len(kept(desk, visitor)) == 1
    assert len(desk.assistant.asked) == 1

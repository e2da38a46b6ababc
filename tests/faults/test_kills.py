"""Each process is killed in the middle of conversations, a hundred times in all: no message lost, none answered twice, order kept."""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from tests.stack import Stack, Visitor, until

SEED = 20
KILLS = 100
# At most so many of each, and the seconds between a part's return and its next death. An assistant takes ten times as long to come back.
MOST = {"front desk": 34, "worker": 78, "assistant": 10}
LIVES = {"front desk": (0.0, 2.0), "worker": (0.2, 2.0), "assistant": (0.5, 6.0)}
LEAST = {"front desk": 15, "worker": 20, "assistant": 2}  # without which it would not have been tried
UNHURRIED = 120.0  # seconds: then what is left of the hundred comes faster, so that a slow machine comes to an end too
PATIENCE = 240.0  # seconds for which a visitor's page goes on sending a message
VISITORS = 8
# Each has one answer, whose key is in it.
QUESTIONS = {
    "Can I wear makeup after?": "aftercare/makeup",
    "Does it hurt?": "side_effects/pain",
    "What does it cost?": "cost/price",
    "Can I exercise afterwards?": "aftercare/exercise",
    "What is mesotherapy?": "basics/what_it_is",
    "How should I prepare?": "preparation/overview",
}


class PatientStack(Stack):
    """Its supervisor takes no death for one of a part that keeps dying: it would wait longer each time, and rightly."""

    command = ("-c", "import sys\nfrom frontdesk import supervisor\nsupervisor.LIVED_LONG = 0\nsys.exit(supervisor.main())")


@dataclass
class Writer:
    """A visitor who writes until it is enough, and what was acknowledged."""

    visitor: Visitor
    random: Random
    asked: list[tuple[str, str]] = field(default_factory=list)  # id and text, in order
    shown: list[dict[str, Any]] = field(default_factory=list)  # every response
    failure: BaseException | None = None

    def write(self, enough: threading.Event) -> None:
        try:
            while not enough.is_set():
                self.ask()
                enough.wait(self.random.uniform(0, 0.4))
        except BaseException as error:  # noqa: BLE001 - told where the threads are joined
            self.failure = error

    def ask(self) -> None:
        message_id, text = str(uuid.UUID(int=self.random.getrandbits(128))), self.random.choice(list(QUESTIONS))
        self.asked.append((message_id, text))
        self.shown.append(self.visitor.says(text, message_id, PATIENCE))
        if self.random.random() < 0.2:  # the page has not seen the response, and sends it again
            self.shown.append(self.visitor.says(text, message_id, PATIENCE))


@dataclass
class Killer:
    """Kills parts until they have died a hundred times."""

    stack: Stack
    killed: Counter[str] = field(default_factory=Counter)
    failure: BaseException | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def may_kill(self, part: str) -> bool:
        with self._lock:
            if self.killed.total() >= KILLS or self.killed[part] >= MOST[part]:
                return False
            self.killed[part] += 1
            return True

    def kill_again_and_again(self, part: str) -> None:
        random, hurry_at = Random(f"{SEED} {part}"), time.monotonic() + UNHURRIED
        try:
            while self.may_kill(part):
                shortest, longest = LIVES[part]
                time.sleep(random.uniform(shortest, longest if time.monotonic() < hurry_at else shortest))  # until its death
                since = datetime.now(UTC)
                killed = self.stack.kill(part)
                self.stack.wait_until_back(part, killed, since)
        except BaseException as error:  # noqa: BLE001 - told where the threads are joined
            self.failure = error


@dataclass(frozen=True)
class Aftermath:
    """What there is when everything has been killed and has come back."""

    stack: Stack
    writers: list[Writer]
    killer: Killer
    seconds: float

    def record(self, writer: Writer) -> list[dict[str, Any]]:
        """A conversation's messages, of the record itself."""
        question = (
            "SELECT m.*, v.client_id AS replies_to FROM conversations_message m "
            "LEFT JOIN conversations_message v ON v.id = m.reply_to_id WHERE m.conversation_id = ? ORDER BY m.position"
        )
        return self.stack.rows(question, writer.visitor.conversation_id)

    def answers(self, writer: Writer) -> list[dict[str, Any]]:
        """What the assistant said in a conversation, but for the greeting."""
        return [row for row in self.record(writer) if row["sender"] == "bot" and row["reply_to_id"]]


@pytest.fixture(scope="module")
def aftermath(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Aftermath]:
    """Eight visitors write while the parts are killed, and go on until all is well again."""
    stack = PatientStack(tmp_path_factory.mktemp("killed")).start()
    try:
        stack.wait_until_ready()
        writers = [Writer(stack.visitor().begins(), Random(SEED + number)) for number in range(VISITORS)]
        began, enough, killer = time.monotonic(), threading.Event(), Killer(stack)
        writing = [threading.Thread(target=writer.write, args=(enough,)) for writer in writers]
        killing = [threading.Thread(target=killer.kill_again_and_again, args=(part,)) for part in MOST]
        for thread in (*writing, *killing):
            thread.start()
        for thread in killing:
            thread.join()
        enough.set()
        for thread in writing:
            thread.join()
        for failed in (killer, *writers):
            if failed.failure:
                raise failed.failure
        until(
            lambda: not stack.rows("SELECT 1 FROM conversations_message WHERE answer = 'due'"), "every message is answered", 60
        )
        found = Aftermath(stack, writers, killer, time.monotonic() - began)
        with pytestconfig.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
            print(f"\n{figures(found)}")
        yield found
    finally:
        left = stack.stop()
    assert left == []


def figures(found: Aftermath) -> str:
    asked = sum(len(writer.asked) for writer in found.writers)
    answered = Counter(row["replies_to"] for writer in found.writers for row in found.answers(writer))
    sent = {uuid.UUID(one).hex for writer in found.writers for one, _ in writer.asked}
    kept = {row["client_id"] for writer in found.writers for row in found.record(writer) if row["client_id"]}
    failed = found.stack.rows("SELECT COUNT(*) AS n FROM conversations_message WHERE tries > 0")[0]["n"]
    again = sum(writer.visitor.tries for writer in found.writers) - asked
    return (
        f"{found.killer.killed.total()} kills ({', '.join(f'{part} {n}' for part, n in found.killer.killed.items())}) in "
        f"{found.seconds:.0f} s: {asked} messages of {VISITORS} visitors, sent again {again} times, {failed} first told of a delay, "
        f"{len(sent - kept)} lost, {len(sent - answered.keys())} not answered, {sum(n > 1 for n in answered.values())} answered twice"
    )


@pytest.fixture(params=range(VISITORS))
def writer(request: pytest.FixtureRequest, aftermath: Aftermath) -> Writer:
    """Each of the visitors."""
    return aftermath.writers[request.param]


def test_each_part_was_killed_often_enough(aftermath: Aftermath) -> None:
    assert aftermath.killer.killed.total() == KILLS
    assert all(aftermath.killer.killed[part] >= least for part, least in LEAST.items())


def test_no_message_is_lost_and_the_order_is_kept(aftermath: Aftermath, writer: Writer) -> None:
    kept = [(row["client_id"], row["text"]) for row in aftermath.record(writer) if row["sender"] == "visitor"]

    assert kept == [(uuid.UUID(message_id).hex, text) for message_id, text in writer.asked]


def test_each_message_is_answered_once_with_its_own_answer_in_order(aftermath: Aftermath, writer: Writer) -> None:
    given = [(row["replies_to"], row["answers"]) for row in aftermath.answers(writer)]

    assert given == [(uuid.UUID(message_id).hex, f'["{QUESTIONS[text]}"]') for message_id, text in writer.asked]


def test_nobody_is_told_twice_that_a_message_waits(aftermath: Aftermath, writer: Writer) -> None:
    told = Counter((row["replies_to"], row["text"]) for row in aftermath.record(writer) if row["sender"] == "system")

    assert [count for count in told.values() if count > 1] == []


def test_the_record_has_no_gap(aftermath: Aftermath, writer: Writer) -> None:
    conversation_id = writer.visitor.conversation_id
    question = (
        "SELECT position FROM conversations_message WHERE conversation_id = ? "
        "UNION ALL SELECT position FROM conversations_statechange WHERE conversation_id = ? ORDER BY position"
    )
    positions = [row["position"] for row in aftermath.stack.rows(question, conversation_id, conversation_id)]
    last = aftermath.stack.rows("SELECT last_position FROM conversations_conversation WHERE id = ?", conversation_id)

    assert positions == list(range(1, last[0]["last_position"] + 1))


def test_what_was_shown_is_in_the_record_as_it_was_shown(aftermath: Aftermath, writer: Writer) -> None:
    read = {message["id"]: message for message in writer.visitor.reads()}

    for shown in writer.shown:
        for message in (shown["message"], *shown["messages"]):
            assert read[message["id"]] == message


def test_the_api_reads_what_the_record_holds(aftermath: Aftermath, writer: Writer) -> None:
    read = [(message["id"], message["from"], message["text"]) for message in writer.visitor.reads()]

    assert read == [(str(row["position"]), row["sender"], row["text"]) for row in aftermath.record(writer)]

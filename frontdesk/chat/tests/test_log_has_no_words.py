"""No visitor's word is in the log, whatever happens to a message: RASA-FAULTS.md, 18."""

from __future__ import annotations

import io
import json
import logging
import sqlite3
from collections.abc import Iterator

import httpx
import pytest

from frontdesk.conftest import Assistant, Served, Settings, Visitor
from frontdesk.logs import WithoutWords

WORDS = "zebedee quux i cannot breathe"


@pytest.fixture(autouse=True)
def everything_is_logged() -> Iterator[None]:
    """As far as an operator can turn it on (FRONTDESK_LOG_LEVEL)."""
    kept = {name: logging.getLogger(name).level for name in ("", "django")}
    for name in kept:
        logging.getLogger(name).setLevel(logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # here it is the visitor's browser
    yield
    for name, level in kept.items():
        logging.getLogger(name).setLevel(level)


def _has_words(log: io.StringIO) -> bool:
    return any(word in log.getvalue().lower() for word in ("zebedee", "quux", "breathe", "7946"))


async def test_of_an_answered_message(visitor: Visitor, log: io.StringIO) -> None:
    assert (await visitor.says(WORDS)).status_code == 200

    assert not _has_words(log)


@pytest.mark.parametrize("broken", [{"is_there": False}, {"status": 500}])
async def test_of_a_message_that_the_assistant_failed_on(
    visitor: Visitor, bot: Assistant, log: io.StringIO, environment_with: Settings, broken: dict[str, object]
) -> None:
    environment_with(ASSISTANT_SECONDS=0.1)
    for name, value in broken.items():
        setattr(bot, name, value)

    assert (await visitor.says(WORDS)).status_code == 200

    assert not _has_words(log)


async def test_of_a_message_that_could_not_be_kept(
    visitor: Visitor, log: io.StringIO, impatient_database: None, another_writer: sqlite3.Connection
) -> None:
    another_writer.execute("BEGIN IMMEDIATE")

    assert (await visitor.says(WORDS)).status_code == 503

    assert "The database could not be used: OperationalError" in log.getvalue()
    assert not _has_words(log)


async def test_of_an_answer_that_cannot_be_read(visitor: Visitor, bot: Assistant, log: io.StringIO) -> None:
    bot.answers["*"] = {"replies": [{"text": WORDS}], "understanding": {}, "handoff": None, "context": {}}

    await visitor.says(WORDS)

    assert not _has_words(log)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/chat/messages", {"id": WORDS, "text": WORDS}),
        ("/chat/messages", {"id": "0b54ca4f-1d0e-4d5c-9c53-1f2f7a1f7d10", WORDS: WORDS}),
        ("/chat/messages", {"id": "0b54ca4f-1d0e-4d5c-9c53-1f2f7a1f7d10", "choice": WORDS}),
        ("/chat/messages", {"id": "0b54ca4f-1d0e-4d5c-9c53-1f2f7a1f7d10", "text": WORDS * 100}),
        ("/chat/contact", {"name": WORDS, "phone": "020 7946 0958"}),
        ("/chat/contact", {"email": WORDS}),
        ("/chat/feedback", {"message": WORDS, "helpful": True}),
        ("/chat/quux", {"text": WORDS}),
    ],
)
async def test_of_what_is_refused_or_kept(visitor: Visitor, log: io.StringIO, path: str, body: object) -> None:
    refused = await visitor.posts(path, body)

    assert "quux" not in refused.content.decode()
    assert not _has_words(log)


def test_of_what_is_sent_to_the_server_in_a_broken_request(served: Served, log: io.StringIO) -> None:
    begun = served.begins()
    httpx.post(f"{served.address}/chat/messages?text=quux", content=WORDS, headers=begun["headers"])
    httpx.get(f"{served.address}/chat/{WORDS}", headers={"Host": "quux.example"})

    assert not _has_words(log)


def test_a_line_of_the_log_leaves_out_what_an_exception_says() -> None:
    try:
        json.loads(f'{{"{WORDS}"')
    except ValueError:
        record = logging.getLogger("x").makeRecord(
            "x", logging.ERROR, "x.py", 1, "It failed.", (), __import__("sys").exc_info()
        )

    line = WithoutWords().format(record)

    assert "JSONDecodeError at decoder.py:" in line
    assert "zebedee" not in line

"""What an assistant makes of many messages: for checks, which compare two. They go beside visitors' messages, a few at a time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Any

import aiohttp

from frontdesk import environment
from frontdesk.chat.assistant import OK, message_post
from frontdesk.content.live import Served
from frontdesk.content.questions import digest_of

AT_ONCE = 2  # messages: more would gain little, and take the processor from visitors
SECONDS = 20.0  # for one message, on a machine that is busy
TRIES = 3
KEPT = 3  # models whose readings of test lines are kept
WHICH = "system/which"


@dataclass(frozen=True)
class Reading:
    """What is understood and answered.

    Attributes:
        answers: Keys of what is said, in order.
        choices: Keys among which the visitor is asked to choose.
        intent: The question that comes first.
        confidence: 0 to 1.
        concern: `none`, `routine`, `urgent` or `emergency`.
    """

    answers: tuple[str, ...]
    choices: tuple[str, ...]
    intent: str
    confidence: float
    concern: str

    @property
    def said(self) -> tuple[str, ...]:
        """What the visitor gets: the answers, or the questions among which they choose."""
        return self.choices or self.answers


class NoReading(Exception):
    """The assistant gave none; says why."""


async def read_whole(
    client: aiohttp.ClientSession, by: Served, text: str, settings: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """All that the assistant's channel says of a message that comes alone.

    Args:
        client: Its connections.
        by: Which assistant, and in which wording.
        text: The message.
        settings: Of the clinic, which are filled in; those that the assistant has of its own where they are left out.

    Raises:
        NoReading: If it says nothing.
    """
    context = {} if settings is None else {"settings": dict(settings)}
    request = {"conversation": "check", "message_id": "1", "text": text, "context": context}
    for attempt in range(TRIES):
        try:
            async with asyncio.timeout(SECONDS):
                status, body = await message_post(client, by, request)
        except (aiohttp.ClientError, TimeoutError) as error:
            if attempt + 1 == TRIES:
                raise NoReading(type(error).__name__) from error
            await asyncio.sleep(0.2)
            continue
        if status != OK:
            raise NoReading(f"status_{status}")
        return dict(json.loads(body))
    raise NoReading("unreachable")


async def read_one(client: aiohttp.ClientSession, by: Served, text: str) -> Reading:
    """What it makes of one message that comes alone.

    Raises:
        NoReading: If it says nothing.
    """
    return reading_of(await read_whole(client, by, text))


def reading_of(whole: dict[str, Any]) -> Reading:
    """What matters of what the channel says."""
    understood = whole["understanding"]
    choices = [choice["id"] for reply in whole["replies"] if reply["answers"] == [WHICH] for choice in reply["choices"]]
    return Reading(
        tuple(understood["answers"]), tuple(choices), str(understood["intent"] or ""), float(understood["confidence"]),
        str(understood["concern"]),
    )  # fmt: skip


async def read_many(
    client: aiohttp.ClientSession, by: Served, texts: Iterable[str], done: Callable[[int], None] = lambda _: None
) -> dict[str, Reading]:
    """What it makes of many messages, by their text.

    Args:
        client: Its connections.
        by: Which assistant, and in which wording.
        texts: The messages.
        done: Is told how many have been read, now and then.

    Raises:
        NoReading: If one was not read.
    """
    waiting = list(dict.fromkeys(texts))
    read: dict[str, Reading] = {}
    ahead = iter(waiting)

    async def reader() -> None:
        for text in ahead:
            read[text] = await read_one(client, by, text)
            done(len(read))

    readers = [asyncio.create_task(reader()) for _ in range(AT_ONCE)]
    try:
        await asyncio.gather(*readers)
    finally:
        for one in readers:
            one.cancel()
    return read


class KnownReadings:
    """Readings of test lines by one model, kept from one check to the next. A visitor's message is never among them."""

    def __init__(self, model: str, answers: str) -> None:
        """`answers`: digest of the answers' keys and buttons, which choose with the model what is said."""
        self._file = environment.VAR / "readings" / f"{digest_of([model, answers])}.json"
        self._known: dict[str, Any] = {}
        try:
            self._known = dict(json.loads(self._file.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            self._known = {}  # not there, or cut short by a full disk: read again

    def get(self, text: str) -> Reading | None:
        """A reading that is known."""
        kept = self._known.get(_name(text))
        if not kept:
            return None
        return Reading(**{**kept, "answers": tuple(kept["answers"]), "choices": tuple(kept["choices"])})

    def keep(self, readings: dict[str, Reading]) -> None:
        """Keeps more; those of models that were looked at earlier go."""
        self._known.update({_name(text): asdict(reading) for text, reading in readings.items()})
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(json.dumps(self._known), encoding="utf-8")
            files = sorted(self._file.parent.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
            for old in files[KEPT:]:
                old.unlink(missing_ok=True)
        except OSError:
            return  # a disk too full to remember: the next check asks again


def _name(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()

"""The clients: messages over HTTP to either server, as cheap as they can be, so that the servers' time is what is measured.

Plain asyncio streams and connections that stay open; an answer is read after the clock has been stopped.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

HOST = "127.0.0.1"
LONGEST_ANSWER = 120  # seconds
FIRST_MESSAGE = "what is mesotherapy?"  # asked until it is answered
SEED = 1  # every run, and both servers, get the same messages in the same order
TURNS = (1, 2, 3, 4, 5)  # lengths of the conversations in the load


@dataclass
class Talk:
    """A conversation as its client knows it.

    Attributes:
        identity: Its name for the server.
        context: What the server wants back with the next message; ours only.
        turns: Messages sent so far.
    """

    identity: str
    context: dict[str, Any] = field(default_factory=dict)
    turns: int = 0


@dataclass(frozen=True)
class Answer:
    """What came back for one message.

    Attributes:
        keys: The answers given, in order; "" for a text that belongs to no key.
        choices: Keys offered as buttons where the server asked back.
        ranked_first: The key it held most likely, whatever it then said; None where that does not come with the answer.
    """

    keys: tuple[str, ...]
    choices: tuple[str, ...] = ()
    ranked_first: str | None = None


class BadAnswer(RuntimeError):
    """The server refused a message or said nothing."""


class Server(ABC):
    """How to talk to a server that listens on a port."""

    def __init__(self, port: int) -> None:
        """The server on this port of this machine."""
        self.port = port

    name: str
    path: str
    headers: str = ""

    @abstractmethod
    def body(self, talk: Talk, text: str) -> dict[str, Any]:
        """The request's JSON."""

    @abstractmethod
    def read(self, talk: Talk, answered: Any) -> Answer:
        """Reads the response's JSON, and keeps in the conversation what its next message needs.

        Raises:
            BadAnswer: If nothing was said.
        """

    @abstractmethod
    async def ranked_first(self, texts: Sequence[str], answers: Sequence[Answer]) -> list[str | None]:
        """The key that it held most likely for each text that it gave these answers to, whatever it then said."""

    def request(self, talk: Talk, text: str) -> bytes:
        """The request as it goes over the wire."""
        return self.http(self.path, self.body(talk, text))

    def http(self, path: str, content: dict[str, Any]) -> bytes:
        """A POST of JSON."""
        body = json.dumps(content).encode()
        return (
            f"POST {path} HTTP/1.1\r\nHost: {HOST}:{self.port}\r\nContent-Type: application/json\r\n{self.headers}"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode() + body

    def answers(self) -> bool:
        """Whether it answers a message now."""
        try:
            asyncio.run(ask_each(self, [FIRST_MESSAGE]))
        except (OSError, EOFError, BadAnswer):
            return False
        return True


class OurServer(Server):
    """The assistant's front-desk channel."""

    name = "ours"
    path = "/webhooks/frontdesk/messages"

    def __init__(self, port: int, key: str) -> None:
        """The server on this port, which has this shared key."""
        super().__init__(port)
        self.headers = f"Authorization: Bearer {key}\r\n"

    def body(self, talk: Talk, text: str) -> dict[str, Any]:
        """See parent class."""
        return {"conversation": talk.identity, "message_id": str(talk.turns), "text": text, "context": talk.context}

    def read(self, talk: Talk, answered: Any) -> Answer:
        """See parent class."""
        if not answered.get("replies"):
            raise BadAnswer(f"No reply: {answered}")
        talk.context = answered["context"]
        talk.turns += 1
        understood = answered["understanding"]
        choices = tuple(choice["id"] for reply in answered["replies"] for choice in reply["choices"])
        ranking = understood["ranking"]
        return Answer(tuple(understood["answers"]), choices, ranking[0]["name"] if ranking else None)

    async def ranked_first(self, texts: Sequence[str], answers: Sequence[Answer]) -> list[str | None]:
        """See parent class; it comes with every answer."""
        return [answer.ranked_first for answer in answers]


class DefaultServer(Server):
    """Rasa's REST channel."""

    name = "Rasa's default"
    path = "/webhooks/rest/webhook"

    def __init__(self, port: int, keys_by_text: dict[str, str]) -> None:
        """The server on this port, whose texts answer these keys."""
        super().__init__(port)
        self._keys_by_text = keys_by_text

    def body(self, talk: Talk, text: str) -> dict[str, Any]:
        """See parent class."""
        return {"sender": talk.identity, "message": text}

    def read(self, talk: Talk, answered: Any) -> Answer:
        """See parent class."""
        if not answered:
            raise BadAnswer("No reply.")
        talk.turns += 1
        return Answer(tuple(self._keys_by_text.get(message.get("text", "").strip(), "") for message in answered))

    async def ranked_first(self, texts: Sequence[str], answers: Sequence[Answer]) -> list[str | None]:
        """See parent class; asks Rasa to parse each text, for which it needs `rasa run --enable-api`."""
        connection = Connection(self.port)
        keys: list[str | None] = []
        for text in texts:
            body, _ = await connection.exchange(self.http("/model/parse", {"text": text}))
            selected = json.loads(body).get("response_selector", {}).get("default", {}).get("response", {})
            keys.append(selected.get("intent_response_key"))
        await connection.close()
        return keys


class Connection:
    """One connection, kept open."""

    def __init__(self, port: int) -> None:
        """A connection to this port; opened with the first request."""
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def exchange(self, request: bytes) -> tuple[bytes, float]:
        """Sends a request.

        Returns:
            The body of the response, and the seconds from the first byte out to the last byte in.

        Raises:
            BadAnswer: If the status is not 200 or 201.
        """
        if self._writer is None or self._writer.is_closing() or self._reader is None or self._reader.at_eof():
            await self.close()
            self._reader, self._writer = await asyncio.open_connection(HOST, self._port)
        began = time.perf_counter()
        self._writer.write(request)
        head = await asyncio.wait_for(self._reader.readuntil(b"\r\n\r\n"), LONGEST_ANSWER)
        body = await self._reader.readexactly(_content_length(head))
        seconds = time.perf_counter() - began
        if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
            raise BadAnswer((head.partition(b"\r\n")[0] + b": " + body[:300]).decode(errors="replace"))
        return body, seconds

    async def close(self) -> None:
        """Ends it."""
        if self._writer is not None:
            self._writer.close()
            self._reader = self._writer = None


def _content_length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    raise BadAnswer("The response does not say how long it is.")


@dataclass(frozen=True)
class Load:
    """What a load took.

    Attributes:
        milliseconds: Of each message.
        seconds: From the first message to the last answer.
    """

    milliseconds: list[float]
    seconds: float

    @property
    def per_second(self) -> float:
        """Messages answered in a second."""
        return len(self.milliseconds) / self.seconds


async def put_load(
    server: Server, texts: Sequence[str], messages: int, clients: int, name: str, turns: Sequence[int] = TURNS
) -> Load:
    """Sends messages by several clients at once, each of which sends the next when it has the answer to the last.

    Args:
        server: Who gets them.
        texts: What they are drawn from.
        messages: How many in all.
        clients: How many at once.
        name: Distinguishes these conversations from those of other loads.
        turns: Lengths of conversations to draw from; a client begins a new one when it has had the length drawn.
    """
    chance = random.Random(SEED)  # noqa: S311 - no secret
    script = iter([(chance.choice(texts), chance.choice(turns)) for _ in range(messages)])
    numbers = itertools.count()
    took: list[float] = []

    async def client() -> None:
        connection = Connection(server.port)
        talk, length = Talk(f"{name}-{next(numbers)}"), 0
        for text, drawn in script:
            if talk.turns >= length:
                talk, length = Talk(f"{name}-{next(numbers)}"), drawn
            body, seconds = await connection.exchange(server.request(talk, text))
            took.append(seconds * 1000)
            server.read(talk, json.loads(body))
        await connection.close()

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return Load(took, time.perf_counter() - began)


async def hold_conversation(server: Server, texts: Sequence[str], turns: int, name: str) -> list[float]:
    """Sends messages of one conversation, the texts over and over.

    Returns:
        The milliseconds of each turn.
    """
    connection = Connection(server.port)
    talk = Talk(name)
    took: list[float] = []
    for text in itertools.islice(itertools.cycle(texts), turns):
        body, seconds = await connection.exchange(server.request(talk, text))
        took.append(seconds * 1000)
        server.read(talk, json.loads(body))
    await connection.close()
    return took


async def ask_each(server: Server, texts: Sequence[str]) -> list[Answer]:
    """Sends every text as the first message of a conversation of its own."""
    connection = Connection(server.port)
    answers: list[Answer] = []
    for number, text in enumerate(texts):
        talk = Talk(f"line-{number}")
        body, _ = await connection.exchange(server.request(talk, text))
        answers.append(server.read(talk, json.loads(body)))
    await connection.close()
    return answers


def windows(took: Sequence[float], turns: Sequence[int], width: int) -> Iterator[list[float]]:
    """The turns around each of these (numbered from 1), `width` of them: the first ones where the turn is the first."""
    for turn in turns:
        first = max(turn - 1 - width // 2, 0)
        yield list(took[first : first + width])

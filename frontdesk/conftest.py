"""What the front desk's tests share: a clinic, its people, a visitor, and an assistant whose answers a test writes.

The cast: Alice is staff and has what she takes; Bob is her colleague; Carol administers; Dave edits; Erin is a clinician; a visitor writes.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import io
import json
import logging
import os
import runpy
import sqlite3
import threading
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
import uvicorn
from aiohttp import web
from aiohttp.test_utils import TestServer
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection, connections
from django.utils import timezone

from frontdesk import environment
from frontdesk.chat import assistant, database, serving
from frontdesk.chat.hub import Hub
from frontdesk.clinic.models import Clinic, OpeningHours
from frontdesk.clinic.selectors import forget_clinic
from frontdesk.content.live import forget_served
from frontdesk.content.questions import digest_of
from frontdesk.conversations import services
from frontdesk.conversations.models import Conversation
from frontdesk.logs import WithoutWords
from frontdesk.people.models import Profile
from frontdesk.people.roles import Role, roles_set
from safety import RedFlags


@pytest.fixture
def dave(transactional_db: None) -> User:
    """Who edits questions and answers."""
    return _person("Dave", "editor", Role.EDITOR)


@pytest.fixture
def erin(transactional_db: None) -> User:
    """Who approves medical wording."""
    return _person("Erin", "doctor", Role.CLINICIAN)


Settings = Callable[..., None]
SITE = "https://www.clinic.example"  # may embed the chat of the server below


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """See pytest-django; no test survives a power cut, so none waits for the disk."""
    options = connections.settings["default"]["OPTIONS"]
    options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")


@pytest.fixture(scope="session", autouse=True)
def no_disk() -> Iterator[None]:
    """As above."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fdatasync", lambda file: None)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    """Between two tests the tables are emptied, the audit log too: its guards are tested on a database of their own."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        connection.cursor().execute("DROP TRIGGER audit_undeleted")


@pytest.fixture(scope="session")
def flags() -> RedFlags:
    """The safety rules, read once."""
    return serving.red_flags()


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Nobody guesses a test's passwords: they need not be slow to try."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def fresh_memory() -> Iterator[None]:
    """What a process remembers between requests is another test's."""
    cache.clear()
    forget_clinic()
    forget_served()
    yield
    forget_clinic()
    forget_served()


@pytest.fixture
def clinic(transactional_db: None) -> Clinic:
    """A clinic in Britain that is always open."""
    made = Clinic.objects.create(name="Example Clinic", country="GB", time_zone="Europe/London")
    OpeningHours.objects.bulk_create(
        OpeningHours(clinic=made, weekday=day, opens=time(0), closes=time(23, 59, 59)) for day in range(7)
    )
    return made


@pytest.fixture
def closed_clinic(clinic: Clinic) -> Clinic:
    """The clinic on a day on which nobody comes for a year."""
    clinic.opening_hours.all().delete()
    forget_clinic()
    return clinic


@dataclass
class Assistant:
    """Stands where the assistant's process stands; what it answers is what a test wrote. The rest of the way is the real one.

    Attributes:
        asked: The requests that came.
        answers: By text or choice; "*" for all others.
        status: Of every response.
        gate: While it is not set, no answer is given.
        heard: Set when a request came.
        gone: Choices of an earlier release, which lead nowhere now.
        meanings: Vectors by text; any other text means something that nothing else does.
        encoder: What makes vectors.
        encoded: The texts of which vectors were asked for.
        unreadable: Texts on which making vectors fails.
        wordings: What it was given to say otherwise, by digest: an answer that is among it is said so.
    """

    asked: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    status: int = 200
    is_there: bool = True
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    heard: threading.Event = field(default_factory=threading.Event)
    gone: set[str] = field(default_factory=set)
    meanings: dict[str, list[float]] = field(default_factory=dict)
    encoder: str = "an encoder"
    encoded: list[str] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)
    wordings: dict[str, dict[str, Any]] = field(default_factory=dict)

    def says(self, text: str, *, to: str = "*", key: str = "aftercare/makeup", **rest: Any) -> None:
        """Sets an answer."""
        concern = rest.get("concern", "none")
        handoff = rest.get("handoff")
        self.answers[to] = {
            "replies": [{"text": text, "choices": rest.get("choices", []), "answers": [key], "handoff": handoff is not None}],
            "understanding": {
                "intent": key, "confidence": 0.9, "ranking": [{"name": key, "confidence": 0.9}], "answers": [key],
                "concern": concern, "language": "en", "model": "a model",
                "milliseconds": {"understanding": 1.0, "answering": 1.0},
            },
            "handoff": handoff,
            "context": {"answers": [key], "misses": 0, "question": "", "messages": []},
        }  # fmt: skip

    def calls_person(self, text: str, *, to: str = "*", level: str = "none", key: str = "handoff/person") -> None:
        """Sets an answer that hands the conversation over."""
        handoff = {"level": level, "reasons": [], "message": "", "earlier_messages": []}
        self.says(text, to=to, key=key, concern=level, handoff=handoff)

    async def answer(self, request: web.Request) -> web.Response:
        """One message."""
        if not self.is_there:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        body = await request.json()
        if body.get("wording") and body["wording"] not in self.wordings:
            return web.json_response({"error": {"code": "unknown_wording", "message": ""}}, status=409)
        self.asked.append(body)
        self.heard.set()
        await self.gate.wait()
        said = body.get("text", body.get("choice"))
        answer = self.answers.get(said, self.answers.get("*"))
        if body.get("choice") in self.gone:
            return web.json_response({"error": {"code": "unknown_choice", "message": ""}}, status=404)
        failed = {"error": {"code": "failed", "message": ""}}
        if answer and body.get("wording"):
            answer = {**answer, "replies": [_said_in(self.wordings[body["wording"]], reply) for reply in answer["replies"]]}
        return web.json_response(answer if self.status == 200 else failed, status=self.status)

    async def wording(self, request: web.Request) -> web.Response:
        """What it is to say otherwise."""
        responses = (await request.json())["responses"]
        self.wordings[digest_of(responses)] = responses
        return web.json_response({"wording": digest_of(responses)})

    async def hears(self) -> None:
        """Returns when a request has come."""
        assert await asyncio.to_thread(self.heard.wait, 10)

    async def health(self, request: web.Request) -> web.Response:
        """Whether it is there."""
        body = {"model": "a model", "encoder": self.encoder}
        return web.json_response(body, status=self.status if self.is_there else 503)

    async def vectors(self, request: web.Request) -> web.Response:
        """Vectors of some texts: 32 numbers each."""
        if not self.is_there:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        texts = (await request.json())["texts"]
        if not self.unreadable.isdisjoint(texts):
            return web.json_response({"error": {"code": "failed", "message": ""}}, status=500)
        self.encoded += texts
        found = [self.meanings.get(text, _own_meaning(text)) for text in texts]
        return web.json_response({"vectors": found, "encoder": self.encoder}, status=self.status)


def _said_in(responses: dict[str, Any], reply: dict[str, Any]) -> dict[str, Any]:
    """A reply in the wording of the first of its answers, if that is worded otherwise."""
    worded = responses.get(f"utter_{reply['answers'][0]}")
    return {**reply, "text": worded[0]["text"]} if worded else reply


def _own_meaning(text: str) -> list[float]:
    """A direction that is far from those of other texts."""
    bits = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
    return [1.0 if bits >> place & 1 else -1.0 for place in range(32)]


@contextlib.asynccontextmanager
async def _listening(stand_in: Assistant) -> AsyncIterator[str]:
    """The stand-in on a port of this machine; gives its address."""
    application = web.Application()
    application.router.add_post(f"{assistant.PATH}/messages", stand_in.answer)
    application.router.add_post(f"{assistant.PATH}/wording", stand_in.wording)
    application.router.add_post(f"{assistant.PATH}/vectors", stand_in.vectors)
    application.router.add_get(f"{assistant.PATH}/health", stand_in.health)
    async with TestServer(application) as server:
        yield str(server.make_url("")).rstrip("/")


@pytest.fixture
def stand_in() -> Assistant:
    """An assistant that says something, to whoever asks."""
    made = Assistant()
    made.gate.set()
    made.says("Leave makeup off for a while.")
    return made


def application() -> Any:
    """The front desk as a server runs it, with the environment of now."""
    return runpy.run_path(str(environment.ROOT / "frontdesk/asgi.py"))["application"]


@pytest_asyncio.fixture
async def bot(flags: RedFlags, clinic: Clinic, stand_in: Assistant, environment_with: Settings) -> AsyncIterator[Assistant]:
    """The front desk serves, and the assistant says something."""
    async with _listening(stand_in) as address:
        environment_with(ASSISTANT=address)
        async with serving.lifespan():
            yield stand_in


@dataclass
class Visitor:
    """A visitor's page: its requests, and what came back last."""

    client: httpx.AsyncClient
    token: str = ""
    conversation_id: str = ""

    async def begins(self, **body: Any) -> Visitor:
        """Agrees, and has a conversation."""
        consent = (await self.client.get("/chat/config")).json()["consent"]["version"]
        begun = await self.posts("/chat/conversations", {"consent": consent, **body})
        assert begun.status_code == 201, begun.content
        self.token, self.conversation_id = begun.json()["token"], begun.json()["conversation"]["id"]
        return self

    async def posts(self, path: str, body: Any) -> Any:
        """One request."""
        written = json.dumps(body)  # in ASCII, which can say what UTF-8 cannot
        return await self.client.post(path, content=written, headers={**self.headers, "Content-Type": "application/json"})

    async def says(self, text: str, *, message_id: str = "") -> Any:
        """Sends a text."""
        return await self.posts("/chat/messages", {"id": message_id or str(uuid.uuid4()), "text": text})

    async def presses(self, choice: str) -> Any:
        """Sends a choice."""
        return await self.posts("/chat/messages", {"id": str(uuid.uuid4()), "choice": choice})

    async def reads(self, after: str = "") -> Any:
        """The record."""
        return await self.client.get("/chat/messages" + (f"?after={after}" if after else ""), headers=self.headers)

    @property
    def headers(self) -> dict[str, str]:
        """With the token, once there is one."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    async def conversation(self) -> Conversation:
        """As the record has it."""
        return await Conversation.objects.aget(pk=self.conversation_id)


@pytest_asyncio.fixture
async def stranger(bot: Assistant) -> AsyncIterator[Visitor]:
    """A visitor who has not agreed yet."""
    way = httpx.ASGITransport(application(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=way, base_url="http://127.0.0.1") as client:
        yield Visitor(client)


@pytest_asyncio.fixture
async def visitor(stranger: Visitor) -> Visitor:
    """A visitor who has agreed."""
    return await stranger.begins()


def _person(name: str, title: str, *roles: Role) -> User:
    user = User.objects.create_user(name.lower(), password="correct horse battery staple")
    Profile.objects.create(user=user, name=name, role=title)
    roles_set(user, set(roles))
    return user


@pytest.fixture
def alice(transactional_db: None) -> User:
    """A nurse."""
    return _person("Alice", "nurse", Role.STAFF)


@pytest.fixture
def bob(transactional_db: None) -> User:
    """Her colleague."""
    return _person("Bob", "reception", Role.STAFF)


@pytest.fixture
def carol(transactional_db: None) -> User:
    """Who administers."""
    return _person("Carol", "", Role.ADMINISTRATOR)


@pytest.fixture
def environment_with(monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Sets what an operator sets, for one test."""

    def set_them(**values: Any) -> None:
        for name, value in values.items():
            monkeypatch.setattr(environment, name, value)

    return set_them


class Clock:
    """What the front desk takes for now."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        """As `timezone.now`."""
        return datetime.now(UTC) + self._ahead

    def passes(self, **span: float) -> None:
        """Time goes by: `seconds=`, `minutes=` …"""
        self._ahead += timedelta(**span)

    def is_set(self, at: datetime) -> None:
        """It is another time from here on."""
        self._ahead = at - datetime.now(UTC)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Time that a test lets pass."""
    made = Clock()
    monkeypatch.setattr(timezone, "now", made.now)
    return made


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the process writes into its log, line for line as an operator would read it."""
    written = io.StringIO()
    [handler] = [one for one in logging.getLogger().handlers if isinstance(one.formatter, WithoutWords)]
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(written)
    yield written
    handler.setStream(before)


@pytest.fixture
def impatient_database(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> Iterator[None]:
    """One thread that reads and one that writes, which wait for a locked database a tenth of a second only."""
    monkeypatch.setitem(connections.settings["default"]["OPTIONS"], "timeout", 0.1)
    reader, writer = ThreadPoolExecutor(1), ThreadPoolExecutor(1)
    monkeypatch.setattr(database, "READERS", reader)
    monkeypatch.setattr(database, "WRITERS", writer)
    yield
    for thread in (reader, writer):
        thread.submit(connections.close_all).result()
        thread.shutdown()


@pytest.fixture
def another_writer(transactional_db: None) -> Iterator[sqlite3.Connection]:
    """Another program with the same database; `BEGIN IMMEDIATE` keeps everybody else from writing."""
    other = sqlite3.connect(str(connections["default"].settings_dict["NAME"]), isolation_level=None)
    yield other
    other.close()


class _Server(uvicorn.Server):
    """Says when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = threading.Event()

    async def startup(self, sockets: Any = None) -> None:
        """See parent class."""
        await super().startup(sockets)
        self.loop = asyncio.get_running_loop()
        self.is_up.set()


@dataclass
class Served:
    """The front desk as a browser meets it: on a port of this machine; and where its assistant answers."""

    address: str
    assistant_address: str
    assistant: Assistant
    hub: Hub
    loop: asyncio.AbstractEventLoop

    def call(self, act: Callable[[], object]) -> None:
        """Does something in the server's event loop."""
        self.loop.call_soon_threadsafe(act)

    def begins(self, **body: Any) -> dict[str, Any]:
        """A visitor agrees: the token, the conversation, the greeting; and the headers of their next requests."""
        consent = httpx.get(f"{self.address}/chat/config").json()["consent"]["version"]
        begun = httpx.post(f"{self.address}/chat/conversations", json={"consent": consent, **body})
        assert begun.status_code == 201, begun.text
        return {**begun.json(), "headers": {"Authorization": f"Bearer {begun.json()['token']}"}}


@pytest.fixture(scope="session")
def server(flags: RedFlags) -> Iterator[Served]:
    """The whole ASGI application behind a real server, with the stand-in assistant; tests take `served`."""
    stand_in = Assistant()
    answers_at: list[str] = []
    with pytest.MonkeyPatch.context() as settings:
        settings.setattr(environment, "ORIGINS", [SITE])
        config = uvicorn.Config(
            application(), port=0, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=1
        )
        running = _Server(config)

        async def serve() -> None:
            async with _listening(stand_in) as address:
                answers_at.append(address)
                await running.serve()

        thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
        thread.start()
        assert running.is_up.wait(10)
        assert running.started, "the server did not start: what it said is above"
    port = running.servers[0].sockets[0].getsockname()[1]
    yield Served(f"http://127.0.0.1:{port}", answers_at[0], stand_in, serving.serving().hub, running.loop)
    running.should_exit = True
    thread.join(15)  # a browser of a test's that stays connected keeps nobody from the summary


@pytest.fixture
def served(server: Served, clinic: Clinic, stand_in: Assistant, monkeypatch: pytest.MonkeyPatch) -> Served:
    """The server, with a clinic, and an assistant that has not been asked anything yet."""
    monkeypatch.setattr(environment, "ASSISTANT", server.assistant_address)
    server.assistant.__dict__.update(stand_in.__dict__)
    return server


@pytest.fixture
def conversation(clinic: Clinic) -> Conversation:
    """One that has begun; without anybody who serves it."""
    return services.conversation_start(consent_version="1-90", consent_text="What is kept.", language="en")

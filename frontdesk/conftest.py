"""What the front desk's tests share: a clinic, its people, a visitor, and an assistant whose answers a test writes.

The cast: Alice is staff and has what she takes; Bob is her colleague; Carol administers; a visitor writes.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import time
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import AsyncClient

from frontdesk import environment
from frontdesk.chat import assistant, serving
from frontdesk.clinic.models import Clinic, OpeningHours
from frontdesk.clinic.selectors import forget_clinic
from frontdesk.conversations.models import Conversation
from frontdesk.people.models import Profile
from safety import RedFlags


@pytest.fixture(scope="session")
def flags() -> RedFlags:
    """The safety rules, read once."""
    return serving.red_flags()


@pytest.fixture(autouse=True)
def fresh_memory() -> Iterator[None]:
    """What a process remembers between requests is another test's."""
    cache.clear()
    forget_clinic()
    yield
    forget_clinic()


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
    """

    asked: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    status: int = 200
    is_there: bool = True
    gate: asyncio.Event = field(default_factory=asyncio.Event)

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
        self.asked.append(body)
        await self.gate.wait()
        said = body.get("text", body.get("choice"))
        answer = self.answers.get(said, self.answers.get("*"))
        failed = {"error": {"code": "failed", "message": ""}}
        return web.json_response(answer if self.status == 200 else failed, status=self.status)

    async def health(self, request: web.Request) -> web.Response:
        """Whether it is there."""
        return web.json_response({"model": "a model"}, status=self.status if self.is_there else 503)


@pytest_asyncio.fixture
async def bot(flags: RedFlags, clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Assistant]:
    """The front desk serves, and the assistant says something."""
    stand_in = Assistant()
    stand_in.gate.set()
    stand_in.says("Leave makeup off for a while.")
    application = web.Application()
    application.router.add_post(f"{assistant.PATH}/messages", stand_in.answer)
    application.router.add_get(f"{assistant.PATH}/health", stand_in.health)
    async with TestServer(application) as server:
        monkeypatch.setattr(environment, "ASSISTANT", str(server.make_url("")).rstrip("/"))
        async with serving.lifespan():
            yield stand_in


@dataclass
class Visitor:
    """A visitor's page: its requests, and what came back last."""

    client: AsyncClient
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
        return await self.client.post(path, body, content_type="application/json", headers=self.headers)

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
async def visitor(bot: Assistant, async_client: AsyncClient) -> Visitor:
    """A visitor who has agreed."""
    return await Visitor(async_client).begins()


@pytest.fixture
def stranger(bot: Assistant, async_client: AsyncClient) -> Visitor:
    """A visitor who has not."""
    return Visitor(async_client)


def _person(name: str, role: str, **rights: bool) -> User:
    user = User.objects.create_user(name.lower(), password="correct horse battery staple", **rights)
    Profile.objects.create(user=user, name=name, role=role)
    return user


@pytest.fixture
def alice(transactional_db: None) -> User:
    """A nurse."""
    return _person("Alice", "nurse")


@pytest.fixture
def bob(transactional_db: None) -> User:
    """Her colleague."""
    return _person("Bob", "reception")


@pytest.fixture
def carol(transactional_db: None) -> User:
    """Who administers."""
    return _person("Carol", "", is_superuser=True, is_staff=True)


Settings = Callable[..., None]


@pytest.fixture
def environment_with(monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Sets what an operator sets, for one test."""

    def set_them(**values: Any) -> None:
        for name, value in values.items():
            monkeypatch.setattr(environment, name, value)

    return set_them

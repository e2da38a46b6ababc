"""`GET /chat/events`: what happens in a conversation, as it happens, read as a browser reads it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import User
from django.db import connection

from frontdesk import environment
from frontdesk.chat import database
from frontdesk.conftest import SITE, Served
from frontdesk.conversations import services
from frontdesk.conversations.models import Conversation

SOON = 30.0  # seconds after which a test gives up: another process may take long to begin on a busy machine


@dataclass
class Event:
    """As it is sent."""

    kind: str
    id: str
    data: Any


class Stream:
    """An open stream."""

    def __init__(self, response: httpx.Response) -> None:
        """Of a response that is read as it comes."""
        self.response = response
        self._lines = response.aiter_lines()

    async def next(self) -> Event:
        """The next event, comments left out. Raises StopAsyncIteration at the end of the stream."""
        async with asyncio.timeout(SOON):
            fields: dict[str, str] = {}
            while True:
                line = await anext(self._lines)
                if not line and "event" in fields:
                    return Event(fields["event"], fields.get("id", ""), json.loads(fields["data"]))
                if line and not line.startswith(":"):
                    name, _, value = line.partition(": ")
                    fields[name] = value

    async def until(self, kind: str) -> Event:
        """The next of a kind."""
        while True:
            event = await self.next()
            if event.kind == kind:
                return event


@asynccontextmanager
async def _follows(served: Served, begun: dict[str, Any], **headers: str) -> AsyncIterator[Stream]:
    async with (
        httpx.AsyncClient(base_url=served.address, timeout=SOON) as client,
        client.stream("GET", "/chat/events", headers={**begun["headers"], **headers}) as response,
    ):
        stream = Stream(response)
        if response.status_code == 200:
            # The first line comes once the conversation is followed: nothing that happens from here on is missed.
            assert (await anext(stream._lines)).startswith(":")
        yield stream


async def _begins(served: Served) -> dict[str, Any]:
    return await asyncio.to_thread(served.begins)


async def _says(served: Served, begun: dict[str, Any], text: str) -> Any:
    async with httpx.AsyncClient(base_url=served.address, timeout=30) as client:
        return (
            await client.post("/chat/messages", json={"id": str(uuid.uuid4()), "text": text}, headers=begun["headers"])
        ).json()


async def test_it_is_a_stream_that_nobody_stores(served: Served) -> None:
    async with _follows(served, await _begins(served)) as stream:
        headers = stream.response.headers

    assert headers["Content-Type"].startswith("text/event-stream")
    assert "no-store" in headers["Cache-Control"]
    assert headers["X-Accel-Buffering"] == "no"


async def test_a_message_and_its_answer_come_with_their_ids(served: Served) -> None:
    begun = await _begins(served)
    async with _follows(served, begun) as stream:
        said = await _says(served, begun, "can i wear makeup after")

        asked, answered = await stream.until("message"), await stream.until("message")

    assert [asked.data, answered.data] == [said["message"], *said["messages"]]
    assert [asked.id, answered.id] == [asked.data["id"], answered.data["id"]]


async def test_a_move_comes_with_an_id_and_who_has_it(served: Served, alice: User) -> None:
    begun = await _begins(served)
    async with _follows(served, begun) as stream:
        await database.write(services.conversation_take, begun["conversation"]["id"], alice)

        moved = await stream.until("state")

    assert moved.data == {
        "id": begun["conversation"]["id"],
        "state": "staff",
        "concern": "none",
        "staff": {"name": "Alice", "role": "nurse"},
    }
    assert moved.id == "2"


async def test_without_a_last_id_only_what_comes_next_is_sent(served: Served) -> None:
    begun = await _begins(served)
    await _says(served, begun, "before")
    async with _follows(served, begun) as stream:
        await _says(served, begun, "after")

        assert (await stream.until("message")).data["text"] == "after"


async def test_after_a_last_id_all_that_was_missed_is_sent_in_order(served: Served, alice: User) -> None:
    begun = await _begins(served)
    await _says(served, begun, "one")
    await database.write(services.conversation_take, begun["conversation"]["id"], alice)
    await database.write(services.conversation_reply, begun["conversation"]["id"], alice, "Good morning.")
    async with _follows(served, begun, **{"Last-Event-ID": "1"}) as stream:
        missed = [await stream.next() for _ in range(5)]

    assert [event.id for event in missed] == ["2", "3", "4", "5", "6"]
    assert [event.kind for event in missed] == ["message", "message", "state", "message", "message"]
    assert missed[-1].data["text"] == "Good morning."


async def test_what_was_missed_is_followed_by_what_comes_next(served: Served) -> None:
    begun = await _begins(served)
    await _says(served, begun, "missed")
    async with _follows(served, begun, **{"Last-Event-ID": "1"}) as stream:
        await stream.next()
        await stream.next()
        await _says(served, begun, "next")

        assert (await stream.until("message")).id == "4"


async def test_from_the_beginning_the_whole_record_is_sent(served: Served) -> None:
    begun = await _begins(served)
    async with _follows(served, begun, **{"Last-Event-ID": "0"}) as stream:
        assert (await stream.next()).data == begun["messages"][0]


async def test_that_the_assistant_types_comes_without_an_id(served: Served) -> None:
    begun = await _begins(served)
    served.assistant.gate.clear()
    async with _follows(served, begun) as stream:
        saying = asyncio.create_task(_says(served, begun, "can i wear makeup after"))
        begins = await stream.until("typing")
        served.call(served.assistant.gate.set)
        ends = await stream.until("typing")
        await saying

    assert (begins.id, begins.data) == ("", {"from": "bot", "typing": True})
    assert (ends.id, ends.data) == ("", {"from": "bot", "typing": False})


async def test_that_the_visitor_types_is_not_sent_back(served: Served) -> None:
    begun = await _begins(served)
    async with _follows(served, begun) as stream:
        async with httpx.AsyncClient(base_url=served.address) as client:
            await client.post("/chat/typing", json={"typing": True}, headers=begun["headers"])
        served.call(lambda: served.hub.typing(begun["conversation"]["id"], "staff", is_typing=True))

        assert (await stream.next()).data == {"from": "staff", "typing": True}


async def test_a_deleted_conversation_ends_the_stream(served: Served) -> None:
    begun = await _begins(served)
    async with _follows(served, begun) as stream:
        async with httpx.AsyncClient(base_url=served.address) as client:
            await client.delete("/chat/conversation", headers=begun["headers"])

        gone = await stream.next()
        with pytest.raises(StopAsyncIteration):
            await stream.next()

    assert (gone.kind, gone.id, gone.data) == ("gone", "", {})


REPLY = """
import django, sys, time
django.setup()
from django.contrib.auth.models import User
from frontdesk.conversations import services
services.conversation_reply(sys.argv[1], User.objects.get(username="alice"), "From another process.")
print(time.time())
"""
DELETE = """
import django, sys, time
django.setup()
from frontdesk.conversations import services
services.conversation_delete(sys.argv[1])
print(time.time())
"""


async def _in_another_process(program: str, conversation_id: str) -> float:
    """When it had done it."""

    def run() -> float:
        test_database = str(connection.settings_dict["NAME"])
        settings = {**os.environ, "FRONTDESK_DATABASE": test_database, "DJANGO_SETTINGS_MODULE": "frontdesk.settings"}
        command = [sys.executable, "-c", program, conversation_id]
        return float(subprocess.run(command, env=settings, cwd=environment.ROOT, check=True, capture_output=True).stdout)

    return await asyncio.to_thread(run)


async def test_what_another_process_wrote_comes_within_a_second(served: Served, alice: User) -> None:
    begun = await _begins(served)
    await database.write(services.conversation_take, begun["conversation"]["id"], alice)
    async with _follows(served, begun) as stream:
        writing = asyncio.create_task(_in_another_process(REPLY, begun["conversation"]["id"]))

        written = await stream.until("message")
        came = time.time()

    assert written.data["text"] == "From another process."
    assert came - await writing < 1.0


async def test_what_another_process_deleted_ends_the_stream(served: Served) -> None:
    begun = await _begins(served)
    async with _follows(served, begun) as stream:
        await _in_another_process(DELETE, begun["conversation"]["id"])

        assert (await stream.next()).kind == "gone"


async def test_two_streams_of_one_conversation_both_get_everything(served: Served) -> None:
    begun = await _begins(served)
    async with _follows(served, begun) as one, _follows(served, begun) as other:
        await _says(served, begun, "can i wear makeup after")

        of_one = [await one.until("message") for _ in range(2)]
        of_other = [await other.until("message") for _ in range(2)]

    assert of_one == of_other


async def test_what_happens_in_another_conversation_is_not_sent(served: Served) -> None:
    mine, anothers = await _begins(served), await _begins(served)
    async with _follows(served, mine) as stream:
        await _says(served, anothers, "another's")
        await _says(served, mine, "mine")

        assert (await stream.until("message")).data["text"] == "mine"


async def test_a_stream_that_is_left_is_forgotten(served: Served) -> None:
    begun = await _begins(served)
    async with _follows(served, begun):
        assert list(served.hub._followers) == [begun["conversation"]["id"]]

    async with asyncio.timeout(SOON):
        while served.hub._followers:  # noqa: ASYNC110 - the server tells nobody that it has noticed
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("last", ["x", "-1", "1.5", "9" * 19, "1 2"])
async def test_a_last_id_that_is_none_is_refused(served: Served, last: str) -> None:
    async with _follows(served, await _begins(served), **{"Last-Event-ID": last}) as stream:
        refused = json.loads(await stream.response.aread())

    assert (stream.response.status_code, refused["error"]["code"]) == (400, "invalid_field")


async def test_a_last_id_that_is_still_to_come_waits(served: Served) -> None:
    begun = await _begins(served)
    async with _follows(served, begun, **{"Last-Event-ID": "2"}) as stream:
        await _says(served, begun, "position two")

        assert (await stream.until("message")).id == "3"


@pytest.mark.parametrize(
    ("authorization", "code"), [("", "token_required"), ("Bearer x", "invalid_token"), ("Basic x", "token_required")]
)
async def test_without_the_conversations_token_nothing_is_sent(served: Served, authorization: str, code: str) -> None:
    async with _follows(served, {"headers": {"Authorization": authorization}}) as stream:
        refused = json.loads(await stream.response.aread())

    assert (stream.response.status_code, refused["error"]["code"]) == (401, code)


async def test_of_a_deleted_conversation_there_is_no_stream(served: Served) -> None:
    begun = await _begins(served)
    await Conversation.objects.all().adelete()
    async with _follows(served, begun) as stream:
        refused = json.loads(await stream.response.aread())

    assert (stream.response.status_code, refused["error"]["code"]) == (410, "conversation_deleted")


async def test_a_listed_sites_page_may_read_it(served: Served) -> None:
    async with _follows(served, await _begins(served), Origin=SITE) as stream:
        assert stream.response.headers["Access-Control-Allow-Origin"] == SITE


async def test_one_conversation_has_so_many_streams_at_most(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frontdesk.chat.events.MAX_STREAMS", 1)
    begun, other = await _begins(served), await _begins(served)
    async with _follows(served, begun), _follows(served, begun) as one_more, _follows(served, other) as anothers:
        refused = json.loads(await one_more.response.aread())

    assert (one_more.response.status_code, refused["error"]["code"]) == (429, "too_many_streams")
    assert int(one_more.response.headers["Retry-After"]) > 0
    assert anothers.response.status_code == 200

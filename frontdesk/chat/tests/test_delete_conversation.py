"""`DELETE /chat/conversation`."""

from __future__ import annotations

import asyncio
import functools
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User

from frontdesk.chat import database
from frontdesk.clinic.models import AlertRecipient, Clinic
from frontdesk.conftest import Assistant, Settings, Visitor
from frontdesk.conversations import services
from frontdesk.conversations.models import CannedReply


async def _deletes(visitor: Visitor) -> Any:
    return await visitor.client.delete("/chat/conversation", headers=visitor.headers)


async def _rows() -> dict[str, int]:
    """Of every table of the record."""
    of_conversations = [model for model in apps.get_app_config("conversations").get_models() if model is not CannedReply]
    return {model.__name__: await model._default_manager.acount() for model in of_conversations}


@pytest.fixture(autouse=True)
def mail_server(environment_with: Settings) -> None:
    """There is one to send mail by."""
    environment_with(SMTP_HOST="127.0.0.1")


async def _everything_happens(visitor: Visitor, bot: Assistant, clinic: Clinic, alice: User) -> None:
    """A conversation that has left a row in every table."""
    await AlertRecipient.objects.acreate(clinic=clinic, channel="webhook", address="http://127.0.0.1:9/")
    bot.calls_person("A person will look at this.", level="urgent")
    answered = await visitor.says("a person please")
    await visitor.posts("/chat/feedback", {"message": answered.json()["messages"][0]["id"], "helpful": True})
    await visitor.posts("/chat/contact", {"email": "a.visitor@example.org"})
    await database.write(services.conversation_take, visitor.conversation_id, alice)
    await database.write(services.note_add, visitor.conversation_id, alice, "called back")
    reply = functools.partial(
        services.conversation_reply, visitor.conversation_id, alice, "Good morning.", visitor_is_there=False
    )
    await database.write(reply)


async def test_every_row_of_it_is_gone(visitor: Visitor, bot: Assistant, clinic: Clinic, alice: User) -> None:
    await _everything_happens(visitor, bot, clinic, alice)
    assert all((await _rows()).values()), await _rows()

    deleted = await _deletes(visitor)

    assert (deleted.status_code, deleted.content) == (204, b"")
    assert not any((await _rows()).values()), await _rows()


async def test_people_and_other_conversations_stay(visitor: Visitor, bot: Assistant, clinic: Clinic, alice: User) -> None:
    await _everything_happens(visitor, bot, clinic, alice)
    other = await Visitor(visitor.client).begins()
    await other.says("another's")

    await _deletes(visitor)

    assert "another's" in (await other.reads()).content.decode()
    assert await User.objects.filter(pk=alice.pk).aexists()


async def test_the_token_opens_nothing_any_more(visitor: Visitor) -> None:
    await _deletes(visitor)

    gone = await visitor.says("hello")

    assert (gone.status_code, gone.json()["error"]["code"]) == (410, "conversation_deleted")


async def test_deleting_it_again_is_harmless(visitor: Visitor) -> None:
    await _deletes(visitor)

    assert (await _deletes(visitor)).status_code == 204


async def test_a_closed_conversation_can_be_deleted(visitor: Visitor) -> None:
    await visitor.posts("/chat/end", {})

    await _deletes(visitor)

    assert (await visitor.reads()).status_code == 410


async def test_deleted_while_the_assistant_answers_it_stays_deleted(visitor: Visitor, bot: Assistant) -> None:
    bot.gate.clear()
    sending = asyncio.create_task(visitor.says("can i wear makeup after"))
    await bot.hears()
    await _deletes(visitor)

    bot.gate.set()
    answered = await sending

    assert (answered.status_code, answered.json()["error"]["code"]) == (410, "conversation_deleted")
    assert not any((await _rows()).values())

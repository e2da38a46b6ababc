"""Vectors are fetched and messages grouped by the worker: what is due stays due until it is done."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User

from frontdesk import worker
from frontdesk.chat import assistant
from frontdesk.conftest import Assistant
from frontdesk.conversations.models import Conversation, Message, Understanding
from frontdesk.insight import misses
from frontdesk.insight.group_models import Miss
from frontdesk.insight.tests.conftest import Chats
from frontdesk.privacy.services import conversation_erase
from frontdesk.review import services as review
from frontdesk.review.summaries import summaries_write

NOT_UNDERSTOOD = {"key": "system/not_understood", "confidence": 0.2}
PARKING = [1.0, 0.1, *[0.0] * 30]
CAR = [1.0, 0.2, *[0.0] * 30]
PRICE = [0.0, 0.0, 1.0, *[0.0] * 29]


@pytest_asyncio.fixture
async def client(bot: Assistant) -> AsyncIterator[aiohttp.ClientSession]:
    """As the worker has it."""
    async with assistant.new_client() as made:
        yield made


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "VECTORS_PAUSE", 0)


pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("quick")]


async def _misses() -> dict[str, Miss]:
    return {one.message.text: one async for one in Miss.objects.select_related("message", "centre__message")}


@sync_to_async
def _ask(chats: Chats, *texts: str, **rest: Any) -> Conversation:
    return chats(*texts, **{**NOT_UNDERSTOOD, **rest})


async def test_what_was_not_understood_is_written_down(chats: Chats) -> None:
    await _ask(chats, "is there parking")

    [miss] = (await _misses()).values()
    assert (miss.vector, miss.centre, miss.at) == (None, None, miss.message.sent_at)


async def test_what_was_understood_is_not(chats: Chats) -> None:
    await _ask(chats, "can i wear makeup", key="aftercare/makeup")

    assert await _misses() == {}


async def test_what_has_no_words_is_not(chats: Chats) -> None:
    await _ask(chats, "jhgjhg", key="system/unreadable")

    assert await _misses() == {}


async def test_what_the_assistant_never_read_is_not(chats: Chats, client: aiohttp.ClientSession, bot: Assistant) -> None:
    """It is not answered, and stands in review; but nobody knows whether it would have been understood."""
    conversation = await _ask(chats)
    message = await Message.objects.acreate(
        conversation=conversation, position=90, sender="visitor", text="is there parking", sent_at=conversation.started_at
    )
    await Understanding.objects.acreate(message=message, failure="timeout")
    await sync_to_async(summaries_write)([conversation.pk])

    assert await _misses() == {}


async def test_looking_again_writes_nothing_twice(chats: Chats) -> None:
    conversation = await _ask(chats, "is there parking")

    await sync_to_async(summaries_write)([conversation.pk])

    assert list(await _misses()) == ["is there parking"]


@pytest.mark.parametrize(("kind", "question"), [("question", "aftercare/water"), ("out_of_scope", "")])
async def test_what_staff_say_was_taken_for_something_else_is_written_down(
    chats: Chats, alice: User, kind: str, question: str
) -> None:
    conversation = await _ask(chats, "can i swim", key="aftercare/makeup")
    position = (await Message.objects.aget(text="can i swim")).position
    correction = await sync_to_async(review.correction_make)(conversation.pk, position, alice, kind=kind, question=question)
    assert list(await _misses()) == ["can i swim"]

    await sync_to_async(review.correction_withdraw)(conversation.pk, correction.pk)

    assert await _misses() == {}


async def test_whether_a_person_was_needed_is_another_matter(chats: Chats, alice: User) -> None:
    conversation = await _ask(chats, "can i swim", key="aftercare/makeup")
    position = (await Message.objects.aget(text="can i swim")).position

    await sync_to_async(review.correction_make)(conversation.pk, position, alice, kind="should_hand_over")

    assert await _misses() == {}


async def test_messages_of_like_meaning_are_one_group(chats: Chats, client: aiohttp.ClientSession, bot: Assistant) -> None:
    bot.meanings = {"is there parking": PARKING, "where do i leave my car": CAR, "what is the price": PRICE}
    await _ask(chats, *bot.meanings)

    assert await worker.find_likeness(client) == 3

    found = await _misses()
    assert found["is there parking"].centre_id == found["where do i leave my car"].centre_id
    assert found["what is the price"].centre_id == found["what is the price"].pk
    assert {one.encoder for one in found.values()} == {"an encoder"}


async def test_a_message_that_comes_in_joins_its_group(chats: Chats, client: aiohttp.ClientSession, bot: Assistant) -> None:
    bot.meanings = {"is there parking": PARKING, "where do i leave my car": CAR, "what is the price": PRICE}
    await _ask(chats, "is there parking", "what is the price")
    await worker.find_likeness(client)

    await _ask(chats, "where do i leave my car")
    await worker.find_likeness(client)

    found = await _misses()
    assert found["is there parking"].centre_id == found["where do i leave my car"].centre_id
    assert bot.encoded.count("is there parking") == 1


async def test_when_nothing_is_due_nothing_is_asked(chats: Chats, client: aiohttp.ClientSession, bot: Assistant) -> None:
    await _ask(chats, "is there parking")
    await worker.find_likeness(client)
    asked = list(bot.encoded)

    assert await worker.find_likeness(client) == 0
    assert bot.encoded == asked


async def test_more_than_a_request_takes_are_fetched_one_request_after_another(
    chats: Chats, client: aiohttp.ClientSession, bot: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "VECTORS_AT_ONCE", 2)
    await _ask(chats, *(f"question {number}" for number in range(5)))

    assert await worker.find_likeness(client) == 5
    assert not [one for one in (await _misses()).values() if one.centre_id is None]


@pytest.mark.parametrize("failure", ["gone", "no model"])
async def test_while_the_assistant_is_down_vectors_stay_due(
    chats: Chats, client: aiohttp.ClientSession, bot: Assistant, failure: str
) -> None:
    await _ask(chats, "is there parking")
    bot.is_there, bot.status = failure != "gone", 503 if failure == "no model" else 200

    assert await worker.find_likeness(client) == 0
    assert (await _misses())["is there parking"].vector is None

    bot.is_there, bot.status = True, 200
    assert await worker.find_likeness(client) == 1


async def test_a_text_on_which_the_assistant_fails_keeps_none_from_its_vector(
    chats: Chats, client: aiohttp.ClientSession, bot: Assistant
) -> None:
    bot.unreadable = {"strange"}
    bot.meanings = {"is there parking": PARKING, "where do i leave my car": CAR}
    await _ask(chats, "is there parking", "strange", "where do i leave my car")

    await worker.find_likeness(client)

    found = await _misses()
    assert found["is there parking"].centre_id == found["where do i leave my car"].centre_id
    assert found["strange"].centre_id == found["strange"].pk


async def test_another_encoder_makes_all_vectors_anew(chats: Chats, client: aiohttp.ClientSession, bot: Assistant) -> None:
    bot.meanings = {"is there parking": PARKING, "where do i leave my car": CAR}
    await _ask(chats, *bot.meanings)
    await worker.find_likeness(client)

    bot.encoder, bot.meanings = "another encoder", {"is there parking": PARKING, "where do i leave my car": PRICE}
    assert await worker.find_likeness(client) == 2

    found = await _misses()
    assert {one.encoder for one in found.values()} == {"another encoder"}
    assert found["is there parking"].centre_id != found["where do i leave my car"].centre_id


async def test_only_the_newest_are_grouped(
    chats: Chats, client: aiohttp.ClientSession, bot: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(misses, "MOST", 2)
    await _ask(chats, "first", "second", "third")

    assert await worker.find_likeness(client) == 2
    assert "first" not in bot.encoded


async def test_an_erased_conversation_takes_its_vectors_away(
    chats: Chats, client: aiohttp.ClientSession, bot: Assistant
) -> None:
    bot.meanings = {"is there parking": PARKING, "where do i leave my car": CAR}
    first, _ = await _ask(chats, "is there parking"), await _ask(chats, "where do i leave my car")
    await worker.find_likeness(client)

    await sync_to_async(conversation_erase)(first.pk)

    assert list(await _misses()) == ["where do i leave my car"]


async def test_a_group_whose_middle_is_erased_is_grouped_anew(
    chats: Chats, client: aiohttp.ClientSession, bot: Assistant
) -> None:
    texts = ["is there parking", "where do i leave my car", "a place for my car"]
    bot.meanings = dict.fromkeys(texts, PARKING)
    for text in texts:
        await _ask(chats, text)
    await worker.find_likeness(client)
    middle = (await _misses())[texts[1]].centre
    assert middle is not None
    await sync_to_async(conversation_erase)(middle.message.conversation_id)
    assert {one.centre_id for one in (await _misses()).values()} == {None}

    await worker.find_likeness(client)

    left = await _misses()
    assert len(left) == 2
    assert len({one.centre_id for one in left.values()} - {None}) == 1


async def test_what_is_erased_while_it_is_grouped_is_left_out(
    chats: Chats, client: aiohttp.ClientSession, bot: Assistant
) -> None:
    bot.meanings = {"is there parking": PARKING, "where do i leave my car": CAR}
    first, _ = await _ask(chats, "is there parking"), await _ask(chats, "where do i leave my car")
    keys = [one.pk for one in (await _misses()).values()]
    await sync_to_async(conversation_erase)(first.pk)

    await sync_to_async(misses.vectors_write)("an encoder", dict.fromkeys(keys, PARKING))
    await sync_to_async(misses.groups_write)(dict.fromkeys(keys, keys[0]))

    [left] = (await _misses()).values()
    assert left.centre_id is None


async def test_an_answer_that_cannot_be_read_leaves_vectors_due(
    chats: Chats, client: aiohttp.ClientSession, bot: Assistant
) -> None:
    await _ask(chats, "is there parking")
    bot.meanings = {"is there parking": ["not", "numbers"]}  # type: ignore[list-item]

    assert await worker.find_likeness(client) == 0
    assert (await _misses())["is there parking"].vector is None

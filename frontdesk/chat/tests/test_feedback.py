"""`POST /chat/feedback`."""

from __future__ import annotations

from typing import Any

import pytest

from frontdesk.conftest import Visitor
from frontdesk.conversations.models import Feedback


async def _rates(visitor: Visitor, message: str, helpful: bool | None, **rest: Any) -> Any:
    return await visitor.posts("/chat/feedback", {"message": message, "helpful": helpful, **rest})


async def _answer(visitor: Visitor) -> str:
    answered: str = (await visitor.says("can i wear makeup after")).json()["messages"][0]["id"]
    return answered


async def _shown(visitor: Visitor, message: str) -> Any:
    return next(one for one in (await visitor.reads()).json()["messages"] if one["id"] == message).get("helpful")


@pytest.mark.parametrize("helpful", [True, False])
async def test_a_thumb_is_kept_and_shown(visitor: Visitor, helpful: bool) -> None:
    answer = await _answer(visitor)

    rated = await _rates(visitor, answer, helpful)

    assert (rated.status_code, rated.content) == (204, b"")
    assert await _shown(visitor, answer) is helpful


async def test_the_last_thumb_counts(visitor: Visitor) -> None:
    answer = await _answer(visitor)
    await _rates(visitor, answer, helpful=True)

    await _rates(visitor, answer, helpful=False)

    assert await _shown(visitor, answer) is False
    assert await Feedback.objects.acount() == 1


async def test_null_takes_it_back(visitor: Visitor) -> None:
    answer = await _answer(visitor)
    await _rates(visitor, answer, helpful=True)

    await _rates(visitor, answer, helpful=None)

    assert await _shown(visitor, answer) is None


async def test_a_comment_is_kept(visitor: Visitor) -> None:
    await _rates(visitor, await _answer(visitor), helpful=False, comment="too short")

    assert (await Feedback.objects.aget()).comment == "too short"


async def test_ones_own_message_cannot_be_rated(visitor: Visitor) -> None:
    said = (await visitor.says("can i wear makeup after")).json()["message"]["id"]

    refused = await _rates(visitor, said, helpful=True)

    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "unknown_message")


async def test_an_answer_of_another_conversation_cannot_be_rated(visitor: Visitor) -> None:
    await _answer(visitor)
    last = await _answer(visitor)
    other = await Visitor(visitor.client).begins()

    refused = await _rates(other, last, helpful=True)

    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "unknown_message")
    assert not await Feedback.objects.aexists()


async def test_an_answer_that_is_not_there_cannot_be_rated(visitor: Visitor) -> None:
    assert (await _rates(visitor, "9" * 18, helpful=True)).status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"helpful": True}, 400, "invalid_field"),
        ({"message": "1"}, 400, "invalid_field"),
        ({"message": 1, "helpful": True}, 400, "invalid_field"),
        ({"message": "x", "helpful": True}, 400, "invalid_field"),
        ({"message": "1", "helpful": "yes"}, 400, "invalid_field"),
        ({"message": "1", "helpful": 1}, 400, "invalid_field"),
        ({"message": "1", "helpful": True, "comment": "x" * 501}, 413, "too_long"),
        ({"message": "1", "helpful": True, "stars": 5}, 400, "unknown_field"),
    ],
)
async def test_a_wrong_body_is_refused(visitor: Visitor, body: Any, status: int, code: str) -> None:
    refused = await visitor.posts("/chat/feedback", body)

    assert (refused.status_code, refused.json()["error"]["code"]) == (status, code)


async def test_an_ended_conversation_can_still_be_rated(visitor: Visitor) -> None:
    answer = await _answer(visitor)
    await visitor.posts("/chat/end", {})

    assert (await _rates(visitor, answer, helpful=True)).status_code == 204

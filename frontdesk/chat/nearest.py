"""Asks the assistant that answers visitors for the examples that texts are most like: `docs/channel.md`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx

from frontdesk import environment
from frontdesk.chat.assistant import OK, PATH, AssistantFailed
from frontdesk.chat.vectors import LONGEST
from frontdesk.content.live import served

SECONDS = 1.5  # an editor waits while they type


@dataclass(frozen=True)
class Near:
    """An example that a text is like.

    Attributes:
        text: The example.
        question: Its question's key.
        likeness: From 0 to 1.
    """

    text: str
    question: str
    likeness: float


@dataclass(frozen=True)
class Nearest:
    """What a text is like.

    Attributes:
        examples: Of all questions, the most alike first.
        own: The most alike of the question that was asked about; None where the assistant does not know the question.
    """

    examples: tuple[Near, ...]
    own: Near | None = None


def nearest_of(texts: Sequence[str], questions: Sequence[str], address: str = "") -> list[Nearest]:
    """What at most `vectors.MOST` texts are like.

    Args:
        texts: As editors typed them; none is empty.
        questions: The key that each is meant for; empty where there is none.
        address: Of the assistant; of the one that answers visitors where it is left out.

    Raises:
        AssistantFailed: If it is not there, too slow, or knows nothing of this.
    """
    shortened = [text[:LONGEST] for text in texts]
    asked = {"texts": shortened, "questions": [key or None for key in questions]}
    headers = {"Authorization": f"Bearer {environment.assistant_key()}"}
    try:
        response = _client().post(f"{address or served().address}{PATH}/nearest", json=asked, headers=headers, timeout=SECONDS)
    except httpx.TimeoutException as error:
        raise AssistantFailed("timeout") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise AssistantFailed("unreachable") from error
    if response.status_code != OK:
        raise AssistantFailed(f"status_{response.status_code}")
    try:
        found = [
            Nearest(tuple(map(_near, one["examples"])), _near(one["own"]) if one["own"] else None)
            for one in response.json()["nearest"]
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise AssistantFailed("unreadable") from error
    if len(found) != len(shortened):
        raise AssistantFailed("unreadable")
    return found


def _near(read: Mapping[str, Any]) -> Near:
    return Near(str(read["text"]), str(read["question"]), float(read["likeness"]))


@cache
def _client() -> httpx.Client:
    """Connections that stay open; made once, since that takes longer than the assistant does."""
    return httpx.Client(trust_env=False, follow_redirects=False)

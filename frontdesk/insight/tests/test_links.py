"""A number and the list that it leads to are the same."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from frontdesk.conftest import Clock
from frontdesk.conversations import services
from frontdesk.conversations.models import Conversation, StateChange
from frontdesk.insight.tests.conftest import Counted, calls, thumb
from frontdesk.privacy.services import conversation_erase
from frontdesk.review.tests.conftest import Chats, turn

LINK = re.compile(r'<a href="(/desk/review\?[^"]+)">([\d,]+)')
SHOWN = re.compile(r'<p class="hint">([\d,]+) conversations?<')


@pytest.fixture
def record(chats: Chats, new: Callable[[], Conversation], counted: Counted, alice: User, noon: Clock) -> list[Conversation]:
    """Three weeks of everything that is counted."""
    made: list[Conversation] = []
    for day in range(21):
        made.append(chats("makeup?", "price?", key="aftercare/makeup", concern=("none", "urgent", "routine")[day % 3]))
        if day % 2:
            made.append(chats("blub", key="cost/price", answers=["system/not_understood"]))
            thumb(made[-1], helpful=False)
        if day % 4 == 0:
            made.append(chats("which?", key="cost/price", answers=["system/which"], concern="emergency"))
            turn(made[-1], "the price", "cost/price")
            thumb(made[-1], helpful=day % 8 == 0)
        if day % 5 == 0:
            made.append(new())
            calls(made[-1], "a person please", level="routine")
            services.conversation_take(made[-1].pk, alice)
            services.conversation_reply(made[-1].pk, alice, "Hello.")
            services.conversation_close(made[-1].pk, StateChange.By.STAFF, "closed", alice, outcome="answered")
        if day % 6 == 5:  # one of another day goes on
            turn(made[day], "and water?", "aftercare/water")
        noon.passes(days=1)
    noon.passes(days=-1)
    counted()
    return made


def _links(client: Client, query: str) -> dict[str, int]:
    page = client.get(f"/desk/insight?{query}").content.decode()
    return {html.unescape(address): int(number.replace(",", "")) for address, number in LINK.findall(page)}


def _length(client: Client, address: str) -> int:
    found = SHOWN.search(client.get(address).content.decode())
    return int(found[1].replace(",", "")) if found else 0


@pytest.mark.parametrize("query", ["days=28", "days=28&by=week", "days=7", "days=90"])
def test_every_number_is_as_long_as_its_list(record: list[Conversation], reviewer: Client, query: str) -> None:
    links = _links(reviewer, query)

    assert len(links) > 20
    assert {address: _length(reviewer, address) for address in links} == links


def test_what_is_linked(record: list[Conversation], reviewer: Client) -> None:
    asked = {name for address in _links(reviewer, "days=28") for name in re.findall(r"(\w+)=", address)}

    assert asked == {"from", "to", "topic", "level", "fallback", "thumbs"}


def test_it_stays_so_when_a_conversation_goes_on(record: list[Conversation], reviewer: Client, counted: Counted) -> None:
    turn(record[3], "and water?", "aftercare/water")
    thumb(record[3], helpful=False)
    counted()

    links = _links(reviewer, "days=28")

    assert {address: _length(reviewer, address) for address in links} == links


def test_of_days_that_are_erased_nothing_is_linked(record: list[Conversation], reviewer: Client, counted: Counted) -> None:
    before = sum(_links(reviewer, "days=28").values())
    for conversation in record:
        conversation_erase(conversation.pk)
    counted()

    assert before
    assert _links(reviewer, "days=28") == {}

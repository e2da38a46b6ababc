"""What answers visitors: asked by every turn, fresh after half a second, in the wording that is live."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from frontdesk import environment
from frontdesk.chat import assistant
from frontdesk.conftest import Assistant, Visitor
from frontdesk.content import builds, live, releases, services
from frontdesk.content.builds import build_now
from frontdesk.content.live import FRESH, MOST_TRIED, Served, forget_served, responses_of, served, wording_try
from frontdesk.content.models import Build, Live, Release
from frontdesk.content.questions import content, digest_of
from frontdesk.conversations.models import Message

pytestmark = pytest.mark.django_db(transaction=True)
MAKEUP = "aftercare/makeup"


@pytest.fixture
def released(files_of_content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Release:
    """What the files say is live."""
    monkeypatch.setattr(builds, "MODELS", tmp_path)
    (tmp_path / "a.tar.gz").touch()
    build = build_now()
    Build.objects.update(model="a.tar.gz", state=Build.State.READY)
    build.refresh_from_db()
    return releases.first_release(build, environment.ASSISTANT)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the clock of `served` says."""
    said = [1000.0]
    monkeypatch.setattr(live.time, "monotonic", lambda: said[0])
    return said


def _reword(user: User, text: str) -> Release:
    """An answer is worded otherwise, and that is live."""
    question = content().questions[MAKEUP]
    raws = [{**dict(wording.raw), "text": text} for wording in question.wordings]
    services.answer_change(user, MAKEUP, question.answer_version, raws)
    made = releases.release_prepare(user, "")
    Release.objects.filter(pk=made.pk).update(state=Release.State.CHECKED, approved_at=timezone.now())
    return releases.release_go_live(user, made)


def test_before_anything_is_live_the_assistant_of_the_environment_answers() -> None:
    assert served() == Served(environment.ASSISTANT)


def test_what_is_live_answers(released: Release) -> None:
    Live.objects.update(address="http://127.0.0.1:7", wording="abc")

    assert served() == Served("http://127.0.0.1:7", "abc", 1)


def test_a_process_looks_again_after_half_a_second(released: Release, now: list[float]) -> None:
    before = served()
    Live.objects.update(address="http://127.0.0.1:7")

    now[0] += FRESH
    meanwhile = served()
    now[0] += 0.01

    assert meanwhile == before
    assert served().address == "http://127.0.0.1:7"


def test_within_half_a_second_the_database_is_not_asked(released: Release, now: list[float]) -> None:
    served()

    with CaptureQueriesContext(connection) as asked:
        served()

    assert len(asked) == 0


def test_the_process_that_changed_it_looks_at_once(released: Release, now: list[float], dave: User) -> None:
    served()

    made = _reword(dave, "Keep it off today.")

    assert served() == Served(environment.ASSISTANT, made.wording, 2)


def test_the_answers_of_a_wording_are_those_of_its_release(released: Release, dave: User) -> None:
    made = _reword(dave, "Keep it off today.")

    assert responses_of(made.wording) == made.responses
    assert responses_of("unknown") == {}


def test_a_wording_that_is_tried_is_remembered_for_as_many_editors_as_try() -> None:
    for number in range(MOST_TRIED + 1):
        wording_try(f"w{number}", {"utter_a/b": [{"text": str(number)}]})

    assert responses_of("w0") == {}
    assert responses_of(f"w{MOST_TRIED}") == {"utter_a/b": [{"text": str(MOST_TRIED)}]}


# The wording on its way to the assistant.


@pytest_asyncio.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    """Connections to the assistant."""
    async with assistant.new_client() as made:
        yield made


async def test_an_assistant_that_has_not_got_the_wording_gets_it(bot: Assistant, client: aiohttp.ClientSession) -> None:
    responses = {f"utter_{MAKEUP}": [{"text": "Keep it off today."}]}
    wording = digest_of(responses)
    wording_try(wording, responses)

    status, body = await assistant.message_post(client, Served(environment.ASSISTANT, wording), {"text": "makeup?"})

    assert (status, b"Keep it off today." in body) == (200, True)
    assert bot.wordings == {wording: responses}
    assert [one["wording"] for one in bot.asked] == [wording]


async def test_an_assistant_that_has_the_wording_is_asked_once(
    bot: Assistant, client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot.wordings["abc"] = {}
    monkeypatch.setattr(assistant, "responses_of", lambda wording: pytest.fail("it was given the wording"))

    status, _ = await assistant.message_post(client, Served(environment.ASSISTANT, "abc"), {"text": "makeup?"})

    assert status == 200


async def test_without_a_wording_none_is_named(bot: Assistant, client: aiohttp.ClientSession) -> None:
    await assistant.message_post(client, Served(environment.ASSISTANT), {"text": "makeup?"})

    assert "wording" not in bot.asked[0]


async def test_a_visitor_reads_the_wording_that_is_live(
    files_of_content: Path, visitor: Visitor, bot: Assistant, released: Release, dave: User
) -> None:
    first = (await visitor.says("can i wear makeup after")).json()["messages"][0]["text"]
    made = await sync_to_async(_reword)(dave, "Keep it off today.")

    second = (await visitor.says("and what about makeup")).json()["messages"][0]["text"]

    assert (first, second) == ("Leave makeup off for a while.", "Keep it off today.")
    of = [row async for row in Message.objects.filter(understanding__isnull=False).order_by("position").values_list(
        "understanding__release", flat=True
    )]  # fmt: skip
    assert of == [1, made.number]


async def test_an_assistant_that_has_lost_the_wording_gets_it_again(
    files_of_content: Path, visitor: Visitor, bot: Assistant, released: Release, dave: User
) -> None:
    await sync_to_async(_reword)(dave, "Keep it off today.")
    await visitor.says("can i wear makeup after")
    bot.wordings.clear()  # it was started anew

    said = (await visitor.says("and what about makeup")).json()["messages"][0]["text"]

    assert said == "Keep it off today."
    forget_served()

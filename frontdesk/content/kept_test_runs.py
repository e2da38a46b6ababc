"""Runs the tests that editors keep, against the draft where it runs, else against what is live."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from frontdesk.chat.assistant import new_client
from frontdesk.content import sides
from frontdesk.content.kept_tests import KeptTest
from frontdesk.content.live import Served, served
from frontdesk.content.readings import NoReading, Reading, read_many

SECONDS = 60.0  # for all; a message takes about a fiftieth of one


@dataclass(frozen=True)
class Result:
    """What a test got.

    Attributes:
        said: Keys of what was answered, or offered.
        asks: Whether the visitor was asked to choose.
    """

    passed: bool
    said: tuple[str, ...]
    asks: bool
    concern: str


@dataclass(frozen=True)
class Run:
    """What all tests got.

    Attributes:
        by: `draft`, `live`, or `both` where they are the same.
        results: By message; None where the assistant does not answer.
        is_prepared: Whether the draft will be there soon, and is not yet.
    """

    by: str
    results: dict[str, Result] | None
    is_prepared: bool = False

    @property
    def failed(self) -> int:
        """How many have not passed."""
        return sum(not one.passed for one in (self.results or {}).values())


def kept_tests_run(tests: Sequence[KeptTest]) -> Run:
    """Asks all of them now; nothing is kept of it."""
    draft = sides.draft_state()
    by = "both" if draft.state == sides.LIVE else "draft" if draft.state == sides.READY else "live"
    answering = draft.served if by == "draft" and draft.served else served()
    return Run(by, _results(tests, answering), draft.state == sides.WAITING)


def _results(tests: Sequence[KeptTest], by: Served) -> dict[str, Result] | None:
    try:
        read = asyncio.run(_read(by, [one.text for one in tests]))
    except (NoReading, TimeoutError, ValueError, KeyError, TypeError):
        return None
    return {one.text: _result(one, read[one.text]) for one in tests}


async def _read(by: Served, texts: Sequence[str]) -> dict[str, Reading]:
    async with new_client() as client, asyncio.timeout(SECONDS):
        return await read_many(client, by, texts)


def _result(test: KeptTest, reading: Reading) -> Result:
    return Result(test.passes(reading), reading.said, bool(reading.choices), reading.concern)

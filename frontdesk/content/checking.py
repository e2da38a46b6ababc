"""Checks a release, and writes down what was found: `python -m frontdesk check_release`, which the worker runs beside itself."""

from __future__ import annotations

import asyncio

from django.db import transaction
from django.utils import timezone

from frontdesk.chat import assistant, database
from frontdesk.content import checks
from frontdesk.content.checks import Side
from frontdesk.content.draft import content_of, differences, live_release
from frontdesk.content.live import Served, served
from frontdesk.content.models import Release
from frontdesk.content.questions import UnreadableContent
from frontdesk.content.readings import NoReading
from frontdesk.content.releases import State

TOLD_EVERY = 0.4  # seconds between two words on how far the checks are


class Stopped(Exception):
    """A step came to nothing: `step`, and `problem` in the words of what failed."""

    def __init__(self, step: str, problem: str) -> None:
        super().__init__(f"{step}: {problem}")
        self.step, self.problem = step, problem


class Withdrawn(Exception):
    """Somebody has withdrawn the release meanwhile."""


async def check(release: Release, address: str) -> None:
    """Checks a release that is to be checked; one that cannot be is stopped, and of one that was withdrawn nothing is written.

    Args:
        release: Its model is there.
        address: Of the assistant that answers for it.
    """
    now = await database.read(served)
    telling = _Telling(release)
    try:
        async with assistant.new_client() as client:
            live = await database.read(_live)
            said, was = await database.read(content_of, release), await database.read(content_of, live)
            report = await checks.run(
                client, Side(Served(address, release.wording, release.number), release.read_by.model, said),
                Side(now, live.read_by.model, was), differences(was, said),
                wording_alone=release.is_wording_alone, tell=telling.tell,
            )  # fmt: skip
    except (NoReading, UnreadableContent) as failed:
        await database.write(stop, release, Stopped("checking", str(failed)))
    else:
        await database.write(_checked, release, report)
    finally:
        await telling.end()


def _live() -> Release:
    release = live_release()
    assert release is not None
    return Release.objects.select_related("build", "read_by").get(pk=release.pk)


def tell(release: Release, progress: dict[str, object]) -> None:
    """How far it is.

    Raises:
        Withdrawn: If it is not on its way any more.
    """
    if not Release.objects.filter(pk=release.pk, state=release.state).update(progress=progress):
        raise Withdrawn


@transaction.atomic
def stop(release: Release, stopped: Stopped) -> None:
    """It comes to nothing; what was live stays."""
    Release.objects.filter(pk=release.pk, state=release.state).update(
        state=State.STOPPED, progress={"step": stopped.step, "problem": stopped.problem}, ended_at=timezone.now()
    )


@transaction.atomic
def _checked(release: Release, report: dict[str, object]) -> None:
    passed = checks.has_passed(report)
    Release.objects.filter(pk=release.pk, state=State.CHECKING).update(
        state=State.CHECKED if passed else State.STOPPED, report=report, checked_at=timezone.now(), progress={},
        ended_at=None if passed else timezone.now(),
    )  # fmt: skip


class _Telling:
    """Writes down how far the checks are, now and then."""

    def __init__(self, release: Release) -> None:
        self._release = release
        self._said: tuple[str, int, int] | None = None
        self._writing = asyncio.create_task(self._write())

    def tell(self, step: str, done: int, of: int) -> None:
        """Of a step, so many are done."""
        self._said = (step, done, of)

    async def end(self) -> None:
        """Nothing more is to be told."""
        self._writing.cancel()
        await asyncio.gather(self._writing, return_exceptions=True)

    async def _write(self) -> None:
        written = None
        while True:
            if self._said is not None and self._said != written:
                written = self._said
                step, done, of = written
                await database.write(tell, self._release, {"step": step, "done": done, "of": of})
            await asyncio.sleep(TOLD_EVERY)

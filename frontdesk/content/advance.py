"""Takes a release, or a draft that somebody tries, to its next point: the worker does so, again and again.

Each step can be begun anew: it looks at what is there, and does what is missing.
"""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta

import aiohttp
from django.db import transaction
from django.utils import timezone

from frontdesk.chat import assistant, database
from frontdesk.content import checks
from frontdesk.content.builds import build_now, build_train, builds_sweep, has_model
from frontdesk.content.checks import Side
from frontdesk.content.draft import content_of, differences, live_release
from frontdesk.content.live import Served, served
from frontdesk.content.models import Build, Process, Release, Trial
from frontdesk.content.processes import process_end, process_for, processes_tend
from frontdesk.content.questions import UnreadableContent
from frontdesk.content.readings import NoReading, read_one
from frontdesk.content.releases import OPEN, State, first_release, switch
from frontdesk.content.services import changes_finish
from frontdesk.content.sheet_uploads import uploads_forget

STARTS_WITHIN = 90.0  # seconds in which an assistant must be ready; it is in about seven
LOOK_EVERY = 0.2  # seconds
TOLD_EVERY = 0.4  # seconds between two words on how far the checks are
KEPT_WAITING = timedelta(minutes=30)  # for which the assistant of a release that is checked runs on, until somebody decides
TRIED = timedelta(minutes=15)  # for which a draft is kept running after it was last tried
WARMING = ("can i wear makeup after", "my face is swollen and i cant breathe", "hello")


class Stopped(Exception):
    """A step came to nothing: `step`, and `problem` in the words of what failed."""

    def __init__(self, step: str, problem: str) -> None:
        super().__init__(f"{step}: {problem}")
        self.step, self.problem = step, problem


class Withdrawn(Exception):
    """Somebody has withdrawn the release meanwhile."""


async def advance(client: aiohttp.ClientSession) -> None:
    """One round."""
    await database.write(changes_finish)
    await database.write(processes_tend, await database.read(_models_needed))
    release = await database.read(_next_release)
    if release is None:
        if await database.read(_is_without_release):
            await _first(client)
        await _try()
        return
    try:
        await (_check if release.state == State.CHECKING else _go_live)(client, release)
    except Stopped as stopped:
        await database.write(_stop, release, stopped)
    except Withdrawn:
        return


async def sweep() -> None:
    """Lets go what was only tried, and spreadsheets that nobody has confirmed."""
    await database.write(builds_sweep)
    await asyncio.to_thread(uploads_forget)


def _models_needed() -> set[str]:
    """Models of a release that is on its way, of a draft that is tried, and of what is to be live for the first time."""
    builds = {release.read_by for release in Release.objects.filter(state__in=OPEN).select_related("read_by")}
    trial = _trial(timezone.now() - TRIED)
    if trial is not None:
        builds.add(trial.build)
    if live_release() is None:
        builds |= set(Build.objects.filter(state=Build.State.READY))
    return {build.model for build in builds}


def _is_without_release() -> bool:
    """Whether the supervisor runs an assistant, but not of a release."""
    return live_release() is None and Process.objects.exists()


@transaction.atomic
def _begin(build: Build, process: Process) -> None:
    for other in Process.objects.filter(until=None).exclude(pk=process.pk):
        process_end(other)
    Process.objects.filter(pk=process.pk).update(until=None)
    first_release(build, process.address)


def _next_release() -> Release | None:
    due = Release.objects.select_related("build", "read_by", "follows")
    return due.filter(state__in=(State.CHECKING, State.GOING_LIVE)).order_by("number").first()


async def _check(client: aiohttp.ClientSession, release: Release) -> None:
    process = None if release.is_wording_alone else await _running(client, release, KEPT_WAITING)
    live = await database.read(_live)
    now = await database.read(served)
    draft = Served(process.address if process else now.address, release.wording, release.number)
    telling = _Telling(release)
    try:
        said, was = await database.read(content_of, release), await database.read(content_of, live)
        report = await checks.run(
            client, Side(draft, release.read_by.model, said), Side(now, live.read_by.model, was), differences(was, said),
            wording_alone=release.is_wording_alone, tell=telling.tell,
        )  # fmt: skip
    except (NoReading, UnreadableContent) as failed:
        raise Stopped("checking", str(failed)) from failed
    finally:
        await telling.end()
    await database.write(_checked, release, report)


async def _go_live(client: aiohttp.ClientSession, release: Release) -> None:
    """Starts and warms its assistant, and only then switches: until then, and if it fails, everything is as it was."""
    process = await _running(client, release, KEPT_WAITING)
    try:
        for text in WARMING:
            await read_one(client, Served(process.address, release.wording), text)
    except NoReading as failed:
        raise Stopped("warming", str(failed)) from failed
    await database.write(_switch, release, process)


async def _running(client: aiohttp.ClientSession, release: Release, kept: timedelta) -> Process:
    """An assistant with the model that reads for a release, ready: trained and started if need be.

    Raises:
        Stopped: If it cannot be trained, or does not get ready. Withdrawn: if nobody wants it any more.
    """
    build = release.read_by
    if not has_model(build):
        await database.write(_tell, release, {"step": "training"})
        build = await build_train(build)
        if build.state != Build.State.READY:
            raise Stopped("training", build.problem)
        release.read_by = build
    process = await database.write(process_for, build.model, timezone.now() + kept)
    until = time.monotonic() + STARTS_WITHIN
    while not await assistant.is_ready(client, process.address):
        if time.monotonic() > until:
            raise Stopped("starting", "")
        await database.write(_tell, release, {"step": "starting"})
        await asyncio.sleep(LOOK_EVERY)
    return process


async def _first(client: aiohttp.ClientSession) -> None:
    """Where nothing is live, since what stood in `data/` at the first start could not be trained: as soon as it can be, it is."""
    try:
        build = await database.write(build_now)
    except OSError:
        return
    if build.state != Build.State.FAILED and not has_model(build):
        build = await build_train(build)
    if build.state != Build.State.READY:
        return
    process = await database.write(process_for, build.model, timezone.now() + KEPT_WAITING)
    if await assistant.is_ready(client, process.address):  # else in a later round
        await database.write(_begin, build, process)


async def _try() -> None:
    """A draft that somebody tries is built and runs; one whose build failed is left until it is another."""
    trial = await database.read(_trial, timezone.now() - TRIED)
    if trial is None:
        return
    build = trial.build
    if build.state == Build.State.FAILED:
        return
    if not has_model(build):
        build = await build_train(build)
    if build.state == Build.State.READY:
        await database.write(process_for, build.model, trial.asked_at + TRIED)


def _trial(since: datetime) -> Trial | None:
    return Trial.objects.select_related("build").filter(asked_at__gte=since).order_by("-asked_at").first()


def _live() -> Release:
    release = live_release()
    assert release is not None
    return Release.objects.select_related("build", "read_by").get(pk=release.pk)


def _tell(release: Release, progress: dict[str, object]) -> None:
    """How far it is.

    Raises:
        Withdrawn: If it is not on its way any more.
    """
    if not Release.objects.filter(pk=release.pk, state=release.state).update(progress=progress):
        raise Withdrawn


@transaction.atomic
def _stop(release: Release, stopped: Stopped) -> None:
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


@transaction.atomic
def _switch(release: Release, process: Process) -> None:
    release = Release.objects.select_for_update().get(pk=release.pk)
    if release.state != State.GOING_LIVE:
        raise Withdrawn
    switch(release, process)


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
                await database.write(_tell, self._release, {"step": step, "done": done, "of": of})
            await asyncio.sleep(TOLD_EVERY)

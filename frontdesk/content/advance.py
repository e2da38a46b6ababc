"""Takes a release, or a draft that somebody tries, to its next point: the worker does so, again and again.

Each step can be begun anew: it looks at what is there, and does what is missing.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

import aiohttp
from django.db import transaction
from django.utils import timezone

from frontdesk.chat import assistant, database
from frontdesk.children import running
from frontdesk.content.builds import build_now, build_train, builds_sweep, has_model
from frontdesk.content.checking import Stopped, Withdrawn, stop, tell
from frontdesk.content.draft import live_release
from frontdesk.content.live import Served, served
from frontdesk.content.models import Build, Process, Release, Trial
from frontdesk.content.processes import process_end, process_for, processes_tend
from frontdesk.content.readings import NoReading, read_one
from frontdesk.content.releases import OPEN, State, first_release, switch
from frontdesk.content.services import changes_finish
from frontdesk.content.sheet_uploads import uploads_forget

STARTS_WITHIN = 90.0  # seconds in which an assistant must be ready; it is in about seven
LOOK_EVERY = 0.2  # seconds
KEPT_WAITING = timedelta(minutes=30)  # for which the assistant of a release that is checked runs on, until somebody decides
TRIED = timedelta(minutes=15)  # for which a draft is kept running after it was last tried
T = TypeVar("T")
WARMING = ("can i wear makeup after", "my face is swollen and i cant breathe", "hello")


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
        await database.write(stop, release, stopped)
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
    """Has it checked in a process of its own: what checks read takes memory, which goes with that process, and visitors go first."""
    process = None if release.is_wording_alone else await _running(client, release, KEPT_WAITING)
    address = process.address if process else (await database.read(served)).address
    if await _while_wanted(release, _checks_run(release, address)) != 0:
        raise Stopped("checking", "")


async def _checks_run(release: Release, address: str) -> int:
    """The exit code of the process."""
    command = (sys.executable, "-m", "frontdesk", "check_release", str(release.number), address)
    try:
        async with running(*command, beside=True) as checking:
            return await checking.wait()
    except OSError as error:
        raise Stopped("checking", str(error.strerror)) from error


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
        await database.write(tell, release, {"step": "training"})
        build = await _while_wanted(release, build_train(build))
        if build.state != Build.State.READY:
            raise Stopped("training", build.problem)
        release.read_by = build
    process = await database.write(process_for, build.model, timezone.now() + kept)
    until = time.monotonic() + STARTS_WITHIN
    while not await assistant.is_ready(client, process.address):
        if time.monotonic() > until:
            raise Stopped("starting", "")
        await database.write(tell, release, {"step": "starting"})
        await asyncio.sleep(LOOK_EVERY)
    return process


async def _while_wanted(release: Release, work: Coroutine[Any, Any, T]) -> T:
    """What some work comes to, which ends at once when nobody wants the release any more.

    Raises:
        Withdrawn: Then.
    """
    working = asyncio.create_task(work)
    try:
        while not (await asyncio.wait({working}, timeout=LOOK_EVERY))[0]:
            if not await database.read(_is_on_its_way, release):
                raise Withdrawn
        return working.result()
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


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


def _is_on_its_way(release: Release) -> bool:
    return Release.objects.filter(pk=release.pk, state=release.state).exists()


@transaction.atomic
def _switch(release: Release, process: Process) -> None:
    release = Release.objects.select_for_update().get(pk=release.pk)
    if release.state != State.GOING_LIVE:
        raise Withdrawn
    switch(release, process)

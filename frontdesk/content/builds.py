"""Keeps what the files say at a moment, and has a model trained of it: beside what runs, after visitors in the queue for the processor."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from frontdesk import environment
from frontdesk.children import running
from frontdesk.content import files
from frontdesk.content.draft import build_folder, files_digest
from frontdesk.content.models import Build
from frontdesk.content.questions import DATA, data_folder

PYTHON = environment.ROOT / ".venv/assistant/bin/python"
MODELS = environment.ROOT / "models"
KEPT = timedelta(days=1)  # for which what was only tried is kept
LONGEST = 1800.0  # seconds of a training; from nothing it takes one to two minutes on two cores that have nothing else to do


class TrainingFailed(Exception):
    """No model was trained; says why, in the words of the training."""


def build_now() -> Build:
    """What the editors' files say this moment, kept under its digest. What says the same is one build.

    Raises:
        OSError: If it cannot be kept: then nothing is.
    """
    with files.writing():
        digest = files_digest()
        folder = build_folder(digest)
        if not (folder / DATA).is_dir():
            for begun in folder.parent.glob(".*.*"):  # by a process that died: nobody else writes now
                shutil.rmtree(begun, ignore_errors=True)
            made = folder.with_name(f".{digest}.{os.getpid()}")
            try:
                shutil.copytree(data_folder(), made / DATA, ignore=shutil.ignore_patterns(".*"))
                folder.parent.mkdir(parents=True, exist_ok=True)
                made.replace(folder)
            finally:
                shutil.rmtree(made, ignore_errors=True)
    build, _ = Build.objects.get_or_create(digest=digest, defaults={"made_at": timezone.now()})
    return build


def has_model(build: Build) -> bool:
    """Whether its model is still there."""
    return bool(build.model) and (MODELS / build.model).is_file()


async def train(build: Build, *, beside: bool = True, tell: Callable[[str], None] = lambda _: None) -> Path:
    """Trains the build's model, or finds it; the caller writes down what comes of it.

    Args:
        build: Of which.
        beside: Visitors are served meanwhile, and go first.
        tell: Is given what the training says of itself.

    Raises:
        TrainingFailed: If there is none; what was there before is untouched.
    """
    return MODELS / Path(await _training(build, beside=beside, tell=tell)).name


async def _training(build: Build, *, beside: bool, tell: Callable[[str], None]) -> str:
    """The last line that `assistant.training` writes."""
    command = (str(PYTHON), "-m", "assistant.training", "--data", str(build_folder(build.digest) / DATA))
    complaints: list[str] = []

    async def listen(process: Process) -> None:
        assert process.stderr is not None
        async for line in process.stderr:
            complaints.append(line.decode(errors="replace").rstrip())
            tell(complaints[-1])

    try:
        async with asyncio.timeout(LONGEST), running(*command, beside=beside, stdout=PIPE, stderr=PIPE) as process:
            assert process.stdout is not None
            said, _ = await asyncio.gather(process.stdout.read(), listen(process))
            code = await process.wait()
    except TimeoutError as error:
        raise TrainingFailed("The training took too long.") from error
    except OSError as error:
        raise TrainingFailed(str(error.strerror)) from error
    lines = said.decode(errors="replace").strip().splitlines()
    if code != 0 or not lines:
        raise TrainingFailed("\n".join(complaints[-30:]).strip() or "The training failed.")
    return lines[-1]


async def build_train(build: Build) -> Build:
    """Trains a build and writes down what came of it; a build whose model is there is ready at once."""
    await _write(build, state=Build.State.TRAINING, problem="")
    began = time.monotonic()
    try:
        model = await train(build)
    except TrainingFailed as failure:
        return await _write(build, state=Build.State.FAILED, problem=str(failure)[:5000])
    return await _write(build, state=Build.State.READY, model=model.name, seconds=time.monotonic() - began)


async def _write(build: Build, **fields: object) -> Build:
    await Build.objects.filter(pk=build.pk).aupdate(**fields)
    return await Build.objects.aget(pk=build.pk)


@transaction.atomic
def builds_sweep() -> list[str]:
    """Lets go what was only tried, a day after; returns the digests."""
    old = Build.objects.filter(releases=None, trial=None, made_at__lt=timezone.now() - KEPT)
    gone = []
    for build in old:
        kept_by_others = Build.objects.filter(model=build.model).exclude(pk=build.pk).exists()
        if build.model and not kept_by_others and build.model != _newest_model():
            (MODELS / build.model).unlink(missing_ok=True)
            (MODELS / build.model).with_name(build.model.removesuffix(".tar.gz") + ".sha256").unlink(missing_ok=True)
        shutil.rmtree(build_folder(build.digest), ignore_errors=True)
        gone.append(build.digest)
        build.delete()
    return gone


def _newest_model() -> str:
    """The one that serves where no release says which: never let go."""
    models = sorted(MODELS.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    return models[-1].name if models else ""

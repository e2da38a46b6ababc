"""What the files said at a moment is kept, and trained by another process, of which every end is written down."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from frontdesk import environment
from frontdesk.conftest import Clock
from frontdesk.content import builds, releases
from frontdesk.content.builds import KEPT, TrainingFailed, build_now, build_train, builds_sweep, has_model, train
from frontdesk.content.draft import build_folder
from frontdesk.content.models import Build, Trial

pytestmark = pytest.mark.django_db(transaction=True)
Trains = Callable[[str], None]


@pytest.fixture(autouse=True)
def folder(files_of_content: Path) -> Path:
    """The editors' files: one topic."""
    for path in (files_of_content / "data").glob("*.yml"):
        if path.stem != "results":
            path.unlink()
    return files_of_content


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where models are."""
    made = tmp_path / "models"
    made.mkdir()
    monkeypatch.setattr(builds, "MODELS", made)
    return made


@pytest.fixture
def trains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trains:
    """Writes what stands in the place of the training: lines of a shell."""
    program = tmp_path / "python"
    monkeypatch.setattr(builds, "PYTHON", program)

    def written(lines: str) -> None:
        program.write_text(f"#!/bin/sh\n{lines}\n")
        program.chmod(0o700)

    return written


def _change(folder: Path) -> None:
    file = folder / "data/results.yml"
    file.write_text(f"{file.read_text()}# changed\n")


# Kept.


def test_what_the_files_say_is_kept(folder: Path) -> None:
    build = build_now()

    kept = build_folder(build.digest) / "data/results.yml"
    assert kept.read_bytes() == (folder / "data/results.yml").read_bytes()
    assert build.state == Build.State.DUE


def test_what_says_the_same_is_one_build(folder: Path) -> None:
    first = build_now()
    _change(folder)
    second = build_now()

    assert first != second
    (folder / "data/results.yml").write_bytes((build_folder(first.digest) / "data/results.yml").read_bytes())
    assert build_now() == first
    assert Build.objects.count() == 2


def test_a_build_whose_folder_is_lost_is_kept_again() -> None:
    build = build_now()
    shutil.rmtree(build_folder(build.digest))

    assert build_now() == build
    assert (build_folder(build.digest) / "data/results.yml").is_file()


def test_what_cannot_be_kept_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        build_now()

    assert list((environment.VAR / "content").iterdir()) == []
    assert not Build.objects.exists()


def test_what_a_process_that_died_had_begun_to_keep_goes() -> None:
    begun = environment.VAR / "content/.0123456789abcdef.77/data"
    begun.mkdir(parents=True)
    (begun / "results.yml").write_text("half")

    build = build_now()

    assert [path.name for path in (environment.VAR / "content").iterdir()] == [build.digest]


def test_what_an_editor_of_texts_leaves_beside_a_file_is_not_kept(folder: Path) -> None:
    (folder / "data/.results.yml.swp").write_text("x")

    build = build_now()

    assert [path.name for path in (build_folder(build.digest) / "data").iterdir()] == ["results.yml"]
    assert (folder / "data/.results.yml.swp").is_file()


# Trained.


async def test_a_training_makes_a_model(trains: Trains, models: Path) -> None:
    trains(f'echo "Loading" >&2; touch {models}/abc.tar.gz; echo "models/other.tar.gz"; echo "models/abc.tar.gz"')
    build = await asyncio.to_thread(build_now)

    build = await build_train(build)

    assert (build.state, build.model, build.problem) == (Build.State.READY, "abc.tar.gz", "")
    assert build.seconds > 0
    assert has_model(build)


async def test_it_is_trained_of_what_was_kept(trains: Trains, tmp_path: Path) -> None:
    trains(f'echo "$@" > {tmp_path}/asked; pwd >> {tmp_path}/asked; echo models/abc.tar.gz')
    build = await asyncio.to_thread(build_now)

    await build_train(build)

    asked = f"-m assistant.training --data {build_folder(build.digest)}/data\n{environment.ROOT}\n"
    assert (tmp_path / "asked").read_text() == asked


async def test_visitors_go_before_a_training_but_where_none_are_served(trains: Trains) -> None:
    trains("nice >&2; echo models/abc.tar.gz")
    build = await asyncio.to_thread(build_now)
    said: list[str] = []

    for beside in (True, False):
        await train(build, beside=beside, tell=said.append)

    beside_visitors, alone = map(int, said)
    assert beside_visitors == min(alone + 10, 19)


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("echo 'a/b has no answer.' >&2; echo 'Nothing was trained.' >&2; exit 1", "a/b has no answer.\nNothing was trained."),
        ("exit 3", "The training failed."),
        ("exit 0", "The training failed."),  # and says of no model
        ("kill -9 $$", "The training failed."),
        ("echo half >&2; kill -9 $$", "half"),
    ],
)
async def test_a_training_that_fails_says_why_in_its_own_words(trains: Trains, lines: str, problem: str) -> None:
    trains(lines)

    build = await build_train(await asyncio.to_thread(build_now))

    assert (build.state, build.model, build.problem) == (Build.State.FAILED, "", problem)


async def test_where_nothing_can_be_started_that_is_why(trains: Trains) -> None:
    build = await build_train(await asyncio.to_thread(build_now))

    assert (build.state, build.problem) == (Build.State.FAILED, "No such file or directory")


async def test_after_a_failure_it_can_be_trained(trains: Trains, models: Path) -> None:
    trains("exit 1")
    build = await build_train(await asyncio.to_thread(build_now))
    trains("echo models/abc.tar.gz")

    build = await build_train(build)

    assert (build.state, build.problem) == (Build.State.READY, "")


async def test_a_model_that_is_gone_is_none(trains: Trains, models: Path) -> None:
    trains("echo models/abc.tar.gz")

    build = await build_train(await asyncio.to_thread(build_now))

    assert not has_model(build)


def _has_ended(pid: int) -> bool:
    """Within two seconds."""
    until = time.monotonic() + 2
    while time.monotonic() < until:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, 0)
            time.sleep(0.02)
            continue
        return True
    return False


async def test_a_training_that_takes_too_long_is_ended(trains: Trains, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builds, "LONGEST", 0.5)
    trains(f"echo $$ > {tmp_path}/pid; exec sleep 60")
    build = await asyncio.to_thread(build_now)

    with pytest.raises(TrainingFailed, match="took too long"):
        await train(build)

    assert await asyncio.to_thread(_has_ended, int((tmp_path / "pid").read_text()))


async def test_with_a_worker_that_stops_its_training_ends(trains: Trains, tmp_path: Path) -> None:
    trains(f"echo $$ > {tmp_path}/pid; echo begun >&2; exec sleep 60")
    build = await asyncio.to_thread(build_now)
    begun = asyncio.Event()
    training = asyncio.create_task(train(build, tell=lambda _: begun.set()))
    await begun.wait()

    training.cancel()
    await asyncio.gather(training, return_exceptions=True)

    assert await asyncio.to_thread(_has_ended, int((tmp_path / "pid").read_text()))


# Let go.


def _tried(models: Path, name: str = "abc.tar.gz") -> Build:
    """A build with a model, and another model that is newer."""
    build = build_now()
    Build.objects.filter(pk=build.pk).update(model=name, state=Build.State.READY)
    for number, file in enumerate((name, name.replace(".tar.gz", ".sha256"), "newest.tar.gz")):
        (models / file).touch()
        os.utime(models / file, (number, number))
    build.refresh_from_db()
    return build


def test_what_was_only_tried_goes_after_a_day_with_its_model(models: Path, clock: Clock) -> None:
    build = _tried(models)

    too_early = builds_sweep()
    clock.passes(seconds=KEPT.total_seconds() + 1)
    gone = builds_sweep()

    assert (too_early, gone) == ([], [build.digest])
    assert [path.name for path in models.iterdir()] == ["newest.tar.gz"]
    assert not build_folder(build.digest).exists()


def test_what_a_release_says_stays(models: Path, clock: Clock) -> None:
    build = _tried(models)
    releases.first_release(build, "http://127.0.0.1:1")

    clock.passes(days=400)

    assert builds_sweep() == []
    assert has_model(build)


def test_what_somebody_tries_stays(models: Path, clock: Clock) -> None:
    build = _tried(models)
    clock.passes(days=2)
    Trial.objects.create(pk=1, asked_at=timezone.now(), build=build)

    assert builds_sweep() == []


def test_a_model_that_another_build_has_stays(models: Path, folder: Path, clock: Clock) -> None:
    first = _tried(models)
    clock.passes(seconds=timedelta(days=2).total_seconds())
    _change(folder)
    second = build_now()
    Build.objects.filter(pk=second.pk).update(model=first.model)

    assert builds_sweep() == [first.digest]
    assert (models / first.model).is_file()


def test_the_newest_model_stays_whosever_it_is(models: Path, clock: Clock) -> None:
    _tried(models)
    (models / "newest.tar.gz").unlink()
    clock.passes(days=2)

    builds_sweep()

    assert (models / "abc.tar.gz").is_file()

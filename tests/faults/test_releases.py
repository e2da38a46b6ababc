"""The power goes in each step of a release, and other things that editors meet: what is live answers, and nothing of theirs is lost."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.faults.test_full_disk import Disk
from tests.stack import ROOT, STARTS_WITHIN, Stack, Visitor, command_of, until

KEY, ASKED = "aftercare/makeup", "can i wear makeup after"
PAGE = f"content/questions/{KEY}"
FILE = "data/aftercare.yml"
WORDS = "Keep make-up off for the rest of the day."
MEGABYTES = 5  # of the disk of the content, which has three
PATIENCE = 240.0  # seconds for a training and for checks, on a machine that others share in
WRITERS, EVERY = 10, 1.0  # visitors, and the seconds after which each writes again
CHECKS = {"kept_tests", "emergencies", "concerns", "topics", "topics_live", "visitors"}

AS_EDITOR = f"""
from django.contrib.auth.models import User
from frontdesk.content import releases, services
from frontdesk.content.models import Release
from frontdesk.content.questions import content
dave, erin = User.objects.get(username="dave"), User.objects.get(username="erin")
question = content().questions[{KEY!r}]
release = Release.objects.order_by("number").last()
"""
# What a model is trained of is another each time: else the training would find the one that an earlier run made. A shade
# has a name, not a number: an example with many digits is refused as somebody's.
SHADE = "".join("abcdefghij"[int(digit)] for digit in str(time.time_ns()))
DRAFT = f"""
services.examples_add(dave, {KEY!r}, ["is a tinted balm of shade {SHADE} fine the evening after"])
raws = [dict(one.raw) for one in question.wordings]
services.answer_change(dave, {KEY!r}, question.answer_version, [{{**raw, "text": {WORDS!r}}} for raw in raws])
releases.release_prepare(dave, "asked often")
"""
GO = """
releases.release_approve(erin, release)
releases.release_go_live(dave, release)
"""
BACK = "releases.release_back(dave, Release.objects.get(number=1))"
DIES_SAVING = f"""
import os, signal
os.fsync = lambda file: os.kill(os.getpid(), signal.SIGKILL)
services.examples_add(dave, {KEY!r}, ["is kohl fine the evening after"])
"""


@dataclass(frozen=True)
class Seen:
    """What there is after a power cut, when everything runs again.

    Attributes:
        state: Of the release, when the power went.
        said: The first answer to a visitor.
        release: Whose answer that was.
        draft: The editors' files, by name.
        begun: Files that were begun and never put in their place.
    """

    state: str
    said: str
    release: int
    draft: dict[str, bytes]
    begun: list[str]


@dataclass
class Story:
    """A release, and what was seen after each cut on its way."""

    stack: Stack
    content: Path
    disk: Disk | None
    written: dict[str, bytes] = field(default_factory=dict)
    seen: dict[str, Seen] = field(default_factory=dict)

    def draft(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (self.content / "data").glob("*.yml")}

    def begun(self) -> list[str]:
        """What is half a file, or half a build."""
        folders = (self.content / "data", self.stack.folder / "content")
        return [path.name for folder in folders for path in folder.iterdir() if path.name.startswith(".")]

    def as_editor(self, code: str) -> None:
        self.stack.django(AS_EDITOR + code)

    def release(self) -> dict[str, Any]:
        return self.stack.rows("SELECT *, json_extract(progress, '$.step') AS step FROM content_release ORDER BY number")[-1]

    def trainings(self) -> list[int]:
        return [pid for pid in self.stack.processes() if "assistant.training" in command_of(pid)]

    def assistants(self) -> list[int]:
        return [pid for pid in self.stack.processes() if "assistant.server" in command_of(pid)]

    def answer(self, visitor: Visitor | None = None) -> tuple[str, int]:
        """What a visitor is told, and of which release that is."""
        visitor = visitor or self.stack.visitor().begins()
        [said] = visitor.says(ASKED)["messages"]
        [row] = self.stack.rows(
            "SELECT u.release FROM conversations_understanding u JOIN conversations_message m ON m.id = u.message_id "
            "WHERE m.conversation_id = ? ORDER BY m.position DESC LIMIT 1",
            visitor.conversation_id,
        )
        return str(said["text"]), int(row["release"])

    def cut(self, step: str, reached: Callable[[], object]) -> None:
        """The power goes when a step is reached; and comes back."""
        until(reached, f"the release is {step}", PATIENCE)
        state = self.release()["state"]
        self.stack.end()
        until(self.stack.start().is_ready, "the front desk is ready", STARTS_WITHIN)
        self.seen[step] = Seen(state, *self.answer(), self.draft(), self.begun())


# Each step in which the power goes, how that is seen from outside, and what an editor does before.
STEPS: dict[str, tuple[str, Callable[[Story], object]]] = {
    "training": ("", lambda story: story.release()["step"] == "training" and story.trainings()),
    "starting": ("", lambda story: story.release()["step"] == "starting"),
    "checking": ("", lambda story: story.release()["step"] in CHECKS),
    "checked": ("", lambda story: story.release()["state"] == "checked"),
    "going_live": (GO, lambda story: story.release()["state"] == "going_live"),
    "live": ("", lambda story: story.release()["state"] == "live"),
}


@pytest.fixture(scope="module")
def content_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Disk | None]]:
    """The editors' files on a small disk, where one can be mounted."""
    folder = tmp_path_factory.mktemp("content")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(folder)]
    is_mounted = os.geteuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0
    shutil.copytree(ROOT / "data", folder / "data", ignore=shutil.ignore_patterns(".*"))
    yield folder, Disk(folder) if is_mounted else None
    if is_mounted:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, content_disk: tuple[Path, Disk | None]) -> Iterator[Story]:
    """A release whose way is cut six times, and which is live in the end."""
    folder, disk = content_disk
    there = set((ROOT / "models").iterdir())
    stack = Stack(tmp_path_factory.mktemp("releases"), {"FRONTDESK_CONTENT": str(folder), "FRONTDESK_GIT": "no"}).start()
    told = Story(stack, folder, disk)
    try:
        stack.wait_until_ready()
        stack.make_people({"Dave": ("editor", "editor"), "Erin": ("doctor", "clinician")})
        told.as_editor(DRAFT)
        told.written = told.draft()
        _the_worker_dies_while_training(told)
        for step, (before, reached) in STEPS.items():
            if before:
                told.as_editor(before)
            told.cut(step, lambda reached=reached: reached(told))
        yield told
    finally:
        left = stack.stop()
        _models_go(stack, there)
    assert left == []


def _the_worker_dies_while_training(told: Story) -> None:
    [training] = until(told.trainings, "a training runs", PATIENCE)
    told.stack.kill("worker")
    until(lambda: training not in told.trainings(), "its training has ended with it", 10)


def _models_go(stack: Stack, there: set[Path]) -> None:
    for row in stack.rows("SELECT model FROM content_build WHERE model != ''"):
        for path in (ROOT / "models" / row["model"], ROOT / "models" / row["model"].replace(".tar.gz", ".sha256")):
            if path not in there:
                path.unlink(missing_ok=True)


def test_the_power_went_in_each_step(story: Story) -> None:
    states = {step: seen.state for step, seen in story.seen.items()}

    assert states == {
        "training": "checking", "starting": "checking", "checking": "checking", "checked": "checked",
        "going_live": "going_live", "live": "live",
    }  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_what_was_live_answers_visitors_afterwards(story: Story, step: str) -> None:
    seen = story.seen[step]

    # One that was going live may be live by the time that a visitor asks: of either it is the whole.
    wanted = {"live": {True}, "going_live": {True, False}}.get(step, {False})
    assert (seen.said == WORDS) in wanted
    assert seen.release == (2 if seen.said == WORDS else 1)


@pytest.mark.parametrize("step", STEPS)
def test_what_editors_wrote_is_whole(story: Story, step: str) -> None:
    assert story.seen[step].draft == story.written


@pytest.mark.parametrize("step", STEPS)
def test_no_file_is_left_half_written(story: Story, step: str) -> None:
    assert story.seen[step].begun == []


def test_one_assistant_runs_in_the_end(story: Story) -> None:
    until(lambda: len(story.assistants()) == 1, "one assistant runs", 30)


def test_an_editor_whose_process_dies_while_saving_has_saved(story: Story) -> None:
    died = subprocess.run(
        [sys.executable, "-c", f"import django\ndjango.setup()\n{AS_EDITOR}{DIES_SAVING}"], cwd=ROOT, env=story.stack.variables
    )

    assert died.returncode == -signal.SIGKILL
    until(lambda: not story.stack.rows("SELECT 1 FROM content_change WHERE NOT written"), "the worker has finished it")
    assert b"- is kohl fine the evening after\n" in story.draft()["aftercare.yml"]
    assert story.begun() == []


def test_a_full_disk_is_told_and_nothing_is_lost(story: Story) -> None:
    if story.disk is None:
        pytest.skip("a small disk cannot be mounted here")
    editor, before = story.stack.staff("Dave"), story.draft()
    form = {"csrfmiddlewaretoken": editor.client.cookies["csrftoken"], "examples": "is bronzer fine the evening after"}
    story.disk.fill()
    try:
        refused = editor.client.post(f"/desk/{PAGE}/examples", data=form)
    finally:
        story.disk.make_room()

    assert refused.status_code == 422
    assert "No space left on device" in refused.text
    assert "is bronzer fine the evening after" in refused.text
    assert (story.draft(), story.begun()) == (before, [])
    assert editor.client.post(f"/desk/{PAGE}/examples", data=form).raise_for_status().url.path == f"/desk/{PAGE}"
    assert b"- is bronzer fine the evening after\n" in story.draft()["aftercare.yml"]


def test_a_file_that_was_broken_by_hand_is_told_and_visitors_are_served(story: Story) -> None:
    file = story.content / FILE
    editor, whole = story.stack.staff("Dave"), file.read_text()
    file.write_text(f"{whole}\t- broken\n")
    try:
        checked = subprocess.run(
            [sys.executable, "-m", "frontdesk", "check_content"], cwd=ROOT, env=story.stack.variables, capture_output=True
        )
        page = editor.client.get(f"/desk/{PAGE}")
        said, _ = story.answer()
    finally:
        file.write_text(whole)

    where = f"{FILE}:{len(whole.splitlines()) + 1}"
    assert checked.returncode == 1
    assert where in checked.stderr.decode()
    assert b"Traceback" not in checked.stderr
    assert page.status_code == 503
    assert where in page.text
    assert said == WORDS


def test_no_message_fails_while_a_release_goes_live(story: Story) -> None:
    writers = [story.stack.visitor().begins() for _ in range(WRITERS)]
    answered: list[list[tuple[str, int]]] = [[] for _ in writers]
    failed: list[BaseException] = []
    enough = threading.Event()

    def write(number: int) -> None:
        try:
            enough.wait(EVERY * number / WRITERS)
            while not enough.is_set():
                due = time.monotonic() + EVERY
                answered[number].append(story.answer(writers[number]))
                enough.wait(due - time.monotonic())
        except BaseException as error:  # noqa: BLE001 - told where the threads are joined
            failed.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    try:
        story.as_editor(BACK)
        until(lambda: story.release()["state"] == "live" or failed, "it is live", PATIENCE)
        until(lambda: all(one and one[-1][1] == 3 for one in answered) or failed, "all are answered by it")
    finally:
        enough.set()
        for thread in threads:
            thread.join()

    assert failed == []
    assert all(len({said for said, of in one if of == number}) == 1 for one in answered for number in (2, 3))
    assert all(numbers == sorted(numbers) for numbers in ([of for _, of in one] for one in answered))
    failures = story.stack.rows("SELECT failure FROM conversations_understanding WHERE failure != ''")
    assert failures == []

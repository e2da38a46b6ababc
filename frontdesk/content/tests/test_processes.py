"""Which assistants run: rows, and the file that the supervisor follows."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from frontdesk import environment
from frontdesk.conftest import Clock, Settings
from frontdesk.content import processes, releases
from frontdesk.content.builds import build_now
from frontdesk.content.models import Live, Process
from frontdesk.content.processes import DRAIN

pytestmark = pytest.mark.django_db(transaction=True)
MODEL, OTHER = "a.tar.gz", "b.tar.gz"


@pytest.fixture(autouse=True)
def file(tmp_path: Path, environment_with: Settings) -> Path:
    """What the supervisor reads."""
    environment_with(ASSISTANTS_FILE=tmp_path / "assistants.json")
    return environment.ASSISTANTS_FILE


def _told(file: Path) -> list[dict[str, Any]]:
    told = json.loads(file.read_text())["assistants"]
    assert isinstance(told, list)
    return told


def test_a_model_gets_an_assistant_of_which_the_supervisor_is_told(file: Path) -> None:
    made = processes.process_for(MODEL, None)

    assert made.address == f"http://127.0.0.1:{made.port}"
    assert _told(file) == [{"port": made.port, "model": MODEL}]


def test_a_model_has_one_assistant(file: Path) -> None:
    first = processes.process_for(MODEL, timezone.now())

    assert processes.process_for(MODEL, None) == first
    assert len(_told(file)) == 1


def test_two_models_have_ports_of_their_own() -> None:
    assert processes.process_for(MODEL, None).port != processes.process_for(OTHER, None).port


def test_it_runs_until_the_last_who_needs_it_is_done() -> None:
    soon, late = timezone.now() + timedelta(minutes=1), timezone.now() + timedelta(minutes=9)

    untils = [processes.process_for(MODEL, until).until for until in (soon, late, soon, None, soon)]

    assert untils == [soon, late, late, None, None]
    assert Process.objects.get().until is None


def test_one_that_nobody_needs_goes_when_it_has_finished(file: Path, clock: Clock) -> None:
    process = processes.process_for(MODEL, None)
    processes.process_end(process)

    processes.processes_tend(set())
    before = _told(file)
    clock.passes(seconds=DRAIN.total_seconds() + 0.1)
    processes.processes_tend(set())

    assert len(before) == 1
    assert _told(file) == []
    assert not Process.objects.exists()


def test_one_that_was_to_run_on_goes_when_nobody_needs_it(file: Path) -> None:
    for model in (MODEL, "other.tar.gz"):
        processes.process_for(model, timezone.now() + timedelta(minutes=15))

    processes.processes_tend({"other.tar.gz"})

    soon = timezone.now() + DRAIN + timedelta(seconds=1)
    assert [one.model for one in Process.objects.filter(until__lt=soon)] == [MODEL]


def test_what_is_live_stays_however_long(file: Path, clock: Clock) -> None:
    processes.process_for(MODEL, None)

    clock.passes(days=400)
    processes.processes_tend(set())

    assert len(_told(file)) == 1


def test_a_file_that_says_so_already_is_not_written_again(file: Path) -> None:
    processes.process_for(MODEL, None)
    written = file.stat().st_ino

    processes.processes_tend(set())

    assert file.stat().st_ino == written


def test_a_file_that_somebody_has_lost_or_changed_is_written_again(file: Path) -> None:
    processes.process_for(MODEL, None)
    told = file.read_text()

    file.write_text("{")
    processes.processes_tend(set())
    mended = file.read_text()
    file.unlink()
    processes.processes_tend(set())

    assert (mended, file.read_text()) == (told, told)
    assert list(file.parent.glob(".assistants*")) == []


def test_at_the_start_of_everything_one_runs_and_answers_visitors(files_of_content: Path, file: Path) -> None:
    releases.first_release(build_now(), "http://127.0.0.1:1")
    processes.process_for(OTHER, None)

    only = processes.processes_begin(5005, MODEL)

    assert list(Process.objects.all()) == [only]
    assert Live.objects.get().address == only.address == "http://127.0.0.1:5005"
    assert processes.process_of_live() == only


def test_an_assistant_that_is_not_ours_is_nobodys_to_end(files_of_content: Path) -> None:
    assert processes.process_of_live() is None

    releases.first_release(build_now(), "http://assistant.example")

    assert processes.process_of_live() is None

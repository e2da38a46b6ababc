"""At the start of everything: what is live stays live, whatever stands in `data/`; at the first start, that becomes live."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command

from frontdesk import environment
from frontdesk.conftest import Settings
from frontdesk.content import builds, services
from frontdesk.content.draft import live_release
from frontdesk.content.models import Change, Live, Process
from frontdesk.content.operations import Examples, as_json
from frontdesk.content.questions import content
from frontdesk.content.services import examples_add

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "how many months will i see it"
Trains = Callable[[str], None]


@pytest.fixture(autouse=True)
def folder(files_of_content: Path, tmp_path: Path, environment_with: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The editors' files: one topic; and where models and the supervisor's file are."""
    for path in (files_of_content / "data").glob("*.yml"):
        if path.stem != "results":
            path.unlink()
    environment_with(ASSISTANTS_FILE=tmp_path / "assistants.json", ASSISTANT="http://127.0.0.1:5005")
    monkeypatch.setattr(builds, "MODELS", tmp_path)
    return files_of_content


@pytest.fixture
def trains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trains:
    """Writes what stands in the place of the training: lines of a shell."""
    program = tmp_path / "python"
    monkeypatch.setattr(builds, "PYTHON", program)

    def written(lines: str) -> None:
        program.write_text(f"#!/bin/sh\n{lines}\n")
        program.chmod(0o700)

    return written


@pytest.fixture
def opened(trains: Trains) -> None:
    """The first start has been."""
    trains("echo models/first.tar.gz")
    call_command("open_content")


def _key() -> str:
    return next(iter(content().questions))


def _told() -> list[dict[str, object]]:
    return list(json.loads(environment.ASSISTANTS_FILE.read_text())["assistants"])


def test_the_first_start_makes_what_stands_there_live(opened: None) -> None:
    live = live_release()

    assert live is not None
    assert (live.number, live.build.model) == (1, "first.tar.gz")
    assert Live.objects.get().address == "http://127.0.0.1:5005"
    assert _told() == [{"port": 5005, "model": "first.tar.gz"}]


def test_what_is_live_stays_and_it_is_told_that_the_draft_differs(
    opened: None, trains: Trains, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    examples_add(None, _key(), [NEW])
    live = live_release()
    assert live is not None
    trains(f"echo $4 > {tmp_path}/of; echo models/first.tar.gz")

    call_command("open_content")

    assert live_release() == live
    assert live.build_id in (tmp_path / "of").read_text()
    assert "data/ differs from what is live in 1 questions" in capsys.readouterr().err


def test_a_file_that_is_broken_is_told_and_what_is_live_stays(
    opened: None, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder / "data/results.yml"
    count = len(file.read_text().splitlines())
    file.write_text(f"{file.read_text()}\t- broken\n")

    call_command("open_content")

    assert _told() == [{"port": 5005, "model": "first.tar.gz"}]
    assert f"data/results.yml:{count + 1} is not valid YAML" in capsys.readouterr().err


def test_other_assistants_of_an_earlier_run_are_not_started(opened: None) -> None:
    Process.objects.create(port=7000, model="tried.tar.gz", since=Process.objects.get().since)

    call_command("open_content")

    assert _told() == [{"port": 5005, "model": "first.tar.gz"}]


def test_where_today_s_code_cannot_train_what_is_live_its_model_serves(opened: None, trains: Trains) -> None:
    trains("exit 1")

    call_command("open_content")

    assert _told() == [{"port": 5005, "model": "first.tar.gz"}]


def test_where_the_code_is_another_what_is_live_has_another_model(opened: None, trains: Trains) -> None:
    trains("echo models/second.tar.gz")

    call_command("open_content")

    live = live_release()
    assert live is not None
    assert (live.number, live.build.model) == (1, "second.tar.gz")
    assert _told() == [{"port": 5005, "model": "second.tar.gz"}]


def test_a_first_start_that_cannot_train_says_why_and_runs_the_newest_model(
    trains: Trains, capsys: pytest.CaptureFixture[str]
) -> None:
    trains("echo 'results/duration has no answer.' >&2; exit 1")

    call_command("open_content")

    assert live_release() is None
    assert _told() == [{"port": 5005, "model": ""}]
    assert "results/duration has no answer." in capsys.readouterr().err


def test_what_an_editor_had_begun_when_the_power_went_is_finished(opened: None) -> None:
    key = _key()
    change = services.examples_add(None, key, [NEW])
    services.change_undo(None, change)
    Change.objects.create(
        at=change.at,
        name="Dave",
        kind=Change.Kind.EXAMPLES_ADDED,
        operations=as_json([Examples(key, added=(NEW,))]),
        written=False,
    )

    call_command("open_content")

    assert NEW in content().questions[key].examples
    assert not Change.objects.filter(written=False).exists()

"""The supervisor keeps the parts running, and says in a sentence what keeps the whole from starting."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from frontdesk import environment, supervisor
from frontdesk.chat.management.commands import serve
from frontdesk.conftest import Settings
from frontdesk.supervisor import LIVED_LONG, LONGEST_PAUSE, STOP_SECONDS, Assistants, Part
from safety import InvalidRules

DIES = [sys.executable, "-c", "raise SystemExit(3)"]
LIVES = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)",
]


@pytest.fixture
def dying() -> Iterator[Part]:
    """A part that dies as soon as it was started."""
    part = Part("The part", DIES)
    yield part
    part.stop()


@pytest.fixture
def living() -> Iterator[Part]:
    """A part that lives."""
    part = Part("The part", LIVES)
    yield part
    part.stop()


def _dies(part: Part) -> None:
    assert part.process is not None
    part.process.wait(10)


def test_a_part_is_started(living: Part) -> None:
    living.tend(0.0)

    assert living.process is not None
    assert living.process.poll() is None


def test_a_part_that_lives_is_left_alone(living: Part) -> None:
    living.tend(0.0)
    first = living.process

    living.tend(1.0)

    assert living.process is first


def test_a_part_that_died_is_started_again_at_once_the_first_time(dying: Part) -> None:
    dying.tend(0.0)
    first = dying.process
    _dies(dying)

    dying.tend(0.1)

    assert dying.process is not None
    assert dying.process is not first


def test_it_is_said_which_part_died_and_how(dying: Part, capsys: pytest.CaptureFixture[str]) -> None:
    dying.tend(0.0)
    _dies(dying)

    dying.tend(0.1)

    assert capsys.readouterr().err == "The part ended (3); it is started again.\n"


def test_a_part_that_keeps_dying_is_started_again_after_growing_pauses(dying: Part, monkeypatch: pytest.MonkeyPatch) -> None:
    now, pauses = 1000.0, []
    monkeypatch.setattr(supervisor.time, "monotonic", lambda: now)
    dying.tend(now)
    for _ in range(8):
        _dies(dying)
        dying.tend(now)
        pauses.append(max(0.0, dying.start_at - now))
        if dying.process is None:
            dying.tend(now + pauses[-1] - 0.01)
            assert dying.process is None
            now += pauses[-1]
            dying.tend(now)
        assert dying.process is not None

    assert pauses == [0.0, 1.0, 2.0, 4.0, 8.0, 16.0, LONGEST_PAUSE, LONGEST_PAUSE]


def test_a_part_that_lived_long_is_started_again_at_once(dying: Part, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(supervisor.time, "monotonic", lambda: now)
    dying.tend(now)
    dying.deaths = 5
    _dies(dying)

    now += LIVED_LONG + 1
    dying.tend(now)

    assert dying.deaths == 1
    assert dying.process is not None


def test_a_part_is_stopped(living: Part) -> None:
    living.tend(0.0)

    living.stop()

    assert living.process is not None
    assert living.process.returncode == -signal.SIGTERM


def test_a_part_that_does_not_stop_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "STOP_SECONDS", 0.1)
    part = Part("The part", STUBBORN)
    reading, writing = os.pipe()
    part.process = subprocess.Popen(STUBBORN, start_new_session=True, stdout=writing)
    os.close(writing)
    os.read(reading, 5)  # it ignores the signal from here on

    part.stop()

    os.close(reading)

    assert part.process.returncode == -signal.SIGKILL


def test_stopping_what_has_died_or_was_never_started_is_harmless(dying: Part) -> None:
    dying.stop()
    dying.tend(0.0)
    _dies(dying)

    dying.stop()


def test_ctrl_c_reaches_a_part_through_the_supervisor_only(living: Part) -> None:
    living.tend(0.0)

    assert living.process is not None
    assert os.getpgid(living.process.pid) != os.getpgid(0)


def test_assistant_worker_and_front_desk_run() -> None:
    first = " ".join(supervisor.assistant(5005, "a.tar.gz").command)
    worker, front_desk = (" ".join(part.command) for part in supervisor.parts())

    assert first.endswith("assistant.server --port 5005 --model models/a.tar.gz")
    assert worker.endswith("frontdesk worker")
    assert front_desk.endswith("frontdesk serve")


def test_where_no_model_is_named_the_assistant_serves_the_newest() -> None:
    assert "--model" not in supervisor.assistant(5005, "").command


# Which assistants run is what a file says.

OLD, NEW = (5005, "old.tar.gz"), (5006, "new.tar.gz")


@pytest.fixture
def assistants(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Assistants]:
    """What runs the assistants that a file names; each of them does nothing."""
    monkeypatch.setattr(supervisor, "assistant", lambda port, model: Part(f"{model} at {port}", LIVES))
    made = Assistants(tmp_path / "assistants.json")
    yield made
    made.stop()


def _wanted(assistants: Assistants, *places: tuple[int, str]) -> None:
    """Written as the worker does: another file in its place."""
    text = json.dumps({"assistants": [{"port": port, "model": model} for port, model in places]})
    written = assistants.file.with_name("written")
    written.write_text(text)
    written.replace(assistants.file)


def _process(part: Part) -> subprocess.Popen[bytes]:
    assert part.process is not None
    return part.process


def test_before_there_is_a_file_no_assistant_runs(assistants: Assistants) -> None:
    assistants.tend(0.0)

    assert assistants.running == {}


def test_the_assistants_of_the_file_run(assistants: Assistants) -> None:
    _wanted(assistants, OLD, NEW)

    assistants.tend(0.0)

    assert set(assistants.running) == {OLD, NEW}
    assert all(_process(part).poll() is None for part in assistants.running.values())


def test_what_goes_on_is_left_alone(assistants: Assistants) -> None:
    _wanted(assistants, OLD)
    assistants.tend(0.0)
    first = _process(assistants.running[OLD])

    _wanted(assistants, OLD, NEW)
    assistants.tend(1.0)

    assert _process(assistants.running[OLD]) is first


def test_an_assistant_that_the_file_does_not_name_any_more_ends(assistants: Assistants) -> None:
    _wanted(assistants, OLD, NEW)
    assistants.tend(0.0)
    old = _process(assistants.running[OLD])

    _wanted(assistants, NEW)
    assistants.tend(1.0)

    assert set(assistants.running) == {NEW}
    assert old.wait(10) == -signal.SIGTERM
    assistants.tend(1.1)
    assert assistants.ending == []


def test_another_model_at_the_same_port_is_another_assistant(assistants: Assistants) -> None:
    _wanted(assistants, OLD)
    assistants.tend(0.0)
    old = _process(assistants.running[OLD])

    _wanted(assistants, (OLD[0], "new.tar.gz"))
    assistants.tend(1.0)

    assert old.wait(10) == -signal.SIGTERM
    assert set(assistants.running) == {(OLD[0], "new.tar.gz")}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"assistants": 3}', '{"assistants": [{"port": "x", "model": ""}]}', None])
def test_a_broken_file_changes_nothing(assistants: Assistants, text: str | None) -> None:
    _wanted(assistants, OLD)
    assistants.tend(0.0)
    first = _process(assistants.running[OLD])

    if text is None:
        assistants.file.unlink()
    else:
        assistants.file.write_text(text)
    assistants.tend(1.0)

    assert _process(assistants.running[OLD]) is first
    assert first.poll() is None


def test_after_a_broken_file_the_next_is_followed(assistants: Assistants) -> None:
    assistants.file.write_text("{")
    assistants.tend(0.0)

    _wanted(assistants, OLD)
    assistants.tend(1.0)

    assert set(assistants.running) == {OLD}


def test_an_assistant_that_dies_is_started_again(assistants: Assistants) -> None:
    _wanted(assistants, OLD)
    assistants.tend(0.0)
    first = _process(assistants.running[OLD])
    first.kill()
    first.wait(10)

    assistants.tend(1.0)

    assert _process(assistants.running[OLD]) is not first


def test_an_assistant_that_does_not_end_is_killed_in_the_end(assistants: Assistants) -> None:
    part = Part("Stubborn", STUBBORN)
    reading, writing = os.pipe()
    part.process = subprocess.Popen(STUBBORN, start_new_session=True, stdout=writing)
    os.close(writing)
    os.read(reading, 5)  # it ignores the signal from here on
    os.close(reading)
    assistants.running[OLD] = part
    _wanted(assistants)

    assistants.tend(100.0)
    assistants.tend(100.0 + STOP_SECONDS - 0.1)
    is_alive = part.process.poll() is None
    assistants.tend(100.0 + STOP_SECONDS + 0.1)

    assert is_alive
    assert part.process.returncode == -signal.SIGKILL
    assert assistants.ending == []


def test_all_assistants_end_with_the_whole(assistants: Assistants) -> None:
    _wanted(assistants, OLD, NEW)
    assistants.tend(0.0)
    _wanted(assistants, NEW)
    assistants._follow(1.0)
    processes = [_process(part) for part in (assistants.running[NEW], assistants.ending[0][0])]

    assistants.stop()

    assert [process.returncode for process in processes] == [-signal.SIGTERM] * 2


# What would keep the whole from starting.


@pytest.fixture
def fine(tmp_path: Path, environment_with: Settings, unused_tcp_port_factory: object) -> Path:
    """A folder in which the whole could start."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models/a.tar.gz").touch()
    environment_with(
        ROOT=tmp_path,
        VAR=tmp_path / "var",
        PORT=unused_tcp_port_factory(),  # type: ignore[operator]
        ASSISTANT=f"http://127.0.0.1:{unused_tcp_port_factory()}",  # type: ignore[operator]
    )
    return tmp_path


def _is_a_sentence(problem: str | None) -> bool:
    return problem is not None and problem.endswith(".") and "\n" not in problem and "Traceback" not in problem


def test_where_all_is_fine_there_is_no_problem(fine: Path) -> None:
    assert supervisor._problem() is None


def test_on_a_full_disk_it_says_so(fine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")(100, 99, 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)

    problem = supervisor._problem()

    assert _is_a_sentence(problem)
    assert problem is not None
    assert "disk is full" in problem


@pytest.mark.parametrize("name", ["FRONTDESK_PORT", "FRONTDESK_ASSISTANT"])
def test_where_a_port_is_in_use_it_says_which_and_how_to_choose_another(fine: Path, name: str) -> None:
    port = environment.PORT if name == "FRONTDESK_PORT" else int(environment.ASSISTANT.rpartition(":")[2])
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind((environment.HOST, port))
        other.listen()

        problem = supervisor._problem()

    assert _is_a_sentence(problem)
    assert problem is not None
    assert f"Port {port} is in use" in problem
    assert name in problem


def test_with_a_problem_nothing_is_started(
    fine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    usage = namedtuple("usage", "total used free")(100, 99, 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("something was started"))

    assert supervisor.main() == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_it_is_not_ready_while_nobody_answers(fine: Path) -> None:
    assert supervisor._ready() is False


def test_a_variable_that_is_no_number_is_a_sentence() -> None:
    settings = {**os.environ, "FRONTDESK_PORT": "eighty"}

    failed = subprocess.run(
        [sys.executable, "-c", "import frontdesk.environment"],
        env=settings,
        cwd=environment.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert failed.returncode != 0
    assert failed.stderr.strip().endswith("FRONTDESK_PORT is 'eighty': it must be a number.")


def test_the_rules_are_read_before_anything_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise InvalidRules("rule airway/throat: no such word list")

    monkeypatch.setattr(serve, "red_flags", broken)
    monkeypatch.setattr(serve.uvicorn, "run", lambda *_, **__: pytest.fail("it was served"))

    with pytest.raises(SystemExit) as stopped:
        call_command("serve", stdout=io.StringIO())

    assert "safety rules cannot be used" in str(stopped.value)

"""A developer's way: `make check`, `make release` and `make rollback`, beside what runs and without it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack import ROOT, STARTS_WITHIN, Stack, command_of, until

KEY, ASKED = "aftercare/makeup", "can i wear makeup after"
PATIENCE = 240.0  # seconds for what may have to start an assistant, on a machine that others share in
WORDS = "Leave make-up off until the next morning."
PRICED = "Leave make-up off until the next morning; a new brush costs £20."


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("content")
    shutil.copytree(ROOT / "data", folder / "data", ignore=shutil.ignore_patterns(".*"))
    return folder


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, content: Path) -> Iterator[Stack]:
    stack = Stack(tmp_path_factory.mktemp("commands"), {"FRONTDESK_CONTENT": str(content), "FRONTDESK_GIT": "no"}).start()
    try:
        stack.wait_until_ready()
        stack.make_people({"Dave": ("editor", "editor"), "Erin": ("doctor", "clinician")})
        yield stack
    finally:
        left = stack.stop()
    assert left == []


@pytest.fixture
def file(content: Path) -> Iterator[Path]:
    """The file of the answer; as it was, afterwards."""
    file = content / "data/aftercare.yml"
    whole = file.read_text()
    yield file
    file.write_text(whole)


def _run(stack: Stack, *arguments: str) -> tuple[int, str]:
    """A command's exit code, and what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "frontdesk", *arguments], cwd=ROOT, env=stack.variables, capture_output=True, text=True,
        timeout=PATIENCE,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def _reword(file: Path, words: str) -> None:
    """As a developer does, in an editor of text: every wording of the answer."""
    head, name, rest = file.read_text().partition(f"  utter_{KEY}:\n")
    answer, end, others = rest.partition("\n\n")
    file.write_text(head + name + re.sub('- text: ".*"', f'- text: "{words}"', answer) + end + others)


def _add_example(file: Path) -> None:
    """One that no model has learnt: else that of an earlier run would be found."""
    unheard = "".join("abcdefghij"[int(digit)] for digit in str(time.time_ns()))
    text = file.read_text()
    start = text.index("examples: |\n", text.index(f"- intent: {KEY}")) + len("examples: |\n")
    dash = text[start:].partition("-")[0]
    file.write_text(f"{text[:start]}{dash}- is a {unheard} brush fine the evening after\n{text[start:]}")


def _answer(stack: Stack) -> str:
    [said] = stack.visitor().begins().says(ASKED)["messages"]
    return str(said["text"])


def _releases(stack: Stack) -> list[tuple[int, str]]:
    return [(row["number"], row["state"]) for row in stack.rows("SELECT number, state FROM content_release ORDER BY number")]


def test_without_a_change_there_is_nothing_to_check(stack: Stack) -> None:
    assert _run(stack, "check_content") == (0, "data/ says what is live.\n")


def test_nothing_is_released_without_a_change(stack: Stack) -> None:
    assert _run(stack, "release") == (1, "CommandError: data/ says what is live.\n")


def test_a_check_says_what_would_change_and_leaves_everything_as_it_is(stack: Stack, file: Path) -> None:
    before = _answer(stack)
    _reword(file, WORDS)

    code, said = _run(stack, "check_content")

    assert code == 0, said
    assert f"* {KEY} " in said
    assert "answer reworded" in said
    assert "kept_tests: " in said
    assert _answer(stack) == before
    assert _releases(stack)[-1][1] == "withdrawn"


def test_what_may_not_be_said_goes_to_nobody_and_the_check_says_why(stack: Stack, file: Path) -> None:
    _reword(file, PRICED)

    checked, why = _run(stack, "check_content")
    released, said = _run(stack, "release", "--approved-by", "erin")

    assert (checked, released) == (1, 1)
    assert "STOPS THE RELEASE" in why
    assert "£20" in why
    assert "what was live stays" in said
    assert _answer(stack) != PRICED


def test_medical_wording_needs_a_clinician_and_is_live_with_one_and_the_way_back_is_one_command(
    stack: Stack, file: Path
) -> None:
    before = _answer(stack)
    _reword(file, WORDS)

    refused, why = _run(stack, "release", "--by", "dave", "--why", "shorter")
    by_editor, not_by_dave = _run(stack, "release", "--by", "dave", "--approved-by", "dave")
    released, said = _run(stack, "release", "--by", "dave", "--approved-by", "erin")
    until(lambda: _answer(stack) == WORDS, "visitors get it", 10)
    back, told = _run(stack, "rollback")
    until(lambda: _answer(stack) == before, "visitors get what they got before", 10)

    assert (refused, by_editor, released, back) == (1, 1, 0, 0), (said, told)
    assert "A clinician must approve its wording first" in why
    assert "dave is no clinician" in not_by_dave
    assert said.endswith("is live.\n")
    assert "data/ is as it was" in told
    [row] = stack.rows("SELECT why, name, approved_name FROM content_release WHERE state = 'replaced' AND why != ''")
    assert (row["why"], row["name"], row["approved_name"]) == ("shorter", "Dave", "Erin")


def test_there_is_no_way_to_a_release_that_never_was(stack: Stack) -> None:
    assert _run(stack, "rollback", "99") == (1, "CommandError: There is no such release.\n")


def test_nobody_is_called_so(stack: Stack, file: Path) -> None:
    _reword(file, WORDS)

    assert _run(stack, "release", "--by", "nobody") == (1, "CommandError: There is nobody called nobody.\n")


def test_a_file_that_is_broken_is_named_with_its_line(stack: Stack, file: Path) -> None:
    lines = len(file.read_text().splitlines())
    file.write_text(f"{file.read_text()}\t- broken\n")

    for command in ("check_content", "release"):
        code, said = _run(stack, command)
        assert code == 1
        assert f"data/aftercare.yml:{lines + 1}" in said


def test_checks_whose_process_is_killed_end_the_release_and_nothing_else(stack: Stack, file: Path) -> None:
    before = _answer(stack)
    _reword(file, WORDS)

    def checks() -> list[int]:
        return [pid for pid in stack.processes() if "check_release" in command_of(pid)]

    checking = subprocess.Popen(
        [sys.executable, "-m", "frontdesk", "check_content"], cwd=ROOT, env=stack.variables, stdout=subprocess.PIPE, text=True
    )
    os.kill(until(checks, "it is checked", PATIENCE)[0], signal.SIGKILL)
    said, _ = checking.communicate(timeout=PATIENCE)

    assert checking.returncode == 1
    assert said.endswith("checking: failed\n")
    assert _answer(stack) == before
    assert _run(stack, "check_content")[0] == 0


@pytest.mark.parametrize("command", ["assistant.training", "check_release"])
def test_a_check_that_is_interrupted_takes_with_it_what_was_begun(stack: Stack, file: Path, command: str) -> None:
    if command == "check_release":
        _reword(file, WORDS)
    else:
        _add_example(file)

    def begun() -> list[int]:
        return [pid for pid in stack.processes() if command in command_of(pid)]

    checking = subprocess.Popen([sys.executable, "-m", "frontdesk", "check_content"], cwd=ROOT, env=stack.variables)
    until(begun, "it is begun", PATIENCE)
    checking.send_signal(signal.SIGINT)
    checking.wait(timeout=PATIENCE)
    until(lambda: not begun(), "it has ended", 5)

    assert checking.returncode != 0
    assert _releases(stack)[-1][1] == "withdrawn"
    assert stack.rows("SELECT 1 FROM content_release WHERE state IN ('checking', 'checked', 'going_live')") == []


def test_without_what_runs_the_commands_do_it_all_and_the_next_start_serves_it(stack: Stack, file: Path) -> None:
    before = _answer(stack)
    assert stack.stop() == []
    _reword(file, WORDS)

    released, said = _run(stack, "release", "--approved-by", "erin")
    alone = stack.processes()
    stack.start()
    until(stack.is_ready, "the front desk is ready", STARTS_WITHIN)
    served = _answer(stack)
    stack.stop()
    back, told = _run(stack, "rollback")
    stack.start().wait_until_ready()

    assert released == 0, said
    assert back == 0, told
    assert alone == []
    assert served == WORDS
    assert _answer(stack) == before

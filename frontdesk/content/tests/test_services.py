"""What editors do is kept with its undo, and refused where it is not valid or does not fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from frontdesk.content import files, services
from frontdesk.content.models import Change
from frontdesk.content.operations import DoesNotFit, Examples, as_json
from frontdesk.content.questions import content
from frontdesk.content.services import CannotBeDone

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("files_of_content")]
KEY = "aftercare/makeup"


def _raws(key: str = KEY) -> list[dict[str, Any]]:
    return [dict(one.raw) for one in content().questions[key].wordings]


def test_examples_are_pasted_without_the_marks_of_a_list() -> None:
    pasted = "- one thing\n2) another  thing\n\n• a third\n1. one thing\n   "

    assert services.lines_of(pasted) == ["one thing", "another thing", "a third"]


def test_what_was_done_can_be_taken_back(dave: User) -> None:
    before = content().questions[KEY].examples
    change = services.examples_add(dave, KEY, ["is lip balm fine", "brow gel?"])
    added = content().questions[KEY].examples

    undo = services.change_undo(dave, change)

    assert added == (*before, "is lip balm fine", "brow gel?")
    assert content().questions[KEY].examples == before
    assert (undo.kind, undo.undoes, undo.name) == (Change.Kind.UNDONE, change, services.name_of(dave))


def test_it_is_not_taken_back_twice(dave: User) -> None:
    change = services.examples_add(dave, KEY, ["is lip balm fine"])
    services.change_undo(dave, change)

    with pytest.raises(CannotBeDone, match="undone"):
        services.change_undo(dave, change)


def test_it_is_not_taken_back_where_somebody_went_on_from_it(dave: User, erin: User) -> None:
    change = services.examples_add(dave, KEY, ["is lip balm fine"])
    services.example_change(erin, KEY, "is lip balm fine", "is lip balm allowed")

    with pytest.raises(DoesNotFit) as refused:
        services.change_undo(dave, change)

    assert refused.value.what == "example_gone"
    assert "is lip balm allowed" in content().questions[KEY].examples


def test_the_second_of_two_who_change_an_answer_is_told(dave: User, erin: User) -> None:
    seen = content().questions[KEY].answer_version
    first, second = _raws(), _raws()
    first[0]["text"], second[0]["text"] = "What Dave wrote.", "What Erin wrote."
    services.answer_change(dave, KEY, seen, first)

    with pytest.raises(DoesNotFit) as refused:
        services.answer_change(erin, KEY, seen, second)

    assert refused.value.what == "answer_changed"
    assert content().questions[KEY].wordings[0].text == "What Dave wrote."


def test_a_question_that_moves_takes_its_buttons_along(dave: User) -> None:
    led_there = [one.key for one in content().questions.values() for raw in one.wordings for b in raw.buttons if b.key == KEY]

    services.question_move(dave, KEY, "aftercare/cosmetics")

    buttons = {b.key for one in content().questions.values() for raw in one.wordings for b in raw.buttons}
    assert led_there
    assert KEY not in buttons
    assert "aftercare/cosmetics" in buttons


def test_a_question_that_goes_takes_buttons_that_lead_to_it_and_all_come_back(dave: User) -> None:
    before = content().responses

    change = services.question_delete(dave, KEY)
    gone = KEY not in content().questions
    services.change_undo(dave, change)

    assert gone
    assert content().responses == before


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        ([], "nothing"),
        (["  "], "empty"),
        (["x" * 501], "too_long"),
        (["how about [tomorrow](date)"], "markup"),
        (["- looks like a list"], "markup"),
        (["two\x00things"], "markup"),
        (["AND concealer!!"], "duplicate"),
        (["new one", "New one."], "duplicate"),
    ],
)
def test_an_example_that_is_not_valid_is_refused(dave: User, texts: list[str], code: str) -> None:
    before = content().questions[KEY].examples
    with pytest.raises(CannotBeDone) as refused:
        services.examples_add(dave, KEY, texts)

    assert content().questions[KEY].examples == before
    assert refused.value.code == code


def test_an_example_with_somebodys_details_is_pointed_out_with_them_hidden() -> None:
    typed = ["are bangles ok", "my name is Sarah Miller and my number is 07700 900123, are bangles ok"]

    fine, personal = services.examples_problems(content(), typed)

    assert fine is None
    assert personal is not None
    assert (personal.code, personal.about) == ("personal", "my name is [name] and my number is [phone], are bangles ok")


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("nowhere/x_ray", "no_topic"),
        ("safety/new_one", "fixed"),
        ("aftercare/Not Good", "bad_key"),
        ("aftercare/../../etc", "bad_key"),
        ("aftercare/makeup", "key_taken"),
        ("rules", "no_topic"),
    ],
)
def test_a_question_is_not_called_so(dave: User, key: str, code: str) -> None:
    with pytest.raises(CannotBeDone) as refused:
        services.question_add(dave, key, ["something new altogether"], [{"text": "An answer."}])

    assert refused.value.code == code


@pytest.mark.parametrize(("key", "code"), [("safety/emergency", "fixed"), ("side_effects/temporary", "needed")])
def test_a_question_on_which_the_dialogue_rests_stays(dave: User, key: str, code: str) -> None:
    with pytest.raises(CannotBeDone) as refused:
        services.question_delete(dave, key)

    assert refused.value.code == code


def test_a_question_keeps_an_example(dave: User) -> None:
    with pytest.raises(CannotBeDone, match="no_examples"):
        services.examples_delete(dave, KEY, content().questions[KEY].examples)


def test_a_change_that_the_machine_died_in_is_finished(dave: User) -> None:
    """The row is there, the files are not written: as after a power cut between the two."""
    operations = [Examples(KEY, added=("is lip balm fine",)), Examples("uses/skin", added=("does it do pores",))]
    with files.writing():
        files.apply(operations[:1])
    change = Change.objects.create(
        at="2026-01-01T00:00:00Z", user=dave, name="Dave", kind=Change.Kind.IMPORTED, operations=as_json(operations)
    )

    services.changes_finish()

    change.refresh_from_db()
    assert change.written
    assert content().questions[KEY].examples.count("is lip balm fine") == 1
    assert "does it do pores" in content().questions["uses/skin"].examples


def test_a_change_whose_files_cannot_be_written_is_not_there(dave: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        services.examples_add(dave, KEY, ["is lip balm fine"])

    assert not Change.objects.exists()


def test_what_the_dialogue_names_cannot_be_deleted(project_keys: set[str]) -> None:
    """Every question that the assistant's code names is fixed or needed."""
    known = content().questions

    free = {key for key in project_keys & known.keys() if key.partition("/")[0] not in services.FIXED}

    assert free <= services.NEEDED


@pytest.fixture
def project_keys() -> set[str]:
    import re

    from frontdesk import environment

    sources = (path.read_text(encoding="utf-8") for path in (environment.ROOT / "assistant").rglob("*.py"))
    code = "\n".join(re.sub(r'""".*?"""|#[^\n]*', "", source, flags=re.DOTALL) for source in sources)
    return set(re.findall(r'"([a-z_]+/[a-z_]+)"', code))


def test_the_page_of_the_git_log_names_the_editor(dave: User, files_of_content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _repository(files_of_content)
    monkeypatch.setattr("frontdesk.environment.GIT", True)
    (files_of_content / "notes.txt").write_text("a developer's, not committed")

    change = services.examples_add(dave, KEY, ["is lip balm fine"])

    said = _git(files_of_content, "log", "-1", "--format=%H %an %s", "--name-only").split()
    assert said[0] == change.commit
    assert services.name_of(dave).split()[0] in said
    assert "data/aftercare.yml" in said
    assert _git(files_of_content, "status", "--porcelain").strip() == "?? notes.txt"


def test_a_commit_that_fails_loses_nothing(dave: User, files_of_content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _repository(files_of_content)
    monkeypatch.setattr("frontdesk.environment.GIT", True)
    hook = files_of_content / ".git/hooks/pre-commit"
    hook.write_text("#!/bin/sh\necho the hook says no >&2\nexit 1\n")
    hook.chmod(0o755)

    change = services.examples_add(dave, KEY, ["is lip balm fine"])

    assert (change.commit, change.commit_problem) == ("", "the hook says no")
    assert "is lip balm fine" in content().questions[KEY].examples


def _repository(folder: Path) -> None:
    _git(folder, "init", "--quiet")
    _git(folder, "add", "data")
    _git(folder, "-c", "user.name=Dev", "-c", "user.email=dev@localhost", "commit", "--quiet", "-m", "start")


def _git(folder: Path, *arguments: str) -> str:
    import subprocess

    return subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True).stdout

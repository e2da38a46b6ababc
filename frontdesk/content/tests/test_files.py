"""The files are written so that what nobody changed is as it was, and what somebody else changed is not overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontdesk import environment
from frontdesk.content import files
from frontdesk.content.operations import Added, Answer, Deleted, DoesNotFit, Examples, Operation, as_json, from_json, undone
from frontdesk.content.questions import Question, UnreadableContent, content

OURS = sorted((environment.ROOT / "data").glob("*.yml"))


def _apply(*operations: Operation) -> None:
    with files.writing():
        files.apply(operations)


def _texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in (folder / "data").glob("*.yml")}


def _raws(question: Question) -> tuple[dict[str, object], ...]:
    return tuple(dict(wording.raw) for wording in question.wordings)


def _all_kinds() -> list[Operation]:
    known = content().questions
    water, touch = known["aftercare/water"], known["aftercare/touch"]
    return [
        Examples("aftercare/makeup", added=("is lip balm ok: yes or no? #1", '"quoted" as they write')),
        Examples("aftercare/water", removed=(water.examples[3],), added=("written otherwise",)),
        Examples("uses/skin", removed=known["uses/skin"].examples[:2]),
        Answer("aftercare/touch", _raws(touch), ({**_raws(touch)[0], "text": 'Said "otherwise": {phone}'},)),
        Added("aftercare/pets", ("can i pet my dog",), ({"text": "Ask.", "metadata": {"title": "Pets", "facts": []}},)),
        Deleted(water.key, tuple("written otherwise" if n == 3 else one for n, one in enumerate(water.examples)), _raws(water)),
    ]


@pytest.mark.parametrize("file", OURS, ids=lambda path: path.name)
def test_a_file_in_which_nothing_was_changed_is_written_as_it_was(file: Path) -> None:
    text = file.read_text(encoding="utf-8")

    assert files.round_trip(text) == text


def test_an_example_is_one_line_more(files_of_content: Path) -> None:
    before = _texts(files_of_content)

    _apply(Examples("aftercare/makeup", added=("is lip balm ok",)))

    after = _texts(files_of_content)
    assert {name for name in after if after[name] != before[name]} == {"aftercare.yml"}
    new = set(after["aftercare.yml"].splitlines()) - set(before["aftercare.yml"].splitlines())
    assert new == {"      - is lip balm ok"}


def test_an_example_that_is_written_otherwise_stays_in_its_place(files_of_content: Path) -> None:
    old = content().questions["aftercare/water"].examples

    _apply(Examples("aftercare/water", removed=(old[3],), added=("written otherwise",)))

    assert content().questions["aftercare/water"].examples == (*old[:3], "written otherwise", *old[4:])


def test_everything_can_be_taken_back_to_the_last_byte_but_a_place(files_of_content: Path) -> None:
    before, known = _texts(files_of_content), content().questions
    operations = _all_kinds()[:5]

    _apply(*operations)
    changed = _texts(files_of_content)
    _apply(*undone(operations))

    assert changed != before
    after = _texts(files_of_content)
    assert {name: text for name, text in after.items() if name != "uses.yml"} == {
        name: text for name, text in before.items() if name != "uses.yml"
    }
    assert set(content().questions["uses/skin"].examples) == set(known["uses/skin"].examples)  # at the end now


def test_a_deleted_question_comes_back_with_all_that_it_had(files_of_content: Path) -> None:
    water = content().questions["aftercare/water"]
    deleted = Deleted(water.key, water.examples, _raws(water))

    _apply(deleted)
    gone = "aftercare/water" not in content().questions
    _apply(deleted.undone())

    back = content().questions["aftercare/water"]
    assert (gone, back.examples, _raws(back)) == (True, water.examples, _raws(water))


def test_operations_are_kept_as_they_are(files_of_content: Path) -> None:
    operations = _all_kinds()

    assert from_json(as_json(operations)) == operations


@pytest.mark.parametrize(
    ("operation", "what"),
    [
        (Examples("aftercare/makeup", removed=("that nobody wrote",)), "example_gone"),
        (Examples("aftercare/makeup", added=("And CONCEALER!",)), "example_there"),
        (Examples("aftercare/nothing", added=("x",)), "question_gone"),
        (Answer("aftercare/makeup", ({"text": "what it was long ago"},), ({"text": "new"},)), "answer_changed"),
        (Added("aftercare/makeup", ("x",), ({"text": "y"},)), "question_there"),
        (Added("nowhere/makeup", ("x",), ({"text": "y"},)), "question_gone"),
        (Deleted("aftercare/makeup", ("x",), ({"text": "y"},)), "question_changed"),
        (Deleted("aftercare/nothing", ("x",), ({"text": "y"},)), "question_gone"),
    ],
)
def test_what_does_not_fit_changes_nothing(files_of_content: Path, operation: Operation, what: str) -> None:
    before = _texts(files_of_content)

    with pytest.raises(DoesNotFit) as refused:
        _apply(Examples("uses/skin", added=("this alone would fit",)), operation)

    assert refused.value.what == what
    assert _texts(files_of_content) == before


def test_a_file_that_cannot_be_written_changes_none(files_of_content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _texts(files_of_content)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        _apply(Examples("aftercare/makeup", added=("is lip balm ok",)))

    assert _texts(files_of_content) == before
    assert not list((files_of_content / "data").glob(".*"))


def test_what_was_done_before_the_machine_died_is_not_done_again(files_of_content: Path) -> None:
    operations = _all_kinds()[:5]
    _apply(*operations[:2])

    left = files.remaining(operations)

    assert left == operations[2:]
    _apply(*left)
    assert files.remaining(operations) == []


def test_a_file_that_is_broken_is_named_with_its_line(files_of_content: Path) -> None:
    path = files_of_content / "data/uses.yml"
    path.write_text(path.read_text(encoding="utf-8") + "  utter_uses/hair: [\n", encoding="utf-8")

    with pytest.raises(UnreadableContent, match=r"data/uses\.yml:\d+ is not valid YAML"):
        content()


def test_what_a_process_that_died_had_begun_to_write_goes(files_of_content: Path) -> None:
    begun = files_of_content / "data/.aftercare.yml.4711"
    swap = files_of_content / "data/.aftercare.yml.swp"  # of somebody who has the file open elsewhere
    begun.write_text("half")
    swap.write_text("theirs")

    with files.writing():
        pass

    assert (begun.exists(), swap.exists()) == (False, True)

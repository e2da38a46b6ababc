"""Tests that editors keep: the file, the page, what is refused, and what each gets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from frontdesk.audit.models import Entry
from frontdesk.clinic.models import Clinic
from frontdesk.conftest import Assistant
from frontdesk.content import kept_test_runs, sides
from frontdesk.content import kept_tests as kept
from frontdesk.content.kept_tests import KeptTest
from frontdesk.content.live import Served
from frontdesk.content.questions import UnreadableContent
from frontdesk.content.readings import Reading

PAGE = "/desk/content/tests"
TRY = "/desk/content/try"
MAKEUP, SHOWER = "aftercare/makeup", "aftercare/water"
LIPSTICK = KeptTest("can i wear lipstick", MAKEUP)
CHOKING = KeptTest("i am choking", concern="emergency")


@pytest.fixture
def file(files_of_content: Path) -> Path:
    """Where the tests stand; not there yet."""
    return files_of_content / "tests/editors.yml"


@pytest.fixture
def editor(client: Client, dave: User, clinic: Clinic, file: Path) -> Client:
    """Dave's browser."""
    client.force_login(dave)
    return client


def _page(client: Client) -> str:
    return " ".join(client.get(PAGE).content.decode().split())


def _adds(client: Client, **fields: str) -> Any:
    return client.post(f"{PAGE}/add", {"text": LIPSTICK.text, "question": "Makeup after", **fields}, follow=True)


def _reading(*answers: str, choices: tuple[str, ...] = (), concern: str = "none") -> Reading:
    return Reading(answers, choices, answers[0], 0.9, concern)


@pytest.mark.parametrize(
    ("test", "reading", "passes"),
    [
        (LIPSTICK, _reading(MAKEUP), True),
        (LIPSTICK, _reading("smalltalk/hello", MAKEUP), True),
        (LIPSTICK, _reading("system/which", choices=(SHOWER, MAKEUP)), True),
        (LIPSTICK, _reading(SHOWER), False),
        (CHOKING, _reading("safety/emergency", concern="emergency"), True),
        (CHOKING, _reading("safety/urgent", concern="urgent"), False),
        (KeptTest("x", MAKEUP, "none"), _reading(MAKEUP, concern="routine"), False),
    ],
)  # fmt: skip
def test_what_passes(test: KeptTest, reading: Reading, passes: bool) -> None:
    assert test.passes(reading) is passes


def test_they_stand_in_a_file_that_people_can_read(file: Path) -> None:
    kept.kept_test_add("Dave", LIPSTICK)
    kept.kept_test_add("Dave", CHOKING)

    assert kept.kept_tests() == [LIPSTICK, CHOKING]
    assert file.read_text(encoding="utf-8").splitlines()[1:] == [
        '- {text: "can i wear lipstick", key: aftercare/makeup}',
        '- {text: "i am choking", concern: emergency}',
    ]


def test_one_message_has_one_test(file: Path) -> None:
    kept.kept_test_add("Dave", LIPSTICK)
    kept.kept_test_add("Dave", KeptTest(LIPSTICK.text, SHOWER))

    assert kept.kept_tests() == [KeptTest(LIPSTICK.text, SHOWER)]


@pytest.mark.parametrize("text", ['say "hello" \\ to: me # now', "¿puedo? 😀", "- {a: b}", "yes", "x" * 900])
def test_any_message_comes_back_as_it_was(file: Path, text: str) -> None:
    kept.kept_test_add("Dave", KeptTest(text, MAKEUP))

    assert kept.kept_tests() == [KeptTest(text, MAKEUP)]


def test_they_go_with_a_question_that_is_called_otherwise(file: Path) -> None:
    for one in (LIPSTICK, CHOKING, KeptTest("can i shower", SHOWER)):
        kept.kept_test_add("Dave", one)

    moved = kept.kept_test_rename("Dave", MAKEUP, "recovery/makeup")

    assert moved == 1
    assert kept.kept_tests() == [KeptTest(LIPSTICK.text, "recovery/makeup"), CHOKING, KeptTest("can i shower", SHOWER)]


def test_where_none_expects_a_question_nothing_is_written(file: Path) -> None:
    assert kept.kept_test_rename("Dave", MAKEUP, "recovery/makeup") == 0
    assert not file.exists()


def test_how_many_expect_a_question(file: Path) -> None:
    assert kept.kept_tests_expecting(MAKEUP) == 0

    kept.kept_test_add("Dave", LIPSTICK)

    assert kept.kept_tests_expecting(MAKEUP) == 1


@pytest.mark.parametrize("broken", ["- {text: [", "just words", "- 3", "5", "- {key: a/b}"])
def test_a_file_that_is_none_is_left_as_it_is(file: Path, broken: str) -> None:
    file.parent.mkdir()
    file.write_text(broken, encoding="utf-8")

    with pytest.raises(UnreadableContent):
        kept.kept_test_add("Dave", LIPSTICK)

    assert file.read_text(encoding="utf-8") == broken


def test_a_file_in_other_letters_cannot_be_read(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"- {text: caf\xe9, key: a/b}")

    with pytest.raises(UnreadableContent):
        kept.kept_tests()


def test_the_page_says_that_there_are_none_yet(editor: Client) -> None:
    assert "No tests are kept yet." in _page(editor)


def test_one_is_added_by_hand(editor: Client) -> None:
    page = _adds(editor, text="  can i   wear lipstick ").content.decode()

    assert kept.kept_tests() == [LIPSTICK]
    assert "Kept as a test: “can i wear lipstick”." in page
    assert Entry.objects.filter(username="dave", action="content_test_kept").count() == 1
    assert "lipstick" not in str(list(Entry.objects.values_list()))


def test_one_may_expect_a_concern_alone(editor: Client) -> None:
    _adds(editor, text=CHOKING.text, question="", concern="emergency")

    assert kept.kept_tests() == [CHOKING]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"text": " "}, "Write what a visitor would say."),
        ({"text": "a" * 1001}, "at most 1000 characters"),
        ({"question": "Flying cars"}, "“Flying cars” is no question"),
        ({"question": ""}, "Say what must come of it"),
        ({"question": "", "concern": "terrible"}, "Say what must come of it"),
        ({"text": "write to me at jane@example.org"}, "There seems to be a personal detail in it"),
    ],
)
@pytest.mark.parametrize("part", ["", "kept"])
def test_what_is_no_test_is_refused_and_stays_in_the_form(
    editor: Client, file: Path, fields: dict[str, str], problem: str, part: str
) -> None:
    refused = _adds(editor, part=part, **fields)

    assert refused.status_code == 422
    assert problem in refused.content.decode()
    assert f'value="{fields.get("question", "Makeup after")}"' in refused.content.decode()
    assert not file.exists()


@pytest.mark.parametrize("part", ["", "kept"])
def test_a_folder_that_cannot_be_written_loses_nothing(editor: Client, files_of_content: Path, part: str) -> None:
    (files_of_content / "tests").write_text("no folder")

    refused = _adds(editor, part=part)

    assert refused.status_code == 422
    assert "It could not be written down" in refused.content.decode()
    assert LIPSTICK.text in refused.content.decode()


def test_a_file_that_cannot_be_read_is_told_and_kept(editor: Client, file: Path) -> None:
    file.parent.mkdir()
    file.write_text("just words", encoding="utf-8")

    assert "The tests cannot be read" in _page(editor)
    assert _adds(editor).status_code == 422
    assert editor.post(f"{PAGE}/delete", {"text": "just"}).status_code == 422
    assert file.read_text(encoding="utf-8") == "just words"


def test_one_is_deleted_and_comes_back(editor: Client, file: Path) -> None:
    kept.kept_test_add("Dave", KeptTest(LIPSTICK.text, MAKEUP, "none"))

    page = editor.post(f"{PAGE}/delete", {"text": LIPSTICK.text}, follow=True).content.decode()
    assert kept.kept_tests() == []
    assert "Test deleted: “can i wear lipstick”." in page
    assert "Test deleted" not in _page(editor)

    _adds(editor, question=MAKEUP, concern="none")
    assert kept.kept_tests() == [KeptTest(LIPSTICK.text, MAKEUP, "none")]


def test_one_that_a_colleague_has_deleted_is_gone(editor: Client) -> None:
    page = editor.post(f"{PAGE}/delete", {"text": LIPSTICK.text}, follow=True).content.decode()

    assert "somebody else has deleted it" in page


def test_a_question_that_is_gone_is_marked(editor: Client) -> None:
    kept.kept_test_add("Dave", KeptTest("any", "aftercare/flying_cars"))

    assert 'Flying cars <span class="tag deleted">is not there any more</span>' in _page(editor)


def test_they_are_run_against_live_while_the_draft_is_prepared(editor: Client, answering: Assistant) -> None:
    answering.says("After a day.", to=LIPSTICK.text)
    answering.says("Hello.", to=CHOKING.text, key="smalltalk/hello")
    kept.kept_test_add("Dave", LIPSTICK)
    kept.kept_test_add("Dave", CHOKING)

    page = " ".join(editor.post(f"{PAGE}/run").content.decode().split())

    assert "1 of 2 fails</strong> with what is live. The draft is being prepared" in page
    assert page.index(CHOKING.text) < page.index(LIPSTICK.text)


def test_they_are_run_against_the_draft_that_runs(
    editor: Client, answering: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering.says("After a day.")
    monkeypatch.setattr(sides, "draft_state", lambda: sides.Draft(sides.READY, served=Served(kept_test_runs.served().address)))
    kept.kept_test_add("Dave", LIPSTICK)

    page = " ".join(editor.post(f"{PAGE}/run").content.decode().split())

    assert "All 1 pass</strong> with the draft." in page


def test_an_assistant_that_is_down_fails_no_test(editor: Client, answering: Assistant) -> None:
    kept.kept_test_add("Dave", LIPSTICK)
    answering.is_there = False

    page = editor.post(f"{PAGE}/run").content.decode()

    assert "They could not be run:" in page
    assert "Fails" not in page


def test_what_was_tried_is_kept_as_it_was_answered(editor: Client, answering: Assistant) -> None:
    answering.says("After a day.")

    tried = editor.post(TRY, {"text": LIPSTICK.text, "part": "answers"}).content.decode()

    assert '<input name="question" value="Makeup after"' in tried


def test_an_emergency_that_was_tried_is_kept_as_one(editor: Client, answering: Assistant) -> None:
    answering.calls_person("Call 999.", level="emergency", key="safety/emergency")

    tried = editor.post(TRY, {"text": CHOKING.text, "part": "answers"}).content.decode()

    assert '<input name="question" value=""' in tried
    assert '<option value="emergency" selected>' in tried


def test_whoever_deletes_a_question_is_told_which_tests_expect_it(editor: Client) -> None:
    page = f"/desk/content/questions/{MAKEUP}/delete"
    assert "would stop the next release" not in editor.get(page).content.decode()

    kept.kept_test_add("Dave", LIPSTICK)

    assert "<strong>1 of your <a" in editor.get(page).content.decode()

"""The page of spreadsheets: what is sent is shown first, imported once, in one change, and can be taken back."""

from __future__ import annotations

import io
import os
import re
import time
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from frontdesk.clinic.models import Clinic
from frontdesk.content import sheet_uploads
from frontdesk.content.models import Change
from frontdesk.content.questions import content
from frontdesk.content.services import change_undo, examples_add
from frontdesk.content.tests.test_sheets import workbook

SHEETS = "/desk/content/sheets"
HEADS = ("question", "example")
MAKEUP = "aftercare/makeup"


@pytest.fixture
def desk(client: Client, clinic: Clinic, dave: User, files_of_content: Path) -> Client:
    """Dave, an editor, is signed in."""
    client.force_login(dave)
    return client


def _sends(desk: Client, *files: tuple[str, bytes], mode: str = "add") -> Any:
    return desk.post(f"{SHEETS}/send", {"mode": mode, "files": [SimpleUploadedFile(*file) for file in files]})


def _csv(*rows: tuple[str, str]) -> tuple[str, bytes]:
    return "examples.csv", "\n".join(";".join(row) for row in (HEADS, *rows)).encode()


def _looks(desk: Client, sent: Any) -> tuple[str, str, str]:
    """The page that follows: its address without what is asked, its text, and the digest in its form."""
    assert sent.status_code == 302, sent.content.decode()
    page = desk.get(sent.headers["Location"]).content.decode()
    digest = re.search(r'name="digest" value="(\w+)"', page)
    return sent.headers["Location"].partition("?")[0], page, digest[1] if digest else ""


def test_the_page_says_what_a_table_looks_like(desk: Client) -> None:
    page = desk.get(SHEETS).content.decode()

    assert "Excel workbook" in page
    assert '<th scope="col">wording</th>' in page


@pytest.mark.parametrize(("of", "name"), [("", "content-"), ("aftercare", "aftercare-"), (MAKEUP, "aftercare-makeup-")])
def test_a_workbook_is_taken_away(desk: Client, of: str, name: str) -> None:
    given = desk.get(f"{SHEETS}/export", {"of": of, "as": "xlsx"})

    assert f'filename="{name}' in given.headers["Content-Disposition"]
    book = load_workbook(io.BytesIO(given.content), read_only=True)
    keys = {row[0] for row in book["Answers"].iter_rows(min_row=2, values_only=True)}
    assert keys == {key for key in content().questions if key.startswith(of)}


@pytest.mark.parametrize(
    ("kind", "head"),
    [("examples", "question,title,example"), ("answers", "question,title,wording,answer,buttons,facts,section")],
)
def test_a_table_is_taken_away_in_csv(desk: Client, kind: str, head: str) -> None:
    given = desk.get(f"{SHEETS}/export", {"of": MAKEUP, "as": kind})

    assert given.content.decode("utf-8-sig").splitlines()[0] == head
    assert f'filename="{kind}-aftercare-makeup-' in given.headers["Content-Disposition"]


def test_what_is_not_there_is_not_taken_away(desk: Client) -> None:
    assert desk.get(f"{SHEETS}/export", {"of": "nothing/here"}).status_code == 404


def test_nothing_is_done_before_it_was_looked_at(desk: Client) -> None:
    before = content()

    _, page, _ = _looks(
        desk, _sends(desk, _csv((MAKEUP, "is lipstick all right tonight"), ("aftercare/makup", "other words here")))
    )

    assert content() is before
    assert not Change.objects.exists()
    assert "is lipstick all right tonight" in page
    assert "examples.csv!A3" in page
    assert "Did you mean “Makeup after” (aftercare/makeup)" in page


def test_an_import_is_one_change_that_can_be_taken_back(desk: Client, dave: User) -> None:
    before = content()
    answers = [("question", "answer"), (MAKEUP, "Wait for 10 to 15 hours."), ("cost/deposit", "Please ask us.")]
    examples = [HEADS, (MAKEUP, "is lipstick all right tonight"), ("cost/deposit", "do you take a deposit from new people")]
    path, _, digest = _looks(desk, _sends(desk, ("all.xlsx", workbook(Examples=examples, Answers=answers))))

    done = desk.post(f"{path}/import", {"digest": digest, "mode": "add", "personal": "masked"}, follow=True)

    [change] = Change.objects.all()
    assert (change.kind, change.user, change.written) == (Change.Kind.IMPORTED, dave, True)
    after = content().questions
    assert after[MAKEUP].examples == (*before.questions[MAKEUP].examples, "is lipstick all right tonight")
    assert after[MAKEUP].wordings[0].text == "Wait for 10 to 15 hours."
    assert after["cost/deposit"].examples == ("do you take a deposit from new people",)
    assert "1 new question" in done.content.decode()
    assert "Undo" in done.content.decode()
    change_undo(dave, change)
    assert content().questions == before.questions


def test_it_is_not_imported_twice(desk: Client) -> None:
    path, _, digest = _looks(desk, _sends(desk, _csv((MAKEUP, "is lipstick all right tonight"))))
    desk.post(f"{path}/import", {"digest": digest, "mode": "add", "personal": "masked"})

    again = desk.post(f"{path}/import", {"digest": digest, "mode": "add", "personal": "masked"}, follow=True)

    assert Change.objects.count() == 1
    assert "not kept any more" in again.content.decode()
    assert list(sheet_uploads.folder().iterdir()) == []


def test_where_something_was_changed_meanwhile_it_is_shown_again(desk: Client, erin: User) -> None:
    path, _, digest = _looks(
        desk, _sends(desk, _csv((MAKEUP, "is lipstick all right tonight"), (MAKEUP, "what about blusher tonight")))
    )
    examples_add(erin, MAKEUP, ["what about blusher tonight"])

    shown = desk.post(f"{path}/import", {"digest": digest, "mode": "add", "personal": "masked"})

    assert shown.status_code == 409
    assert Change.objects.count() == 1
    assert "Somebody has changed" in shown.content.decode()
    newer = re.search(r'name="digest" value="(\w+)"', shown.content.decode())
    assert newer is not None
    assert newer[1] != digest
    desk.post(f"{path}/import", {"digest": newer[1], "mode": "add", "personal": "masked"})
    assert "is lipstick all right tonight" in content().questions[MAKEUP].examples


def test_a_change_elsewhere_does_not_matter(desk: Client, erin: User) -> None:
    path, _, digest = _looks(desk, _sends(desk, _csv((MAKEUP, "is lipstick all right tonight"))))
    examples_add(erin, "aftercare/water", ["may I dip my toes in tonight"])

    desk.post(f"{path}/import", {"digest": digest, "mode": "add", "personal": "masked"})

    assert "is lipstick all right tonight" in content().questions[MAKEUP].examples


@pytest.mark.parametrize(("without", "status", "changes"), [({}, 422, 0), ({"without": "yes"}, 302, 1)])
def test_good_rows_go_without_the_others_by_choice_alone(
    desk: Client, without: dict[str, str], status: int, changes: int
) -> None:
    path, _, digest = _looks(
        desk, _sends(desk, _csv((MAKEUP, "is lipstick all right tonight"), ("zzz/qqq", "other words here")))
    )

    done = desk.post(f"{path}/import", {"digest": digest, "mode": "add", "personal": "masked", **without})

    assert (done.status_code, Change.objects.count()) == (status, changes)


def test_replacing_is_looked_at_in_the_same_way(desk: Client) -> None:
    kept = content().questions[MAKEUP].examples[0]
    path, page, digest = _looks(desk, _sends(desk, _csv((MAKEUP, kept)), mode="replace"))

    desk.post(f"{path}/import", {"digest": digest, "mode": "replace", "personal": "masked"})

    assert "examples deleted" in page
    assert content().questions[MAKEUP].examples == (kept,)


def test_what_was_looked_at_otherwise_is_not_done(desk: Client) -> None:
    path, _, digest = _looks(
        desk, _sends(desk, _csv((MAKEUP, content().questions[MAKEUP].examples[0]), (MAKEUP, "is lipstick fine tonight")))
    )

    shown = desk.post(f"{path}/import", {"digest": digest, "mode": "replace", "personal": "masked"})

    assert (shown.status_code, Change.objects.count()) == (409, 0)


def test_personal_details_are_offered_hidden(desk: Client) -> None:
    path, page, digest = _looks(desk, _sends(desk, _csv((MAKEUP, "my name is Charlotte Miller is lipstick fine tonight"))))

    desk.post(f"{path}/import", {"digest": digest, "mode": "add", "personal": "masked"})

    assert "1 example with personal details" in page
    assert content().questions[MAKEUP].examples[-1] == "my name is [name] is lipstick fine tonight"


def test_what_was_sent_is_the_senders_alone(desk: Client, erin: User) -> None:
    path, _, digest = _looks(desk, _sends(desk, _csv((MAKEUP, "is lipstick all right tonight"))))
    desk.force_login(erin)

    assert "not kept any more" in desk.get(path, follow=True).content.decode()
    desk.post(f"{path}/import", {"digest": digest, "mode": "add", "personal": "masked"})

    assert not Change.objects.exists()


@pytest.mark.parametrize(("age", "is_kept"), [(3500, True), (3700, False)])
def test_what_was_sent_is_kept_for_an_hour(desk: Client, age: int, is_kept: bool) -> None:
    path, *_ = _looks(desk, _sends(desk, _csv((MAKEUP, "is lipstick all right tonight"))))
    [kept] = sheet_uploads.folder().iterdir()
    os.utime(kept, times=(time.time() - age,) * 2)

    shown = desk.get(path)

    assert (shown.status_code, kept.exists()) == ((200, True) if is_kept else (302, False))
    assert not is_kept or kept.stat().st_mode & 0o077 == 0


def test_what_was_sent_can_be_dropped(desk: Client) -> None:
    path, *_ = _looks(desk, _sends(desk, _csv((MAKEUP, "is lipstick all right tonight"))))

    desk.post(f"{path}/drop")

    assert list(sheet_uploads.folder().iterdir()) == []


@pytest.mark.parametrize("name", ["x", "..", "a" * 22, "%2e%2e"])
def test_an_id_that_is_none_leads_to_nothing(desk: Client, name: str) -> None:
    assert desk.get(f"{SHEETS}/{name}").status_code in (302, 404)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ([], "Choose a file"),
        ([("a.xlsx", b"%PDF-1.4")], "is a PDF"),
        ([("a.csv", b"x;y\n1;2\n")], "the first row must name the columns"),
        ([("a.csv", b"x"), ("b.csv", b"x"), ("c.csv", b"x")], "Choose a file"),
    ],
)
def test_what_is_none_is_refused_in_a_sentence(desk: Client, files: list[tuple[str, bytes]], says: str) -> None:
    refused = _sends(desk, *files, mode="replace")

    assert refused.status_code == 422
    assert says in refused.content.decode()
    assert 'value="replace" checked' in refused.content.decode()


def test_what_a_table_says_is_shown_as_words(desk: Client) -> None:
    _, page, _ = _looks(desk, _sends(desk, _csv(("<b>x</b>", "<script>alert(1)</script>"), (MAKEUP, "<img src=x> tonight"))))

    assert "<script>alert" not in page
    assert "<img src=x>" not in page
    assert "<b>x" not in page

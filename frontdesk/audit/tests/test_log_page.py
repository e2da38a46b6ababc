"""`/desk/audit`: who, what, on which conversation, when."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from frontdesk.audit import selectors
from frontdesk.audit.models import Entry
from frontdesk.audit.services import note
from frontdesk.clinic.models import Clinic

PAGE = "/desk/audit"


def _page(client: Client, query: str = "") -> str:
    answered = client.get(PAGE + query)
    assert answered.status_code == 200
    return answered.content.decode()


def _rows(page: str) -> list[str]:
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in body.split("</tr>") if "<td>" in row]


@pytest.fixture
def noted(clinic: Clinic, alice: User, bob: User) -> None:
    """Three entries of different people, on different days."""
    note(alice, "opened", "a" * 32, whole=True)
    note(bob, "take", "b" * 32)
    Entry.objects.create(at=timezone.now() - timedelta(days=9), username="gone", action="exported", details={"form": "pdf"})


def test_it_says_who_did_what_and_when(noted: None, client: Client, carol: User) -> None:
    client.force_login(carol)

    rows = _rows(_page(client))

    assert len(rows) == 3
    assert "alice Opened aaaaaaaa… whole: yes" in rows[2]
    assert "bob Took bbbbbbbb…" in rows[1]


@pytest.mark.parametrize(
    ("query", "actions"),
    [
        ("?person=alice", ["Opened"]),
        ("?person=gone", ["Exported"]),
        ("?action=take", ["Took"]),
        (f"?conversation={'b' * 32}", ["Took"]),
        ("?person=alice&action=take", []),
        ("?from=2000-01-01&to=2000-01-02", []),
        ("?from=nonsense", ["Exported", "Took", "Opened"]),
    ],
)
def test_it_is_filtered(noted: None, client: Client, carol: User, query: str, actions: list[str]) -> None:
    client.force_login(carol)

    rows = _rows(_page(client, query))

    assert len(rows) == len(actions)
    assert all(action in row for action, row in zip(actions, rows, strict=True))


def test_days_are_the_clinics_and_both_included(noted: None, client: Client, carol: User) -> None:
    client.force_login(carol)
    day = (timezone.now() - timedelta(days=9)).date().isoformat()

    assert len(_rows(_page(client, f"?from={day}&to={day}"))) == 1


def test_looking_is_noted_with_what_was_filtered_by(noted: None, client: Client, carol: User) -> None:
    client.force_login(carol)

    _page(client, "?person=alice")

    entry = Entry.objects.get(action="audit_read")
    assert (entry.username, entry.details) == ("carol", {"filters": ["person"]})


def test_pages_follow_one_another(clinic: Clinic, client: Client, carol: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "PAGE", 2)
    for number in range(5):
        note(carol, f"did_{number}")
    client.force_login(carol)

    seen, query = [], "?person=carol"
    while query:
        page = _page(client, query)
        seen += [row for row in _rows(page) if "Did" in row]
        older = re.search(r"before=(\d+)", page)
        query = f"?person=carol&before={older[1]}" if older else ""

    assert [row.partition("Did ")[2] for row in seen] == ["4", "3", "2", "1", "0"]


def test_as_a_table_it_has_all_pages(noted: None, client: Client, carol: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "PAGE", 1)
    client.force_login(carol)

    answered = client.get(f"{PAGE}.csv?")

    rows = list(csv.DictReader(io.StringIO(answered.content.decode("utf-8-sig"))))
    assert [row["action"] for row in rows] == ["exported", "take", "opened"]
    assert Entry.objects.filter(action="audit_exported").count() == 1


def test_a_table_of_names_runs_no_formula(clinic: Clinic, client: Client, carol: User) -> None:
    Entry.objects.create(at=timezone.now(), username="=cmd()", action="signed_in")
    client.force_login(carol)

    assert "'=cmd()" in client.get(f"{PAGE}.csv").content.decode()


@pytest.mark.parametrize("who", ["alice", "dave", "erin"])
@pytest.mark.parametrize("path", [PAGE, f"{PAGE}.csv"])
def test_who_does_not_administer_is_refused(
    clinic: Clinic, client: Client, request: pytest.FixtureRequest, who: str, path: str
) -> None:
    client.force_login(request.getfixturevalue(who))

    assert client.get(path).status_code == 403


@pytest.mark.parametrize("query", ["?before=x", "?before=99999999999999999999", "?person=%00", "?action='--"])
def test_an_address_that_makes_no_sense_shows_something(noted: None, client: Client, carol: User, query: str) -> None:
    client.force_login(carol)

    _page(client, query)

"""Tests that editors keep: a message, and what it must be answered with. A release that fails one does not go live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from frontdesk import words
from frontdesk.audit.services import note
from frontdesk.content import selectors
from frontdesk.content.kept_test_runs import Result, Run, kept_tests_run
from frontdesk.content.kept_tests import KeptTest, kept_test_add, kept_test_delete, kept_tests
from frontdesk.content.pages import UNFIT, editors_page, refusal, tell, title_of
from frontdesk.content.questions import Content, UnreadableContent, content
from frontdesk.content.services import name_of
from frontdesk.people.access import person
from frontdesk.privacy import masking
from safety import Level

LONGEST = 1000  # characters of a visitor's message
CONCERNS = [str(level) for level in Level]
DROPPED = "content_test_dropped"  # in a session: the test that was deleted last, until the page is shown


class NoTest(Exception):
    """What was filled in is no test; says why, in a sentence."""


@dataclass(frozen=True)
class Row:
    """A test in the list.

    Attributes:
        wanted: The question's title; empty where only a concern is expected.
        is_gone: Whether there is no such question any more.
        result: What it got, where it was run.
        said: Titles of that.
    """

    test: KeptTest
    wanted: str
    is_gone: bool
    result: Result | None = None
    said: tuple[str, ...] = ()


def expectations(key: str = "", concern: str = "") -> dict[str, Any]:
    """What the fields of a test need, with what is expected already filled in."""
    try:
        known = content()
    except UnreadableContent:
        known = Content({})
    choices = selectors.choices(known)
    wanted = next((choice for choice, one in choices.items() if one == key), "")
    return {"choices": choices, "wanted": wanted, "concern": concern, "concerns": CONCERNS}


@editors_page
def tests(request: HttpRequest) -> HttpResponse:
    """All tests, and a form for another."""
    return _page(request)


@editors_page
@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """All tests with what each gets now."""
    return _page(request, run=kept_tests_run(_kept()[0]))


@editors_page
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Keeps a test; of a message that is kept already, the newer expectation."""
    given = request.POST
    typed = {
        "text": " ".join(given.get("text", "").split()),
        "wanted": given.get("question", "").strip(),
        "concern": given.get("concern", ""),
    }
    is_part, problem = given.get("part") == "kept", ""
    try:
        test = _test(**typed)
        kept_test_add(name_of(person(request)), test)
    except NoTest as error:
        problem = str(error)
    except (UnreadableContent, OSError) as error:
        problem = _unwritten(error)
    else:
        _noted(person(request), "content_test_kept", test)
    context = {**expectations(), **typed, "problem": problem}
    if is_part:
        return render(request, "desk/content/try_keep.html", {**context, "kept": not problem}, status=UNFIT if problem else 200)
    if problem:
        return _page(request, status=UNFIT, **context)
    tell(request, words.staff("test_kept", text=_shortened(typed["text"])))
    return redirect("content_tests")


@editors_page
@require_POST
def delete(request: HttpRequest) -> HttpResponse:
    """Lets a test go; the next page offers to keep it again."""
    text = request.POST.get("text", "")
    try:
        gone = next((one for one in kept_tests() if one.text == text), None)
        if gone is not None:
            kept_test_delete(name_of(person(request)), text)
    except (UnreadableContent, OSError) as error:
        return _page(request, status=UNFIT, problem=_unwritten(error))
    if gone is None:
        tell(request, words.staff("test_gone"))
    else:
        _noted(person(request), "content_test_dropped", gone)
        request.session[DROPPED] = {"text": gone.text, "key": gone.key, "concern": gone.concern}
    return redirect("content_tests")


def _page(request: HttpRequest, *, run: Run | None = None, status: int = 200, **more: Any) -> HttpResponse:
    tests, unreadable = _kept()
    known = content()
    rows = [_row(one, known, run) for one in tests]
    context = {
        **expectations(),
        "rows": sorted(rows, key=lambda row: bool(row.result and row.result.passed)),  # what has failed comes first
        "run": run,
        "passed": len(rows) - run.failed if run else 0,
        "unreadable": unreadable,
        "longest": LONGEST,
        "dropped": request.session.pop(DROPPED, None) if request.method != "POST" else None,
        **more,
    }
    return render(request, "desk/content/tests.html", context, status=status)


def _kept() -> tuple[list[KeptTest], str]:
    """All tests; or none, and why they cannot be read."""
    try:
        return kept_tests(), ""
    except (UnreadableContent, OSError) as error:
        return [], _unwritten(error)


def _row(test: KeptTest, known: Content, run: Run | None) -> Row:
    result = (run.results or {}).get(test.text) if run else None
    said = tuple(title_of(key) for key in result.said) if result else ()
    return Row(test, title_of(test.key) if test.key else "", bool(test.key) and test.key not in known.questions, result, said)


def _test(text: str, wanted: str, concern: str) -> KeptTest:
    """A test of what was filled in.

    Raises:
        NoTest: If it is none.
    """
    if not text:
        raise NoTest(words.staff("try_empty"))
    if len(text) > LONGEST:
        raise NoTest(words.staff("try_too_long", longest=str(LONGEST), has=str(len(text))))
    if masking.found(text):
        raise NoTest(words.staff("test_personal", masked=_shortened(masking.mask(text))))
    question = selectors.question_chosen(content(), wanted)
    if wanted and question is None:
        raise NoTest(words.staff("content_cannot_no_choice", about=_shortened(wanted)))
    if question is None and concern not in CONCERNS:
        raise NoTest(words.staff("test_expects_nothing"))
    return KeptTest(text, question.key if question else "", concern if concern in CONCERNS else "")


def _noted(user: User, action: str, test: KeptTest) -> None:
    """In the audit log stands what is expected, and no word of the message."""
    note(user, action, expects=test.key or test.concern)


def _unwritten(error: UnreadableContent | OSError) -> str:
    return words.staff("test_unreadable", problem=str(error)) if isinstance(error, UnreadableContent) else refusal(error)


def _shortened(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"

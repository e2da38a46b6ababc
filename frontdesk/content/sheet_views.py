"""Spreadsheets: what is there goes out, and what comes in is looked at before anything is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from frontdesk import words
from frontdesk.content import sheet_import, sheets
from frontdesk.content.facts import facts
from frontdesk.content.models import Change
from frontdesk.content.pages import UNFIT, Refusal, editors_page, refusal, tell
from frontdesk.content.questions import Content, Question, content
from frontdesk.content.services import change_make
from frontdesk.content.sheet_import import Mode, Personal, Plan
from frontdesk.content.sheet_uploads import NoUpload, Upload, upload_delete, upload_keep, upload_of
from frontdesk.content.sheets import UnreadableSheet
from frontdesk.people.access import person
from frontdesk.review.questions import topic_title
from frontdesk.spreadsheets import download

MOST_FILES = 2
MOST_PROBLEMS = 200  # that a page names: who has more mends these first
MOST_TEXTS = 200  # that a page lists under one question
IT_IS_ANOTHER = 409


@dataclass(frozen=True)
class _Topic:
    key: str
    title: str
    questions: tuple[Question, ...]


@editors_page
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """What tables look like, what can be taken away, and a form to send one."""
    return _start(request)


@editors_page
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Everything, a topic or a question as a workbook, or one of its two tables in CSV."""
    of = request.GET.get("of", "")
    questions = sheets.chosen(content(), of)
    if not questions:
        raise Http404
    name = "-".join([of.replace("/", "-") or "content", timezone.localdate().isoformat()])
    kind = {"examples": sheets.EXAMPLES, "answers": sheets.ANSWERS}.get(request.GET.get("as", ""))
    if kind is not None:
        return download(f"{kind.lower()}-{name}", sheets.written_csv(kind, questions))
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return HttpResponse(sheets.written_xlsx(questions), sheets.XLSX, headers=headers)


@editors_page
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Reads what was sent, and leads to what it would do."""
    files: list[UploadedFile] = list(request.FILES.getlist("files"))
    mode = _choice(Mode, request.POST.get("mode"), Mode.ADD)
    if not 0 < len(files) <= MOST_FILES:
        return _start(request, "sheet_no_file", mode=mode)
    try:
        read = sheets.read([(str(file.name)[:100], file.read()) for file in files])
    except UnreadableSheet as error:
        return _start(request, error.code, mode=mode, **error.names)
    name = ", ".join(str(file.name)[:100] for file in files)
    upload = Upload(name, read, sheet_import.details_in(content(), read.tables))
    try:
        made = upload_keep(person(request), upload)
    except OSError as error:
        return _start(request, "content_not_written", mode=mode, problem=error.strerror or "")
    return redirect(f"{reverse('content_sheets_plan', args=[made])}?{urlencode({'mode': mode.value})}")


@editors_page
@require_GET
def look(request: HttpRequest, upload_id: str) -> HttpResponse:
    """What a table would do, question by question, and what is wrong in it."""
    try:
        upload = upload_of(person(request), upload_id)
    except NoUpload:
        return _gone(request)
    mode, personal = _asked(request.GET)
    return _plan_page(request, upload_id, upload, mode, personal)


@editors_page
@require_POST
def take_in(request: HttpRequest, upload_id: str) -> HttpResponse:
    """Does what was shown, in one change; or shows again what it would do, where that is another by now."""
    user = person(request)
    try:
        upload = upload_of(user, upload_id)
    except NoUpload:
        return _gone(request)
    mode, personal = _asked(request.POST)
    planned = _plan(content(), upload, mode, personal)
    if planned.digest != request.POST.get("digest"):
        return _plan_page(request, upload_id, upload, mode, personal, planned, wrong="sheet_another", status=IT_IS_ANOTHER)
    if planned.problems and request.POST.get("without") != "yes":
        return _plan_page(request, upload_id, upload, mode, personal, planned, wrong="sheet_without", status=UNFIT)
    try:
        change = change_make(user, Change.Kind.IMPORTED, planned.operations)
    except Refusal as error:
        return _plan_page(request, upload_id, upload, mode, personal, wrong=refusal(error), status=IT_IS_ANOTHER)
    upload_delete(upload_id)
    tell(request, words.staff("sheet_done", name=upload.name, what=_what(planned)), change)
    return redirect("content_sheets")


@editors_page
@require_POST
def drop(request: HttpRequest, upload_id: str) -> HttpResponse:
    """Forgets what was sent."""
    try:
        upload_of(person(request), upload_id)
    except NoUpload:
        return _gone(request)
    upload_delete(upload_id)
    tell(request, words.staff("sheet_dropped"))
    return redirect("content_sheets")


def _start(request: HttpRequest, wrong: str = "", *, mode: Mode = Mode.ADD, **names: str) -> HttpResponse:
    known = content()
    topics = [
        _Topic(topic, topic_title(topic), tuple(one for one in known.questions.values() if one.topic == topic))
        for topic in known.topics
    ]
    context = {
        "topics": topics,
        "of": request.GET.get("of", ""),
        "example": next(
            (one for one in known.questions.values() if one.facts and one.examples and one.wordings[0].buttons), None
        ),
        "examples": f"{sum(len(one.examples) for one in known.questions.values()):,}",
        "questions": len(known.questions),
        "mode": mode,
        "most_bytes": sheets.MOST_BYTES,
        "most_rows": f"{sheets.MOST_ROWS:,}",
        "wrong": words.staff(wrong, **names) if wrong else "",
    }
    return render(request, "desk/content/sheets.html", context, status=UNFIT if wrong else 200)


def _gone(request: HttpRequest) -> HttpResponse:
    tell(request, words.staff("sheet_gone"))
    return redirect("content_sheets")


def _plan_page(
    request: HttpRequest,
    upload_id: str,
    upload: Upload,
    mode: Mode,
    personal: Personal,
    planned: Plan | None = None,
    *,
    wrong: str = "",
    status: int = 200,
) -> HttpResponse:
    planned = planned or _plan(content(), upload, mode, personal)
    rows = [(one, words.staff(one.code, **one.names)) for one in planned.problems[:MOST_PROBLEMS]]
    context = {
        "id": upload_id,
        "name": upload.name,
        "hints": [words.staff(code, **names) for code, names in upload.sheets.hints],
        "plan": planned,
        "counts": planned.counts,
        "problems": rows,
        "more_problems": len(planned.problems) - len(rows),
        "details": planned.details[:MOST_PROBLEMS],
        "more_details": len(planned.details) - len(planned.details[:MOST_PROBLEMS]),
        "mode": mode,
        "personal": personal,
        "most_texts": MOST_TEXTS,
        "most_slice": f":{MOST_TEXTS}",
        "wrong": words.staff(wrong) if wrong.startswith("sheet_") else wrong,
    }
    return render(request, "desk/content/sheets_plan.html", context, status=status)


def _plan(known: Content, upload: Upload, mode: Mode, personal: Personal) -> Plan:
    return sheet_import.plan(known, upload.sheets.tables, facts(), mode=mode, personal=personal, details=upload.details)


def _asked(given: Any) -> tuple[Mode, Personal]:
    mode = _choice(Mode, given.get("mode"), Mode.ADD)
    return mode, _choice(Personal, given.get("personal"), Personal.MASKED)


def _choice(kind: Any, given: object, otherwise: Any) -> Any:
    return kind(given) if given in kind.values else otherwise


def _what(planned: Plan) -> str:
    """What was done, in words: "12 examples added, 1 answer changed"."""
    said: Sequence[str] = [
        words.staff(f"sheet_count_{name}" if count != 1 else f"sheet_count_{name}_one", count=f"{count:,}")
        for name, count in planned.counts.items()
        if count
    ]
    return ", ".join(said)

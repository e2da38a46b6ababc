"""The history of questions and answers, and the button that takes something back."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from frontdesk import words
from frontdesk.content import changes as history
from frontdesk.content import services
from frontdesk.content.erased_examples import is_blanked
from frontdesk.content.models import Change
from frontdesk.content.pages import Refusal, editors_page, refusal, tell
from frontdesk.content.questions import content
from frontdesk.content.selectors import choices, question_chosen
from frontdesk.people.access import person

# Pages with such a button, which are opened as they were; from those of a question one comes to the question.
PAGES = frozenset(
    {"content", "content_changes", "content_visitors", "content_sheets", "content_tests", "content_try", "content_releases"}
)


@editors_page
def changes(request: HttpRequest) -> HttpResponse:
    """Who did what, the newest first; all of it, or of one question."""
    known = content()
    typed = request.GET.get("question", "").strip()[:200]
    question = question_chosen(known, typed)
    key = question.key if question else typed if "/" in typed else ""  # also of a question that is gone
    given = request.GET.get("page", "")
    page = max(int(given) - 1, 0) if given.isascii() and given.isdigit() and len(given) < 5 else 0
    found, number = history.changes(known, key, page * history.PAGE)
    context = {
        "typed": typed,
        "question": question,
        "key": key,
        "is_unknown": bool(typed and not key),
        "choices": choices(known),
        "changes": found,
        "number": number,
        "outside": [one for one in history.outside() if not key or one.question.key == key],
        "earlier": page if page > 0 else None,  # pages count from one in an address
        "later": page + 2 if (page + 1) * history.PAGE < number else None,
    }
    return render(request, "desk/content/changes.html", context)


@editors_page
@require_POST
def undo(request: HttpRequest, change_id: int) -> HttpResponse:
    """Takes a change back, if what it did is still as it was left; then back to where the button was."""
    change = get_object_or_404(Change, pk=change_id)
    try:
        made = services.change_undo(person(request), change)
    except Refusal as error:
        messages.error(request, refusal(error))
    else:
        tell(request, words.staff("content_done_undone"), None if is_blanked(made) else made)
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """To the page of the button, where it is one that can be opened still; else to the history."""
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}):
        return redirect("content_changes")
    address = urlsplit(came_from)
    try:
        page = resolve(address.path)
    except Resolver404:
        return redirect("content_changes")
    if page.url_name in PAGES:
        return redirect(f"{address.path}{'?' if address.query else ''}{address.query}")
    key = "{topic}/{name}".format_map({"topic": "", "name": "", **page.kwargs})
    return redirect("content_question", *key.split("/", 1)) if key in content().questions else redirect("content_changes")

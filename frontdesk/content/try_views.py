"""Try it: what the draft, and what is live, answer to a message that an editor makes up. It is sent in a form and kept nowhere."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from frontdesk import words
from frontdesk.content.kept_test_views import expectations
from frontdesk.content.pages import UNFIT, editors_page
from frontdesk.content.sides import ask_both, draft_state

LONGEST = 1000  # characters of a visitor's message
# What a script asks for of the page: what came of a message, or how far the draft is.
PARTS = {"answers": "desk/content/try_answers.html", "draft": "desk/content/try_draft.html"}


@editors_page
def try_it(request: HttpRequest) -> HttpResponse:
    """One field, and both answers."""
    text = request.POST.get("text", "").strip()
    problem = _problem(text) if request.method == "POST" else ""
    template = PARTS.get(request.POST.get("part", request.GET.get("part", "")), "desk/content/try.html")
    if request.method == "POST" and not problem:
        both = ask_both(text)
        context = {"text": text, "both": both, "draft": both.draft_state, **expectations(*both.test)}
    else:
        context = {"text": text, "draft": draft_state(), "problem": problem, **expectations()}
    return render(request, template, {**context, "longest": LONGEST}, status=UNFIT if problem else 200)


def _problem(text: str) -> str:
    if not text:
        return words.staff("try_empty")
    return words.staff("try_too_long", longest=str(LONGEST), has=str(len(text))) if len(text) > LONGEST else ""

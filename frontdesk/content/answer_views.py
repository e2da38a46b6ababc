"""An answer is worded otherwise. Whoever saves as the second of two sees both answers; nothing is overwritten."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from frontdesk import words
from frontdesk.clinic.selectors import the_clinic
from frontdesk.content import answer_form, changes, selectors, services
from frontdesk.content.answer_form import TypedAnswer
from frontdesk.content.differences import marked
from frontdesk.content.facts import facts
from frontdesk.content.operations import DoesNotFit
from frontdesk.content.pages import UNFIT, Refusal, editors_page, refusal, tell, tell_notes
from frontdesk.content.question_views import form_of, known_question, notes_of, previews
from frontdesk.content.questions import Content, Question
from frontdesk.people.access import person

CONFLICT = 409


@editors_page
def answer(request: HttpRequest, topic: str, name: str) -> HttpResponse:
    """The form; `add`, `remove` and `preview` show it again with what is typed, and save nothing."""
    known, question = known_question(topic, name)
    if request.method != "POST":
        return _page(request, known, question, answer_form.typed_of(question, known))
    given = request.POST
    typed = answer_form.typed_in(given)
    seen = given.get("answer_version", "")
    conflict = _conflict(question) if "conflict" in given else {}
    if "add" in given:
        return _page(request, known, question, typed.with_another(), seen=seen, **conflict)
    if "remove" in given:
        return _page(request, known, question, typed.without(_place(given["remove"])), seen=seen, **conflict)
    if "preview" in given:
        return _page(request, known, question, typed, seen=seen, **conflict)
    return _saved(request, known, question, typed, seen, conflict)


def _saved(
    request: HttpRequest, known: Content, question: Question, typed: TypedAnswer, seen: str, conflict: dict[str, Any]
) -> HttpResponse:
    try:
        raws = answer_form.raws_of(typed, question.wordings, known, facts(), question.title)
        change = services.answer_change(person(request), question.key, seen, raws)
    except DoesNotFit as error:
        known, question = known_question(*question.key.split("/", 1))  # as it stands now
        if error.what != "answer_changed":
            return _page(request, known, question, typed, seen=seen, status=UNFIT, problem=refusal(error), **conflict)
        return _page(request, known, question, typed, status=CONFLICT, **_conflict(question))
    except Refusal as error:
        return _page(request, known, question, typed, seen=seen, status=UNFIT, problem=refusal(error), **conflict)
    tell(request, words.staff("content_done_answer_changed"), change)
    tell_notes(request, notes_of(question.key, typed, selectors.settings_of(the_clinic())))
    return redirect("content_question", *question.key.split("/", 1))


def _conflict(question: Question) -> dict[str, Any]:
    """What the form shows until one of two answers is chosen."""
    return {"is_conflict": True, "by": changes.last_of_answer(question.key)}


def _page(
    request: HttpRequest,
    known: Content,
    question: Question,
    typed: TypedAnswer,
    *,
    seen: str = "",
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The form. `seen` is what the editor had before them when they began; what stands there now where it is left out."""
    settings = selectors.settings_of(the_clinic())
    context = {
        "question": question,
        "typed": typed,
        "seen": seen or question.answer_version,
        "theirs": _theirs(known, question, typed, settings) if more.get("is_conflict") else [],
        **form_of(known, typed, question.topic, settings),
        **more,
    }
    return render(request, "desk/content/answer.html", context, status=status)


def _theirs(known: Content, question: Question, typed: TypedAnswer, settings: dict[str, str]) -> list[dict[str, Any]]:
    """The answer as it stands, as visitors see it; and its words, those marked that are not in what was typed."""
    shown = previews(known, question, settings)
    for place, (wording, one) in enumerate(zip(question.wordings, shown, strict=True)):
        mine = typed.wordings[place].text if place < len(typed.wordings) else ""
        pieces = marked(mine, wording.text)[1]
        one["marked"] = pieces if any(piece.is_changed for piece in pieces) and len(pieces) > 1 else []
    return shown


def _place(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 4 else -1

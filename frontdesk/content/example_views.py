"""A question's examples: one or many are added, one is worded otherwise, several are moved or deleted."""

from __future__ import annotations

from itertools import chain
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from frontdesk import words
from frontdesk.content import selectors, services
from frontdesk.content.guidance import example_notes
from frontdesk.content.pages import UNFIT, Refusal, editors_page, refusal, tell, tell_notes
from frontdesk.content.question_views import known_question, question_page
from frontdesk.content.services import CannotBeDone, examples_problems, lines_of
from frontdesk.people.access import person


@editors_page
@require_POST
def add(request: HttpRequest, topic: str, name: str) -> HttpResponse:
    """Adds what was typed or pasted, one a line: all of it, or, where that is asked for, what can be added."""
    known, question = known_question(topic, name)
    pasted = request.POST.get("examples", "")
    lines = lines_of(pasted)
    checked = list(zip(lines, examples_problems(known, lines), strict=True))
    good = [text for text, problem in checked if problem is None]
    bad = [(text, refusal(problem), known.questions.get(problem.other)) for text, problem in checked if problem is not None]
    problem = ""
    notes = example_notes(question.key, good, known=known)
    if not bad or "good" in request.POST:
        try:
            change = services.examples_add(person(request), question.key, good)
        except Refusal as error:
            problem = refusal(error)
        else:
            done = "content_done_examples_left_out" if bad else "content_done_examples_added"
            tell(request, words.staff(done, title=question.title, count=str(len(good)), left_out=str(len(bad))), change)
            tell_notes(request, chain.from_iterable(notes))
            return _back(request, topic, name)
    return question_page(request, known, question, status=UNFIT, pasted=pasted, good=good, bad=bad, problem=problem)


@editors_page
@require_POST
def change(request: HttpRequest, topic: str, name: str) -> HttpResponse:
    """Words an example otherwise."""
    known, question = known_question(topic, name)
    before, after = request.POST.get("text", ""), " ".join(request.POST.get("after", "").split())
    [notes] = example_notes(question.key, [after], before=before, known=known)
    try:
        if before == after:
            raise CannotBeDone("nothing")
        services.impersonal(after)
        made = services.example_change(person(request), question.key, before, after)
    except Refusal as error:
        wrong = {"before": before, "after": after, "problem": refusal(error), "is_there": before in question.examples}
        return question_page(request, known, question, status=UNFIT, wrong=wrong)
    tell(request, words.staff("content_done_example_changed"), made)
    tell_notes(request, notes)
    return _back(request, topic, name)


@editors_page
@require_POST
def selected(request: HttpRequest, topic: str, name: str) -> HttpResponse:
    """Deletes the examples that are chosen, or puts them under another question."""
    known, question = known_question(topic, name)
    texts, typed = request.POST.getlist("text"), request.POST.get("to", "")
    try:
        if request.POST.get("do") == "delete":
            made = services.examples_delete(person(request), question.key, texts)
            done = words.staff("content_done_examples_deleted", count=str(len(texts)))
        else:
            to = selectors.question_chosen(known, typed)
            if to is None:
                raise CannotBeDone("no_choice" if typed.strip() else "nothing", typed)
            made = services.examples_move(person(request), question.key, texts, to.key)
            done = words.staff("content_done_examples_moved", title=to.title, count=str(len(texts)))
    except Refusal as error:
        return question_page(request, known, question, status=UNFIT, chosen=texts, move_to=typed, not_done=refusal(error))
    tell(request, done, made)
    return _back(request, topic, name)


def _back(request: HttpRequest, topic: str, name: str) -> HttpResponse:
    """To where the form was: the same examples are shown."""
    shown = {key: value for key in ("e", "page") if (value := request.GET.get(key, ""))}
    address = reverse("content_question", args=(topic, name))
    return HttpResponseRedirect(f"{address}{'?' if shown else ''}{urlencode(shown)}#examples")

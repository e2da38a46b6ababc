"""Topics and questions: what is asked, by topic or by what is sought; each question; and how one comes, goes and moves."""

from __future__ import annotations

import json
import re
from typing import Any

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from frontdesk import words
from frontdesk.clinic.selectors import the_clinic
from frontdesk.content import answer_form, selectors, services, suggestion_services, suggestions
from frontdesk.content.answer_checks import answer_notes
from frontdesk.content.answer_form import TypedAnswer
from frontdesk.content.decisions import AlreadyDecided
from frontdesk.content.facts import facts
from frontdesk.content.kept_tests import kept_tests_expecting
from frontdesk.content.models import Change
from frontdesk.content.notes import Note
from frontdesk.content.pages import UNFIT, Refusal, editors_page, refusal, tell, tell_notes
from frontdesk.content.questions import Content, Question, content
from frontdesk.content.services import FIXED, NEEDED, CannotBeDone, lines_of
from frontdesk.people.access import person
from frontdesk.review.questions import topic_title

BY_ASKED = "asked"
LONGEST_SOUGHT = 100  # characters
PAGE = 100  # examples
LONGEST_NAME = 50  # characters of a short name
NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


@editors_page
def overview(request: HttpRequest) -> HttpResponse:
    """All questions."""
    sought = _sought(request, "q")
    rows = selectors.rows_of(content(), sought)
    by_asked = request.GET.get("by") == BY_ASKED
    context = {
        "sought": sought,
        "by_asked": by_asked,
        "number": len(rows),
        "topics": selectors.by_topic(rows),
        "rows": sorted(rows, key=lambda row: -row.figures.asked) if by_asked else [],
        "days": selectors.DAYS,
    }
    return render(request, "desk/content/questions.html", context)


@editors_page
def question(request: HttpRequest, topic: str, name: str) -> HttpResponse:
    """One question: its answer as a visitor sees it, its figures, and its examples."""
    return question_page(request, *known_question(topic, name))


def question_page(request: HttpRequest, known: Content, one: Question, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of a question; `more` is what came of a form on it."""
    sought = _sought(request, "e")
    terms = selectors.folded(sought).split()
    found = selectors.found_in(one.examples, terms)
    last = max((len(found) - 1) // PAGE, 0)
    page = min(_page(request), last)
    settings = selectors.settings_of(the_clinic())
    difference = selectors.difference_of(one.key)
    known_facts = facts()
    context = {
        "question": one,
        "topic_title": topic_title(one.topic),
        "figures": selectors.figures_by_question().get(one.key, selectors.Figures()),
        "days": selectors.DAYS,
        "confused": selectors.confused_with(known, one.key),
        "wordings": previews(known, one, settings),
        "facts": [known_facts[fact] for fact in one.facts if fact in known_facts],
        "difference": difference,
        "new_examples": set(difference.added) if difference else set(),
        "sought": sought,
        "examples": [(text, selectors.marked(text, terms)) for text in found[page * PAGE : (page + 1) * PAGE]],
        "found": len(found),
        "page": page + 1,
        "first": page * PAGE + 1,
        "until": min((page + 1) * PAGE, len(found)),
        "earlier": page if page > 0 else None,  # pages count from one in an address
        "later": page + 2 if page < last else None,
        "choices": selectors.choices(known, but=one.key),
        "why_fixed": _why_fixed(one.key),
        **more,
    }
    return render(request, "desk/content/question.html", context, status=status)


def previews(known: Content, one: Question, settings: dict[str, str]) -> list[dict[str, Any]]:
    """An answer's wordings as a visitor sees them."""
    return [
        {
            "paragraphs": selectors.places_of(wording.text, settings),
            "buttons": [(button.title, known.questions.get(button.key), button.key) for button in wording.buttons],
            "unset": selectors.unset_in(wording, settings),
        }
        for wording in one.wordings
    ]


@editors_page
def new(request: HttpRequest) -> HttpResponse:
    """A question that was not there, with its examples and its answer; begun with what visitors wrote, where messages are named."""
    known, user = content(), person(request)
    given = request.POST
    typed = answer_form.typed_in(given) if request.method == "POST" else TypedAnswer()
    name = given.get("name", "").strip() or name_from(typed.title)
    topic = given.get("topic", request.GET.get("topic", ""))
    ids = [int(one) for one in (given or request.GET).getlist("message") if one.isascii() and one.isdigit() and len(one) < 16]
    pasted = given["examples"] if "examples" in given else "\n".join(suggestions.texts_for(ids, user))
    problem = ""
    if request.method == "POST" and "preview" not in given:
        try:
            change = _added(known, user, f"{topic}/{name}", typed, lines_of(pasted), ids)
        except AlreadyDecided:
            problem = words.staff("content_new_just_decided")
        except Refusal as error:
            problem = refusal(error)
        else:
            tell(request, words.staff("content_done_question_added", title=typed.title), change)
            tell_notes(request, notes_of(f"{topic}/{name}", typed, selectors.settings_of(the_clinic())))
            return redirect("content_question", topic, name)
    context = {
        "typed": typed,
        "name": given.get("name", ""),
        "made_name": name,
        "topic": topic,
        "topics": [(one, topic_title(one)) for one in known.topics if one not in FIXED],
        "pasted": pasted,
        "ids": ids,
        "problem": problem,
        "problems": _problems(known, pasted) if problem else [],
        **form_of(known, typed, topic, selectors.settings_of(the_clinic())),
    }
    return render(request, "desk/content/new.html", context, status=UNFIT if problem else 200)


def notes_of(key: str, typed: TypedAnswer, settings: dict[str, str]) -> list[Note]:
    """What should be looked at in an answer that was saved."""
    return [
        note for one in typed.wordings for note in answer_notes(key, one.text, one.facts, len(one.buttons), settings=settings)
    ]


def form_of(known: Content, typed: TypedAnswer, topic: str, settings: dict[str, str], but: str = "") -> dict[str, Any]:
    """What the fields of an answer need besides what is typed."""
    return {
        "begins": answer_form.BEGINS,
        "forms": [
            (place, one, selectors.places_of(one.text, settings), _facts(one.facts, topic))
            for place, one in enumerate(typed.wordings)
        ],
        "choices": selectors.choices(known, but=but),
        "settings_json": json.dumps(settings),
        "longest": services.LONGEST_ANSWER,
    }


@editors_page
def move(request: HttpRequest, topic: str, name: str) -> HttpResponse:
    """A question comes into another topic, or gets another short name."""
    known, one = known_question(topic, name)
    to_topic, to_name = request.POST.get("topic", topic), request.POST.get("name", name).strip()
    problem = ""
    if request.method == "POST":
        try:
            change = services.question_move(person(request), one.key, f"{to_topic}/{to_name}")
        except Refusal as error:
            problem = refusal(error)
        else:
            tell(request, words.staff("content_done_question_moved", title=one.title, topic=topic_title(to_topic)), change)
            return redirect("content_question", to_topic, to_name)
    context = {
        "question": one,
        "topics": [(key, topic_title(key)) for key in known.topics if key not in FIXED],
        "topic": to_topic,
        "name": to_name,
        "leading": leading_to(known, one.key),
        "problem": problem,
        "why_fixed": _why_fixed(one.key),
    }
    return render(request, "desk/content/move.html", context, status=UNFIT if problem else 200)


@editors_page
def delete(request: HttpRequest, topic: str, name: str) -> HttpResponse:
    """Says what goes with a question, and lets it go."""
    known, one = known_question(topic, name)
    problem = ""
    if request.method == "POST":
        try:
            change = services.question_delete(person(request), one.key)
        except Refusal as error:
            problem = refusal(error)
        else:
            tell(request, words.staff("content_done_question_deleted", title=one.title, count=str(len(one.examples))), change)
            return redirect("content")
    context = {
        "question": one,
        "leading": leading_to(known, one.key),
        "tests": kept_tests_expecting(one.key),
        "problem": problem,
        "why_fixed": _why_fixed(one.key),
    }
    return render(request, "desk/content/delete.html", context, status=UNFIT if problem else 200)


def known_question(topic: str, name: str) -> tuple[Content, Question]:
    """A question by its address, and all others.

    Raises:
        Http404: If there is none.
    """
    known = content()
    found = known.questions.get(f"{topic}/{name}")
    if found is None:
        raise Http404
    return known, found


def leading_to(known: Content, key: str) -> list[tuple[Question, str]]:
    """The buttons that lead to a question: under which answer, and how they read."""
    return [
        (one, button.title)
        for one in known.questions.values()
        for wording in one.wordings
        for button in wording.buttons
        if button.key == key and one.key != key
    ]


def name_from(title: str) -> str:
    """The short name that a title gives: small letters, digits and underscores."""
    name = NOT_IN_NAMES.sub("_", selectors.folded(title)).strip("_")
    return name.lstrip("0123456789_")[:LONGEST_NAME].rstrip("_")


def _added(known: Content, user: User, key: str, typed: TypedAnswer, lines: list[str], ids: list[int]) -> Change:
    for text in lines:
        if suggestions.has_place(text):  # where a visitor's personal detail was
            raise CannotBeDone("place", text)
        services.impersonal(text)
    raws = answer_form.raws_of(typed, [], known, facts(), "")
    if ids:
        return suggestion_services.accept_as_new(user, key, ids, lines, raws)
    return services.question_add(user, key, lines, raws)


def _facts(chosen: tuple[str, ...], topic: str) -> list[dict[str, Any]]:
    """All facts in their topics, the question's own first; those on which a wording rests are chosen."""
    topics: dict[str, list[Any]] = {}
    for fact in facts().values():
        topics.setdefault(fact.topic, []).append((fact, fact.key in chosen))
    return [
        {"title": topic_title(key), "facts": some, "is_open": key == topic or any(is_chosen for _, is_chosen in some)}
        for key, some in sorted(topics.items(), key=lambda group: (group[0] != topic, topic_title(group[0])))
    ]


def _problems(known: Content, pasted: str) -> list[tuple[str, str]]:
    lines = lines_of(pasted)
    found = zip(lines, services.examples_problems(known, lines), strict=True)
    return [(text, refusal(problem)) for text, problem in found if problem is not None]


def _why_fixed(key: str) -> str:
    """Why a question neither goes nor moves; empty where it may."""
    if key.partition("/")[0] in FIXED:
        return refusal(CannotBeDone("fixed", key))
    return refusal(CannotBeDone("needed", key)) if key in NEEDED else ""


def _sought(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").strip()[:LONGEST_SOUGHT]


def _page(request: HttpRequest) -> int:
    """How many pages come before."""
    given = request.GET.get("page", "")
    return max(int(given) - 1, 0) if given.isascii() and given.isdigit() and len(given) < 5 else 0

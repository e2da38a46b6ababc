"""From visitors: their messages that were not understood or that staff have corrected, and what editors make of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from frontdesk import words
from frontdesk.audit.services import note
from frontdesk.content import suggestion_services as services
from frontdesk.content.decisions import AlreadyDecided
from frontdesk.content.pages import UNFIT, Refusal, editors_page, refusal, tell, title_of
from frontdesk.content.questions import content
from frontdesk.content.services import CannotBeDone
from frontdesk.content.suggestion_services import Made
from frontdesk.content.suggestions import (
    ALL,
    CORRECTED,
    LINES,
    LOOKED_AT,
    MOST_TEXTS,
    PAGE,
    PERSON_NEEDED,
    Group,
    Waiting,
    has_place,
    key_of,
    labels,
)
from frontdesk.people.access import person

SHOWS = (ALL, CORRECTED, PERSON_NEEDED)
ACCEPT, NEW, OUT, DISMISS, TAKE_BACK = "accept", "new", "out", "dismiss", "take_back"
LAST = "visitor_words_decided"  # in a session: the messages of the last decision that changed no file, until the page is shown
TEXT, QUESTION = "text-", "question-"  # begin the names of fields
MOST_PAGES = 1000


@dataclass(frozen=True)
class Asked:
    """A form as it was filled in.

    Attributes:
        act: What is to be done.
        group: With which group; empty for the ticked messages of all.
        ids: With which messages.
        lines: The values of their lines.
        chosen: The values of the lines that are ticked.
        edited: Texts, by the first message of a line.
        questions: What stands in the fields of questions, by group.
        teach: Whether what is out of scope becomes an example.
    """

    act: str
    group: str
    ids: list[int]
    lines: tuple[str, ...] = ()
    chosen: frozenset[str] = frozenset()
    edited: Mapping[int, str] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)
    teach: bool = True

    @property
    def question(self) -> str:
        """What was chosen for these messages."""
        return self.questions.get(self.group, "")

    @property
    def texts(self) -> dict[int, str]:
        """What was edited, of each message of a line."""
        lines = {_ids(value)[0]: _ids(value) for value in self.lines if _ids(value)}
        return {pk: text for first, text in self.edited.items() for pk in lines.get(first, [first])}


@editors_page
def visitors(request: HttpRequest) -> HttpResponse:
    """Messages that wait, in groups; and, where a form is sent, a decision on some of them."""
    if request.method != "POST":
        note(person(request), "visitor_words_read", show=_show(request) or "all")
        return _page(request)
    asked = _asked(request.POST)
    if asked.act not in ACTS:  # Enter was pressed in a field: nothing is done, and nothing is lost
        return _page(request, asked)
    try:
        done = ACTS[asked.act](request, asked)
    except AlreadyDecided:
        tell(request, words.staff("visitors_just_decided"))
        return _back(request)
    except Refusal as error:
        return _page(request, asked, refusal(error))
    return done


def _accept(request: HttpRequest, asked: Asked) -> HttpResponse:
    _chosen(asked)
    key = key_of(asked.question, content())
    if not key:
        raise CannotBeDone("no_choice", asked.question)
    _tell(request, services.accept(person(request), key, asked.ids, asked.texts), key)
    return _back(request)


def _new(request: HttpRequest, asked: Asked) -> HttpResponse:
    _chosen(asked)
    return HttpResponseRedirect(f"{reverse('content_new')}?{urlencode({'message': asked.ids[:MOST_TEXTS]}, doseq=True)}")


def _out(request: HttpRequest, asked: Asked) -> HttpResponse:
    _chosen(asked)
    made = services.out_of_scope(person(request), asked.ids, asked.texts, teach=asked.teach)
    _tell(request, made, "", out=True)
    return _back(request)


def _dismiss(request: HttpRequest, asked: Asked) -> HttpResponse:
    _chosen(asked)
    _tell(request, services.dismiss(person(request), asked.ids), "")
    return _back(request)


def _take_back(request: HttpRequest, asked: Asked) -> HttpResponse:
    services.take_back(person(request), asked.ids)
    tell(request, words.staff("visitors_taken_back"))
    return _back(request)


ACTS: dict[str, Callable[[HttpRequest, Asked], HttpResponse]] = {
    ACCEPT: _accept, NEW: _new, OUT: _out, DISMISS: _dismiss, TAKE_BACK: _take_back,
}  # fmt: skip


def _tell(request: HttpRequest, made: Made, key: str, *, out: bool = False) -> None:
    """Says what was done, and keeps what an undo must know."""
    count = str(len(made.ids))
    if made.added:
        said = [words.staff("visitors_accepted", title=title_of(key or "fallback/out_of_scope"), count=str(made.added))]
    elif out and made.ids:
        said = [words.staff("visitors_out_of_scope", count=count)]
    elif made.ids and not key:
        said = [words.staff("visitors_dismissed", count=count)]
    else:
        said = []
    if made.there:
        said.append(words.staff("visitors_there", count=str(made.there), title=title_of(made.there_key)))
    if made.gone:
        said.append(words.staff("visitors_gone", count=str(made.gone)))
    if made.change is None and made.ids:
        request.session[LAST] = {"ids": list(made.ids), "said": " ".join(said)}
    else:
        tell(request, " ".join(said) or words.staff("visitors_nothing"), made.change)


def _page(request: HttpRequest, asked: Asked | None = None, problem: str = "") -> HttpResponse:
    waiting = Waiting()
    show, page = _show(request), _number(request)
    groups, is_more = waiting.groups(show, page * PAGE)
    if asked:
        for group in groups:
            _keep(group, asked)
    known = labels(content())
    context = {
        "counts": waiting.counts(),
        "groups": groups,
        "show": show,
        "start": page * PAGE,
        "earlier": page or None,  # pages count from one in an address
        "later": page + 2 if is_more else None,
        "questions": sorted(known.values(), key=str.casefold),
        "asked": asked,
        "bulk_question": asked.questions.get("", "") if asked else "",
        "teach": asked.teach if asked else True,
        "problem": problem,
        "may_begin": _may_begin(),
        "last": request.session.pop(LAST, None) if request.method != "POST" else None,
        "query": request.GET.urlencode(),
    }
    return render(request, "desk/content/visitors.html", context, status=UNFIT if problem else 200)


def _keep(group: Group, asked: Asked) -> None:
    """What somebody has typed stays there."""
    group.question = asked.questions.get(str(group.key), group.question)
    for line in group.lines:
        line.edited = asked.edited.get(line.ids[0], "")
        line.is_masked = has_place(line.edited or line.text)
        line.is_chosen = line.value in asked.chosen


def _chosen(asked: Asked) -> None:
    if not asked.ids:
        raise CannotBeDone("nothing")


def _asked(form: QueryDict) -> Asked:
    act, _, group = form.get("act", "").partition(":")
    ticked = [str(one) for one in form.getlist("message")]
    lines = form.get(f"lines-{group}", "").split(";") if group else ticked
    some = [value for value in lines if value in ticked] or lines  # of a group: those that are ticked, or all
    return Asked(
        act=act,
        group=group,
        ids=[pk for value in some for pk in _ids(value)][: LINES * LOOKED_AT * PAGE],
        lines=tuple(some),
        chosen=frozenset(ticked),
        edited={pk: str(text) for name, text in form.items() if name.startswith(TEXT) for pk in _ids(name.removeprefix(TEXT))},
        questions={name.removeprefix(QUESTION): str(text) for name, text in form.items() if name.startswith(QUESTION)},
        teach=form.get("teach") == "yes",
    )  # fmt: skip


def _ids(value: str) -> list[int]:
    return [int(one) for one in value.split(",") if one.isascii() and one.isdecimal() and len(one) < 19]


def _show(request: HttpRequest) -> str:
    given = request.GET.get("show", "")
    return given if given in SHOWS else ALL


def _number(request: HttpRequest) -> int:
    """How many pages come before."""
    given = request.GET.get("page", "")
    return min(max(int(given) - 1, 0), MOST_PAGES) if given.isascii() and given.isdigit() and len(given) < 6 else 0


def _back(request: HttpRequest) -> HttpResponse:
    query = request.GET.urlencode()
    return HttpResponseRedirect(reverse("content_visitors") + (f"?{query}" if query else ""))


def _may_begin() -> bool:
    """Whether there is a page for new questions."""
    try:
        reverse("content_new")
    except NoReverseMatch:
        return False
    return True

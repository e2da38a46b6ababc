"""Review: the list of all conversations, and one of them, read-only. What is done here is said of a conversation, never in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, lru_cache, wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from frontdesk import words
from frontdesk.audit.services import note
from frontdesk.conversations import services as conversations
from frontdesk.conversations.models import Conversation, Message, Note, Outcome, StateChange
from frontdesk.conversations.selectors import conversation_of, record_of
from frontdesk.people.access import needs, person
from frontdesk.people.roles import Right
from frontdesk.privacy.masking import mask
from frontdesk.privacy.selectors import has_it, is_revealed
from frontdesk.review import filters, selectors, services
from frontdesk.review.filters import Filter
from frontdesk.review.models import Correction, Flag, Reviewed, Summary
from frontdesk.review.questions import Question, questions, title_of, topic_title, topics

MAX_NOTE = 2000  # characters
SHOWN_QUESTIONS = 3  # of a conversation, in the list
PROGRAM = (Message.Sender.BOT, Message.Sender.SYSTEM)  # these say nothing about a person
Action = Callable[[HttpRequest, str, User], None]


@dataclass(frozen=True)
class Field:
    """One choice of the filter.

    Attributes:
        name: In the address.
        label: What it is called.
        options: Values and how they read.
        value: Which is chosen.
        shown: How that reads.
        without: The filter's address without it.
    """

    name: str
    label: str
    options: list[tuple[str, str]]
    value: str
    shown: str
    without: str


@needs(Right.REVIEW)
def review(request: HttpRequest) -> HttpResponse:
    """All conversations that a filter asks for, the last active first."""
    user = person(request)
    asked = filters.read(request.GET, user.pk)
    older = request.GET.get("older", "")
    page = selectors.page_of(asked, request.GET.get("after", ""), older)
    if asked.active:
        note(user, "searched", where="review", by=asked.active)
    query = _joined(asked.query, older=older)
    names = dict(selectors.staff_to_filter_by())
    shown = _fields(asked, names)
    saved = selectors.filters_of(user)
    return render(
        request,
        "desk/review/list.html",
        {
            "page": page,
            "rows": [_row(row, page, names) for row in page.rows],
            "count": f"{page.count or 0:,}",
            "most": f"{selectors.MOST:,}",
            "asked": asked,
            "fields": shown,
            "active": [field for field in shown if field.value],
            "query": query,
            "here_query": _joined(query, after=request.GET.get("after", "")),
            "next_query": _joined(query, after=page.after) if page.after else "",
            "older_query": _joined(asked.query, older=page.older) if page.older and not page.after else "",
            "is_first": not request.GET.get("after") and not older,
            "saved": saved,
            "is_saved": any(one.query == asked.query for one in saved),
            "tags": selectors.tags(),
            "sorts": [(sort, words.staff(f"review_sort_{sort}")) for sort in filters.SORTS],
        },
    )


@needs(Right.REVIEW)
def conversation(request: HttpRequest, conversation_id: str) -> HttpResponse:
    """One conversation, as it was: each message with what was made of it, and what should have been."""
    user = person(request)
    try:
        opened = conversation_of(conversation_id)
    except conversations.ConversationDeleted as error:
        raise Http404 from error
    is_mine, revealed = has_it(user, opened), is_revealed(request, conversation_id)
    note(user, "opened", conversation_id, where="review", whole=is_mine or revealed)
    asked = filters.read(request.GET, user.pk)
    corrections = selectors.corrections_of(conversation_id)
    return render(
        request,
        "desk/review/conversation.html",
        {
            "conversation": opened,
            "record": [_entry(one, corrections, whole=is_mine or revealed) for one in record_of(conversation_id)],
            "is_mine": is_mine,
            "revealed": revealed,
            "whole": is_mine or revealed,
            "query": _joined(asked.query, older=request.GET.get("older", "")),
            "here": reverse("review_conversation", args=[conversation_id]),
            "questions": _datalist(tuple(questions().values())),
            "tags_here": opened.tags.select_related("tag").order_by("tag__name"),
            "tags": selectors.tags(),
            "flagged": Flag.objects.filter(conversation=opened).select_related("user__profile").first(),
            "reviewed": Reviewed.objects.filter(conversation=opened).select_related("user__profile").first(),
            "handoffs": opened.handoffs.order_by("-at"),
            "kinds": Correction.Kind,
            "outcome": dict(Outcome.choices).get(opened.outcome, ""),
            "max_note": MAX_NOTE,
        },
    )


@needs(Right.REVIEW)
def neighbour(request: HttpRequest, conversation_id: str, *, before: bool) -> HttpResponse:
    """The conversation before or after this one in the list."""
    asked, older = filters.read(request.GET, person(request).pk), request.GET.get("older", "")
    there = selectors.neighbour_of(asked, conversation_id, before=before, older=older)
    if there is None:
        messages.info(request, words.staff("review_first" if before else "review_last"))
    return _to(reverse("review_conversation", args=[there or conversation_id]), _joined(asked.query, older=older))


@needs(Right.REVIEW)
def selected(request: HttpRequest) -> HttpResponse:
    """Tags the conversations that were marked in the list, or says that they are reviewed."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    user, ids = person(request), request.POST.getlist("conversation")
    back = reverse("review")
    act = request.POST.get("act", "")
    if not ids:
        messages.error(request, words.staff("review_none_marked"))
    elif act == "tag":
        try:
            services.tag_add(ids, user, request.POST.get("tag", ""))
        except services.InvalidName:
            messages.error(request, words.staff("review_tag_name", most=str(services.LONGEST_TAG)))
        else:
            _noted(user, "tagged", ids)
            messages.success(request, words.staff("review_tagged", count=str(len(ids))))
    elif act in ("reviewed", "not_reviewed"):
        done = services.reviewed_set(ids, user, reviewed=act == "reviewed")
        _noted(user, act, done)
        messages.success(request, words.staff(f"review_done_{act}", count=str(len(done))))
    anchor = f"#c{ids[0]}" if ids else ""
    return _to(back, _queries(request), anchor)


@needs(Right.REVIEW)
def save_filter(request: HttpRequest) -> HttpResponse:
    """Keeps the filter of the list under a name."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        services.filter_save(
            person(request), request.POST.get("name", ""), request.POST.get("query", ""),
            shared=request.POST.get("shared") == filters.YES,
        )  # fmt: skip
    except services.InvalidName:
        messages.error(request, words.staff("review_filter_name", most=str(services.LONGEST_NAME)))
    else:
        messages.success(request, words.staff("review_filter_saved"))
    return _to(reverse("review"), _queries(request))


@needs(Right.REVIEW)
def delete_filter(request: HttpRequest, filter_id: int) -> HttpResponse:
    """Forgets one of one's own filters."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    services.filter_delete(person(request), filter_id)
    return _to(reverse("review"), _queries(request))


def action(act: Action) -> Callable[..., HttpResponse]:
    """A form's button in a conversation: done and noted, or said why not; then back to where the form was."""

    @needs(Right.REVIEW)
    @wraps(act)
    def view(request: HttpRequest, conversation_id: str) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        user = person(request)
        if not Conversation.objects.filter(pk=conversation_id).exists():
            raise Http404
        try:
            act(request, conversation_id, user)
            note(user, act.__name__, conversation_id, where="review")
        except services.InvalidName:
            messages.error(request, words.staff("review_tag_name", most=str(services.LONGEST_TAG)))
        except services.UnknownQuestion:
            messages.error(request, words.staff("review_which_question"))
        except services.UnknownMessage as error:
            raise Http404 from error
        except services.Decided:
            messages.error(request, words.staff("review_decided"))
        except conversations.ConversationDeleted as error:
            raise Http404 from error
        position = request.POST.get("position", "")
        page = "review_next" if request.POST.get("then") == "next" else "review_conversation"
        return _to(reverse(page, args=[conversation_id]), _queries(request), f"#m{position}" if position.isdigit() else "")

    return view


@action
def tag(request: HttpRequest, conversation_id: str, user: User) -> None:
    """Adds a tag."""
    services.tag_add([conversation_id], user, request.POST.get("tag", ""))


@action
def untag(request: HttpRequest, conversation_id: str, user: User) -> None:
    """Takes a tag off."""
    services.tag_remove(conversation_id, _number(request, "tag"))


@action
def flag(request: HttpRequest, conversation_id: str, user: User) -> None:
    """Asks colleagues to look, or no longer."""
    services.flag_set(conversation_id, user, flagged=request.POST.get("flagged") == filters.YES)


@action
def mark_reviewed(request: HttpRequest, conversation_id: str, user: User) -> None:
    """Has been read up to here, or not."""
    services.reviewed_set([conversation_id], user, reviewed=request.POST.get("reviewed") == filters.YES)


@action
def add_note(request: HttpRequest, conversation_id: str, user: User) -> None:
    """What colleagues read."""
    text = request.POST.get("text", "").strip()
    if not 0 < len(text) <= MAX_NOTE:
        messages.error(request, words.staff("text_length", most=str(MAX_NOTE)))
        return
    conversations.note_add(conversation_id, user, text)


@action
def correct(request: HttpRequest, conversation_id: str, user: User) -> None:
    """Says what should have been made of a message; the editors get it."""
    chosen = request.POST.get("choice", "")  # one of the alternatives
    kind = Correction.Kind.QUESTION if chosen else request.POST.get("kind", "")
    services.correction_make(
        conversation_id, _number(request, "position"), user, kind=kind, question=chosen or request.POST.get("question", "")
    )
    messages.success(request, words.staff("review_corrected_sent"))


@action
def withdraw(request: HttpRequest, conversation_id: str, user: User) -> None:
    """Takes a correction back."""
    services.correction_withdraw(conversation_id, _number(request, "correction"))


def _row(summary: Summary, page: selectors.Page, names: dict[int, str]) -> dict[str, Any]:
    """A line of the list; whatever costs a template more than it costs here, since there are many."""
    at = timezone.localtime(summary.last_activity_at)
    return {
        "it": summary,
        "level": _level(summary.concern),
        "at": at.isoformat(),
        "day": f"{at:%-d %b %Y}",
        "time": f"{at:%H:%M}",
        "staff": names.get(summary.staff_id or 0, words.staff("somebody") if summary.staff_id else ""),
        "titles": ", ".join(_titles(summary.questions)),
        "language": _language(summary.language) if summary.language != words.LANGUAGES[0] else "",
        "tags": page.tags.get(summary.conversation_id, []),
        "snippet": page.snippets.get(summary.pk),
        "mention": page.mentions.get(summary.pk),
    }


def _entry(happened: Message | StateChange | Note, corrections: dict[int, list[Correction]], *, whole: bool) -> Any:
    """A part of the record; a message with its corrections, questions by their titles, and no more of a person than one may see."""
    entry: Any = happened
    if not isinstance(happened, Message):
        return entry
    entry.shown = happened.text if whole or happened.sender in PROGRAM else mask(happened.text)
    entry.corrected = [(one, title_of(one.key)) for one in corrections.get(happened.pk, [])]
    entry.is_visitors = happened.sender == Message.Sender.VISITOR
    feedback, understanding = getattr(happened, "feedback", None), getattr(happened, "understanding", None)
    if feedback is not None:
        entry.comment = feedback.comment if whole else mask(feedback.comment)
    if understanding is not None:
        entry.alternatives = [
            (other["name"], title_of(other["name"]), other["confidence"])
            for other in understanding.ranking
            if other["name"] != understanding.intent
        ]
        entry.understood_as = title_of(understanding.intent) if understanding.intent else ""
        entry.answered_with = _titles(understanding.answers)
    return entry


@cache
def _level(concern: str) -> SafeString:
    return render_to_string("desk/level.html", {"concern": concern})


@lru_cache(maxsize=1)
def _datalist(known: tuple[Question, ...]) -> SafeString:
    """All questions, for a field that looks one up as it is typed: the same on every page."""
    return render_to_string("desk/review/questions.html", {"questions": known})


def _titles(keys: list[str]) -> list[str]:
    return [title_of(key) for key in keys[:SHOWN_QUESTIONS]] + (["…"] if len(keys) > SHOWN_QUESTIONS else [])


def _language(code: str) -> str:
    return words.staff(f"review_language_{code}") if code in words.LANGUAGES else code


def _fields(asked: Filter, names: dict[int, str]) -> list[Field]:
    """The filter's choices, as the page shows them."""
    known = [(topic, topic_title(topic)) for topic in topics()]
    if "/" in asked.topic or asked.topic not in dict(known):
        known += [(asked.topic, title_of(asked.topic))] if asked.topic else []
    staff = [(str(pk), name) for pk, name in names.items()]
    choices = {
        "topic": known,
        "level": _worded("level", asked),
        "state": _worded("state", asked),
        "outcome": [*Outcome.choices, ("none", words.staff("review_outcome_none"))],
        "thumbs": _worded("thumbs", asked),
        "fallback": _worded("fallback", asked),
        "low": _worded("low", asked),
        "language": [(one, _language(one)) for one in words.LANGUAGES],
        "tag": [(str(one.pk), one.name) for one in selectors.tags()],
        "staff": [("nobody", words.staff("review_staff_nobody")), *staff],
        "reviewed": _worded("reviewed", asked),
        "corrected": _worded("corrected", asked),
        "flagged": _worded("flagged", asked),
    }
    made = []
    for name, options in choices.items():
        value = getattr(asked, name)
        shown = dict(options).get(value, value)
        without = replace(asked, **{name: ""}).query
        made.append(Field(name, words.staff(f"review_{name}"), options, value, shown, without))
    return made


def _worded(name: str, asked: Filter) -> list[tuple[str, str]]:
    return [(value, words.staff(f"review_{name}_{value}")) for value in filters.CHOICES[name]]


def _queries(request: HttpRequest) -> str:
    """The filter of the page on which a form was, and where in the list that page began."""
    given = QueryDict(request.POST.get("query", ""))
    asked = filters.read(given, person(request).pk)
    return _joined(asked.query, older=given.get("older", ""), after=given.get("after", ""))


def _joined(query: str, **more: str) -> str:
    """An address's filter, with where in the list one is; that is numbers and dots, or nothing."""
    added = [f"{name}={value}" for name, value in more.items() if value and value.replace(".", "").isdigit()]
    return "&".join([*([query] if query else []), *added])


def _to(path: str, query: str, anchor: str = "") -> HttpResponse:
    return HttpResponseRedirect(f"{path}{'?' if query else ''}{query}{anchor}")


def _noted(user: User, what: str, ids: list[str]) -> None:
    for conversation_id in ids[: services.MOST_AT_ONCE]:
        note(user, what, conversation_id, where="review")


def _number(request: HttpRequest, name: str) -> int:
    given = request.POST.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 16 else 0

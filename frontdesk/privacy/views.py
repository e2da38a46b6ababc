"""Showing personal details with a reason, erasing, exporting: each for who has the right, each noted."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from frontdesk import words
from frontdesk.audit.services import note
from frontdesk.clinic.selectors import the_clinic
from frontdesk.conversations.models import Conversation
from frontdesk.conversations.selectors import conversation_of
from frontdesk.conversations.services import ConversationDeleted
from frontdesk.people.access import needs, person
from frontdesk.people.roles import Right
from frontdesk.privacy import exports, selectors, services
from frontdesk.review import filters
from frontdesk.review.selectors import page_of
from frontdesk.spreadsheets import download


@needs(Right.REVEAL)
def reveal(request: HttpRequest, conversation_id: str) -> HttpResponse:
    """Shows the personal details of a conversation that somebody else has, or nobody, for a reason."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    _conversation(conversation_id)
    try:
        services.conversation_reveal(
            request.session, conversation_id, user=person(request), reason=request.POST.get("reason", "")
        )
    except services.ReasonNeeded:
        messages.error(request, words.staff("reason_needed", most=str(services.LONGEST_REASON)))
    return redirect(_back(request, conversation_id))


@needs(Right.REVEAL)
def conceal(request: HttpRequest, conversation_id: str) -> HttpResponse:
    """Masks them again."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    services.conversation_conceal(request.session, conversation_id)
    return redirect(_back(request, conversation_id))


@needs(Right.ERASE)
def erase(request: HttpRequest, conversation_id: str) -> HttpResponse:
    """Asks whether a conversation is really to be erased, and erases it."""
    conversation = _conversation(conversation_id)
    is_wrong = False
    if request.method == "POST":
        if _confirmed(request):
            services.conversation_erase(conversation_id, by=services.STAFF, user=person(request))
            messages.success(request, words.staff("erased"))
            return redirect("home")
        is_wrong = True
    context = {"conversation": conversation, "word": words.staff("erase_word"), "is_wrong": is_wrong}
    return render(request, "desk/privacy/erase.html", context)


@needs(Right.ERASE)
def erase_person(request: HttpRequest) -> HttpResponse:
    """Finds the conversations of one person, by an address or a number, and erases those that are chosen.

    What is sought comes in a form and never in an address: an address is kept in a browser's history.
    """
    user, sought = person(request), request.POST.get("sought", "").strip()[:254]
    context: dict[str, object] = {"sought": sought, "word": words.staff("erase_word"), "most": selectors.MOST_FOUND}
    if request.method != "POST":
        return render(request, "desk/privacy/erase_person.html", context)
    chosen = request.POST.getlist("conversation")
    if request.POST.get("act") == "erase":
        if not chosen:
            context["failure"] = words.staff("erase_none_chosen")
        elif not _confirmed(request):
            context["failure"] = words.staff("erase_word_wrong", word=words.staff("erase_word"))
        else:
            count = services.conversations_erase(chosen, user=user)
            messages.success(request, words.staff("erased_several", count=str(count)))
            return redirect("erase_person")
    if not selectors.can_be_sought(sought):
        context["failure"] = words.staff("erase_sought_short")
        return render(request, "desk/privacy/erase_person.html", context)
    older = request.POST.get("older", "")
    context["found"] = selectors.conversations_of_person(sought, int(older) if older.isascii() and older.isdigit() else None)
    context["chosen"] = chosen
    note(user, "searched", by="address" if "@" in sought else "number", to="erase")
    return render(request, "desk/privacy/erase_person.html", context)


@needs(Right.EXPORT)
def export_pdf(request: HttpRequest, conversation_id: str) -> HttpResponse:
    """One conversation, to be read."""
    conversation = _conversation(conversation_id)
    whole = selectors.shown_whole(request, conversation)
    written = exports.conversation_as_pdf(conversation, whole=whole, clinic=the_clinic().name)
    note(person(request), "exported", conversation_id, form="pdf", whole=whole)
    return _file(written, "application/pdf", f"conversation-{conversation_id[:8]}.pdf")


@needs(Right.EXPORT)
def export_json(request: HttpRequest, conversation_id: str) -> HttpResponse:
    """One conversation, to be taken into another program."""
    conversation = _conversation(conversation_id)
    whole = selectors.shown_whole(request, conversation)
    written = exports.conversation_as_json(conversation, whole=whole)
    note(person(request), "exported", conversation_id, form="json", whole=whole)
    return _file(written, "application/json", f"conversation-{conversation_id[:8]}.json")


@needs(Right.EXPORT)
def export_csv(request: HttpRequest) -> HttpResponse:
    """Those that were marked in a list, or all that its filter finds, at most as many as a table has."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    user, ids = person(request), request.POST.getlist("conversation")
    if not ids:
        asked = filters.from_query(request.POST.get("query", ""), user.pk)
        ids = _found_by(asked)
    chosen = {one.pk: one for one in Conversation.objects.filter(pk__in=ids[: exports.MOST])}
    in_order = [chosen[one] for one in ids if one in chosen]
    written = exports.conversations_as_csv(in_order, whole=lambda one: selectors.shown_whole(request, one))
    for conversation in in_order:
        note(user, "exported", conversation.pk, form="csv", whole=selectors.shown_whole(request, conversation))
    return download("conversations", written)


def _found_by(asked: filters.Filter) -> list[str]:
    """The conversations that a filter finds, page after page."""
    ids: list[str] = []
    after = ""
    while len(ids) < exports.MOST:
        page = page_of(asked, after)
        ids += [row.conversation_id for row in page.rows]
        after = page.after
        if not after or not page.rows:
            break
    return ids[: exports.MOST]


def _conversation(conversation_id: str) -> Conversation:
    try:
        return conversation_of(conversation_id)
    except ConversationDeleted as error:
        raise Http404 from error


def _confirmed(request: HttpRequest) -> bool:
    return request.POST.get("word", "").strip().lower() == words.staff("erase_word")


def _back(request: HttpRequest, conversation_id: str) -> str:
    """Where somebody came from, if it is a page of ours."""
    given = request.POST.get("next", "")
    if given.startswith("/desk/") and url_has_allowed_host_and_scheme(given, allowed_hosts=None):
        return given
    return reverse("conversation", args=[conversation_id])


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})

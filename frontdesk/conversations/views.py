"""The desk: who needs a person, and one conversation. Every page and every action is for staff who have signed in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from cryptography.fernet import InvalidToken
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render

from frontdesk import environment, words
from frontdesk.audit.services import note
from frontdesk.chat.serving import serving
from frontdesk.conversations import contact, selectors, services
from frontdesk.conversations.models import CannedReply, Conversation, Outcome, StateChange
from frontdesk.people.access import needs, person
from frontdesk.people.roles import Right
from frontdesk.people.selectors import colleagues_of, name_of
from frontdesk.privacy.selectors import has_it, is_revealed

MAX_REPLY = 4000  # characters
MAX_NOTE = 2000
Action = Callable[[HttpRequest, str, User], bool]


@needs(Right.ANSWER)
def inbox(request: HttpRequest) -> HttpResponse:
    """Who waits, the most serious first; and who is being helped."""
    waiting = list(selectors.inbox())
    return render(
        request,
        "desk/inbox.html",
        {
            "waiting": [one for one in waiting if one.state == Conversation.State.WAITING],
            "mine": [one for one in waiting if one.staff_id == person(request).pk],
            "others": [one for one in waiting if one.staff_id not in (None, person(request).pk)],
            "present": serving().hub.present(),
            "mail": bool(environment.SMTP_HOST),
        },
    )


@needs(Right.ANSWER)
def conversation(request: HttpRequest, conversation_id: str) -> HttpResponse:
    """One conversation; opening it is what ends its alerts."""
    user = person(request)
    try:
        opened = selectors.conversation_of(conversation_id)
    except services.ConversationDeleted as error:
        raise Http404 from error
    services.handoffs_open(conversation_id, user)
    is_mine, revealed = has_it(user, opened), is_revealed(request, conversation_id)
    if request.headers.get("X-Look") != "again":  # an open page that brings itself up to date is one view
        note(user, "opened", conversation_id, whole=is_mine or revealed)
    hub = serving().hub
    at_the_desk = {one.user_id for one in hub.present()}
    return render(
        request,
        "desk/conversation.html",
        {
            "conversation": opened,
            "record": selectors.record_of(conversation_id),
            "handoffs": opened.handoffs.order_by("-at"),
            "contacts": [_unsealed(kept) for kept in opened.contacts.order_by("-at")],
            "is_mine": is_mine,
            "revealed": revealed,
            "whole": is_mine or revealed,
            "can_take": opened.state != Conversation.State.CLOSED and opened.staff_id is None,
            "colleagues": sorted(colleagues_of(user), key=lambda one: one.pk not in at_the_desk),
            "at_the_desk": at_the_desk,
            "canned": CannedReply.objects.all(),
            "outcomes": Outcome.choices,
            "visitor_is_there": hub.followers(conversation_id) > 0,
            "present": [one for one in hub.present(conversation_id) if one.user_id != user.pk],
            "max_reply": MAX_REPLY,
            "max_note": MAX_NOTE,
        },
    )


def action(act: Action) -> Callable[..., HttpResponse]:
    """A form's button: done and noted, or said why not; then back to the conversation. What acts says whether it did."""

    @needs(Right.ANSWER)
    @wraps(act)
    def view(request: HttpRequest, conversation_id: str) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            if act(request, conversation_id, person(request)):
                note(person(request), act.__name__, conversation_id)
        except services.ConversationDeleted as error:
            raise Http404 from error
        except services.NotYours:
            messages.error(request, _why_not_yours(conversation_id))
        except services.ConversationClosed:
            messages.error(request, words.staff("has_ended"))
        return redirect("conversation", conversation_id)

    return view


@action
def take(request: HttpRequest, conversation_id: str, user: User) -> bool:
    """The assistant is silent from here on."""
    services.conversation_take(conversation_id, user)
    return True


@action
def reply(request: HttpRequest, conversation_id: str, user: User) -> bool:
    """What the visitor reads next."""
    text = _text(request, MAX_REPLY)
    if text:
        is_there = serving().hub.followers(conversation_id) > 0
        services.conversation_reply(conversation_id, user, text, visitor_is_there=is_there)
    return bool(text)


@action
def add_note(request: HttpRequest, conversation_id: str, user: User) -> bool:
    """What colleagues read, and the visitor never."""
    text = _text(request, MAX_NOTE)
    if text:
        services.note_add(conversation_id, user, text)
    return bool(text)


@action
def assign(request: HttpRequest, conversation_id: str, user: User) -> bool:
    """A colleague has it, which nobody had."""
    colleague = _colleague(request, user)
    if colleague:
        services.conversation_take(conversation_id, colleague, why="assigned")
    return colleague is not None


@action
def hand_over(request: HttpRequest, conversation_id: str, user: User) -> bool:
    """A colleague has it from here on."""
    colleague = _colleague(request, user)
    if colleague:
        services.conversation_hand_over(conversation_id, user, colleague)
    return colleague is not None


@action
def give_back(request: HttpRequest, conversation_id: str, user: User) -> bool:
    """The assistant answers again."""
    services.conversation_give_back(conversation_id, user)
    return True


@action
def close(request: HttpRequest, conversation_id: str, user: User) -> bool:
    """The end, and what came of it."""
    outcome = request.POST.get("outcome", "")
    if outcome not in Outcome.values:
        messages.error(request, words.staff("outcome_needed"))
        return False
    services.conversation_close(conversation_id, StateChange.By.STAFF, "closed", user, outcome=outcome)
    return True


@needs(Right.ANSWER)
def typing(request: HttpRequest, conversation_id: str) -> HttpResponse:
    """A member of staff types, or has stopped; not kept."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    serving().hub.typing_from_thread(conversation_id, "staff", is_typing=request.POST.get("typing") == "yes")
    return HttpResponse(status=204)


def _colleague(request: HttpRequest, user: User) -> User | None:
    """Who was chosen in a form; nobody, and said so, where that is no colleague who answers."""
    colleague = next((one for one in colleagues_of(user) if str(one.pk) == request.POST.get("colleague")), None)
    if colleague is None:
        messages.error(request, words.staff("no_colleague"))
    return colleague


def _why_not_yours(conversation_id: str) -> str:
    """Says why somebody cannot act in a conversation that they do not have."""
    now = Conversation.objects.filter(pk=conversation_id).select_related("staff__profile").first()
    if now is None or now.state == Conversation.State.CLOSED:
        return words.staff("has_ended")
    return words.staff("colleague_has_it", name=name_of(now.staff)) if now.staff else words.staff("nobody_has_it")


def _text(request: HttpRequest, most: int) -> str:
    """What was written in a form; empty, and said so, where it is nothing or too much."""
    text = request.POST.get("text", "").strip()
    if text and len(text) <= most:
        return text
    messages.error(request, words.staff("text_length", most=str(most)))
    return ""


def _unsealed(kept: Any) -> contact.Details | None:
    try:
        return contact.unseal(kept.sealed)
    except InvalidToken:  # sealed with a key that is gone
        return None

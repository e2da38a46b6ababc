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

from frontdesk import words
from frontdesk.audit.services import note
from frontdesk.clinic.selectors import the_clinic
from frontdesk.conversations import contact, selectors, services
from frontdesk.conversations.models import Conversation, StateChange
from frontdesk.people.access import needs, person
from frontdesk.people.roles import Right

MAX_REPLY = 4000  # characters
Action = Callable[[HttpRequest, str, User], None]


@needs(Right.ANSWER)
def inbox(request: HttpRequest) -> HttpResponse:
    """Who waits, the most serious first; and who is being helped."""
    return render(request, "desk/inbox.html", {"conversations": selectors.inbox(), "clinic": the_clinic()})


@needs(Right.ANSWER)
def conversation(request: HttpRequest, conversation_id: str) -> HttpResponse:
    """One conversation; opening it is what ends its alerts."""
    user = person(request)
    try:
        opened = selectors.conversation_of(conversation_id)
    except services.ConversationDeleted as error:
        raise Http404 from error
    services.handoffs_open(conversation_id, user)
    note(user, "opened", conversation_id)
    return render(
        request,
        "desk/conversation.html",
        {
            "conversation": opened,
            "record": selectors.record_of(conversation_id),
            "handoffs": opened.handoffs.order_by("-at"),
            "contacts": [_unsealed(kept) for kept in opened.contacts.order_by("-at")],
            "is_mine": opened.state == Conversation.State.STAFF and opened.staff_id == user.pk,
            "can_take": opened.state != Conversation.State.CLOSED and opened.staff_id is None,
            "max_reply": MAX_REPLY,
        },
    )


def action(act: Action) -> Callable[..., HttpResponse]:
    """A form's button: done, or said why not; then back to the conversation."""

    @needs(Right.ANSWER)
    @wraps(act)
    def view(request: HttpRequest, conversation_id: str) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            act(request, conversation_id, person(request))
            note(person(request), act.__name__, conversation_id)
        except services.ConversationDeleted as error:
            raise Http404 from error
        except services.NotYours:
            messages.error(request, words.staff("not_yours"))
        except services.ConversationClosed:
            messages.error(request, words.staff("has_ended"))
        return redirect("conversation", conversation_id)

    return view


@action
def take(request: HttpRequest, conversation_id: str, user: User) -> None:
    """The assistant is silent from here on."""
    services.conversation_take(conversation_id, user)


@action
def reply(request: HttpRequest, conversation_id: str, user: User) -> None:
    """What the visitor reads next."""
    text = request.POST.get("text", "").strip()
    if not text or len(text) > MAX_REPLY:
        messages.error(request, words.staff("reply_length", most=str(MAX_REPLY)))
        return
    services.conversation_reply(conversation_id, user, text)


@action
def give_back(request: HttpRequest, conversation_id: str, user: User) -> None:
    """The assistant answers again."""
    services.conversation_give_back(conversation_id, user)


@action
def close(request: HttpRequest, conversation_id: str, user: User) -> None:
    """The end."""
    services.conversation_close(conversation_id, StateChange.By.STAFF, "closed", user)


def _unsealed(kept: Any) -> contact.Details | None:
    try:
        return contact.unseal(kept.sealed)
    except InvalidToken:  # sealed with a key that is gone
        return None

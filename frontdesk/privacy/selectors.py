"""Reads what privacy is about: who may see a conversation whole, and which conversations are one person's."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cryptography.fernet import InvalidToken
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone

from frontdesk.conversations import contact
from frontdesk.conversations.models import ContactDetails, Conversation, Message
from frontdesk.privacy.services import SESSION_KEY

MOST_OPENED = 20_000  # contact details in one search: half a second of decrypting
MOST_FOUND = 200  # conversations
SHORTEST = 5  # characters or digits of what is sought


@dataclass
class OnePerson:
    """What a search for somebody's conversations found.

    Attributes:
        conversations: The last active first.
        older: Where the search goes on, if there are older contact details; else None.
        unreadable: Contact details that no key opens any more.
    """

    conversations: list[Conversation] = field(default_factory=list)
    older: int | None = None
    unreadable: int = 0


def has_it(user: User, conversation: Conversation) -> bool:
    """Whether a member of staff handles the conversation now."""
    return conversation.state == Conversation.State.STAFF and conversation.staff_id == user.pk


def is_revealed(request: HttpRequest, conversation_id: str) -> bool:
    """Whether somebody has asked to see it, with a reason, and the time has not run out."""
    until = request.session.get(SESSION_KEY, {}).get(conversation_id, 0.0)
    return bool(until > timezone.now().timestamp())


def shown_whole(request: HttpRequest, conversation: Conversation) -> bool:
    """Whether personal details in a conversation are shown to who looks at it now."""
    user = request.user
    return isinstance(user, User) and (has_it(user, conversation) or is_revealed(request, conversation.pk))


def conversations_of_person(sought: str, before: int | None = None) -> OnePerson:
    """The conversations in which an e-mail address or a telephone number was left, or written in a message.

    Args:
        sought: An address or a number, as the person gives it.
        before: Only contact details with a lower number: where an earlier search ended.
    """
    found, answer = set(), OnePerson()
    kept = ContactDetails.objects.order_by("-pk")
    if before is not None:
        kept = kept.filter(pk__lt=before)
    last = None
    opened = list(kept.values_list("pk", "conversation_id", "sealed")[: MOST_OPENED + 1])
    for pk, conversation_id, sealed in opened[:MOST_OPENED]:
        last = pk
        try:
            details = contact.unseal(sealed)
        except InvalidToken:
            answer.unreadable += 1
            continue
        if _is_of(details, sought):
            found.add(conversation_id)
    if before is None:
        written = Message.objects.filter(text__icontains=sought.strip()).values_list("conversation_id", flat=True)
        found |= set(written.distinct()[:MOST_FOUND])
    answer.conversations = list(Conversation.objects.filter(pk__in=list(found)[:MOST_FOUND]).order_by("-last_activity_at"))
    answer.older = last if len(opened) > MOST_OPENED else None
    return answer


def can_be_sought(sought: str) -> bool:
    """Whether this is enough to find one person by: an address, or a number of some length."""
    return ("@" in sought and len(sought.strip()) >= SHORTEST) or len(_digits(sought)) >= SHORTEST + 1


def _is_of(details: contact.Details, sought: str) -> bool:
    if "@" in sought:
        return details.email.casefold() == sought.strip().casefold()
    digits = _digits(sought).lstrip("0")  # the country's prefix may be there or not
    return bool(digits) and _digits(details.phone).endswith(digits)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)

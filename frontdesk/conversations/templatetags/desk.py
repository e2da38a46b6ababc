"""How a hand-off and a move read at the desk."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone

from frontdesk import words
from frontdesk.conversations.models import HandOff, StateChange
from frontdesk.people.selectors import name_of
from frontdesk.review.questions import title_of

register = template.Library()


@register.filter
def reason(handoff: HandOff) -> str:
    """Why a person is needed, in a sentence."""
    return words.staff(f"why_{handoff.why}")


@register.filter
def move(change: StateChange) -> str:
    """What a move was, in a few words."""
    return words.staff(f"moved_{change.why}", name=name_of(change.user) if change.user else words.staff("somebody"))


@register.filter
def minutes_since(at: datetime | None) -> str:
    """How long ago, as short as it can be read: 40 s, 12 min, 3 h, 2 d."""
    if at is None:
        return ""
    seconds = int((timezone.now() - at).total_seconds())
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{max(seconds, 0)} s"


@register.filter
def language(tag: str) -> str:
    """The name of the language in which somebody who asked for a tag is spoken to."""
    return words.staff(f"review_language_{words.language_of(tag)}")


@register.filter
def question(key: str) -> str:
    """A question's title."""
    return title_of(key)


@register.inclusion_tag("desk/level.html")
def level(concern: str) -> dict[str, str]:
    """How serious, by sign and word, never by colour alone."""
    return {"concern": concern}

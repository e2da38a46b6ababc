"""Personal details in templates: hidden, but for who may see them."""

from __future__ import annotations

from django import template

from frontdesk import words
from frontdesk.conversations.models import Message
from frontdesk.privacy.masking import mask

register = template.Library()
PROGRAM = (Message.Sender.BOT, Message.Sender.SYSTEM)  # these say nothing about a person


@register.filter
def masked(text: str) -> str:
    """A text without personal details."""
    return mask(text)


@register.filter
def masked_unless(text: str, shown_whole: bool) -> str:
    """A text, without personal details unless they may be seen."""
    return text if shown_whole else mask(text)


@register.filter
def said(message: Message, shown_whole: bool) -> str:
    """What a message says, without personal details unless they may be seen; what the program says has none."""
    return message.text if shown_whole or message.sender in PROGRAM else mask(message.text)


@register.filter
def masked_as(value: str, kind: str) -> str:
    """That there is a telephone number, and not which: `{{ details.phone|masked_as:"phone" }}`."""
    return words.staff(f"masked_{kind}") if value else ""

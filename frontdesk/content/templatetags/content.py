"""What stands around the editors' pages: which tab is open, what is not live yet, and the button that takes a change back."""

from __future__ import annotations

from django import template
from django.contrib.messages.storage.base import Message

from frontdesk.content.draft import draft_differences
from frontdesk.content.pages import UNDO
from frontdesk.content.questions import UnreadableContent

QUESTIONS = "content"  # the tab of all pages that are no other's
TABS = ("content_visitors", "content_try", "content_tests", "content_sheets", "content_changes", "content_releases")

register = template.Library()


@register.simple_tag
def tab_of(page: str) -> str:
    """The tab that a page belongs to; both by the names of their addresses."""
    return next((tab for tab in TABS if page.startswith(tab.removesuffix("s"))), QUESTIONS)


@register.simple_tag
def waiting_changes() -> int:
    """How many questions of the draft are another than what is live."""
    try:
        return len(draft_differences())
    except (UnreadableContent, OSError):
        return 0  # the page itself says what is wrong


@register.filter
def change_of(message: Message) -> str:
    """The change that a message tells of and that can be taken back; empty where there is none."""
    return next((tag.removeprefix(UNDO) for tag in (message.extra_tags or "").split() if tag.startswith(UNDO)), "")

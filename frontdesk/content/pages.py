"""What the editors' pages have in common: who may open them, what is said when something was done, and when it cannot be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from frontdesk import words
from frontdesk.content.models import Change
from frontdesk.content.notes import Level, Note
from frontdesk.content.operations import DoesNotFit
from frontdesk.content.questions import UnreadableContent, content
from frontdesk.content.services import LONGEST_ANSWER, LONGEST_EXAMPLE, CannotBeDone
from frontdesk.people.access import needs
from frontdesk.people.roles import Right
from frontdesk.review.questions import readable, topic_title

View = Callable[..., HttpResponse]
Refusal = (CannotBeDone, DoesNotFit, UnreadableContent, OSError)  # what services raise where nothing was changed
UNDO = "undo-"  # begins a message's tag that names the change which its button takes back
UNFIT = 422  # what was filled in cannot be used
NOT_NOW = 503
MOST_NOTES = 5
SHOWN = 80  # characters of an example in a sentence


def editors_page(view: View) -> View:
    """A view for editors, who are told where a file of the content cannot be read."""

    @needs(Right.EDIT)
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except UnreadableContent as error:
            return render(request, "desk/content/unreadable.html", {"problem": refusal(error)}, status=NOT_NOW)

    return guarded


def tell(request: HttpRequest, sentence: str, change: Change | None = None) -> None:
    """Says on the next page what was done, with a button that takes it back."""
    messages.success(request, sentence, extra_tags=f"{UNDO}{change.pk}" if change else "")


def tell_notes(request: HttpRequest, notes: Iterable[Note]) -> None:
    """Says on the next page what should be looked at in what was just saved; whoever has scripts has read it while typing."""
    sentences = dict.fromkeys(note.sentence for note in notes if note.level is not Level.HINT)
    for sentence in list(sentences)[:MOST_NOTES]:
        messages.warning(request, sentence)


def refusal(error: BaseException) -> str:
    """Why something was not done, in a sentence for editors: of what services raise."""
    if isinstance(error, CannotBeDone):
        code = "duplicate_here" if error.code == "duplicate" and not error.other else error.code
        return words.staff(
            f"content_cannot_{code}", about=_shortened(error.about), title=title_of(error.about), other=title_of(error.other),
            topic=topic_title(error.about.partition("/")[0]), longest=str(LONGEST_EXAMPLE), longest_answer=str(LONGEST_ANSWER),
        )  # fmt: skip
    if isinstance(error, DoesNotFit):
        return words.staff(f"content_not_fit_{error.what}", title=title_of(error.key), text=_shortened(error.text))
    if isinstance(error, UnreadableContent):
        return words.staff("content_unreadable", problem=str(error))
    assert isinstance(error, OSError)
    return words.staff("content_not_written", problem=error.strerror or type(error).__name__)


def title_of(key: str) -> str:
    """How a question reads, also one that is gone."""
    try:
        question = content().questions.get(key)
    except UnreadableContent:
        question = None
    return question.title if question else readable(key)


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"

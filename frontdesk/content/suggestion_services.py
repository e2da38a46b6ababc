"""What editors do with visitors' messages: each is decided on once, by one of them, and what is done to the files can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from frontdesk.audit.services import note
from frontdesk.content import services
from frontdesk.content.decisions import decisions_take_back, decisions_write
from frontdesk.content.erased_examples import changes_clean, erasures_wait
from frontdesk.content.models import Change, Suggestion
from frontdesk.content.questions import content, same_words
from frontdesk.content.services import CannotBeDone, impersonal
from frontdesk.content.suggestions import OUT_OF_SCOPE, has_place, masked, waits

Decision = Suggestion.Decision
MOST_AT_ONCE = 2000  # messages: a page has at most 1,200


@dataclass(frozen=True)
class Made:
    """What came of a decision.

    Attributes:
        ids: The messages that it is on.
        added: Examples that were added.
        there: Messages whose words were an example already, and of which question the first of them is.
        gone: Messages that a colleague has decided on meanwhile, or that were erased: nothing was done with them.
        change: What was done to the files; None where nothing was.
    """

    ids: tuple[int, ...]
    added: int = 0
    there: int = 0
    there_key: str = ""
    gone: int = 0
    change: Change | None = None


def accept(user: User, key: str, ids: Sequence[int], edited: Mapping[int, str]) -> Made:
    """Makes messages examples of a question: in one change, with which their decisions are undone too.

    Args:
        user: An editor.
        key: The question.
        ids: Of messages.
        edited: How their words are to stand among the examples, where an editor has written them otherwise than they are shown.

    Raises:
        CannotBeDone: `place`, if a word in brackets still stands for a personal detail; `personal`, if one was written; and as
            `services.examples_add`.
        AlreadyDecided, DoesNotFit, UnreadableContent, OSError: Nothing was changed.
    """
    known = content()
    if key not in known.questions:
        raise CannotBeDone("no_question", key)
    texts = _texts(ids, edited)
    for text in texts.values():
        _without_details(text)
    new: dict[str, str] = {}  # by words
    for text in texts.values():
        if same_words(text) not in known.by_words:
            new.setdefault(same_words(text), text)
    examples = {pk: new.get(same_words(text)) or _of_visitors(known.by_words[same_words(text)]) for pk, text in texts.items()}
    decision = Decision.OUT_OF_SCOPE if key == OUT_OF_SCOPE else Decision.ACCEPTED
    there = [known.by_words[same_words(text)][0] for text in texts.values() if same_words(text) not in new]
    now = timezone.now()

    def begun(change: Change) -> None:
        _note(user, decision, texts)
        decisions_write(user, examples, decision, at=now, key=key, change=change)

    change = None
    if new:
        change = services.examples_add(user, key, list(new.values()), kind=Change.Kind.SUGGESTION, begun=begun)
    elif texts:
        with transaction.atomic():
            _note(user, decision, texts)
            # As examples they stand where they stood; the question is that one, whatever was chosen.
            decisions_write(user, examples, decision, at=now, key=there[0])
    return Made(tuple(texts), len(new), len(there), there[0] if there else "", len(set(ids)) - len(texts), change)


def accept_as_new(
    user: User, key: str, ids: Sequence[int], examples: Sequence[str], wordings: Sequence[Mapping[str, Any]]
) -> Change:
    """Makes a question of messages: in one change, with which their decisions are undone too.

    Args:
        user: An editor.
        key: The question, which is not there yet.
        ids: Of the messages with whose words its examples were begun.
        examples: As they stand by now.
        wordings: Of its answer.

    Raises:
        AlreadyDecided: Nothing was changed. So of what `services.question_add` raises.
    """
    texts = _texts(ids, {})
    by_words = {same_words(text): text for text in examples}
    stand = {}
    for pk, text in texts.items():
        # An editor has mended the words in the form: the example that is most like them was made of them.
        like = get_close_matches(same_words(text), by_words, n=1, cutoff=0.5)
        stand[pk] = by_words[like[0]] if like else ""

    def begun(change: Change) -> None:
        _note(user, Decision.ACCEPTED, texts)
        decisions_write(user, stand, Decision.ACCEPTED, at=timezone.now(), key=key, change=change)

    return services.question_add(user, key, examples, wordings, begun=begun)


def out_of_scope(user: User, ids: Sequence[int], edited: Mapping[int, str], *, teach: bool) -> Made:
    """Says of messages that they ask nothing that we answer; where it is to `teach` so, as `accept` does it with examples."""
    return accept(user, OUT_OF_SCOPE, ids, edited) if teach else _decide(user, ids, Decision.OUT_OF_SCOPE)


def dismiss(user: User, ids: Sequence[int]) -> Made:
    """Leaves messages out.

    Raises:
        AlreadyDecided: Nothing was written.
    """
    return _decide(user, ids, Decision.DISMISSED)


@transaction.atomic
def take_back(user: User, ids: Sequence[int]) -> int:
    """Lets messages wait again on which an editor has just decided without a change to the files; returns how many."""
    own = Suggestion.objects.filter(pk__in=list(ids)[:MOST_AT_ONCE], user=user, change=None)
    note(user, "visitor_words_decided", decision="taken_back", messages=own.count())
    return decisions_take_back(own)


def examples_erase() -> bool:
    """Takes what was erased out of the draft and of all that is kept; the worker does so. Not in a transaction.

    Returns:
        Whether the draft and what is kept of changes are without it.

    Raises:
        DoesNotFit, UnreadableContent, OSError: It stays due.
    """
    if erasures_wait():
        services.changes_finish()
    changes_clean()
    return not erasures_wait()


@transaction.atomic
def _decide(user: User, ids: Sequence[int], decision: Suggestion.Decision) -> Made:
    texts = _texts(ids, {})
    _note(user, decision, texts)
    decisions_write(user, dict.fromkeys(texts, ""), decision, at=timezone.now())
    return Made(tuple(texts), gone=len(set(ids)) - len(texts))


def _texts(ids: Sequence[int], edited: Mapping[int, str]) -> dict[int, str]:
    """What is to stand among the examples, by message: of those that wait."""
    rows = waits(list(dict.fromkeys(ids))[:MOST_AT_ONCE]).values_list("pk", "text")
    return {pk: " ".join(edited[pk].split()) if edited.get(pk, "").strip() else masked(text) for pk, text in rows}


def _without_details(text: str) -> None:
    if has_place(text):
        raise CannotBeDone("place", text)
    impersonal(text)


def _of_visitors(there: tuple[str, str]) -> str:
    """An example that is there already, if it came from a visitor's words: it goes when all who said them are erased."""
    _, text = there
    return text if Suggestion.objects.filter(example=text).exists() else ""


def _note(user: User, decision: Suggestion.Decision, ids: Iterable[int]) -> None:
    note(user, "visitor_words_decided", decision=str(decision), messages=len(list(ids)))

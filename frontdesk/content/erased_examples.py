"""Takes examples that were a visitor's words out of everything that is kept, when the visitor asks for erasure.

That it is due is a change that is not written yet: it is made in the transaction that erases the conversation, and stays until it is done,
whoever dies when. Its text goes last, when visitors do not get it any more either.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from frontdesk import environment
from frontdesk.content import files
from frontdesk.content.draft import live_release
from frontdesk.content.models import Change, Release, Suggestion
from frontdesk.content.operations import Examples, Operation
from frontdesk.content.questions import DATA, content, same_words

NAME = "Front desk"  # who does it
BLANK = ""  # stands in the place of an example that was erased
LISTS = ("removed", "added", "examples")  # of an operation, in which there are examples
CLEANED = "cleaned"  # of an operation: all that is not live is rid of it


def erasure_note(conversation_id: str, at: datetime) -> None:
    """Writes down which examples go with a conversation that is erased; in that transaction. Reads no file, so that none can prevent it.

    What another visitor has said in the same words stays.
    """
    rows = Suggestion.objects.exclude(example="")
    own = list(rows.filter(message__conversation=conversation_id).values_list("key", "example").distinct())
    texts = [text for _, text in own]
    others = set(
        rows.filter(example__in=texts).exclude(message__conversation=conversation_id).values_list("example", flat=True)
    )
    operations = [Examples(key, removed=(text,)).as_json() for key, text in own if text not in others]
    if operations:
        Change.objects.create(at=at, name=NAME, kind=Change.Kind.ERASED, operations=operations)


def erasures_wait() -> bool:
    """Whether an erased example may still be in the draft, or in the record of what was done."""
    return any(not change.written or not _is_cleaned(change) for change in _unfinished())


def erased_still_live() -> bool:
    """Whether what visitors get was trained with an example that is erased since: the next release is without it."""
    live = live_release()
    return live is not None and Change.objects.filter(kind=Change.Kind.ERASED, pk__gt=live.up_to).exists()


def is_blanked(change: Change) -> bool:
    """Whether an example was erased from what it did: then it cannot be taken back."""
    return any(text == BLANK for one in change.operations for name in LISTS for text in one.get(name, ()))


def removals(change: Change) -> list[Operation]:
    """What takes erased examples out of the draft, wherever they stand by now.

    Raises:
        UnreadableContent: If a file cannot be used as it is.
    """
    words = set(map(same_words, _followed(texts_of(change))))
    return [
        Examples(question.key, removed=(text,))
        for question in content().questions.values()
        for text in question.examples
        if same_words(text) in words
    ]


def changes_clean() -> None:
    """Takes erased examples out of kept changes and kept builds: at once of what is not live, and of the rest when it is not any more.

    Raises:
        OSError: If a file cannot be written: it is tried again.
    """
    for change in _unfinished():
        if change.written and not _is_cleaned(change):
            texts = _followed(texts_of(change))
            example_erase(texts)
            blank(texts, Change.objects.exclude(pk=change.pk).order_by("pk").iterator())
            kept = [{**Examples(_key(change), removed=tuple(sorted(texts))).as_json(), CLEANED: True}]
            Change.objects.filter(pk=change.pk).update(operations=kept)
            change.operations = kept
        if change.written and not _may_be_live(change):
            example_erase(texts_of(change))
            Change.objects.filter(pk=change.pk).update(operations=[Examples(_key(change), removed=(BLANK,)).as_json()])


def example_erase(texts: Iterable[str]) -> None:
    """Takes examples out of the kept files of all builds; not of what is live, which says what it was trained with, nor of what may be.

    Raises:
        OSError: If a file cannot be written.
    """
    live = live_release()
    open_states = (Release.State.CHECKING, Release.State.CHECKED, Release.State.GOING_LIVE)
    needed = set(Release.objects.filter(state__in=open_states).values_list("build_id", flat=True))
    needed |= {live.build_id} if live else set()
    lines = {f"- {text}" for text in texts}
    for path in (environment.VAR / "content").glob(f"*/{DATA}/*.yml"):
        before = path.read_text(encoding="utf-8")
        if path.parts[-3] not in needed and any(line in before for line in lines):
            files.replace(path, "".join(line for line in before.splitlines(keepends=True) if line.strip() not in lines))


def blank(texts: set[str], changes: Iterable[Change]) -> None:
    """Takes examples out of what is kept of changes."""
    for change in changes:
        if not texts.isdisjoint(texts_of(change)):
            Change.objects.filter(pk=change.pk).update(operations=[_blanked(one, texts) for one in change.operations])


def texts_of(change: Change) -> set[str]:
    """Examples that a change names and that are not erased."""
    return {text for one in change.operations for name in LISTS for text in one.get(name, ()) if text}


def _unfinished() -> list[Change]:
    return [change for change in Change.objects.filter(kind=Change.Kind.ERASED).order_by("pk") if texts_of(change)]


def _is_cleaned(change: Change) -> bool:
    return all(one.get(CLEANED) for one in change.operations)


def _may_be_live(change: Change) -> bool:
    live = live_release()
    return live is not None and live.up_to < change.pk


def _key(change: Change) -> str:
    return str(change.operations[0]["key"])


def _followed(texts: set[str]) -> set[str]:
    """The examples, and what editors have made of them since."""
    found = set(texts)
    changed = Change.objects.filter(kind=Change.Kind.EXAMPLE_CHANGED).order_by("pk")
    for operations in changed.values_list("operations", flat=True):
        for one in operations:
            if not found.isdisjoint(one.get("removed", ())):
                found |= {text for text in one.get("added", ()) if text}
    return found


def _blanked(operation: dict[str, Any], texts: set[str]) -> dict[str, Any]:
    return {
        name: [BLANK if text in texts else text for text in value] if name in LISTS else value
        for name, value in operation.items()
    }

"""What editors did, in words: read from the record of changes, the newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from frontdesk.content.differences import Piece, marked
from frontdesk.content.draft import Difference, draft_differences, live_release
from frontdesk.content.erased_examples import is_blanked
from frontdesk.content.models import Change
from frontdesk.content.operations import Added, Answer, Deleted, Examples, Operation, from_json
from frontdesk.content.questions import Content, Wording, wording_of
from frontdesk.review.questions import readable

PAGE = 25

Marked = list[Piece]


@dataclass(frozen=True)
class Reworded:
    """A wording before and after, with the words marked that differ; None where it was not there."""

    before: Marked | None
    after: Marked | None
    more: tuple[str, ...]  # what else is another: `buttons`, `facts`, `section`, `title`


@dataclass(frozen=True)
class Done:
    """What was done to one question.

    Attributes:
        key: Of the question.
        title: As it reads now, or read then.
        is_there: Whether it is in the draft.
        what: `examples`, `answer`, `added` or `deleted`.
        replaced: Examples that were worded otherwise: before and after.
        added, removed: Other examples.
        wordings: Of the answer, those that are another.
    """

    key: str
    title: str
    is_there: bool
    what: str
    replaced: list[tuple[Marked, Marked]]
    added: Sequence[str]
    removed: Sequence[str]
    wordings: list[Reworded]

    @property
    def topic(self) -> str:
        """The first part of its address."""
        return self.key.partition("/")[0]

    @property
    def name(self) -> str:
        """The second part."""
        return self.key.partition("/")[2]


@dataclass(frozen=True)
class Told:
    """A change, and what it did.

    Attributes:
        is_undone: Whether it is taken back.
        is_erased: Whether words of a visitor that were in it are not kept any more, so that it cannot be taken back.
    """

    change: Change
    done: list[Done]
    is_undone: bool
    is_erased: bool


def changes(known: Content, key: str, start: int) -> tuple[list[Told], int]:
    """A page of changes, and how many there are; where a key is given, those of a question."""
    found = _of_question(key) if key else Change.objects.all()
    some = list(found.select_related("undone_by")[start : start + PAGE])
    return [told(one, known) for one in some], found.count()


def told(change: Change, known: Content) -> Told:
    """A change in words."""
    return Told(
        change,
        [_done(one, known) for one in from_json(change.operations)],
        hasattr(change, "undone_by"),
        is_blanked(change) or change.kind == Change.Kind.ERASED,
    )


def last_of_answer(key: str) -> Change | None:
    """Who has changed an answer last."""
    return next(
        (change for change in _of_question(key)[:PAGE] if any(one["do"] != "examples" for one in change.operations)), None
    )


def outside() -> list[Difference]:
    """What differs from what is live, of questions that no change since then names: it was written outside of the editor."""
    release = live_release()
    if release is None:
        return []
    operations = Change.objects.filter(pk__gt=release.up_to).values_list("operations", flat=True)
    named = {one["key"] for some in operations for one in some}
    return [one for one in draft_differences() if one.question.key not in named]


def _of_question(key: str) -> QuerySet[Change]:
    written = Change.objects.annotate(written_operations=Cast("operations", TextField()))
    return written.filter(written_operations__contains=f'"key": "{key}"')


def _done(one: Operation, known: Content) -> Done:
    there = known.questions.get(one.key)
    if isinstance(one, Examples):
        is_replacing = len(one.added) == len(one.removed)
        replaced = [marked(old, new) for old, new in zip(one.removed, one.added)] if is_replacing else []
        added, removed = ((), ()) if is_replacing else (one.added, one.removed)
        return Done(one.key, there.title if there else readable(one.key), bool(there), "examples", replaced, added, removed, [])
    before, after = _wordings(one)
    title = there.title if there else next((said.title for said in (*after, *before) if said.title), readable(one.key))
    what = {Answer: "answer", Added: "added", Deleted: "deleted"}[type(one)]
    added = one.examples if isinstance(one, Added) else ()
    removed = one.examples if isinstance(one, Deleted) else ()
    return Done(one.key, title, bool(there), what, [], added, removed, _reworded(before, after))


def _wordings(one: Answer | Added | Deleted) -> tuple[list[Wording], list[Wording]]:
    """What the answer said before and after."""
    before: Sequence[Mapping[str, Any]] = (
        one.before if isinstance(one, Answer) else one.wordings if isinstance(one, Deleted) else ()
    )
    after: Sequence[Mapping[str, Any]] = (
        one.after if isinstance(one, Answer) else one.wordings if isinstance(one, Added) else ()
    )
    return [wording_of(raw) for raw in before], [wording_of(raw) for raw in after]


def _reworded(before: Sequence[Wording], after: Sequence[Wording]) -> list[Reworded]:
    found = []
    for place in range(max(len(before), len(after))):
        old = before[place] if place < len(before) else None
        new = after[place] if place < len(after) else None
        if old and new and dict(old.raw) == dict(new.raw):
            continue
        left, right = marked(old.text if old else "", new.text if new else "")
        more = tuple(
            name
            for name in ("buttons", "facts", "section", "title")
            if old and new and getattr(old, name) != getattr(new, name)
        )
        found.append(Reworded(left if old else None, right if new else None, more))
    return found

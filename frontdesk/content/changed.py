"""What a release, or the draft, makes another: question by question, as a page shows it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache

from frontdesk.content.differences import Piece, marked
from frontdesk.content.draft import Difference, build_folder, differences
from frontdesk.content.facts import Fact, facts
from frontdesk.content.models import Release
from frontdesk.content.questions import Button, Content, UnreadableContent, Wording, content, data_folder
from frontdesk.review.questions import readable, topic_title

FIRST = 10  # examples of a question that are shown at once


@dataclass(frozen=True)
class Leads:
    """A button, and to which question it leads.

    Attributes:
        is_changed: Whether the other wording has none like it.
    """

    title: str
    to: str
    is_changed: bool


@dataclass(frozen=True)
class Rewording:
    """One wording of an answer, before and after; either may not be there.

    Attributes:
        said_before, said_after: The texts, with the words marked that are another.
        buttons_before, buttons_after: What stands under them.
        facts: On which the new one rests, or the old one where it goes.
        unknown: Names of facts that there are not.
        new_facts: Keys of those facts that the old one did not name.
        gone_facts: Facts that the new one does not name any more.
    """

    before: Wording | None
    after: Wording | None
    said_before: Sequence[Piece]
    said_after: Sequence[Piece]
    buttons_before: Sequence[Leads]
    buttons_after: Sequence[Leads]
    facts: Sequence[Fact]
    unknown: Sequence[str]
    new_facts: frozenset[str]
    gone_facts: Sequence[Fact]

    @property
    def plain(self) -> Sequence[Piece]:
        """The text without marks, where all of it is new, or goes."""
        wording = self.after or self.before
        return [Piece(wording.text)] if wording else []

    @property
    def is_said_otherwise(self) -> bool:
        """Whether the words are another, and not only what stands around them."""
        return (self.before.text if self.before else None) != (self.after.text if self.after else None)

    @property
    def buttons_shown(self) -> tuple[Sequence[Leads], Sequence[Leads]]:
        """The buttons before and after, where they are others: those that stay say nothing."""
        is_another = [one.title for one in self.buttons_before] != [one.title for one in self.buttons_after]
        is_another = is_another or any(one.is_changed for one in self.buttons_after)
        return (self.buttons_before, self.buttons_after) if is_another or not (self.before and self.after) else ((), ())

    @property
    def hands_over_otherwise(self) -> bool:
        """Whether it calls a person and did not, or the other way round."""
        return bool(self.before and self.after and self.before.handoff != self.after.handoff)


@dataclass(frozen=True)
class Examples:
    """Some examples, of which a page shows the first at once."""

    all: Sequence[str]

    @property
    def first(self) -> Sequence[str]:
        """What is shown at once."""
        return self.all[:FIRST]

    @property
    def rest(self) -> Sequence[str]:
        """What is one step away."""
        return self.all[FIRST:]


@dataclass(frozen=True)
class Changed:
    """One question that is another.

    Attributes:
        title_before: Where it was called otherwise; empty elsewhere.
    """

    difference: Difference
    topic: str
    title_before: str
    rewordings: Sequence[Rewording]

    @property
    def name(self) -> str:
        """Of the question within its topic, as it stands in an address."""
        return self.difference.question.key.partition("/")[2]

    @property
    def added(self) -> Examples:
        """Examples that are new."""
        return Examples(self.difference.added)

    @property
    def removed(self) -> Examples:
        """Examples that go."""
        return Examples(self.difference.removed)


@dataclass(frozen=True)
class Counts:
    """How much is another, in questions; and in examples, those of new and deleted questions among them."""

    new: int
    deleted: int
    reworded: int  # answers of questions that there were
    medical: int
    added: int
    removed: int


def shown(found: Sequence[Difference], before: Content, after: Content) -> list[Changed]:
    """Differences as a page shows them."""
    return [_changed(one, before, after) for one in found]


def counts(found: Sequence[Difference]) -> Counts:
    """How much these are."""
    kinds = [one.kind for one in found]
    return Counts(
        new=kinds.count("new"), deleted=kinds.count("deleted"),
        reworded=sum(one.is_reworded for one in found if one.kind == "changed"), medical=sum(one.is_medical for one in found),
        added=sum(len(one.added) for one in found), removed=sum(len(one.removed) for one in found),
    )  # fmt: skip


def kept_content(release: Release) -> Content:
    """What a release says.

    Raises:
        UnreadableContent: If what was kept of it is not there any more, or cannot be read.
    """
    folder = build_folder(release.build_id)
    if not data_folder(folder).is_dir():
        raise UnreadableContent(f"What was kept of release {release.number} is not there any more.")
    return content(folder)


def counts_of(release: Release) -> Counts | None:
    """How much a release made another of what it followed; None for the first, and where it is not known any more."""
    if release.follows is None:
        return None
    try:
        return _counts(release.follows.build_id, release.build_id)
    except UnreadableContent:
        return None


@lru_cache(maxsize=1000)
def _counts(before: str, after: str) -> Counts:
    """Of two builds, which never change: counted once, and kept beside the second, since reading ten of them takes seconds."""
    folders = [build_folder(digest) for digest in (before, after)]
    kept = folders[1] / f"against-{before}.json"
    try:
        return Counts(**json.loads(kept.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        pass  # not counted yet, or cut short by a full disk
    if not all(data_folder(folder).is_dir() for folder in folders):
        raise UnreadableContent("What was kept is not there any more.")
    counted = counts(differences(*map(content, folders)))
    with contextlib.suppress(OSError):  # then it is counted again
        kept.write_text(json.dumps(asdict(counted)), encoding="utf-8")
    return counted


def _changed(one: Difference, before: Content, after: Content) -> Changed:
    title_before = one.before.title if one.before and one.after and one.before.title != one.after.title else ""
    rewordings = [_rewording(old, new, before, after) for old, new in one.wordings]
    return Changed(one, topic_title(one.question.topic), title_before, rewordings)


def _rewording(old: Wording | None, new: Wording | None, before: Content, after: Content) -> Rewording:
    said_before, said_after = marked(old.text if old else "", new.text if new else "")
    known = facts()
    names, old_names = (new or old or Wording("")).facts, old.facts if old else ()
    return Rewording(
        old, new, said_before, said_after, _leads(old, before, new), _leads(new, after, old),
        facts=[known[name] for name in names if name in known],
        unknown=[name for name in names if name not in known],
        new_facts=frozenset(names) - frozenset(old_names) if old and new else frozenset(),
        gone_facts=[known[name] for name in old_names if name not in names and name in known] if new else [],
    )  # fmt: skip


def _leads(wording: Wording | None, there: Content, other: Wording | None) -> list[Leads]:
    known = set(other.buttons) if other else set()
    return [Leads(one.title, _title(one, there), one not in known) for one in wording.buttons] if wording else []


def _title(button: Button, there: Content) -> str:
    question = there.questions.get(button.key)
    return question.title if question else readable(button.key)

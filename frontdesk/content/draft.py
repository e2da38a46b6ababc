"""The draft: what the files say, beside what is live. What differs, in an order in which it can be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from frontdesk import environment
from frontdesk.content.models import Live, Release
from frontdesk.content.questions import Content, Question, Wording, content, data_folder, digest_of

UNMEDICAL = frozenset({"smalltalk"})  # topics whose answers say nothing of health, nor of a clinic's duties


@dataclass(frozen=True)
class Difference:
    """What is another in one question.

    Attributes:
        question: As it is now; as it was, where it is deleted.
        before: The question as it was; None where it is new.
        after: None where it is deleted.
        added, removed: Examples.
    """

    question: Question
    before: Question | None
    after: Question | None
    added: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def kind(self) -> str:
        """`new`, `deleted` or `changed`."""
        return "new" if self.before is None else "deleted" if self.after is None else "changed"

    @property
    def is_reworded(self) -> bool:
        """Whether the answer is another."""
        return _raws(self.before) != _raws(self.after)

    @property
    def is_retrained(self) -> bool:
        """Whether messages are read otherwise."""
        return bool(self.added or self.removed) or self.kind != "changed"

    @property
    def is_medical(self) -> bool:
        """Whether a clinician must have read it."""
        return self.is_reworded and self.question.topic not in UNMEDICAL

    @property
    def wordings(self) -> list[tuple[Wording | None, Wording | None]]:
        """The answer's wordings that are another, before and after."""
        before = self.before.wordings if self.before else ()
        after = self.after.wordings if self.after else ()
        most = max(len(before), len(after))
        pairs = [
            (before[place] if place < len(before) else None, after[place] if place < len(after) else None)
            for place in range(most)
        ]
        return [(old, new) for old, new in pairs if (old and dict(old.raw)) != (new and dict(new.raw))]


def build_folder(digest: str) -> Path:
    """Where the files of a build are kept."""
    return environment.VAR / "content" / digest


def live_release() -> Release | None:
    """What visitors get."""
    live = Live.objects.select_related("release__build").first()
    return live.release if live else None


def content_of(release: Release) -> Content:
    """What a release says.

    Raises:
        UnreadableContent: If what was kept of it is not there any more.
    """
    return content(build_folder(release.build_id))


def files_digest() -> str:
    """Of the editors' files as they are, byte by byte."""
    folder = data_folder()
    stamps = [(path.name, path.stat()) for path in sorted(folder.glob("*.yml"))]
    return _files_digest(folder, tuple((name, status.st_mtime_ns, status.st_size) for name, status in stamps))


def draft_differences() -> list[Difference]:
    """What differs between the draft and what is live.

    Raises:
        UnreadableContent: If one of the two cannot be read.
    """
    live = live_release()
    return differences(content_of(live), content()) if live else []


def differences(before: Content, after: Content) -> list[Difference]:
    """What differs between two, question by question, in the order of the files."""
    found = []
    for key in dict.fromkeys([*before.questions, *after.questions]):
        old, new = before.questions.get(key), after.questions.get(key)
        if old is not new and (one := _difference(old, new)) is not None:
            found.append(one)
    return found


def is_wording_alone(found: Sequence[Difference]) -> bool:
    """Whether nothing needs to be trained for it."""
    return bool(found) and not any(one.is_retrained for one in found)


@lru_cache(maxsize=4)  # a tenth of a second, and whoever tries a message waits for it
def _files_digest(folder: Path, stamps: tuple[tuple[str, int, int], ...]) -> str:
    return digest_of({name: (folder / name).read_text(encoding="utf-8") for name, _, _ in stamps})


def _difference(old: Question | None, new: Question | None) -> Difference | None:
    question = new or old
    assert question is not None
    before = old.examples if old else ()
    after = new.examples if new else ()
    were, are = set(before), set(after)
    one = Difference(
        question, old, new, tuple(text for text in after if text not in were), tuple(text for text in before if text not in are)
    )
    return one if one.is_retrained or one.is_reworded else None


def _raws(question: Question | None) -> list[dict[str, object]]:
    return [dict(wording.raw) for wording in question.wordings] if question else []

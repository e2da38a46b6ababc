"""What editors do to questions and answers. Each is kept with what undoes it, written to the files, and committed to git."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from frontdesk.audit.services import note
from frontdesk.content import files, git
from frontdesk.content.decisions import decisions_of, decisions_take_back
from frontdesk.content.erased_examples import blank, is_blanked, removals
from frontdesk.content.kept_tests import kept_test_rename
from frontdesk.content.models import Change
from frontdesk.content.operations import Added, Answer, Deleted, DoesNotFit, Examples, Operation, as_json, from_json, undone
from frontdesk.content.questions import Content, Question, UnreadableContent, content, same_words
from frontdesk.people import selectors
from frontdesk.privacy.masking import mask

LONGEST_EXAMPLE = 500  # characters; a visitor's message has at most 1,000
LONGEST_ANSWER = 2000
NAME = re.compile(r"[a-z][a-z0-9_]{1,49}")  # of a question within its topic
MARKUP = re.compile(r"\[[^\]]+\][({]")  # which training would read as something else than words
BULLET = re.compile(r"^\s*(?:[-*•–]\s+|\d{1,3}[.)]\s+)")
# Topics on which the dialogue rests: their questions are reworded and get examples, but none comes, goes or moves.
FIXED = frozenset({"safety", "system", "handoff", "fallback", "smalltalk"})
# Questions in other topics to which the dialogue itself leads.
NEEDED = frozenset({"side_effects/temporary"})

Kind = Change.Kind


class CannotBeDone(Exception):
    """Something that is asked for is not valid; `code` says what, for the words in which an editor reads it.

    Attributes:
        code: `empty`, `too_long`, `markup`, `no_question`, `fixed`, `needed`, `bad_key`, `key_taken`, `no_topic`, `no_examples`,
            `no_answer`, `nothing`, `duplicate`, `personal`, `bad_button`, `undone`, `erased`.
        about: The example, key or title that it is about.
        other: The question under which an example stands already; empty where it is given twice.
    """

    def __init__(self, code: str, about: str = "", other: str = "") -> None:
        super().__init__(f"{code}: {about}")
        self.code, self.about, self.other = code, about, other


def lines_of(pasted: str) -> list[str]:
    """Examples as they are pasted, one a line, without the marks of a list; each once."""
    lines = (" ".join(BULLET.sub("", line).split()) for line in pasted.splitlines())
    return list(dict.fromkeys(line for line in lines if line))


def examples_add(
    user: User | None,
    key: str,
    texts: Sequence[str],
    *,
    kind: Kind = Kind.EXAMPLES_ADDED,
    begun: Callable[[Change], object] = lambda _: None,
) -> Change:
    """Adds examples to a question; `begun` as in `change_make`.

    Raises:
        CannotBeDone, DoesNotFit, UnreadableContent, OSError: Nothing was changed. So of all that follows here.
    """
    known = content()
    _question(known, key)
    _may_be_added(known, texts)
    return change_make(user, kind, [Examples(key, added=tuple(texts))], begun=begun)


def example_change(user: User | None, key: str, before: str, after: str) -> Change:
    """Writes an example otherwise, in its place."""
    known = content()
    if before not in _question(known, key).examples:
        raise DoesNotFit(key, "example_gone", before)
    after = " ".join(after.split())
    if same_words(after) != same_words(before):
        _may_be_added(known, [after])
    else:
        valid_example(after)
    return change_make(user, Kind.EXAMPLE_CHANGED, [Examples(key, (before,), (after,))])


def examples_delete(user: User | None, key: str, texts: Sequence[str], *, kind: Kind = Kind.EXAMPLES_DELETED) -> Change:
    """Deletes examples; a question keeps one at least."""
    question = _question(content(), key)
    if not texts:
        raise CannotBeDone("nothing")
    if question.examples and not set(question.examples) - set(texts):
        raise CannotBeDone("no_examples", key)
    return change_make(user, kind, [Examples(key, removed=tuple(dict.fromkeys(texts)))])


def examples_move(user: User | None, key: str, texts: Sequence[str], to: str) -> Change:
    """Puts examples under another question."""
    known = content()
    question = _question(known, key)
    _question(known, to)
    if not texts or key == to:
        raise CannotBeDone("nothing")
    if not set(question.examples) - set(texts):
        raise CannotBeDone("no_examples", key)
    moved = tuple(dict.fromkeys(texts))
    return change_make(user, Kind.EXAMPLES_MOVED, [Examples(key, removed=moved), Examples(to, added=moved)])


def answer_change(user: User | None, key: str, seen: str, wordings: Sequence[Mapping[str, Any]]) -> Change:
    """Gives an answer other wordings.

    Args:
        user: Who.
        key: The question's.
        seen: `answer_version` of what the editor saw: if it is another's by now, nothing is overwritten.
        wordings: As they stand in the file: `text`, `buttons`, `metadata`.

    Raises:
        DoesNotFit: `answer_changed`, if somebody else has changed it meanwhile.
    """
    known = content()
    question = _question(known, key)
    if question.answer_version != seen:
        raise DoesNotFit(key, "answer_changed")
    _valid_answer(known, key, wordings)
    before = _raws(question)
    if before == tuple(wordings):
        raise CannotBeDone("nothing")
    return change_make(user, Kind.ANSWER_CHANGED, [Answer(key, before, tuple(wordings))])


def question_add(
    user: User | None,
    key: str,
    examples: Sequence[str],
    wordings: Sequence[Mapping[str, Any]],
    *,
    begun: Callable[[Change], object] = lambda _: None,
) -> Change:
    """Adds a question with its examples and its answer; `begun` as in `change_make`."""
    known = content()
    may_be_key(known, key)
    if not examples:
        raise CannotBeDone("no_examples", key)
    _may_be_added(known, examples)
    _valid_answer(known, key, wordings)
    return change_make(user, Kind.QUESTION_ADDED, [Added(key, tuple(examples), tuple(wordings))], begun=begun)


def question_delete(user: User | None, key: str) -> Change:
    """Deletes a question; buttons of other answers that lead to it go too."""
    known = content()
    question = _question(known, key)
    _may_go(key)
    return change_make(user, Kind.QUESTION_DELETED, [*_without_buttons_to(known, key), _deleted(question)])


def question_move(user: User | None, key: str, to: str) -> Change:
    """Puts a question into another topic, or gives it another key; buttons that lead to it lead there."""
    known = content()
    question = _question(known, key)
    _may_go(key)
    may_be_key(known, to)
    operations: list[Operation] = [_deleted(question), Added(to, question.examples, _raws(question))]
    for other in known.questions.values():
        after = [_with_buttons(raw, {key: to}) for raw in _raws(other)]
        if other.key != key and tuple(after) != _raws(other):
            operations.append(Answer(other.key, _raws(other), tuple(after)))
    change = change_make(user, Kind.QUESTION_MOVED, operations)
    _tests_follow(user, key, to)
    return change


def change_undo(user: User | None, change: Change) -> Change:
    """Takes a change back.

    Raises:
        DoesNotFit: If what it did is not there any more, since somebody has gone on from it.
        CannotBeDone: `undone`, if it is taken back already; `erased`, if what it did is not kept any more.
    """
    if Change.objects.filter(undoes=change).exists():
        raise CannotBeDone("undone")
    if change.kind == Kind.ERASED or is_blanked(change):
        raise CannotBeDone("erased")
    made = change_make(user, Kind.UNDONE, undone(from_json(change.operations)), undoes=change)
    if change.kind == Kind.QUESTION_MOVED:
        before, after = (one["key"] for one in change.operations[:2])
        _tests_follow(user, after, before)
    return made


def change_make(
    user: User | None,
    kind: Kind,
    operations: Sequence[Operation],
    *,
    undoes: Change | None = None,
    begun: Callable[[Change], object] = lambda _: None,
) -> Change:
    """Writes a change into the record, then into the files, then into git; the one place where the files are changed.

    What goes with it in the record is written by `begun`, in the transaction that begins it; what that raises undoes both.

    Raises:
        DoesNotFit, UnreadableContent, OSError: Nothing was changed.
    """
    if not operations:
        raise CannotBeDone("nothing")
    with files.writing():
        _finish()
        with transaction.atomic():
            change = Change.objects.create(
                at=timezone.now(), user=user, name=name_of(user), kind=kind, operations=as_json(operations), undoes=undoes
            )
            begun(change)
        try:
            paths = files.apply(operations)
        except BaseException:
            _give_up(change)
            raise
        _written(change)
        _commit(change, paths)
    change.refresh_from_db()
    return change


def changes_finish() -> None:
    """What was begun when the machine died comes to its end; the worker sees to it too."""
    if Change.objects.filter(written=False).exists():
        with files.writing():
            _finish()


def _finish() -> None:
    for change in Change.objects.filter(written=False).order_by("pk"):
        # What is erased is looked for where it stands by now: it goes, whatever somebody has done with it since.
        due = removals(change) if change.kind == Kind.ERASED else files.remaining(from_json(change.operations))
        try:
            paths = files.apply(due)
        except DoesNotFit:
            _give_up(change)  # somebody has changed the files by hand since: theirs stands
            continue
        _written(change)
        _commit(change, paths)


@transaction.atomic
def _written(change: Change) -> None:
    """The files have it. Of visitors' words that are no examples any more, nothing is kept: they wait as the messages that they are."""
    Change.objects.filter(pk=change.pk).update(written=True)
    note(change.user, "content_changed", kind=str(change.kind), keys=sorted({one["key"] for one in change.operations})[:20])
    if change.undoes:
        decided = decisions_of(change.undoes)
        texts = set(decided.exclude(example="").values_list("example", flat=True))
        decisions_take_back(decided)
        blank(texts, [change, change.undoes])


@transaction.atomic
def _give_up(change: Change) -> None:
    decisions_take_back(decisions_of(change).filter(change=change))
    change.delete()


def _commit(change: Change, paths: Iterable[Any]) -> None:
    keys = sorted({one["key"] for one in change.operations})
    about = keys[0] if len(keys) == 1 else f"{keys[0]} and {len(keys) - 1} more"
    made = git.commit(list(paths), change.name, f"content: {change.get_kind_display()}: {about}.")
    Change.objects.filter(pk=change.pk).update(commit=made.commit, commit_problem=made.problem[:200])


def may_be_key(known: Content, key: str) -> None:
    """Whether a question may be called so.

    Raises:
        CannotBeDone: `bad_key`, `no_topic`, `fixed`, `key_taken`.
    """
    topic, _, name = key.partition("/")
    if topic not in known.topics:
        raise CannotBeDone("no_topic", topic)
    if topic in FIXED:
        raise CannotBeDone("fixed", topic)
    if not NAME.fullmatch(name):
        raise CannotBeDone("bad_key", name)
    if key in known.questions:
        raise CannotBeDone("key_taken", key)


def examples_problems(known: Content, texts: Iterable[str]) -> list[CannotBeDone | None]:
    """Why each of these cannot be an example; None for those that can be added, all together."""
    found: list[CannotBeDone | None] = []
    seen: set[str] = set()
    for text in texts:
        problem = _problem(known, text, seen)
        if problem is None:
            seen.add(same_words(text))
        found.append(problem)
    return found


def _problem(known: Content, text: str, seen: set[str]) -> CannotBeDone | None:
    try:
        valid_example(text)
        impersonal(text)
    except CannotBeDone as error:
        return error
    there = known.by_words.get(same_words(text))
    if there:
        return CannotBeDone("duplicate", text, there[0])
    return CannotBeDone("duplicate", text) if same_words(text) in seen else None


def impersonal(text: str) -> None:
    """What an editor types is to hold nobody's personal details: an example is kept, trained with and read by others.

    Raises:
        CannotBeDone: `personal`, about the text with the details hidden.
    """
    hidden = mask(text)
    if hidden != text:
        raise CannotBeDone("personal", hidden)


def _tests_follow(user: User | None, key: str, to: str) -> None:
    """The editors' tests that expect a question go with it; where they cannot be written, their page says that they fail."""
    with contextlib.suppress(UnreadableContent, OSError):
        kept_test_rename(name_of(user), key, to)


def _question(known: Content, key: str) -> Question:
    if key not in known.questions:
        raise CannotBeDone("no_question", key)
    return known.questions[key]


def _may_go(key: str) -> None:
    if key.partition("/")[0] in FIXED:
        raise CannotBeDone("fixed", key)
    if key in NEEDED:
        raise CannotBeDone("needed", key)


def valid_example(text: str) -> None:
    """Whether an example may read so.

    Raises:
        CannotBeDone: `empty`, `too_long`, `markup`.
    """
    if not text or not same_words(text).strip():
        raise CannotBeDone("empty")
    if len(text) > LONGEST_EXAMPLE:
        raise CannotBeDone("too_long", text)
    if MARKUP.search(text) or text.startswith("-") or not text.isprintable():
        raise CannotBeDone("markup", text)


def _may_be_added(known: Content, texts: Sequence[str]) -> None:
    if not texts:
        raise CannotBeDone("nothing")
    for problem in examples_problems(known, texts):
        if problem is not None:
            raise problem


def _valid_answer(known: Content, key: str, wordings: Sequence[Mapping[str, Any]]) -> None:
    if not wordings:
        raise CannotBeDone("no_answer", key)
    for raw in wordings:
        text = str(raw.get("text", "")).strip()
        if not text:
            raise CannotBeDone("no_answer", key)
        if len(text) > LONGEST_ANSWER:
            raise CannotBeDone("too_long", text[:60])
        for button in raw.get("buttons") or []:
            to = str(button.get("payload", "")).lstrip("/")
            if not str(button.get("title", "")).strip() or (to != key and to not in known.questions):
                raise CannotBeDone("bad_button", to)


def _raws(question: Question) -> tuple[dict[str, Any], ...]:
    return tuple(dict(wording.raw) for wording in question.wordings)


def _deleted(question: Question) -> Deleted:
    return Deleted(question.key, question.examples, _raws(question))


def _without_buttons_to(known: Content, key: str) -> list[Operation]:
    operations: list[Operation] = []
    for other in known.questions.values():
        after = tuple(_with_buttons(raw, {key: ""}) for raw in _raws(other))
        if other.key != key and after != _raws(other):
            operations.append(Answer(other.key, _raws(other), after))
    return operations


def _with_buttons(raw: Mapping[str, Any], leads: Mapping[str, str]) -> dict[str, Any]:
    """A wording whose buttons lead elsewhere, or are gone where they lead nowhere."""
    if "buttons" not in raw:
        return dict(raw)
    buttons = []
    for button in raw["buttons"]:
        key = str(button["payload"]).lstrip("/")
        to = leads.get(key, key)
        if to:
            buttons.append({**button, "payload": button["payload"] if to == key else f"/{to}"})
    changed = {**raw, "buttons": buttons}
    if not buttons:
        del changed["buttons"]
    return changed


def name_of(user: User | None) -> str:
    """How somebody is called in what is kept."""
    return selectors.name_of(user) if user else "Front desk"

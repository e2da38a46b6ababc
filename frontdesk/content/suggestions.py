"""Reads visitors' messages that wait for an editor: what was not understood, and what staff have corrected, like ones together.

Every text is masked as it is read: an editor sees what was asked, and not by whom.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.utils import timezone

from frontdesk import words
from frontdesk.content.decisions import PERSON, READING
from frontdesk.content.models import Suggestion
from frontdesk.content.questions import Content, content, same_words
from frontdesk.content.selectors import choices, question_chosen
from frontdesk.conversations.models import Message
from frontdesk.insight.group_models import Miss
from frontdesk.privacy.masking import KINDS, mask
from frontdesk.review.models import Correction
from frontdesk.review.questions import NOT_UNDERSTOOD, readable

PAGE = 10  # groups
LINES = 12  # of a group: what is decided at once has been read
LOOKED_AT = 120  # messages of a group among which these are found; the others come when those are decided
MOST_TEXTS = 200  # for a new question
ALL, CORRECTED, PERSON_NEEDED = "", "corrected", "person"  # what can be looked at
OUT_OF_SCOPE = "fallback/out_of_scope"


@dataclass
class Line:
    """Messages in the same words.

    Attributes:
        ids: Of the messages.
        text: Masked.
        is_masked: Whether a word in brackets stands there for a personal detail.
        taken_for: Title of the question that the assistant took it for; empty for none.
        percent: How sure it was.
        said: What staff say that it asks: titles; empty for nothing that we answer.
        person: What staff say of calling a person: kinds of corrections.
        conversation_id, position: Of the first message, for those who may read it.
        edited, is_chosen: What somebody has typed and ticked whose form could not be done.
    """

    ids: list[int]
    text: str
    is_masked: bool
    taken_for: str
    percent: int
    said: list[str]
    person: list[str]
    conversation_id: str
    position: int
    edited: str = ""
    is_chosen: bool = False

    @property
    def value(self) -> str:
        """In a form."""
        return ",".join(map(str, self.ids))


@dataclass
class Group:
    """Messages that are alike.

    Attributes:
        key: Of the group, in a form.
        count: How many messages wait.
        left: How many of these are not in `lines`.
        last: When the last of them was sent.
        question: What they probably ask, as it stands in the list of questions: what staff say, else the assistant's best guess.
        is_nothing: Whether that is nothing that we answer; then `question` is empty.
    """

    key: int
    count: int
    last: datetime
    lines: list[Line] = field(default_factory=list)
    left: int = 0
    question: str = ""
    is_nothing: bool = False

    @property
    def values(self) -> str:
        """All lines, in a form."""
        return ";".join(line.value for line in self.lines)


@dataclass(frozen=True)
class Counts:
    """How many messages wait, how many of these staff have corrected, by what; and how many were decided this month."""

    waiting: int
    corrected: int
    person: int
    decided: int


class Waiting:
    """The messages that wait, read once for a page."""

    def __init__(self) -> None:
        """One query for each reason to wait."""
        undecided = Correction.objects.filter(state=Correction.State.OPEN, message__suggestion=None)
        person = undecided.filter(kind__in=PERSON)
        self.person = dict(person.order_by("-at").values_list("message", "message__sent_at"))
        corrected = dict(undecided.filter(kind__in=READING).values_list("message", "message__sent_at"))
        self.corrected = corrected.keys() - self.person.keys()
        misses = Miss.objects.filter(message__suggestion=None).values_list("pk", "centre", "at")
        self._centres: dict[int, tuple[int, datetime]] = {pk: (pk, at) for pk, at in corrected.items()}
        self._centres |= {pk: (centre or pk, at) for pk, centre, at in misses}
        for pk in self.person:
            self._centres.pop(pk, None)  # they are shown apart

    def counts(self) -> Counts:
        """How many there are."""
        month = timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        decided = Suggestion.objects.filter(at__gte=month).count()
        return Counts(len(self._centres) + len(self.person), len(self.corrected), len(self.person), decided)

    def groups(self, show: str, start: int) -> tuple[list[Group], bool]:
        """A page of groups, the largest first; of equals, what staff have corrected, then the newest. And whether there are more.

        Args:
            show: All, those in which staff have corrected something, or those about calling a person, each by itself.
            start: How many groups come before.
        """
        members: dict[int, list[int]] = defaultdict(list)
        at = {pk: sent for pk, (_, sent) in self._centres.items()} | self.person
        if show == PERSON_NEEDED:
            members = defaultdict(list, {pk: [pk] for pk in self.person})
        else:
            for pk, (centre, _) in self._centres.items():
                members[centre].append(pk)
        if show == CORRECTED:
            members = defaultdict(list, {key: pks for key, pks in members.items() if not self.corrected.isdisjoint(pks)})
        found = [Group(key, len(pks), max(at[pk] for pk in pks)) for key, pks in members.items()]
        found.sort(key=lambda one: (-one.count, self.corrected.isdisjoint(members[one.key]), -one.last.timestamp(), one.key))
        shown = found[start : start + PAGE]
        _lines_add(shown, {one.key: sorted(members[one.key], key=lambda pk: at[pk], reverse=True) for one in shown})
        return shown, len(found) > start + PAGE


def labels(known: Content) -> dict[str, str]:
    """How each question reads in a list, by key; of those that have examples, to which more can be added."""
    return {key: choice for choice, key in choices(known).items() if known.questions[key].examples}


def key_of(given: str, known: Content) -> str:
    """The question that somebody has chosen by how it reads, or by its key; empty where it is none of these."""
    question = question_chosen(known, " ".join(given.split()))
    return question.key if question and question.examples else ""


def waits(ids: Iterable[int]) -> QuerySet[Message]:
    """Those of these visitors' messages on which nobody has decided, and which are here for a decision."""
    open_one = Q(corrections__state=Correction.State.OPEN)
    here = Message.objects.filter(pk__in=list(ids), sender=Message.Sender.VISITOR, suggestion=None)
    return here.filter(Q(miss__isnull=False) | open_one).distinct().order_by("pk")


def masked(text: str) -> str:
    """In one line, without personal details."""
    return mask(" ".join(text.split()))


def texts_for(ids: Iterable[int], user: User) -> list[str]:
    """What these messages say, masked, each wording once: examples to begin a new question with.

    Args:
        ids: Of messages; those that do not wait are left out.
        user: Who asks; an editor, as the page that asks has made sure.
    """
    texts: dict[str, str] = {}
    for text in waits(list(ids)[:MOST_TEXTS]).values_list("text", flat=True):
        shown = masked(text)
        texts.setdefault(same_words(shown), shown)
    return list(texts.values())


@cache
def places() -> tuple[str, ...]:
    """The words in brackets that stand for personal details."""
    return tuple(words.staff(f"masked_{kind}") for kind in KINDS)


def has_place(text: str) -> bool:
    """Whether a text still has a word in brackets in the place of a personal detail."""
    return any(place.casefold() in text.casefold() for place in places())


def _lines_add(groups: Sequence[Group], members: Mapping[int, Sequence[int]]) -> None:
    """The wordings of each group, those that came most often first; `members` are the newest first."""
    looked_at = [pk for pks in members.values() for pk in pks[:LOOKED_AT]]
    rows = {message.pk: message for message in Message.objects.filter(pk__in=looked_at).select_related("understanding")}
    said = defaultdict(list)
    for correction in Correction.objects.filter(message__in=looked_at, state=Correction.State.OPEN):
        said[correction.message_id].append(correction)
    known = content()
    read_as = labels(known)
    for group in groups:
        alike: dict[str, list[Message]] = defaultdict(list)
        asks: Counter[str] = Counter()
        guesses: Counter[str] = Counter()
        for pk in members[group.key][:LOOKED_AT]:
            if pk not in rows:
                continue  # erased in this moment
            alike[same_words(rows[pk].text)].append(rows[pk])
            asks.update(one.key or OUT_OF_SCOPE for one in said[pk] if one.kind in READING)
            if not any(one.kind in PERSON for one in said[pk]):  # there the assistant was wrong in what matters
                guesses.update([_guess(rows[pk], read_as)])
        often = sorted(alike.values(), key=len, reverse=True)[:LINES]  # only these are masked: it takes a millisecond each
        group.lines = [_line(some, [one for message in some for one in said[message.pk]], known) for some in often]
        group.left = group.count - sum(len(line.ids) for line in group.lines)
        best = next((key for counted in (asks, guesses) for key, _ in counted.most_common() if key in read_as), "")
        group.is_nothing = best == OUT_OF_SCOPE
        group.question = "" if group.is_nothing else read_as.get(best, "")


def _line(some: Sequence[Message], said: Sequence[Correction], known: Content) -> Line:
    message = some[0]
    text = masked(message.text)
    understanding = getattr(message, "understanding", None)
    intent = understanding.intent if understanding else ""
    return Line(
        ids=[one.pk for one in some],
        text=text,
        is_masked=has_place(text),
        taken_for=_title(intent, known) if intent else "",
        percent=round(100 * min(max(understanding.confidence, 0.0), 1.0)) if understanding else 0,
        said=list(dict.fromkeys(_title(one.key, known) if one.key else "" for one in said if one.kind in READING)),
        person=list(dict.fromkeys(one.kind for one in said if one.kind in PERSON)),
        conversation_id=message.conversation_id,
        position=message.position,
    )


def _title(key: str, known: Content) -> str:
    question = known.questions.get(key)
    return question.title if question else readable(key)


def _guess(message: Message, read_as: Mapping[str, str]) -> str:
    """The first question of the assistant's ranking that an example can be added to, or that it is none; empty where it has none."""
    understanding: Any = getattr(message, "understanding", None)
    if understanding is None:
        return ""
    if understanding.intent == OUT_OF_SCOPE:
        return OUT_OF_SCOPE
    ranked = [understanding.intent, *(str(one.get("name", "")) for one in understanding.ranking)]
    return next((key for key in ranked if key in read_as and key not in NOT_UNDERSTOOD), "")

"""Reads which questions were not understood, in groups of like ones: how often each was asked, when, and what the assistant took it for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Avg, Count, Max, Min, QuerySet

from frontdesk.insight.due import bounds_of, clinic_zone
from frontdesk.insight.group_models import Miss
from frontdesk.insight.misses import newest
from frontdesk.insight.spans import Period
from frontdesk.privacy.masking import mask
from frontdesk.review.models import Correction
from frontdesk.review.questions import title_of

PAGE = 25  # groups
EXAMPLES = 3
LOOKED_AT = 12  # messages of a group among which examples are chosen that read differently
GUESSES = 3
LONGEST = 240  # characters of an example


@dataclass(frozen=True)
class Example:
    """One message of a group; personal details are masked as it is read, by the rules of today."""

    text: str
    conversation_id: str
    position: int


@dataclass(frozen=True)
class Guess:
    """What the assistant took some of a group's messages for.

    Attributes:
        title: Of the question.
        count: Of how many messages.
        percent: How sure it was, on average.
    """

    title: str
    count: int
    percent: int


@dataclass
class Group:
    """Messages that are alike, in the days that are looked at.

    Attributes:
        count: How many there are.
        first, last: When the first and the last of them were sent.
        corrected: What staff say of some: the question's title, or None for what is nothing that we answer; and of how many.
    """

    count: int
    first: datetime
    last: datetime
    examples: list[Example] = field(default_factory=list)
    guesses: list[Guess] = field(default_factory=list)
    corrected: list[tuple[str | None, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Counts:
    """The messages of a span that were not understood.

    Attributes:
        all: How many.
        groups: Groups of two and more.
        grouped: Messages in these.
        alone: Messages that are like no other.
        waiting: Those that are not grouped yet.
        left_out: Those that are older than the newest, which alone are grouped.
    """

    all: int
    groups: int
    grouped: int
    alone: int
    waiting: int
    left_out: int


def counts_of(span: Period) -> Counts:
    """How many messages of these days there are, in how many groups."""
    misses = _in(span)
    sizes = list(misses.exclude(centre=None).values("centre").annotate(count=Count("pk")).values_list("count", flat=True))
    without = misses.filter(centre=None)
    waiting = without.filter(pk__in=newest()).count()
    grouped, alone = sum(size for size in sizes if size > 1), sum(size == 1 for size in sizes)
    left_out = without.count() - waiting
    return Counts(grouped + alone + waiting + left_out, len(sizes) - alone, grouped, alone, waiting, left_out)


def groups_of(span: Period, *, alone: bool = False, start: int = 0, most: int | None = None) -> list[Group]:
    """The groups of these days, the largest first; of equals, the one asked last.

    Args:
        span: Days, in the clinic's time zone.
        alone: Messages that are like no other, in place of groups.
        start: How many come before.
        most: How many at most; None for all.
    """
    found = _in(span).exclude(centre=None).values("centre_id").annotate(count=Count("pk"), first=Min("at"), last=Max("at"))
    found = found.filter(count=1) if alone else found.filter(count__gt=1)
    rows = found.order_by("-count", "-last", "centre_id")[start : None if most is None else start + most]
    groups = {row["centre_id"]: Group(row["count"], row["first"], row["last"]) for row in rows}
    members = _in(span).filter(centre__in=list(groups))
    _examples_add(groups, members)
    _guesses_add(groups, members)
    _corrections_add(groups, members)
    return list(groups.values())


def _examples_add(groups: dict[int, Group], members: QuerySet[Miss]) -> None:
    """The middle of each group, then its newest, no text twice."""
    by_centre: dict[int, list[int]] = defaultdict(list)
    for pk, centre in members.order_by("-at", "-pk").values_list("pk", "centre_id"):
        by_centre[centre or 0].append(pk)
    candidates = {centre: _candidates(centre, pks) for centre, pks in by_centre.items()}
    rows = Miss.objects.filter(pk__in=[pk for pks in candidates.values() for pk in pks])
    messages = {
        pk: (text, conversation_id, position)
        for pk, text, conversation_id, position in rows.values_list(
            "pk", "message__text", "message__conversation_id", "message__position"
        )
    }
    for centre, group in groups.items():
        said: set[str] = set()
        for text, conversation_id, position in (messages[pk] for pk in candidates.get(centre, ()) if pk in messages):
            words = " ".join(text.split())
            if words.casefold() in said or len(group.examples) == EXAMPLES:
                continue
            said.add(words.casefold())
            group.examples.append(Example(_shortened(mask(words)), conversation_id, position))


def _candidates(centre: int, members: Sequence[int]) -> list[int]:
    """Messages of a group that may be examples, the likeliest first; `members` are the newest first."""
    return [*([centre] if centre in members else []), *(pk for pk in members if pk != centre)][:LOOKED_AT]


def _guesses_add(groups: dict[int, Group], members: QuerySet[Miss]) -> None:
    guessed = members.exclude(message__understanding__intent="").filter(message__understanding__isnull=False)
    rows = guessed.values_list("centre_id", "message__understanding__intent").annotate(
        count=Count("pk"), sure=Avg("message__understanding__confidence")
    )
    for centre, intent, count, sure in rows.order_by("centre_id", "-count", "-sure", "message__understanding__intent"):
        guesses = groups[centre].guesses
        if len(guesses) < GUESSES:
            guesses.append(Guess(title_of(intent), count, round(100 * min(max(sure, 0.0), 1.0))))


def _corrections_add(groups: dict[int, Group], members: QuerySet[Miss]) -> None:
    """What staff said that a group's messages ask."""
    kinds = (Correction.Kind.QUESTION, Correction.Kind.OUT_OF_SCOPE)
    states = (Correction.State.OPEN, Correction.State.ACCEPTED)
    corrections = Correction.objects.filter(kind__in=kinds, state__in=states, message__miss__in=members)
    rows = corrections.values_list("message__miss__centre_id", "key").annotate(count=Count("message", distinct=True))
    for centre, key, count in rows.order_by("message__miss__centre_id", "-count", "key"):
        groups[centre].corrected.append((title_of(key) if key else None, count))


def _in(span: Period) -> QuerySet[Miss]:
    zone = clinic_zone()
    return Miss.objects.filter(at__gte=bounds_of(span.first, zone)[0], at__lt=bounds_of(span.last, zone)[1])


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"

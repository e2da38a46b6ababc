"""A list's filter, as it stands in a page's address: read, written, and said in words. Whatever cannot be read is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.http import QueryDict

from frontdesk.conversations.models import Conversation, Outcome
from frontdesk.review.models import LEVELS, level_of

UNSURE = 50  # percent: what was understood with less is looked at; a question is answered from 33 on
MOST_SOUGHT = 200  # characters
SORTS = ("activity", "begun", "level")
YES, NO = "yes", "no"
CHOICES: dict[str, tuple[str, ...]] = {
    "level": (*LEVELS, "medical"),  # medical: routine and above
    "state": tuple(Conversation.State.values),
    "outcome": (*Outcome.values, "none"),
    "thumbs": ("up", "down"),
    "fallback": (YES, NO),
    "low": (YES,),
    "reviewed": (YES, NO),
    "corrected": (YES, NO),
    "flagged": (YES, NO),
    "sort": SORTS,
}
TRUE = {"1": YES, "true": YES, "on": YES, "0": NO, "false": NO}
# In an address the span is `from` and `to`; `from` is no name in Python.
IN_ADDRESS = {"begin": "from", "end": "to"}


@dataclass(frozen=True)
class Filter:
    """Which conversations, and in which order; an empty field asks for nothing.

    Attributes:
        q: Words that a message has.
        begin, end: Days of the last activity, in the clinic's time zone, both included; `2026-03-31`.
        topic: `aftercare`, or one of its questions, `aftercare/makeup`.
        tag: A tag's number.
        staff: A member of staff's number, or `nobody`.
    """

    q: str = ""
    begin: str = ""
    end: str = ""
    topic: str = ""
    level: str = ""
    state: str = ""
    outcome: str = ""
    thumbs: str = ""
    fallback: str = ""
    low: str = ""
    language: str = ""
    tag: str = ""
    staff: str = ""
    reviewed: str = ""
    corrected: str = ""
    flagged: str = ""
    sort: str = "activity"

    @property
    def query(self) -> str:
        """As it stands in an address; empty where nothing is asked for."""
        default = Filter()
        given = {one.name: getattr(self, one.name) for one in fields(self)}
        return urlencode({IN_ADDRESS.get(k, k): v for k, v in given.items() if v != getattr(default, k)})

    @property
    def active(self) -> list[str]:
        """What it filters by; for the audit log: names, and no values."""
        return sorted(
            IN_ADDRESS.get(one.name, one.name) for one in fields(self) if one.name != "sort" and getattr(self, one.name)
        )

    @property
    def without_words(self) -> Filter:
        """The same, but for what was typed: that may be somebody's name."""
        return replace(self, q="")

    @property
    def keys(self) -> list[str]:
        """What is asked for of that which a conversation can have several of, as `SummaryKey` has it."""
        return [key for key in (self.topic, f"#{self.tag}" if self.tag else "") if key]

    def condition(self, zone: ZoneInfo) -> Q:
        """What a summary's own row decides."""
        asked = Q()
        if self.begin:
            asked &= Q(last_activity_at__gte=_starts(date.fromisoformat(self.begin), zone))
        if self.end:
            asked &= Q(last_activity_at__lt=_starts(date.fromisoformat(self.end) + timedelta(days=1), zone))
        if self.level == "medical":
            asked &= Q(level__gte=level_of("routine"))
        elif self.level:
            asked &= Q(level=level_of(self.level))
        if self.state:
            asked &= Q(state=self.state)
        if self.outcome:
            asked &= Q(outcome="" if self.outcome == "none" else self.outcome)
        if self.thumbs:
            asked &= Q(helpful=True) if self.thumbs == "up" else Q(unhelpful=True)
        if self.low:
            asked &= Q(lowest_confidence__lt=UNSURE)
        if self.language:
            asked &= Q(language=self.language)
        if self.staff:
            asked &= Q(staff=None) if self.staff == "nobody" else Q(staff_id=int(self.staff))
        for name, field in (("fallback", "not_understood"), ("reviewed",) * 2, ("corrected",) * 2, ("flagged",) * 2):
            given = getattr(self, name)
            if given:
                asked &= Q(**{field: given == YES})
        return asked


def read(address: QueryDict | Mapping[str, str], user_id: int | None = None) -> Filter:
    """The filter in an address.

    Args:
        address: The page's parameters.
        user_id: Who `me` is.
    """
    given = {one.name: address.get(IN_ADDRESS.get(one.name, one.name), "").strip() for one in fields(Filter)}
    for name, allowed in CHOICES.items():
        value = TRUE.get(given[name], given[name]) if YES in allowed else given[name]
        given[name] = value if value in allowed else ""
    given["q"] = " ".join(given["q"][:MOST_SOUGHT].split())
    given["begin"], given["end"] = _day(given["begin"]), _day(given["end"])
    given["topic"] = given["topic"][:100] if not given["topic"].startswith("#") else ""
    given["language"] = given["language"][:10].partition("-")[0].lower()
    given["tag"] = given["tag"] if _is_number(given["tag"]) else ""
    if given["staff"] == "me":
        given["staff"] = str(user_id or "")
    elif given["staff"] != "nobody" and not _is_number(given["staff"]):
        given["staff"] = ""
    given["sort"] = given["sort"] or SORTS[0]
    return Filter(**given)


def from_query(query: str, user_id: int | None = None) -> Filter:
    """The filter of an address's part after the question mark."""
    return read(QueryDict(query), user_id)


def _day(given: str) -> str:
    try:
        return date.fromisoformat(given).isoformat()
    except ValueError:
        return ""


def _is_number(given: str) -> bool:
    return given.isascii() and given.isdigit() and len(given) <= 15


def _starts(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), zone).astimezone(UTC)

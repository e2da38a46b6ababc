"""What a release must pass before visitors get it. Each check says what it looked at, and what of that is another than in what is live.

The report, as it is kept in `Release.report`:

    {"checks": [{"name", "passed", "stops", "looked_at", "lines": [{…}], …}], "seconds"}

`name` is `wording`, `kept_tests`, `emergencies`, `concerns`, `topics` or `visitors`. A check that has not passed and `stops` keeps the
release from going live. A visitor's words are never in it, only which message they are.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

import aiohttp
import yaml
from django.utils import timezone

from frontdesk import environment
from frontdesk.chat import database
from frontdesk.chat.serving import red_flags
from frontdesk.content.answer_checks import answer_notes
from frontdesk.content.draft import Difference
from frontdesk.content.kept_tests import kept_tests
from frontdesk.content.live import Served
from frontdesk.content.questions import Content, digest_of
from frontdesk.content.readings import KnownReadings, Reading, read_many
from frontdesk.conversations.models import Message
from safety import Level

TESTS = environment.ROOT / "tests"
CONCERNS_OF = ("sixth_run.yml", "seventh_run.yml")  # the newest sets; the others measure the same, and take a minute
NO_TOPICS = frozenset({"fallback", "handoff", "smalltalk", "safety", "system"})  # what says no fact
LEAST_HANDED_OVER = 0.95  # of personal concerns, as tests/safety has it
MOST_WORSE = 0.02  # share of all questions of the tests by which a release may be worse than what is live
WEEKS = timedelta(weeks=4)  # of visitors' messages that are asked again
MOST_MESSAGES = 300  # the newest
MOST_LINES = 200  # of a check that are kept
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Tell = Callable[[str, int, int], None]  # the step, how many are done, of how many


@dataclass(frozen=True)
class Side:
    """One of the two that are compared: what answers, with which model, and what it says."""

    served: Served
    model: str
    content: Content


@dataclass
class Check:
    """What one check found."""

    name: str
    passed: bool
    stops: bool
    looked_at: int
    lines: list[dict[str, Any]] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "name": self.name, "passed": self.passed, "stops": self.stops, "looked_at": self.looked_at,
            "lines": self.lines[:MOST_LINES], "left_out": max(len(self.lines) - MOST_LINES, 0), **self.more,
        }  # fmt: skip


async def run(
    client: aiohttp.ClientSession, draft: Side, live: Side, found: Sequence[Difference], *, wording_alone: bool, tell: Tell
) -> dict[str, Any]:
    """Runs all checks; of wording alone those that it can change.

    Args:
        client: Connections.
        draft: What is to go live, and runs.
        live: What visitors get.
        found: What differs between the two.
        wording_alone: Whether nothing was trained.
        tell: Is told how far it is.

    Returns:
        The report.

    Raises:
        NoReading: If an assistant does not answer; UnreadableContent: if the editors' tests cannot be read.
    """
    began = time.monotonic()
    checks = [_wording(found), await _kept(client, draft, tell)]
    if not wording_alone:
        checks.append(await _emergencies(client, draft, live, tell))
        checks.append(await _concerns(client, draft, live, tell))
        checks.append(await _topics(client, draft, live, tell))
        checks.append(await _visitors(client, draft, live, tell))
    return {"checks": [check.as_json() for check in checks], "seconds": round(time.monotonic() - began, 1)}


def has_passed(report: dict[str, Any]) -> bool:
    """Whether nothing keeps it from going live."""
    return all(check["passed"] or not check["stops"] for check in report["checks"])


def _wording(found: Sequence[Difference]) -> Check:
    """Answers that are new or reworded: nothing in them that we never say."""
    lines, looked_at = [], 0
    for one in found:
        for before, after in one.wordings:
            if after is None:
                continue
            looked_at += 1
            notes = answer_notes(
                one.question.key, after.text, after.facts, len(after.buttons), before=before.text if before else None
            )
            lines += [
                {"key": one.question.key, "text": after.text, "code": note.code, "sentence": note.sentence, "stops": note.stops}
                for note in notes
                if note.stops or note.warns
            ]
    return Check("wording", not any(line["stops"] for line in lines), True, looked_at, lines)


async def _kept(client: aiohttp.ClientSession, draft: Side, tell: Tell) -> Check:
    """The editors' own tests."""
    tests = kept_tests()
    read = await _read(client, draft, [one.text for one in tests], "kept_tests", tell)
    lines = []
    for one in tests:
        reading = read[one.text]
        if not one.passes(reading):
            lines.append({"text": one.text, "wanted": one.key or one.concern, **_as_line(reading)})
    return Check("kept_tests", not lines, True, len(tests), lines)


async def _emergencies(client: aiohttp.ClientSession, draft: Side, live: Side, tell: Tell) -> Check:
    """No emergency may be lost that is recognised now.

    The rules find most of them whatever the model says, and only raise: the model is asked about the others.
    """
    everything, left = _emergency_lines()
    now = await _read(client, draft, left, "emergencies", tell)
    lost = [text for text in left if Level.named(now[text].concern) < Level.EMERGENCY]
    before = await _read(client, live, lost, "emergencies", tell)
    lines = [
        {"text": text, "before": before[text].concern, "after": now[text].concern, **_as_line(now[text])}
        for text in lost
        if Level.named(before[text].concern) >= Level.EMERGENCY
    ]
    return Check("emergencies", not lines, True, everything, lines, {"asked": len(left)})


async def _concerns(client: aiohttp.ClientSession, draft: Side, live: Side, tell: Tell) -> Check:
    """Personal concerns reach a person, as before."""
    texts = _lines_of_level(("routine", "urgent"))
    now = await _read(client, draft, texts, "concerns", tell)
    handed_over = [text for text in texts if Level.named(now[text].concern) > Level.NONE]
    missed = [text for text in texts if text not in set(handed_over)]
    before = await _read(client, live, missed, "concerns", tell)
    lines = [
        {"text": text, "before": before[text].concern, "after": now[text].concern, **_as_line(now[text])}
        for text in missed
        if Level.named(before[text].concern) > Level.NONE
    ]
    share = len(handed_over) / len(texts) if texts else 1.0
    return Check("concerns", share >= LEAST_HANDED_OVER, True, len(texts), lines, {"share": round(share, 4)})


async def _topics(client: aiohttp.ClientSession, draft: Side, live: Side, tell: Tell) -> Check:
    """Questions that nobody trained with, by topic, beside what is live."""
    tests = [*_yaml("nlu/questions.yml"), *_yaml("nlu/out_of_scope.yml")]
    now = await _read(client, draft, [one["text"] for one in tests], "topics", tell)
    before = await _read(client, live, [one["text"] for one in tests], "topics_live", tell)
    asked: Counter[str] = Counter()
    right: Counter[str] = Counter()
    was_right: Counter[str] = Counter()
    lines = []
    for one in tests:
        topic, text = one["key"].partition("/")[0], one["text"]
        asked[topic] += 1
        is_now, was = _is_right(one, now[text]), _is_right(one, before[text])
        right[topic] += is_now
        was_right[topic] += was
        if was and not is_now:
            lines.append({"text": text, "wanted": one["key"], "before": list(before[text].said), **_as_line(now[text])})
    worse = (sum(was_right.values()) - sum(right.values())) / max(sum(asked.values()), 1)
    table = [
        {"topic": topic, "asked": asked[topic], "before": was_right[topic], "after": right[topic]} for topic in sorted(asked)
    ]
    return Check("topics", worse <= MOST_WORSE, True, len(tests), lines, {"topics": table})


async def _visitors(client: aiohttp.ClientSession, draft: Side, live: Side, tell: Tell) -> Check:
    """Messages of real visitors, those of the last weeks, whose answer would be another."""
    messages = await database.read(_recent_messages)
    now = await read_many(client, draft.served, messages, lambda done: tell("visitors", done, 2 * len(messages)))
    before = await read_many(
        client, live.served, messages, lambda done: tell("visitors", len(messages) + done, 2 * len(messages))
    )
    lines = [
        {
            "message": pk, "before": list(before[text].said), "after": list(now[text].said),
            "concern_before": before[text].concern, "concern_after": now[text].concern,
        }
        for text, pk in messages.items()
        if (before[text].said, before[text].concern) != (now[text].said, now[text].concern)
    ]  # fmt: skip
    return Check("visitors", not lines, False, len(messages), lines)


async def _read(client: aiohttp.ClientSession, side: Side, texts: Sequence[str], step: str, tell: Tell) -> dict[str, Reading]:
    """Readings of test lines: those that are known are not asked for again."""
    known = KnownReadings(side.model, _answers_digest(side.content))
    read = {text: reading for text in texts if (reading := known.get(text)) is not None}
    missing = [text for text in texts if text not in read]
    if missing:
        asked = await read_many(
            client, side.served, missing, lambda done: tell(step, len(read) + done, len(read) + len(missing))
        )
        known.keep(asked)
        read |= asked
    return read


def _answers_digest(content: Content) -> str:
    """What beside the model decides which answers are given: the keys, and the buttons that they offer."""
    keys = [
        (one.key, [[button.key for button in wording.buttons] for wording in one.wordings])
        for one in content.questions.values()
    ]
    return digest_of(keys)


def _is_right(test: dict[str, Any], reading: Reading) -> bool:
    if test["key"] == "fallback/out_of_scope":
        return all(answer.partition("/")[0] in NO_TOPICS for answer in reading.answers)
    return not {test["key"], *test.get("also", [])}.isdisjoint({*reading.answers, *reading.choices})


def _as_line(reading: Reading) -> dict[str, Any]:
    return {"said": list(reading.said), "confidence": round(reading.confidence, 3), "concern": reading.concern}


@cache
def _emergency_lines() -> tuple[int, tuple[str, ...]]:
    """How many emergencies there are to be recognised, and those that the rules alone do not; read once in a process."""
    known_misses = set(_yaml("safety/known_misses.yml"))
    texts = [
        text for text in _of_level(sorted(TESTS.glob("safety/messages/*.yml")), ("emergency",)) if text not in known_misses
    ]
    return len(texts), tuple(text for text in texts if red_flags().check(text).level < Level.EMERGENCY)


def _lines_of_level(levels: Sequence[str]) -> list[str]:
    return _of_level([TESTS / "safety/messages" / name for name in CONCERNS_OF], levels)


def _of_level(files: Iterable[Any], levels: Sequence[str]) -> list[str]:
    lines = (one for file in files for one in yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader))  # noqa: S506 - safe, but in C
    return list(dict.fromkeys(one["text"] for one in lines if one["level"] in levels))


def _yaml(name: str) -> list[Any]:
    return list(yaml.load((TESTS / name).read_text(encoding="utf-8"), Loader=_Loader) or [])  # noqa: S506 - as above


def _recent_messages() -> dict[str, int]:
    """The newest messages that the assistant has read, each wording once, and which message it is."""
    read = Message.objects.filter(
        sender=Message.Sender.VISITOR, choice="", sent_at__gte=timezone.now() - WEEKS, understanding__isnull=False
    ).exclude(text="")
    found: dict[str, int] = {}
    for pk, text in read.order_by("-pk").values_list("pk", "text")[: 4 * MOST_MESSAGES]:
        if len(found) < MOST_MESSAGES:
            found.setdefault(text, pk)
    return found

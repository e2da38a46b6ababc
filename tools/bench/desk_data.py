"""Makes a record of a given size: plainly made up, of the example lines in data/, the same for the same seed.

It needs Django: `python -m frontdesk shell -c "from tools.bench.desk_data import make; make(1000)"`, with an empty database.
"""

from __future__ import annotations

import json
import random
import sys
from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate, count
from pathlib import Path
from typing import Any

import yaml
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Model

from frontdesk.clinic.selectors import the_clinic
from frontdesk.conversations.models import Conversation, Feedback, HandOff, Message, StateChange, Understanding
from frontdesk.insight import counting
from frontdesk.people.models import Profile
from frontdesk.people.roles import Role, roles_set
from frontdesk.privacy.masking import mask
from frontdesk.review import summaries
from frontdesk.review.models import ConversationTag, Correction, Flag, Reviewed, Tag
from tools.bench.stack import PASSWORD

ROOT = Path(__file__).parents[2]
SEED = 20_260_101
DAYS = 365
LAST_DAY = datetime(2026, 11, 25, tzinfo=UTC)
BATCH = 500  # conversations
STAFF = ("Alice", "Bob", "Chris", "Dana", "Eli", "Farah")
TAGS = ("refund", "bruising", "wording", "first visit", "follow up", "training", "complaint", "good example")
LANGUAGES = ("en",) * 16 + ("es", "fr", "de", "pt")
LEVELS = ("none",) * 86 + ("routine",) * 8 + ("urgent",) * 4 + ("emergency",) * 2
OUTCOMES = ("answered", "answered", "appointment", "sent_on", "call_back", "no_reply", "not_for_us")
MISSED = ("system/not_understood", "fallback/out_of_scope")
NEW = 60  # conversations that go on
# How much is asked on a weekday, and in an hour: visitors write during the day, and in the evening.
WEEKDAYS = (11, 12, 10, 10, 9, 6, 5)
HOURS = (1, 1, 0, 0, 0, 1, 2, 4, 7, 11, 12, 10, 9, 8, 8, 8, 8, 9, 10, 11, 11, 8, 5, 2)
# Who is written before whom.
ORDER = (Conversation, Message, Understanding, StateChange, HandOff, Feedback, Reviewed, Flag, ConversationTag, Correction)


class Lines:
    """What visitors ask and what is answered."""

    def __init__(self) -> None:
        """Read from data/."""
        self.asked: list[tuple[str, str]] = []
        self.answers: dict[str, str] = {}
        for file in sorted((ROOT / "data").glob("*.yml")):
            content = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
            for block in content.get("nlu", []):
                if "intent" in block and "/" in block["intent"]:
                    lines = [line.removeprefix("- ") for line in block["examples"].splitlines() if line.strip()]
                    # As many of each question: those with many examples are not asked more often.
                    self.asked += [(block["intent"], line) for line in lines[:60]]
            for name, wordings in (content.get("responses") or {}).items():
                self.answers[name.removeprefix("utter_")] = wordings[0].get("text", "")


def make(conversations: int) -> None:
    """Makes so many conversations, spread over a year, with ten messages each on average."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")  # what is lost with the power is made again
    vars(summaries)["mask"] = cache(mask)  # the same lines come again and again
    chance, lines, numbers = random.Random(SEED), Lines(), count(1)  # noqa: S311 - no secret
    staff = [_person(name) for name in STAFF]
    tags = [Tag.objects.create(name=name) for name in TAGS]
    for first in range(0, conversations, BATCH):
        rows: dict[type[Model], list[dict[str, Any]]] = {}
        ids = []
        for number in range(first, min(first + BATCH, conversations)):
            ids.append(f"{chance.getrandbits(128):032x}")
            at = _moment(number / conversations, chance)
            is_new = number >= conversations - NEW
            for model, row in _conversation(ids[-1], at, chance, lines, numbers, staff, tags, is_new=is_new):
                rows.setdefault(model, []).append(row)
        with transaction.atomic():
            for model in ORDER:
                _insert(model, rows.get(model, []))
            summaries.summaries_write(ids)
        if first % 10_000 == 0:
            print(f"{first} of {conversations} conversations", file=sys.stderr, flush=True)
    counting.basis_renew(the_clinic().time_zone, counting.days_of_record())
    for due in counting.days_due():  # as the worker does
        counting.day_write(due, counting.day_read(due))


def _moment(share: float, chance: random.Random) -> datetime:
    """When a conversation began, of which this share of all were before."""
    days, ends = _year()
    day = min(bisect_right(ends, share * ends[-1]), len(days) - 1)
    [hour] = chance.choices(range(24), HOURS)
    return days[day] + timedelta(hours=hour, seconds=chance.random() * 3600)


@cache
def _year() -> tuple[list[datetime], list[int]]:
    """The days, and how much is asked up to the end of each."""
    days = [LAST_DAY - timedelta(days=ago) for ago in range(DAYS, 0, -1)]
    return days, list(accumulate(WEEKDAYS[day.weekday()] for day in days))


def _insert(model: type[Model], rows: list[dict[str, Any]]) -> None:
    """Writes rows as Django would, without asking each field each time."""
    fields = [
        field
        for field in model._meta.concrete_fields
        if not (field.primary_key and field.get_internal_type() == "BigAutoField")
    ]
    if rows and "id" in rows[0] and model is Message:
        fields.append(model._meta.pk)
    default = {field.attname: _plain(field.get_default()) for field in fields}
    columns = ", ".join(f'"{field.column}"' for field in fields)
    command = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({", ".join(["%s"] * len(fields))})'  # noqa: S608 - no input
    with connection.cursor() as cursor:
        cursor.executemany(
            command,
            [[_plain(row[one.attname]) if one.attname in row else default[one.attname] for one in fields] for row in rows],
        )


def _plain(value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value)
    if isinstance(value, datetime):
        return str(value.replace(tzinfo=None))
    return str(value) if isinstance(value, str) else value


def _conversation(
    pk: str, at: datetime, chance: random.Random, lines: Lines, numbers: Iterator[int], staff: list[User], tags: list[Tag],
    *, is_new: bool,
) -> Iterator[tuple[type[Model], dict[str, Any]]]:  # fmt: skip
    level = chance.choice(LEVELS)
    has_person = level != "none" or chance.random() < 0.08
    person = chance.choice(staff).pk
    made: dict[str, Any] = {
        "id": pk, "state": "closed", "concern": level, "language": chance.choice(LANGUAGES), "consent_version": "1-90",
        "consent_text": "Made up.", "started_at": at, "summary_due": False, "context": {},
    }  # fmt: skip
    rows: list[tuple[type[Model], dict[str, Any]]] = [(Conversation, made)]
    position = 0

    def said(sender: str, text: str, **fields: Any) -> int:
        nonlocal position, at
        position, number = position + 1, next(numbers)
        at += timedelta(seconds=chance.randint(2, 60), microseconds=chance.randint(1, 999_999))
        row = {"id": number, "conversation_id": pk, "position": position, "sender": sender, "text": text, "sent_at": at}
        rows.append((Message, row | fields))
        return number

    def moved(before: str, after: str, by: str, why: str, user: int | None = None) -> None:
        nonlocal position
        position += 1
        row = {"conversation_id": pk, "position": position, "before": before, "after": after, "concern": level}
        rows.append((StateChange, row | {"by": by, "user_id": user, "why": why, "at": at}))

    said("bot", "Hello! Ask me about mesotherapy.")
    first = 0
    for turn in range(chance.choice((2, 3, 4, 4, 4, 5, 6))):
        intent, text = chance.choice(lines.asked)
        asked = said("visitor", text, answer="given")
        first = first or asked
        confidence = min(0.99, max(0.05, chance.gauss(0.75, 0.15)))
        key = chance.choice(MISSED) if confidence < 0.45 else intent
        ranking = [
            {"name": name, "confidence": round(confidence / place, 3)} for place, name in enumerate((intent, *MISSED), 1)
        ]
        is_level = turn == 0 and level != "none"
        reasons = [{"rule": "made/up", "level": level, "why": "Made up", "words": ""}] if is_level else []
        understood = {
            "message_id": asked, "intent": intent, "confidence": confidence, "ranking": ranking, "answers": [key],
            "concern": level if is_level else "none", "reasons": reasons, "language": "en", "model": "made up",
            "understanding_ms": 4, "answering_ms": 2, "turn_ms": 20,
        }  # fmt: skip
        rows.append((Understanding, understood))
        answer = said("bot", lines.answers.get(key) or "Made up.", reply_to_id=asked, answers=[key])
        if chance.random() < 0.05:
            rows.append((Feedback, {"message_id": answer, "helpful": chance.random() < 0.6, "at": at}))
        if turn == 0 and has_person:
            call = {"conversation_id": pk, "message_id": asked, "level": level, "why": "concern", "reasons": reasons, "at": at}
            rows.append((HandOff, call | {"opened_at": at, "opened_by_id": person}))
            moved("bot", "waiting", "bot", "concern")
    state, has, waits = "bot", None, None
    if has_person:
        state, waits = "waiting", at
        at += timedelta(seconds=chance.expovariate(1 / 600))
        if not is_new or chance.random() < 0.5:
            moved("waiting", "staff", "staff", "taken", person)
            state, has, waits = "staff", person, None
            text = "I have read what you wrote. " + chance.choice(lines.asked)[1]
            said("staff", text, author_id=person, author_name="Made up")
            said("visitor", chance.choice(lines.asked)[1], answer="staff")
    if not is_new:
        moved(
            state,
            "closed",
            "staff" if has_person else "system",
            "closed" if has_person else "idle",
            person if has_person else None,
        )
        said("system", "This chat has ended.")
        state, has, waits = "closed", None, None
    made |= {
        "state": state, "staff_id": has, "waiting_since": waits, "last_position": position, "last_activity_at": at,
        "closed_at": at if state == "closed" else None, "outcome": chance.choice(OUTCOMES) if has_person and not is_new else "",
    }  # fmt: skip
    if chance.random() < 0.3:
        rows.append((Reviewed, {"conversation_id": pk, "user_id": person, "at": at, "position": position}))
    if chance.random() < 0.01:
        rows.append((Flag, {"conversation_id": pk, "user_id": person, "at": at}))
    if chance.random() < 0.05:
        rows.append((ConversationTag, {"conversation_id": pk, "tag_id": chance.choice(tags).pk, "user_id": person, "at": at}))
    if chance.random() < 0.02:
        right = {"message_id": first, "kind": "question", "key": "aftercare/makeup", "understood": "aftercare/water"}
        rows.append((Correction, right | {"user_id": person, "at": at}))
    yield from rows


def _person(name: str) -> User:
    user = User.objects.create_user(name.lower(), password=PASSWORD)
    Profile.objects.create(user=user, name=name, role="nurse")
    roles_set(user, {Role.ADMINISTRATOR if name == STAFF[0] else Role.STAFF})
    return user

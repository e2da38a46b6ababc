"""Reads the clinic's settings."""

from __future__ import annotations

import hashlib
import json
import time
from datetime import datetime, timedelta

from frontdesk import words
from frontdesk.clinic.models import WEEKDAYS, Clinic
from frontdesk.conversations.models import Conversation

MANY = 10_000  # conversations that are counted; more are many
FRESH = 2.0  # seconds for which the clinic's settings are not read again: every turn needs them, and nobody edits that fast

_kept: tuple[float, Clinic] | None = None


def the_clinic() -> Clinic:
    """The clinic, with its hours and closed days, as they were at most two seconds ago.

    Raises:
        Clinic.DoesNotExist: Before the first start made it (`python -m frontdesk first_start`).
    """
    global _kept
    now = time.monotonic()
    if _kept is None or now - _kept[0] > FRESH:
        _kept = (now, clinic_as_set())
    return _kept[1]


def clinic_as_set() -> Clinic:
    """The clinic as it is set this moment: for whoever changes it."""
    return Clinic.objects.prefetch_related("opening_hours", "holidays", "consent_texts").earliest("pk")


def clinic_at_hand() -> Clinic | None:
    """What `the_clinic` gives, where that needs no look into the database: for the event loop."""
    return _kept[1] if _kept is not None and time.monotonic() - _kept[0] <= FRESH else None


def forget_clinic() -> None:
    """The settings were changed: they are read anew."""
    global _kept
    _kept = None


def opening_times(clinic: Clinic, now: datetime) -> tuple[bool, datetime | None]:
    """Whether somebody is there now; if not, when somebody comes."""
    schedule = clinic.schedule()
    if schedule.is_open(now):
        return True, None
    return False, schedule.opens_at(now)


def promised(clinic: Clinic, language: str, now: datetime) -> tuple[str, bool]:
    """When a person comes, as a visitor is told who needs one now; and whether somebody is there."""
    is_open, opens_at = opening_times(clinic, now)
    if is_open:
        return words.say("person_soon", language, minutes=str(clinic.answer_minutes)), True
    if opens_at:
        return words.say("person_later", language, time=words.moment(opens_at, language)), False
    return words.say("person_someday", language), False


def consent(clinic: Clinic, language: str) -> tuple[str, str]:
    """What a visitor agrees to: its version and its text.

    The version is the same in every language, and another after whatever changes for visitors: how long chats are kept, the built-in
    text, the clinic's own. It is made of these, so that going back to an earlier text is going back to its version.
    """
    own = {one.language: one.text for one in clinic.consent_texts.all()}
    version = f"{words.say('consent_version', 'en')}-{clinic.kept_days}"
    if own:
        version += "-" + hashlib.sha256(json.dumps(own, sort_keys=True).encode()).hexdigest()[:12]
    return version, consent_text(clinic, language, own.get(words.language_of(language), ""))


def consent_text(clinic: Clinic, language: str, own: str = "") -> str:
    """A clinic's own text with its names filled in; the built-in one where there is none."""
    names = {"clinic": clinic.name, "days": str(clinic.kept_days)}
    if not own:
        return words.say("consent", language, **names)
    # Not `format`: what a clinic writes between braces is text, and no way into a program's objects.
    for name, value in names.items():
        own = own.replace("{" + name + "}", value)
    return own


def older_than(days: int, now: datetime) -> int:
    """How many conversations have been left for longer than so many days; counted up to `MANY`."""
    return Conversation.objects.filter(last_activity_at__lte=now - timedelta(days=days))[:MANY].count()


def settings_for_assistant(clinic: Clinic) -> dict[str, str]:
    """What the assistant may tell about the clinic, newer than its own file: the names are those of `clinic.yml`."""
    hours = ", ".join(f"{WEEKDAYS[one.weekday]} {one.opens:%H:%M} to {one.closes:%H:%M}" for one in clinic.opening_hours.all())
    settings = {
        "clinic_name": clinic.name,
        "country": clinic.country,
        "emergency_number": clinic.emergency_number,
        "crisis_line": clinic.crisis_line,
        "phone": clinic.phone,
        "email": clinic.email,
        "address": clinic.address,
        "booking_url": clinic.booking_url,
        "opening_hours": hours,
    }
    return {name: value for name, value in settings.items() if value}

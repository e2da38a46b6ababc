"""Makes the clinic's settings at the first start, and changes them. Each change is noted: what, by whom, not the words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from pathlib import Path
from smtplib import SMTPException
from typing import Any

import httpx
import yaml
from django.contrib.auth.models import User
from django.core import serializers
from django.core.mail import send_mail
from django.db import models, transaction

from frontdesk import environment, words
from frontdesk.audit.services import note
from frontdesk.clinic import webhooks
from frontdesk.clinic.models import AlertRecipient, Clinic, ClosedDays, ConsentText, OpeningHours
from frontdesk.clinic.selectors import forget_clinic
from frontdesk.conversations.models import CannedReply

# Of `clinic.yml`, under these names, what the front desk's own settings begin with.
FROM_FILE = {
    "clinic_name": "name",
    "country": "country",
    "emergency_number": "emergency_number",
    "crisis_line": "crisis_line",
    "phone": "phone",
    "email": "email",
    "address": "address",
    "booking_url": "booking_url",
}
# What can be deleted and brought back, as the audit log calls it.
KINDS: dict[type[models.Model], str] = {CannedReply: "reply", ClosedDays: "closed_days", AlertRecipient: "recipient"}
FIRST_HOURS = (time(9), time(17))  # Monday to Friday, until the clinic says otherwise


@transaction.atomic
def clinic_begin(file: Path) -> Clinic:
    """The clinic; made of the assistant's settings file where there is none yet.

    Args:
        file: `clinic.yml`, which the assistant has checked; without it the settings are empty.
    """
    clinic = Clinic.objects.first()
    if clinic is not None:
        return clinic
    set_there: dict[str, Any] = (yaml.safe_load(file.read_text(encoding="utf-8")) or {}) if file.is_file() else {}
    fields = {field: str(set_there[name]).strip() for name, field in FROM_FILE.items() if set_there.get(name)}
    clinic = Clinic.objects.create(**fields)
    opens, closes = FIRST_HOURS
    OpeningHours.objects.bulk_create(OpeningHours(clinic=clinic, weekday=day, opens=opens, closes=closes) for day in range(5))
    return clinic


@transaction.atomic
def clinic_change(user: User, what: str, **values: Any) -> list[str]:
    """Sets fields of the clinic.

    Args:
        user: Who sets them.
        what: Which page of the settings they are of.
        **values: By the fields' names, checked.

    Returns:
        The fields that are other than before.
    """
    clinic = _locked()
    changed = [name for name, value in values.items() if getattr(clinic, name) != value]
    if not changed:
        return []
    # For how long chats are kept is no secret, and what an inspector asks after.
    days = {"days": [clinic.kept_days, values["kept_days"]]} if "kept_days" in changed else {}
    for name in changed:
        setattr(clinic, name, values[name])
    clinic.save(update_fields=changed)
    _noted(user, what, "changed", fields=changed, **days)
    return changed


@transaction.atomic
def opening_hours_set(user: User, spans: Iterable[tuple[int, time, time]]) -> bool:
    """Sets the week's hours: weekday, opens, closes. Whether they are other than before."""
    clinic = _locked()
    wanted = sorted(spans)
    if wanted == sorted(clinic.opening_hours.values_list("weekday", "opens", "closes")):
        return False
    clinic.opening_hours.all().delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(clinic=clinic, weekday=weekday, opens=opens, closes=closes) for weekday, opens, closes in wanted
    )
    _noted(user, "hours", "changed", fields=["opening_hours"])
    return True


@transaction.atomic
def closed_days_add(user: User, first_day: date, last_day: date | None, name: str) -> ClosedDays:
    """Days on which nobody is there."""
    added = ClosedDays.objects.create(clinic=_locked(), first_day=first_day, last_day=last_day, name=name)
    _noted(user, "closed_days", "added", first_day=first_day.isoformat())
    return added


@transaction.atomic
def recipient_save(
    user: User, recipient: AlertRecipient | None, *, channel: str, address: str, from_level: str, only_again: bool
) -> AlertRecipient:
    """Somebody who is told that a person is needed; None for a new one. The address may be a secret: it is not noted."""
    values = {"channel": channel, "address": address, "from_level": from_level, "only_again": only_again}
    if recipient is None:
        recipient = AlertRecipient.objects.create(clinic=_locked(), **values)
        _noted(user, "recipient", "added", recipient=recipient.pk, channel=channel)
        return recipient
    changed = [name for name, value in values.items() if getattr(recipient, name) != value]
    if changed:
        for name in changed:
            setattr(recipient, name, values[name])
        recipient.save(update_fields=changed)
        _noted(user, "recipient", "changed", recipient=recipient.pk, fields=changed)
    return recipient


def recipient_test(user: User, recipient: AlertRecipient) -> str:
    """Sends a test; returns what came of it: `delivered`, or why not, as in `test_…` of the words for staff. No transaction: it waits."""
    outcome = _try(recipient)
    _noted(user, "recipient", "tested", recipient=recipient.pk, outcome=outcome)
    return outcome


@transaction.atomic
def consent_text_set(user: User, language: str, text: str) -> bool:
    """The clinic's own consent text in a language; empty for the built-in one. Whether it is another than before."""
    clinic = _locked()
    kept = clinic.consent_texts.filter(language=language).first()
    if (kept.text if kept else "") == text:
        return False
    if text:
        ConsentText.objects.update_or_create(clinic=clinic, language=language, defaults={"text": text})
    elif kept:
        kept.delete()
    _noted(user, "consent", "changed" if text else "deleted", fields=[language])
    return True


@transaction.atomic
def canned_reply_save(user: User, reply: CannedReply | None, *, title: str, text: str) -> CannedReply:
    """What staff say often; None for a new one."""
    if reply is None:
        reply = CannedReply.objects.create(title=title, text=text)
        _noted(user, "reply", "added", reply=reply.pk)
        return reply
    changed = [name for name, value in (("title", title), ("text", text)) if getattr(reply, name) != value]
    if changed:
        reply.title, reply.text = title, text
        reply.save(update_fields=changed)
        _noted(user, "reply", "changed", reply=reply.pk, fields=changed)
    return reply


@transaction.atomic
def entry_delete(user: User, entry: CannedReply | ClosedDays | AlertRecipient) -> str:
    """Deletes a canned reply, closed days or a recipient; returns what `entry_restore` takes."""
    kept = str(serializers.serialize("json", [entry]))
    kind, key = KINDS[type(entry)], entry.pk
    entry.delete()
    _noted(user, kind, "deleted", **{kind: key})
    return kept


@transaction.atomic
def entry_restore(user: User, kept: str) -> models.Model | None:
    """Brings back what was deleted, as it was; None where there is one in its place."""
    [read] = serializers.deserialize("json", kept)
    entry: models.Model = read.object
    assert isinstance(entry, CannedReply | ClosedDays | AlertRecipient)
    if type(entry)._default_manager.filter(pk=entry.pk).exists():
        return None
    read.save()
    kind = KINDS[type(entry)]
    _noted(user, kind, "restored", **{kind: entry.pk})
    return entry


def _locked() -> Clinic:
    return Clinic.objects.select_for_update().earliest("pk")


def _noted(user: User, what: str, did: str, **details: Any) -> None:
    """Into the audit log; and once it is committed this process reads the settings anew, and every other within two seconds."""
    note(user, "settings_changed", what=what, did=did, **details)
    transaction.on_commit(forget_clinic)


def _try(recipient: AlertRecipient) -> str:
    subject, text = words.staff("test_subject"), words.staff("test_text")
    try:
        if recipient.channel == AlertRecipient.EMAIL:
            if not environment.SMTP_HOST:
                return "no_mail"
            send_mail(subject, text, None, [recipient.address])
        else:
            webhooks.post(recipient.address, {"text": f"*{subject}*\n{text}"})
    except webhooks.AddressRefused as refused:
        return refused.code
    except httpx.HTTPStatusError as error:
        return f"status {error.response.status_code}"
    except (httpx.TimeoutException, TimeoutError):
        return "timeout"
    except (SMTPException, ValueError):  # also an address that cannot stand in a letter's head
        return "mail_refused"
    except (OSError, httpx.HTTPError):
        return "unreachable"
    return "delivered"

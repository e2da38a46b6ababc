"""Tells people that a visitor needs them: by e-mail and by webhook, until it is delivered. Never with a visitor's word."""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from frontdesk import environment, words
from frontdesk.clinic import webhooks
from frontdesk.clinic.models import AlertRecipient
from frontdesk.clinic.selectors import the_clinic
from frontdesk.conversations import contact
from frontdesk.conversations.models import Alert, AnswerMail, Conversation, HandOff
from safety import Level

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=5)  # between two tries


def alerts_make(handoff: HandOff, now: datetime, *, again: bool = False) -> None:
    """Writes down who is to be told; the worker tells them. In the transaction of the hand-off: none is lost."""
    level = Level.named(handoff.level)
    Alert.objects.bulk_create(
        Alert(
            handoff=handoff, channel=recipient.channel, address=recipient.address, again=again, made_at=now, try_at=now
        )
        for recipient in AlertRecipient.objects.all()
        if level >= Level.named(recipient.from_level)
        and (again or not recipient.only_again)
        and (recipient.channel != AlertRecipient.EMAIL or environment.SMTP_HOST)
    )  # fmt: skip


def alerts_due(now: datetime) -> list[Alert]:
    """Those to be tried now, the oldest first."""
    return list(
        Alert.objects.filter(delivered_at=None, try_at__lte=now)
        .select_related("handoff__conversation")
        .order_by("made_at")[:100]
    )


def alert_deliver(alert: Alert) -> bool:
    """Tries once; whether it arrived. A failure is written down by its kind, with the time of the next try."""
    try:
        _send(alert)
    except (OSError, ValueError, httpx.HTTPError, webhooks.AddressRefused) as error:  # smtplib's errors are OSErrors
        Alert.objects.filter(pk=alert.pk).update(
            tries=F("tries") + 1, try_at=timezone.now() + _pause(alert.tries), failure=type(error).__name__
        )
        return False
    Alert.objects.filter(pk=alert.pk).update(
        tries=F("tries") + 1, try_at=None, delivered_at=timezone.now(), failure=""
    )  # fmt: skip
    return True


def mails_due(now: datetime) -> list[AnswerMail]:
    """Replies to visitors who have left, to be sent now."""
    due = AnswerMail.objects.filter(delivered_at=None, try_at__lte=now).select_related("message__conversation")
    return list(due.order_by("pk")[:100])


def mail_deliver(mail: AnswerMail) -> bool:
    """Tries once; whether it went."""
    conversation = mail.message.conversation
    address, clinic = contact.email_of(conversation), the_clinic()
    names = {
        "clinic": clinic.name,
        "number": clinic.number_to_call,
        "text": mail.message.text,
        "name": mail.message.author_name,
    }
    try:
        if address:  # without one, there is nobody to send it to any more
            send_mail(
                words.say("mail_subject", conversation.language, **names), words.say("mail_text", conversation.language, **names),
                None, [address],
            )  # fmt: skip
    except OSError as error:
        AnswerMail.objects.filter(pk=mail.pk).update(
            tries=F("tries") + 1, try_at=timezone.now() + _pause(mail.tries), failure=type(error).__name__
        )
        return False
    AnswerMail.objects.filter(pk=mail.pk).update(tries=F("tries") + 1, try_at=None, delivered_at=timezone.now(), failure="")
    return True


@transaction.atomic
def emergencies_tell_again(now: datetime) -> int:
    """Emergencies that nobody has opened in time are told again, to more people; once each. Returns how many."""
    late = HandOff.objects.select_for_update().filter(
        level=str(Level.EMERGENCY), opened_at=None, told_again_at=None,
        at__lte=now - timedelta(seconds=environment.ALERT_AGAIN_SECONDS),
    ).exclude(conversation__state=Conversation.State.CLOSED)  # fmt: skip
    count = 0
    for handoff in late:
        handoff.told_again_at = now
        handoff.save(update_fields=["told_again_at"])
        alerts_make(handoff, now, again=True)
        count += 1
    return count


def text_of(alert: Alert) -> tuple[str, str]:
    """The subject and the text of an alert."""
    handoff = alert.handoff
    names = {
        "level": words.staff(f"level_{handoff.level}"),
        "why": words.staff(f"why_{handoff.why}"),
        "link": f"{environment.PUBLIC_ADDRESS}/desk/conversations/{handoff.conversation_id}",
    }
    kind = "alert_again" if alert.again else "alert"
    return words.staff(f"{kind}_subject", **names), words.staff(f"{kind}_text", **names)


def _pause(tries: int) -> timedelta:
    """Until the next try; after ten tries it does not grow any more, and the power would at last be more than a time holds."""
    return min(FIRST_PAUSE * (1 << min(tries, 10)), LONGEST_PAUSE)


def _send(alert: Alert) -> None:
    subject, text = text_of(alert)
    if alert.channel == AlertRecipient.EMAIL:
        send_mail(subject, text, None, [alert.address])
        return
    webhooks.post(alert.address, {"text": f"*{subject}*\n{text}"})

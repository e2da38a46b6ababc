"""Staff are told that a person is needed: by e-mail and by webhook, until it is delivered, without a visitor's word."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from django.contrib.auth.models import User
from django.utils import timezone

from frontdesk import worker
from frontdesk.chat import database
from frontdesk.clinic.models import AlertRecipient, Clinic
from frontdesk.conftest import Clock, Settings
from frontdesk.conversations import alerts, services
from frontdesk.conversations.models import Alert, HandOff
from frontdesk.conversations.tests.conftest import Talk

WORDS = "zebedee quux i cannot breathe"


class Mailbox:
    """A mail server that keeps what it is sent, or refuses it."""

    def __init__(self) -> None:
        """It takes everything."""
        self.letters: list[Envelope] = []
        self.tried = 0
        self.refuses = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """See aiosmtpd."""
        self.tried += 1
        if self.refuses:
            return "451 Not now"
        self.letters.append(envelope)
        return "250 OK"


@pytest.fixture
def mailbox(settings: Any, environment_with: Settings, unused_tcp_port: int) -> Iterator[Mailbox]:
    """The clinic's mail server."""
    kept = Mailbox()
    controller = Controller(kept, hostname="127.0.0.1", port=unused_tcp_port)
    controller.start()
    environment_with(SMTP_HOST="127.0.0.1")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", unused_tcp_port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield kept
    controller.stop()


class Webhook:
    """A server such as Slack's."""

    def __init__(self, address: str) -> None:
        """Where it is."""
        self.address = address
        self.got: list[Any] = []
        self.status = 200


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    """What a webhook is sent."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.got.append((self.path, self.headers["Content-Type"], json.loads(body)))
            self.send_response(kept.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    kept = Webhook(f"http://127.0.0.1:{server.server_port}/services/T1")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield kept
    server.shutdown()
    thread.join()
    server.server_close()


def _recipient(clinic: Clinic, address: str, **fields: Any) -> AlertRecipient:
    channel = "webhook" if address.startswith("http") else "email"
    return AlertRecipient.objects.create(clinic=clinic, channel=channel, address=address, **fields)


@pytest.fixture
def recipient(clinic: Clinic, webhook: Webhook) -> AlertRecipient:
    """Somebody who is told of everything, by webhook."""
    return _recipient(clinic, webhook.address)


def _emergency(talk: Talk) -> None:
    talk.assistant_calls(talk.visitor_says(WORDS), "emergency")


async def test_it_is_delivered_by_webhook(talk: Talk, recipient: AlertRecipient, webhook: Webhook) -> None:
    await database.write(_emergency, talk)

    assert await worker.alert_due() == 1

    [(path, kind, body)] = webhook.got
    assert (path, kind) == ("/services/T1", "application/json")
    assert list(body) == ["text"]


async def test_it_is_delivered_by_email(talk: Talk, clinic: Clinic, mailbox: Mailbox) -> None:
    await database.write(_recipient, clinic, "nurse@clinic.example")
    await database.write(_emergency, talk)

    assert await worker.alert_due() == 1

    [letter] = mailbox.letters
    assert letter.rcpt_tos == ["nurse@clinic.example"]


def test_it_has_the_level_and_a_link_to_the_conversation(talk: Talk, recipient: AlertRecipient) -> None:
    _emergency(talk)

    subject, text = alerts.text_of(Alert.objects.get())

    assert "EMERGENCY" in subject
    assert "EMERGENCY" in text
    assert f"http://127.0.0.1:8000/desk/conversations/{talk.pk}" in text


async def test_it_has_no_visitors_word(
    talk: Talk, clinic: Clinic, recipient: AlertRecipient, webhook: Webhook, mailbox: Mailbox
) -> None:
    await database.write(_recipient, clinic, "nurse@clinic.example")
    await database.write(_emergency, talk)

    assert await worker.alert_due() == 2

    sent = (json.dumps(webhook.got) + str(mailbox.letters[0].content)).lower()
    assert talk.pk in sent
    assert not [word for word in ("zebedee", "quux", "breathe") if word in sent]


async def test_what_was_delivered_is_not_sent_again(
    talk: Talk, recipient: AlertRecipient, webhook: Webhook, clock: Clock
) -> None:
    await database.write(_emergency, talk)
    await worker.alert_due()
    clock.passes(seconds=60)

    assert await worker.alert_due() == 0
    assert len(webhook.got) == 1


async def test_what_was_refused_is_tried_until_it_is_delivered_with_growing_pauses(
    talk: Talk, recipient: AlertRecipient, webhook: Webhook, clock: Clock
) -> None:
    await database.write(talk.waits)
    webhook.status = 500
    pauses = []
    for _ in range(8):
        assert await worker.alert_due() == 0
        due = await Alert.objects.aget()
        assert due.try_at is not None
        pauses.append(round((due.try_at - clock.now()).total_seconds()))
        clock.passes(seconds=pauses[-1] + 1)
    webhook.status = 200

    assert await worker.alert_due() == 1
    assert pauses == [5, 10, 20, 40, 80, 160, 300, 300]
    assert (await Alert.objects.aget()).tries == 9


async def test_a_letter_that_was_refused_is_tried_again(talk: Talk, clinic: Clinic, mailbox: Mailbox, clock: Clock) -> None:
    await database.write(_recipient, clinic, "nurse@clinic.example")
    await database.write(talk.waits)
    mailbox.refuses = True
    assert await worker.alert_due() == 0
    mailbox.refuses = False
    clock.passes(seconds=6)

    assert await worker.alert_due() == 1
    assert (mailbox.tried, len(mailbox.letters)) == (2, 1)


async def test_a_server_that_is_not_there_is_a_refusal(talk: Talk, clinic: Clinic, unused_tcp_port: int) -> None:
    await database.write(_recipient, clinic, f"http://127.0.0.1:{unused_tcp_port}/")
    await database.write(talk.waits)

    assert await worker.alert_due() == 0
    assert (await Alert.objects.aget()).failure == "ConnectError"


@pytest.mark.parametrize("status", [301, 400, 404, 410, 429, 500])
async def test_whatever_is_no_success_is_a_refusal(
    talk: Talk, recipient: AlertRecipient, webhook: Webhook, status: int
) -> None:
    await database.write(talk.waits)
    webhook.status = status

    assert await worker.alert_due() == 0
    assert (await Alert.objects.aget()).delivered_at is None


async def test_a_server_that_is_gone_for_hours_is_still_tried_every_five_minutes(
    talk: Talk, recipient: AlertRecipient, webhook: Webhook
) -> None:
    await database.write(talk.waits)
    await Alert.objects.aupdate(tries=100)
    webhook.status = 500

    await worker.alert_due()

    due = await Alert.objects.aget()
    assert due.try_at is not None
    assert timedelta(minutes=4) < due.try_at - timezone.now() <= timedelta(minutes=5)


@pytest.mark.parametrize("address", ["http://127.0.0.1:x/", "nurse@clinic.example\nBcc: x@example.org"])
async def test_an_address_that_is_none_is_a_refusal_like_any_other(
    talk: Talk, clinic: Clinic, mailbox: Mailbox, address: str
) -> None:
    await database.write(_recipient, clinic, address)
    await database.write(talk.waits)

    assert await worker.alert_due() == 0
    assert (await Alert.objects.aget()).tries == 1


async def test_one_that_cannot_be_reached_does_not_keep_the_others_waiting(
    talk: Talk, clinic: Clinic, webhook: Webhook, unused_tcp_port: int
) -> None:
    for _ in range(worker.AT_ONCE + 1):
        await database.write(_recipient, clinic, f"http://127.0.0.1:{unused_tcp_port}/")
    await database.write(_recipient, clinic, webhook.address)
    await database.write(talk.waits)

    assert await worker.alert_due() == 1


@pytest.mark.parametrize(("from_level", "level", "is_told"), [
    ("none", "none", True), ("none", "emergency", True),
    ("routine", "none", False), ("routine", "routine", True),
    ("urgent", "routine", False), ("urgent", "urgent", True), ("urgent", "emergency", True),
    ("emergency", "urgent", False), ("emergency", "emergency", True),
])  # fmt: skip
def test_each_is_told_from_their_level_on(talk: Talk, clinic: Clinic, from_level: str, level: str, is_told: bool) -> None:
    _recipient(clinic, "http://127.0.0.1:9/", from_level=from_level)

    talk.waits(level)

    assert Alert.objects.exists() is is_told


def test_where_there_is_no_mail_server_no_letter_is_owed(talk: Talk, clinic: Clinic, environment_with: Settings) -> None:
    environment_with(SMTP_HOST="")
    _recipient(clinic, "nurse@clinic.example")

    talk.waits()

    assert not Alert.objects.exists()


# Nobody opened it.


async def _two_minutes_later(clock: Clock) -> None:
    clock.passes(seconds=121)
    await worker.alert_due()


async def test_an_emergency_that_nobody_opens_in_two_minutes_is_told_again_to_more_people(
    talk: Talk, clinic: Clinic, recipient: AlertRecipient, webhook: Webhook, clock: Clock
) -> None:
    await database.write(lambda: _recipient(clinic, f"{webhook.address}/more", only_again=True))
    await database.write(_emergency, talk)
    await worker.alert_due()
    assert [path for path, _, _ in webhook.got] == ["/services/T1"]

    await _two_minutes_later(clock)

    assert sorted(path for path, _, _ in webhook.got[1:]) == ["/services/T1", "/services/T1/more"]
    assert all("Nobody has opened this" in body["text"] for _, _, body in webhook.got[1:])


async def test_it_is_told_again_once(talk: Talk, recipient: AlertRecipient, webhook: Webhook, clock: Clock) -> None:
    await database.write(_emergency, talk)
    await worker.alert_due()

    for _ in range(3):
        await _two_minutes_later(clock)

    assert len(webhook.got) == 2


async def test_it_is_not_told_again_earlier(talk: Talk, recipient: AlertRecipient, webhook: Webhook, clock: Clock) -> None:
    await database.write(_emergency, talk)
    await worker.alert_due()
    clock.passes(seconds=119)

    await worker.alert_due()

    assert len(webhook.got) == 1


@pytest.mark.parametrize("act", [services.handoffs_open, services.conversation_take])
async def test_one_that_somebody_opened_is_not_told_again(
    talk: Talk, recipient: AlertRecipient, webhook: Webhook, clock: Clock, alice: User, act: Any
) -> None:
    await database.write(_emergency, talk)
    await worker.alert_due()
    await database.write(act, talk.pk, alice)

    await _two_minutes_later(clock)

    assert len(webhook.got) == 1


async def test_one_that_has_ended_is_not_told_again(
    talk: Talk, recipient: AlertRecipient, webhook: Webhook, clock: Clock
) -> None:
    await database.write(_emergency, talk)
    await worker.alert_due()
    await database.write(services.conversation_close, talk.pk, "visitor", "ended")

    await _two_minutes_later(clock)

    assert len(webhook.got) == 1


@pytest.mark.parametrize("level", ["none", "routine", "urgent"])
async def test_what_is_no_emergency_is_not_told_again(
    talk: Talk, recipient: AlertRecipient, webhook: Webhook, clock: Clock, level: str
) -> None:
    await database.write(talk.waits, level)
    await worker.alert_due()

    await _two_minutes_later(clock)

    assert len(webhook.got) == 1


def test_who_opened_a_hand_off_first_is_kept(talk: Talk, alice: User, bob: User) -> None:
    talk.waits()
    services.handoffs_open(talk.pk, alice)

    services.handoffs_open(talk.pk, bob)

    assert HandOff.objects.get().opened_by == alice

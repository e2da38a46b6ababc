"""The page on which it is set who is told that a person is needed."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from frontdesk import words
from frontdesk.audit.models import Entry
from frontdesk.clinic.models import AlertRecipient, Clinic
from frontdesk.conftest import Settings

SECRET = "https://203.0.113.9/services/T0/B0/s3cr3tXYZ"


class Webhook:
    """A server such as Slack's, on this machine."""

    def __init__(self) -> None:
        """It takes everything."""
        self.address, self.status, self.got = "", 200, list[Any]()


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    """What a webhook is sent."""
    kept = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kept.got.append((self.headers["Host"], json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            self.send_response(kept.status)
            if kept.status == 302:
                self.send_header("Location", "http://127.0.0.1:9/inside")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    kept.address = f"http://127.0.0.1:{server.server_port}/hook"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield kept
    server.shutdown()
    server.server_close()


@pytest.fixture
def mail_server(environment_with: Settings, settings: Any) -> None:
    """There is one; pytest-django keeps what it is sent."""
    environment_with(SMTP_HOST="mail.clinic.example")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def _adds(desk: Client, address: str, channel: str = "webhook", **fields: str) -> Any:
    return desk.post("/desk/settings/alerts/new", {"channel": channel, "recipient": address, "from_level": "none", **fields})


def _tests(desk: Client) -> str:
    kept = AlertRecipient.objects.get()
    return str(desk.post(f"/desk/settings/alerts/{kept.pk}/test", follow=True).content.decode())


def test_a_recipient_is_added_with_from_which_level_on(desk: Client) -> None:
    _adds(desk, "nurse@clinic.example", "email", from_level="urgent", only_again="on")

    added = AlertRecipient.objects.get()
    assert (added.address, added.from_level, added.only_again) == ("nurse@clinic.example", "urgent", True)


def test_a_recipient_is_changed(desk: Client) -> None:
    _adds(desk, "nurse@clinic.example", "email")
    kept = AlertRecipient.objects.get()

    desk.post(
        f"/desk/settings/alerts/{kept.pk}", {"channel": "email", "recipient": "night@clinic.example", "from_level": "none"}
    )

    kept.refresh_from_db()
    assert kept.address == "night@clinic.example"
    assert Entry.objects.first().details["fields"] == ["address"]  # type: ignore[union-attr] # there is one


def test_a_webhooks_address_is_neither_in_the_log_nor_in_the_list(desk: Client) -> None:
    _adds(desk, SECRET.replace("203.0.113.9", "8.8.8.8"))

    page = desk.get("/desk/settings/alerts").content.decode()

    assert AlertRecipient.objects.exists()
    assert "s3cr3t" not in page + json.dumps([entry.details for entry in Entry.objects.all()])
    assert "8.8.8.8" in page


@pytest.mark.parametrize("address", ["nobody", "https://clinic.example/", "a@b.example, c@d.example", ""])
def test_what_is_no_mail_address_is_refused(desk: Client, address: str) -> None:
    assert _adds(desk, address, "email").status_code == 422
    assert not AlertRecipient.objects.exists()


@pytest.mark.parametrize(
    ("address", "wrong"),
    [
        ("nurse@clinic.example", "webhook_address"), ("https://", "webhook_address"), ("ftp://8.8.8.8/", "webhook_address"),
        ("https://name:secret@8.8.8.8/", "webhook_address"), ("https://8.8.8.8:x/", "webhook_address"),
        ("http://8.8.8.8/", "webhook_https"), ("https://10.1.2.3/", "webhook_private"), ("https://169.254.169.254/", "webhook_private"),
    ],
)  # fmt: skip
def test_what_is_no_webhook_on_the_internet_is_refused(desk: Client, address: str, wrong: str) -> None:
    refused = _adds(desk, address)

    assert refused.status_code == 422
    assert words.staff(f"wrong_{wrong}") in refused.content.decode()


@pytest.mark.parametrize("field", [{"from_level": "panic"}, {"channel": "pigeon"}])
def test_an_unknown_level_or_channel_is_refused(desk: Client, field: dict[str, str]) -> None:
    assert (
        desk.post(
            "/desk/settings/alerts/new", {"channel": "email", "recipient": "a@b.example", "from_level": "none", **field}
        ).status_code
        == 422
    )


def test_a_test_is_really_sent_to_a_webhook(desk: Client, webhook: Webhook) -> None:
    _adds(desk, webhook.address)

    told = _tests(desk)

    [(host, body)] = webhook.got
    assert host == webhook.address.split("/")[2]
    assert words.staff("test_text") in body["text"]
    assert words.staff("test_delivered_webhook") in told


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_webhook_that_refuses_is_told_as_such_and_leads_nowhere_else(desk: Client, webhook: Webhook, status: int) -> None:
    _adds(desk, webhook.address)
    webhook.status = status

    assert words.staff("test_status", status=str(status)) in _tests(desk)
    assert len(webhook.got) == 1


def test_a_server_that_is_not_there_is_told_as_such(desk: Client, unused_tcp_port: int) -> None:
    _adds(desk, f"http://127.0.0.1:{unused_tcp_port}/")

    assert words.staff("test_unreachable") in _tests(desk)


def test_what_was_kept_before_it_was_forbidden_is_not_sent_to(desk: Client, clinic: Clinic) -> None:
    AlertRecipient.objects.create(clinic=clinic, channel="webhook", address="https://192.168.1.1/")

    assert words.staff("test_webhook_private") in _tests(desk)


def test_a_test_is_really_sent_by_mail(desk: Client, mail_server: None) -> None:
    _adds(desk, "nurse@clinic.example", "email")

    told = _tests(desk)

    [letter] = mail.outbox
    assert (letter.to, letter.body) == (["nurse@clinic.example"], words.staff("test_text"))
    assert words.staff("test_delivered_email") in told


def test_a_test_is_noted_with_what_came_of_it(desk: Client, mail_server: None) -> None:
    _adds(desk, "nurse@clinic.example", "email")

    _tests(desk)

    assert Entry.objects.first().details.items() >= {"did": "tested", "outcome": "delivered"}.items()  # type: ignore[union-attr] # there is one


def test_without_a_mail_server_it_says_so_and_how_to_set_one(desk: Client, environment_with: Settings) -> None:
    environment_with(SMTP_HOST="")
    _adds(desk, "nurse@clinic.example", "email")

    assert "FRONTDESK_SMTP_HOST" in desk.get("/desk/settings/alerts").content.decode()
    assert words.staff("test_no_mail") in _tests(desk)


def test_with_a_mail_server_it_does_not(desk: Client, mail_server: None) -> None:
    assert "FRONTDESK_SMTP_HOST" not in desk.get("/desk/settings/alerts").content.decode()


def test_a_recipient_that_was_deleted_can_be_brought_back(desk: Client) -> None:
    _adds(desk, "nurse@clinic.example", "email", from_level="urgent")
    kept = AlertRecipient.objects.get()
    desk.post(f"/desk/settings/alerts/{kept.pk}/delete")
    assert not AlertRecipient.objects.exists()

    desk.post("/desk/settings/undo")

    back = AlertRecipient.objects.get()
    assert (back.pk, back.address, back.from_level) == (kept.pk, "nurse@clinic.example", "urgent")


def test_where_nobody_is_told_the_overview_says_so(desk: Client) -> None:
    assert "Nobody is told when a visitor needs a person" in desk.get("/desk/settings").content.decode()

"""No visitor's word is printed by any process, whatever fails."""

from __future__ import annotations

import signal
import subprocess
import uuid

import pytest

from tests.faults.desks import Desk, NewDesk
from tests.faults.listeners import FakeAssistant, reply
from tests.stack import ASSISTANT_PYTHON, STARTS_WITHIN, until

WORD = "zwetschgenmarmelade"
NAME, PHONE, EMAIL = "Wilhelmine", "020 7946 0123", "wilhelmine@marmelade.example"
TEXTS = [
    f"Can I wear makeup with {WORD} after?", f"help i cant breathe {WORD}", f"/restart {WORD}", f'/x{{"a": "{WORD}"}}', f"😀 {WORD}",
    f"{WORD} " * 50, f"{WORD}\n\r\t\x1b[31m{WORD}", f"%s %d {{}} {WORD}", f"<b>{WORD}</b>' OR 1=1 --",
]  # fmt: skip


@pytest.fixture(scope="module")
def printed(make_desk: NewDesk) -> str:
    """Everything that front desk, worker and assistant print while visitors write and everything fails, as much as they can tell."""
    desk = make_desk(FRONTDESK_DATABASE_WAIT="1", FRONTDESK_ASSISTANT_SECONDS="2", FRONTDESK_LOG_LEVEL="INFO", LOG_LEVEL="INFO")
    # Not by the supervisor, which keeps what the assistant tells of itself for nobody.
    command = [str(ASSISTANT_PYTHON), "-m", "assistant.server", "--port", str(desk.assistant_port)]
    assistant = desk.run(*command)
    desk.serve()
    desk.work()
    until(desk.assistant_answers, "the assistant answers", STARTS_WITHIN)
    everything_works(desk)
    desk.change("CREATE TRIGGER refuses BEFORE INSERT ON conversations_message BEGIN SELECT RAISE(ABORT, 'refused'); END")
    nothing_is_written(desk)
    desk.change("DROP TRIGGER refuses")
    end(assistant)
    everything_works(desk)
    the_assistant_is_mad(desk)
    return desk.printed.read_text(errors="replace")


def everything_works(desk: Desk) -> None:
    visitor = desk.visitor().begins()
    for text in TEXTS:
        visitor.says(text)
    visitor.posts("/chat/contact", {"name": NAME, "phone": PHONE, "email": EMAIL}).raise_for_status()
    visitor.posts("/chat/contact", {"phone": WORD})
    visitor.posts("/chat/feedback", {"message": "3", "helpful": False, "comment": WORD})
    visitor.presses(WORD)
    visitor.posts("/chat/messages", {"id": WORD, "text": WORD, WORD: WORD})
    visitor.client.post("/chat/messages", content=f'{{"text": "{WORD}'.encode(), headers=visitor.headers)
    visitor.asks(WORD * 100)
    visitor.client.get(f"/chat/messages?after={WORD}", headers=visitor.headers)
    visitor.client.get(f"/{WORD}")


def nothing_is_written(desk: Desk) -> None:
    desk.change("DROP TRIGGER refuses")
    visitor = desk.visitor().begins()
    desk.change(
        f"CREATE TRIGGER refuses BEFORE INSERT ON conversations_message BEGIN SELECT RAISE(ABORT, '{WORD} cannot be kept'); END"
    )
    for text in TEXTS:
        assert visitor.asks(text).status_code >= 500


def the_assistant_is_mad(desk: Desk) -> None:
    mad = FakeAssistant(desk.assistant_port)
    mad.start().works()
    for status, body in [(500, WORD), (200, WORD), (200, f'["{WORD}"]'), (200, f'{{"replies": "{WORD}"}}')]:
        mad.fails = (status, body.encode())
        desk.visitor().begins().asks(f"does it hurt {WORD}", str(uuid.uuid4()))
    broken = reply(WORD)
    for name in ("replies", "understanding", "handoff", "context"):
        mad.fails = (
            200,
            str({**broken, name: WORD}).replace("'", '"').replace("None", "null").replace("False", "false").encode(),
        )
        desk.visitor().begins().asks(f"does it hurt {WORD}")
    mad.stop()


def end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    process.wait(30)


@pytest.mark.fault(18)
@pytest.mark.parametrize("word", [WORD, NAME, EMAIL, PHONE, "7946", "breathe"])
def test_no_process_prints_a_visitors_word(printed: str, word: str) -> None:
    assert word.lower() not in printed.lower()


@pytest.mark.fault(18)
def test_what_fails_is_told_by_its_kind(printed: str) -> None:
    assert "IntegrityError" in printed

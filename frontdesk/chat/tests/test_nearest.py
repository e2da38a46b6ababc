"""The assistant is asked what texts are like; whatever it does, an editor is not kept waiting."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from frontdesk.chat import nearest
from frontdesk.chat.assistant import AssistantFailed
from frontdesk.chat.nearest import Near, Nearest, nearest_of
from frontdesk.conftest import Settings
from frontdesk.content.live import forget_served

EXAMPLE = {"text": "can I wear makeup", "question": "aftercare/makeup", "likeness": 0.8}
FOUND = {"nearest": [{"examples": [EXAMPLE], "own": None}]}


class Stand(BaseHTTPRequestHandler):
    """Stands where the assistant stands: answers what a test wrote."""

    status, body, seconds = 200, json.dumps(FOUND), 0.0
    asked: ClassVar[list[tuple[str, str | None, Any]]] = []

    def do_POST(self) -> None:
        read = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.path, self.headers["Authorization"], read))
        time.sleep(self.seconds)
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body.encode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def stand(environment_with: Settings, transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Stand]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stand)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    environment_with(ASSISTANT=f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr("frontdesk.environment.assistant_key", lambda: "a key")
    monkeypatch.setattr(Stand, "asked", [])
    forget_served()
    yield Stand
    server.shutdown()
    server.server_close()
    forget_served()


def test_it_says_what_texts_are_like(stand: type[Stand]) -> None:
    assert nearest_of(["mascara"], [""]) == [Nearest((Near("can I wear makeup", "aftercare/makeup", 0.8),), None)]


def test_it_is_asked_with_the_key_and_no_question_where_there_is_none(stand: type[Stand]) -> None:
    nearest_of(["a" * 2000], [""])

    assert stand.asked == [("/webhooks/frontdesk/nearest", "Bearer a key", {"texts": ["a" * 1000], "questions": [None]})]


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (501, "{}", "status_501"),  # a model without such a classifier
        (404, "", "status_404"),  # an earlier assistant
        (200, "not JSON", "unreadable"),
        (200, "[]", "unreadable"),
        (200, '{"nearest": []}', "unreadable"),
        (200, '{"nearest": [{"examples": [{}], "own": null}]}', "unreadable"),
    ],
)
def test_what_it_cannot_say_is_a_failure(
    stand: type[Stand], monkeypatch: pytest.MonkeyPatch, status: int, body: str, why: str
) -> None:
    monkeypatch.setattr(stand, "status", status)
    monkeypatch.setattr(stand, "body", body)

    with pytest.raises(AssistantFailed, match=why):
        nearest_of(["mascara"], [""])


def test_it_is_not_waited_for(stand: type[Stand], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stand, "seconds", 1.0)
    monkeypatch.setattr(nearest, "SECONDS", 0.2)

    with pytest.raises(AssistantFailed, match="timeout"):
        nearest_of(["mascara"], [""])


def test_one_that_is_not_there_is_a_failure(environment_with: Settings, transactional_db: None) -> None:
    environment_with(ASSISTANT="http://127.0.0.1:9")
    forget_served()

    with pytest.raises(AssistantFailed, match="unreachable"):
        nearest_of(["mascara"], [""])
    forget_served()

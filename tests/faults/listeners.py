"""What listens on loopback for a test: an assistant that fails as a test wants it to, and a webhook that keeps what it is told."""

from __future__ import annotations

import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ANSWER = "Leave makeup off for a while."


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who asked may be gone: that is what some tests are about."""


@dataclass
class Listener(ABC):
    """A server in a thread of the test's own process."""

    port: int

    def __post_init__(self) -> None:
        self._server: _Server | None = None

    def start(self) -> Any:
        """Listens."""
        receive = self.receive

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, given = receive(self.path, json.loads(body) if body else None)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(given)))
                self.end_headers()
                self.wfile.write(given)

            do_GET = do_POST = answer  # noqa: N815 - the names are http.server's

            def log_message(self, *_: Any) -> None:
                pass

        self._server = _Server(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Listens no more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @abstractmethod
    def receive(self, path: str, body: Any) -> tuple[int, bytes]:
        """One request: status and body of the response."""


@dataclass
class Webhook(Listener):
    """What staff are told.

    Attributes:
        told: The texts, in the order in which they came.
    """

    port: int = 0
    told: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """To be given to the front desk."""
        return f"http://127.0.0.1:{self.port}/hook"

    def receive(self, path: str, body: Any) -> tuple[int, bytes]:
        """See parent class."""
        self.told.append(json.dumps(body, ensure_ascii=False))
        return 200, b"{}"

    def told_of(self, conversation_id: str) -> list[str]:
        """The texts about one conversation."""
        return [text for text in self.told if conversation_id in text]


@dataclass
class FakeAssistant(Listener):
    """An assistant that does what the real one never should.

    Attributes:
        asked: The requests for an answer.
        fails: What it gives in place of an answer: a status with a body.
        overhears: Called with each request, before it is answered.
        answers: While it is not set, no answer is given.
    """

    asked: list[dict[str, Any]] = field(default_factory=list)
    fails: tuple[int, bytes] | None = None
    overhears: Callable[[dict[str, Any]], None] = lambda _: None
    answers: threading.Event = field(default_factory=threading.Event)

    def works(self) -> None:
        """From now on it answers every message."""
        self.fails, self.overhears = None, lambda _: None
        self.asked.clear()
        self.answers.set()

    def asked_of(self, conversation_id: str) -> list[dict[str, Any]]:
        """The requests of one conversation."""
        return [asked for asked in self.asked if asked["conversation"] == conversation_id]

    def receive(self, path: str, body: Any) -> tuple[int, bytes]:
        """See parent class."""
        if path.endswith("/health"):
            return 200, b'{"model": "a model"}'
        self.asked.append(body)
        self.overhears(body)
        fails = self.fails
        self.answers.wait(60)
        return fails or (200, json.dumps(reply(ANSWER)).encode())


def reply(text: str, **rest: Any) -> dict[str, Any]:
    """An answer as `docs/channel.md` has it."""
    key = "aftercare/makeup"
    return {
        "replies": [{"text": text, "choices": [], "answers": [key], "handoff": False}],
        "understanding": {
            "intent": key,
            "confidence": 0.9,
            "ranking": [{"name": key, "confidence": 0.9}],
            "answers": [key],
            "concern": "none",
            "language": "en",
            "model": "a model",
            "milliseconds": {"understanding": 1.0, "answering": 1.0},
        },
        "handoff": None,
        "context": {"answers": [key], "misses": 0, "question": "", "messages": []},
        **rest,
    }

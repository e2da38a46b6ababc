"""What a visitor waits for, with everything on one machine: a whole turn, a reply by staff, a thousand open streams, the widget."""

from __future__ import annotations

import argparse
import asyncio
import http.cookiejar
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.bench.figures import percentile
from tools.bench.lines import read_lines
from tools.bench.load import SEED, Connection, DefaultServer, Load, OurServer, put_load
from tools.bench.measure import say
from tools.bench.projects import DEFAULT_PYTHON, FEW_EXAMPLES, ROOT, keys_by_text, train_small_default
from tools.bench.report import as_text
from tools.bench.servers import HOST, CommandFailed, Memory, free_port, machine, memory_of, server
from tools.bench.stack import DESK_PYTHON, KEY, PASSWORD, Stack, running_stack

PAGE = ROOT / "docs/bench-frontdesk.md"
TURNS = 5  # of a conversation
VISITORS = (1, 32)
WARMING = 1000  # turns before the first that counts: in service nobody is the first
STREAMS = 1000
REPLIES = 50  # by staff
MAKE_STAFF = f"""
from django.contrib.auth.models import User
from frontdesk.people.roles import Role, roles_set
roles_set(User.objects.create_user("alice", password={PASSWORD!r}), {{Role.STAFF}})
"""
HEADS = ("", "front desk", "the assistant alone", "Rasa's default, REST", "to reach")
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Visitor:
    """One visitor's connection and conversation."""

    connection: Connection
    consent: str
    token: str = ""
    turns: int = field(default=TURNS)

    async def says(self, text: str) -> float:
        """Sends a message, in a new conversation after so many; returns the milliseconds of the turn."""
        _, seconds = await self._exchange(text)
        return seconds * 1000

    async def hears(self, text: str) -> str:
        """As `says`; returns what was answered, as it came."""
        answered, _ = await self._exchange(text)
        return " ".join(message["text"] for message in json.loads(answered)["messages"])

    async def _exchange(self, text: str) -> tuple[bytes, float]:
        if self.turns >= TURNS:
            begun, _ = await self.connection.exchange(_request("POST", "/chat/conversations", {"consent": self.consent}))
            self.token, self.turns = json.loads(begun)["token"], 0
        self.turns += 1
        message = {"id": str(uuid.uuid4()), "text": text}
        answered, seconds = await self.connection.exchange(_request("POST", "/chat/messages", message, self.token))
        if not json.loads(answered)["messages"]:
            raise CommandFailed("A turn gave no answer.")
        return answered, seconds


def main() -> int:
    """Measures, prints the table, writes the page; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--messages", type=int, default=2000, help="at each number of visitors")
    parser.add_argument("--default-messages", type=int, default=200, help="the same for Rasa's default")
    parser.add_argument("--without-default", action="store_true", help="the page is then not written")
    options = parser.parse_args()
    os.chdir(ROOT)
    texts = [line.text for line in read_lines(ROOT / "tests/nlu") if line.in_scope]
    try:
        with running_stack() as stack:
            desk = _measure_desk(stack, texts, options.messages)
        default = None if options.without_default else _measure_default(texts, options.default_messages)
    except CommandFailed as error:
        print(error, file=sys.stderr)
        return 1
    rows = _rows(desk, default)
    print(f"{machine()}\n\n{as_text(HEADS, rows)}")
    if default:
        PAGE.write_text(_page(rows), encoding="utf-8")
        print(f"\nWritten to {PAGE.relative_to(ROOT)}.")
    return 0


def _measure_desk(stack: Stack, texts: Sequence[str], messages: int) -> dict[str, Any]:
    desk = stack.part("serve")
    found: dict[str, Any] = {}
    say(f"the whole: {WARMING} turns that are not counted")
    asyncio.run(_load(stack.port, texts, WARMING, 4))
    found["idle"] = memory_of(stack.pid)
    for visitors in VISITORS:
        say(f"the whole: {messages} turns by {visitors} at once")
        found[f"desk {visitors}"] = asyncio.run(_load(stack.port, texts, messages, visitors))
        bare = OurServer(stack.assistant_port, KEY)
        found[f"bare {visitors}"] = asyncio.run(put_load(bare, texts, messages, visitors, f"bare-{visitors}", (TURNS,)))
    say(f"the whole: {STREAMS} open streams")
    found.update(asyncio.run(_streams(stack, texts, desk)))
    say(f"the whole: {REPLIES} replies by staff")
    subprocess.run(
        [str(DESK_PYTHON), "-m", "frontdesk", "shell", "-c", MAKE_STAFF], env=stack.environment, check=True, stdout=2
    )
    found["replies"] = asyncio.run(_replies(stack.port))
    say("the widget in a browser")
    shown = subprocess.run(
        [str(DESK_PYTHON), "-m", "tools.bench.widget", f"http://{HOST}:{stack.port}/"], capture_output=True, text=True
    )
    if shown.returncode != 0:
        raise CommandFailed(f"The browser could not show the widget:\n{shown.stderr[-2000:]}")
    found["widget"] = json.loads(shown.stdout)
    return found


async def _load(port: int, texts: Sequence[str], messages: int, visitors: int) -> Load:
    """Messages by several visitors at once, each of whom writes again when they have been answered."""
    chance = random.Random(SEED)  # noqa: S311 - no secret
    script = iter([chance.choice(texts) for _ in range(messages)])
    consent = await consent_of(port)
    took: list[float] = []

    async def visitor() -> None:
        one = Visitor(Connection(port), consent)
        for text in script:
            took.append(await one.says(text))
        await one.connection.close()

    began = time.perf_counter()
    await asyncio.gather(*(visitor() for _ in range(visitors)))
    return Load(took, time.perf_counter() - began)


async def _streams(stack: Stack, texts: Sequence[str], desk: int) -> dict[str, Any]:
    """What open streams take, and what a turn takes beside them."""
    consent, before = await consent_of(stack.port), memory_of(desk).resident
    tokens = []
    connection = Connection(stack.port)
    for _ in range(STREAMS):
        begun, _ = await connection.exchange(_request("POST", "/chat/conversations", {"consent": consent}))
        tokens.append(json.loads(begun)["token"])
    open_ones = []
    for token in tokens:
        reader, writer = await asyncio.open_connection(HOST, stack.port)
        writer.write(_request("GET", "/chat/events", None, token))
        await reader.readuntil(b"retry")
        open_ones.append(writer)
    taken = memory_of(desk).resident - before
    load = await _load(stack.port, texts, 400, 1)
    for writer in open_ones:
        writer.close()
    return {"streams": taken, "turns beside streams": load}


async def _replies(port: int) -> list[float]:
    """Milliseconds from a staff member's pressing of Send to the visitor's stream."""
    connection = Connection(port)
    begun, _ = await connection.exchange(_request("POST", "/chat/conversations", {"consent": await consent_of(port)}))
    begun = json.loads(begun)
    page = f"http://{HOST}:{port}/desk/conversations/{begun['conversation']['id']}"
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), _NoRedirect)
    sign_in = f"http://{HOST}:{port}/desk/sign-in"
    csrf = _csrf(browser, sign_in)
    _post(browser, sign_in, csrfmiddlewaretoken=csrf, username="alice", password=PASSWORD)
    csrf = _csrf(browser, page)
    _post(browser, f"{page}/take", csrfmiddlewaretoken=csrf)
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(_request("GET", "/chat/events", None, begun["token"]))
    await reader.readuntil(b"retry")
    took = []
    for number in range(REPLIES):
        text = f"reply number {number} of staff."
        pressed = time.perf_counter()
        sending = asyncio.get_running_loop().run_in_executor(None, _reply, browser, page, csrf, text)
        await reader.readuntil(text.encode())
        took.append((time.perf_counter() - pressed) * 1000)
        await sending
    writer.close()
    return took


def _measure_default(texts: Sequence[str], messages: int) -> dict[str, Load]:
    """Rasa's default pipeline with its REST channel."""
    with tempfile.TemporaryDirectory(prefix="bench-default-") as name:
        folder = Path(name)
        say("Rasa's default: training")
        train_small_default(folder)
        port = free_port()
        rest = DefaultServer(port, keys_by_text(folder))
        command = [str(DEFAULT_PYTHON), "-m", "rasa", "run", "--interface", HOST, "--port", str(port)]
        found = {}
        with server(command, folder, dict(os.environ), rest.answers):
            for visitors in VISITORS:
                say(f"Rasa's default: {messages} messages by {visitors} at once")
                found[f"default {visitors}"] = asyncio.run(
                    put_load(rest, texts, messages, visitors, f"default-{visitors}", (TURNS,))
                )
    return found


def _rows(desk: dict[str, Any], default: dict[str, Load] | None) -> list[tuple[str, ...]]:
    def turn(load: Load | None) -> str:
        return (
            "–" if load is None else f"{percentile(load.milliseconds, 0.5):.1f} / {percentile(load.milliseconds, 0.99):.1f} ms"
        )

    def rate(load: Load | None) -> str:
        return "–" if load is None else f"{load.per_second:.0f}/s"

    others = default or {}
    beside: Load = desk["turns beside streams"]
    alone: Load = desk["desk 1"]
    return [
        (
            "a whole turn, one visitor, p50 / p99",
            turn(alone),
            turn(desk["bare 1"]),
            turn(others.get("default 1")),
            "20 / 60 ms",
        ),
        (
            "a whole turn, 32 visitors, p50 / p99",
            turn(desk["desk 32"]),
            turn(desk["bare 32"]),
            turn(others.get("default 32")),
            "",
        ),
        ("turns, 32 visitors", rate(desk["desk 32"]), rate(desk["bare 32"]), rate(others.get("default 32")), "60/s"),
        (f"{STREAMS:,} open streams", f"{desk['streams']:.0f} MB more", "–", "–", "150 MB"),
        ("a turn beside them, p50 / p99", turn(beside), "–", "–", "no slower"),
        ("from a staff member's Send to the visitor's page, median / slowest", _spread(desk["replies"]), "–", "–", "200 ms"),
        ("the widget interactive after its script arrived, median / slowest", _spread(desk["widget"]), "–", "–", "100 ms"),
        ("memory of the whole, idle", _megabytes(desk["idle"]), "–", "–", "600 MB"),
    ]


def _megabytes(memory: Memory) -> str:
    once = "" if memory.proportional is None else f" ({memory.proportional:.0f} MB)"
    return f"{memory.resident:.0f} MB{once}"


def _spread(milliseconds: Sequence[float]) -> str:
    return f"{statistics.median(milliseconds):.0f} / {max(milliseconds):.0f} ms"


def _page(rows: Sequence[tuple[str, ...]]) -> str:
    table = "\n".join("| " + " | ".join(row) + " |" for row in [HEADS, ("---",) * len(HEADS), *rows])
    return f"""# What the whole costs, measured

Written by `make bench-frontdesk` on {machine()}: front desk, assistant, worker, the clients and the browser on the same machine.

{table}

- **A whole turn**: one `POST /chat/messages`, in which the message is committed, looked through for red flags, answered by the assistant,
  and the answer committed; conversations of {TURNS} turns with questions from `tests/nlu/`. *The assistant alone* is the same process,
  asked directly, which keeps nothing. *Rasa's default* keeps conversations in SQLite; it was trained with {FEW_EXAMPLES} examples of each
  question for one epoch, which its answers suffer from and its speed does not.
- **Open streams**: `/chat/events`, one for each of as many conversations; memory of the front desk's process.
- **Staff's Send** is a form of the desk; the clock stops when the visitor's stream has brought the text.
- **The widget**: from the end of the response with its script to the launcher that can be pressed, in headless Chromium; 10 loads.
- **Memory**: resident, of the supervisor and its three parts after {WARMING:,} turns; in brackets, what they share counted once.
"""


async def consent_of(port: int) -> str:
    """The version of the consent text that a conversation begins with."""
    connection = Connection(port)
    config, _ = await connection.exchange(_request("GET", "/chat/config"))
    await connection.close()
    return str(json.loads(config)["consent"]["version"])


def _request(method: str, path: str, content: dict[str, Any] | None = None, token: str = "") -> bytes:
    body = b"" if content is None else json.dumps(content).encode()
    headers = f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {len(body)}\r\n"
    if content is not None:
        headers += "Content-Type: application/json\r\n"
    if token:
        headers += f"Authorization: Bearer {token}\r\n"
    return f"{headers}\r\n".encode() + body


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A form's answer is where to go next; the time it takes to go there is not the visitor's."""

    def redirect_request(self, *_: Any) -> None:
        """See parent class."""


def _csrf(browser: urllib.request.OpenerDirector, page: str) -> str:
    with browser.open(page) as response:
        found = CSRF.search(response.read().decode())
    if not found:
        raise CommandFailed(f"{page} has no form.")
    return found[1]


def _reply(browser: urllib.request.OpenerDirector, page: str, csrf: str, text: str) -> None:
    _post(browser, f"{page}/reply", csrfmiddlewaretoken=csrf, text=text)


def _post(browser: urllib.request.OpenerDirector, address: str, **fields: str) -> None:
    request = urllib.request.Request(address, urllib.parse.urlencode(fields).encode())  # noqa: S310 - our own server
    try:
        browser.open(request).close()
    except urllib.error.HTTPError as error:
        if error.code != 302:
            raise CommandFailed(f"{address} gave {error.code}.") from error

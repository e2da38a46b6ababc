"""How long the desk's pages take at the server, with a thousand messages and with a million."""

from __future__ import annotations

import argparse
import hashlib
import http.client
import http.cookiejar
import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tools.bench.figures import percentile
from tools.bench.measure import say
from tools.bench.report import as_markdown, as_text
from tools.bench.servers import HOST, CommandFailed, free_port, machine, memory_of, server
from tools.bench.stack import DESK_PYTHON, PASSWORD, ROOT, running_stack

PAGE = ROOT / "docs/bench-desk.md"
FOLDER = ROOT / "results/bench-desk"  # not in git: made once, and again when what makes it has changed
MAKER = ROOT / "tools/bench/desk_data.py"
FEW, MANY = 100, 100_000  # conversations, of ten messages each
REQUESTS, WARM_UP = 100, 5  # of each page
SEED = 7
HANDOFF = "hand-off on the inbox's screen"
LIST_GOAL = 100.0  # milliseconds, at the 95th percentile
GOALS = {"open": 50.0, "insight": 500.0, HANDOFF: 1000.0}  # by how a page's name begins
GROWTH_GOAL = 2.0  # a million messages against a thousand
TICKS = os.sysconf("SC_CLK_TCK")
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
CHOSEN = re.compile(r'<option value="(\d+)">refund<')
FORWARD = re.compile(r'rel="next" href="([^"]+)"')
HEADS = ("page", "thousand: p50 / p95", "million: p50 / p95", "grows by", "CPU of a request, thousand / million", "to reach")

REVIEW = "/desk/review"
LISTS = {
    "list": "",
    "order: begun": "sort=begun",
    "order: level": "sort=level",
    "last activity: a month": "from=2026-03-01&to=2026-03-31",
    "last activity: long ago": "to=2025-12-15",
    "topic, common": "topic=side_effects",
    "topic, rare": "topic=results",
    "question": "topic=aftercare/makeup",
    "level: emergency": "level=emergency",
    "level: medical and above": "level=medical",
    "state: waiting": "state=waiting",
    "state: ended": "state=closed",
    "outcome": "outcome=call_back",
    "thumbs: down": "thumbs=down",
    "fallback": "fallback=yes",
    "low confidence": "low=yes",
    "language": "language=pt",
    "tag": "tag={tag}",
    "handled by": "staff=3",
    "not reviewed": "reviewed=no",
    "corrected": "corrected=yes",
    "flagged": "flagged=yes",
    "many at once": "level=urgent&thumbs=down&language=es&reviewed=no&sort=level",
    "finds nothing": "level=emergency&state=bot&language=fr&corrected=yes",
    "topic, level, thumbs": "topic=side_effects&level=urgent&thumbs=down",
    "search: a rare word": "q=dermaroller",
    "search: a common word": "q=treatment",
    "search: the commonest word": "q=the",
    "search: three words": "q=how+long+after",
    "search: words in a row": "q=%22after+the+treatment%22",
    "search: a beginning": "q=bruis*",
    "search: no such word": "q=zebedee",
    "search, and a filter": "q=swelling&level=urgent&reviewed=no",
    "search, and a topic": "q=after&topic=aftercare",
}  # fmt: skip
INSIGHT = {
    "insight: 7 days": "/desk/insight?from=2026-11-18&to=2026-11-24",
    "insight: a year": "/desk/insight?from=2025-11-25&to=2026-11-24",
}

HOW = """
- **The record** is made by `tools/bench/desk_data.py`: {conversations:,} conversations with {messages:,} messages ({few_messages:,} for the
  small one) spread over a year, of the example lines in `data/`, always the same. It takes some minutes, and is kept in
  `results/bench-desk/`. The database has {megabytes:,.0f} MB, with its search index.
- **At the server**: one client on the same machine asks over one connection that stays open, {requests} times for each page after
  {warm_up} that are not counted; from the request's first byte to the response's last. Every page looks up session, rights and clinic, and
  every search and every opening is written into the audit log, to the disk, before it is answered.
- **CPU of a request** is that of the front desk's process, read from /proc. Where other programs keep the machine busy, as on a machine
  that is shared, it says what the page costs, and p50 and p95 say how long it waited besides.
- **grows by**: p95 with a million against p95 with a thousand messages. A list of a thousand messages has at most {few} conversations:
  where the filter finds fewer than a page of 50 of them, it has fewer lines to write than the other.
- **open a conversation**: drawn at random from all.
- **hand-off on the inbox's screen**: with the whole running on a copy of the record; from a visitor's sending of an emergency to its row on
  an inbox that is open in headless Chromium, the assistant's answer included; twenty times.
- **insight**: every chart of the page, a year by week. It reads totals of days, not messages: a year has as many as there are days times
  questions that were asked on them. A thousand messages have few of these, a million nearly all; ten million would have no more.
"""


@dataclass
class Measured:
    """What was measured on one record.

    Attributes:
        pages: Milliseconds of each request, by page.
        cpu: Milliseconds of the server's processor for a request, by page.
        messages: In the record.
        megabytes: Of the database.
        resident: Megabytes of the server's memory afterwards.
    """

    pages: dict[str, list[float]] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)
    messages: int = 0
    megabytes: float = 0.0
    resident: float = 0.0


class Browser:
    """Somebody who has signed in."""

    def __init__(self, port: int) -> None:
        """Signs in."""
        jar = http.cookiejar.CookieJar()
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        address = f"http://{HOST}:{port}/desk/sign-in"
        with opener.open(address) as shown:
            token = CSRF.search(shown.read().decode())
        if token is None:
            raise CommandFailed("The page for signing in has no form.")
        given = {"csrfmiddlewaretoken": token[1], "username": "alice", "password": PASSWORD}
        with opener.open(address, urllib.parse.urlencode(given).encode()) as shown:
            shown.read()
        self._headers = {"Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)}
        self._connection = http.client.HTTPConnection(HOST, port)

    def gets(self, path: str) -> tuple[int, str, float]:
        """One request: status, body, milliseconds."""
        began = time.perf_counter()
        self._connection.request("GET", path, headers=self._headers)
        response = self._connection.getresponse()
        body = response.read()
        return response.status, body.decode(), (time.perf_counter() - began) * 1000


def main() -> int:
    """Measures, prints the table, writes the page; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--requests", type=int, default=REQUESTS, help="of each page")
    parser.add_argument("--only", default="", help="pages whose name has this; the page is then not written")
    options = parser.parse_args()
    os.chdir(ROOT)
    try:
        few, many = (_measure(number, options.requests, options.only) for number in (FEW, MANY))
    except CommandFailed as error:
        print(error, file=sys.stderr)
        return 1
    rows = _rows(few, many)
    print(f"{machine()}\n\n{as_text(HEADS, rows)}")
    if not options.only:
        PAGE.write_text(_page(rows, few, many, options.requests), encoding="utf-8")
        print(f"\nWritten to {PAGE.relative_to(ROOT)}.")
    return 0


def _measure(conversations: int, requests: int, only: str) -> Measured:
    folder = _record(conversations)
    found = Measured(megabytes=(folder / "frontdesk.sqlite3").stat().st_size / 2**20)
    with sqlite3.connect(folder / "frontdesk.sqlite3") as record:
        [found.messages] = record.execute("SELECT count(*) FROM conversations_message").fetchone()
        ids = [pk for (pk,) in record.execute("SELECT id FROM conversations_conversation ORDER BY id")]
    with _served(folder) as (pid, port):
        browser = Browser(port)
        for name, paths in _pages(browser, random.Random(SEED).sample(ids, min(len(ids), 500))):  # noqa: S311 - no secret
            if only not in name:
                continue
            say(f"{conversations:,} conversations: {name}")
            for number in range(WARM_UP):
                _asked(browser, paths(number))
            cpu = _cpu(pid)
            found.pages[name] = [_asked(browser, paths(WARM_UP + number)) for number in range(requests)]
            found.cpu[name] = (_cpu(pid) - cpu) / requests
        found.resident = memory_of(pid).resident
    if only in HANDOFF:
        say(f"{conversations:,} conversations: {HANDOFF}")
        found.pages[HANDOFF] = _handoffs(folder)
    return found


def _handoffs(record: Path) -> list[float]:
    """Milliseconds from a visitor's sending of a message to its row on an inbox that is open in a browser."""
    with running_stack(record) as stack:
        address = f"http://{HOST}:{stack.port}"
        shown = subprocess.run(
            [str(DESK_PYTHON), "-m", "tools.bench.inbox", address, "alice", PASSWORD], capture_output=True, text=True
        )
    if shown.returncode:
        raise CommandFailed(f"The browser could not show the inbox:\n{shown.stderr[-2000:]}")
    return [float(one) for one in json.loads(shown.stdout)]


def _pages(browser: Browser, ids: Sequence[str]) -> Iterator[tuple[str, Callable[[int], str]]]:
    """Each page's name, and its address at the n-th request."""

    def always(path: str) -> Callable[[int], str]:
        return lambda _: path

    first = browser.gets(REVIEW)[1]
    tag = CHOSEN.search(first)
    for name, query in LISTS.items():
        yield name, always(f"{REVIEW}?{query.format(tag=tag[1] if tag else 1)}")
    deep, path = first, REVIEW
    for _ in range(20):
        forward = FORWARD.search(deep)
        if forward is None:
            break
        path = forward[1].replace("&amp;", "&")
        deep = browser.gets(path)[1]
    yield "list, page 20", always(path)
    yield "open a conversation", lambda number: f"{REVIEW}/{ids[number % len(ids)]}"
    yield "next conversation", lambda number: f"{REVIEW}/{ids[number % len(ids)]}/next"
    yield "next that was not understood", lambda number: f"{REVIEW}/{ids[number % len(ids)]}/next?fallback=yes&level=urgent"
    yield "open in the inbox", lambda number: f"/desk/conversations/{ids[number % len(ids)]}"
    yield "inbox", always("/desk/inbox")
    for name, path in INSIGHT.items():
        yield name, always(path)


def _asked(browser: Browser, path: str) -> float:
    status, _, milliseconds = browser.gets(path)
    if status not in (200, 302):
        raise CommandFailed(f"{path} answered with {status}.")
    return milliseconds


def _record(conversations: int) -> Path:
    """The folder with the record, which is made where there is none, or where what makes it has changed."""
    folder, version = FOLDER / str(conversations), hashlib.sha256(MAKER.read_bytes()).hexdigest()
    mark = folder / "made"
    environment = {**os.environ, "FRONTDESK_VAR": str(folder)}
    commands = [["migrate", "-v", "0"]]
    if not mark.is_file() or mark.read_text() != version:
        say(f"{conversations:,} conversations are made")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        code = f"from tools.bench.desk_data import make; make({conversations})"
        commands += [["first_start"], ["shell", "-v", "0", "-c", code]]
    for command in commands:
        done = subprocess.run([str(DESK_PYTHON), "-m", "frontdesk", *command], env=environment, stdout=subprocess.DEVNULL)
        if done.returncode:
            raise CommandFailed(f"The record of {conversations:,} conversations could not be made.")
    mark.write_text(version)
    return folder


@contextmanager
def _served(folder: Path) -> Iterator[tuple[int, int]]:
    """The front desk alone, with this record: its process and its port."""
    port = free_port()
    address = f"http://{HOST}:{port}"
    environment = {**os.environ, "FRONTDESK_VAR": str(folder), "FRONTDESK_PORT": str(port), "FRONTDESK_ADDRESS": address}

    def is_ready() -> bool:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=5) as response:
                return bool(response.status == 200)
        except OSError:
            return False

    command = ["env", "-C", str(ROOT), str(DESK_PYTHON), "-m", "frontdesk", "serve"]
    with server(command, folder, environment, is_ready) as (pid, _):
        yield pid, port


def _cpu(pid: int) -> float:
    """Milliseconds of processor that a process has taken."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[11:13]
    return (int(user) + int(system)) / TICKS * 1000


def _rows(few: Measured, many: Measured) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for name, took in many.pages.items():
        before = few.pages.get(name, [])
        goal = next((goal for beginning, goal in GOALS.items() if name.startswith(beginning)), LIST_GOAL)
        growth = f"{percentile(took, 0.95) / percentile(before, 0.95):.1f}x"
        cpu = "–"
        if name in many.cpu:
            growth += f", CPU {many.cpu[name] / few.cpu[name]:.1f}x"
            cpu = f"{few.cpu[name]:.0f} / {many.cpu[name]:.0f} ms"
        rows.append((name, _both(before), _both(took), growth, cpu, f"{goal:.0f} ms, {GROWTH_GOAL:.0f}x"))
    return rows


def _both(took: list[float]) -> str:
    return f"{percentile(took, 0.5):.0f} / {percentile(took, 0.95):.0f} ms" if took else ""


def _page(rows: list[tuple[str, ...]], few: Measured, many: Measured, requests: int) -> str:
    how = HOW.format(
        conversations=MANY, messages=many.messages, few=FEW, few_messages=few.messages, megabytes=many.megabytes, requests=requests,
        warm_up=WARM_UP,
    )  # fmt: skip
    load = f"The machine's load when this was written: {os.getloadavg()[1]:.1f} on {len(os.sched_getaffinity(0))} cores."
    parts = [
        "# The desk's pages, measured",
        f"Written by `make bench-desk`, on {machine()}. {load} The front desk's process has {many.resident:.0f} MB afterwards.",
        as_markdown(HEADS, rows),
        "## How it was measured",
        how.strip(),
    ]
    return "\n\n".join(parts) + "\n"

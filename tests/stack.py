"""Starts the front desk as it is in service, for tests that need no less: real processes, their own folder, free ports of loopback.

A pytest plugin: `pytest_plugins = ["tests.stack"]` gives the fixture `stack`, the whole under its supervisor.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

ROOT = Path(__file__).parents[1]
ASSISTANT_PYTHON = ROOT / ".venv/assistant/bin/python"
OURS = ("FRONTDESK_", "ASSISTANT_", "DJANGO_", "RASA_")  # variables of whoever runs the tests, which are not the tests'
PASSWORD = "correct horse battery staple"
LOOK_EVERY = 0.05  # seconds between two looks at what tells nobody that it has changed
STARTS_WITHIN = 90.0  # seconds: an assistant is ready in 5 to 8, on a machine that others share in more
STOPS_WITHIN = 40.0  # seconds: three parts, each of which may take ten
# By what a part is known among the supervisor's children.
PARTS = {"assistant": r"assistant\.server|rasa run", "worker": r"-m frontdesk worker", "front desk": r"-m frontdesk serve"}
GENEROUS = {
    "FRONTDESK_MESSAGES_A_MINUTE": "100000",
    "FRONTDESK_MESSAGES_A_MINUTE_FROM_ADDRESS": "1000000",
    "FRONTDESK_CONVERSATIONS_AN_HOUR_FROM_ADDRESS": "1000000",
}
ALWAYS_OPEN = """
from datetime import time
from frontdesk.clinic.models import Clinic, OpeningHours
clinic = Clinic.objects.get()
clinic.opening_hours.all().delete()
OpeningHours.objects.bulk_create(
    OpeningHours(clinic=clinic, weekday=day, opens=time(0), closes=time(23, 59, 59)) for day in range(7)
)
"""
T = TypeVar("T")


def free_port() -> int:
    """A port of loopback on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def until(look: Callable[[], T | None], what: str, seconds: float = 20.0) -> T:
    """Looks until there is something to see, and gives it.

    Raises:
        AssertionError: If there is nothing in time; says what was waited for.
    """
    end = time.monotonic() + seconds
    while True:
        seen = look()
        if seen:
            return seen
        assert time.monotonic() < end, f"not within {seconds:g} s: {what}"
        time.sleep(LOOK_EVERY)


def command_of(pid: int) -> str:
    """What a process runs; empty where it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def memory_of(pid: int) -> float:
    """What a process holds in memory, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


@dataclass
class Place:
    """Where a front desk lives: a folder of its own, free ports, and the variables that say so.

    Attributes:
        folder: Database, keys and everything that the processes print.
        given: Variables of this place, besides those that each has.
    """

    folder: Path
    given: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    assistant_port: int = field(default_factory=free_port)
    key: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def address(self) -> str:
        """Of the front desk."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def assistant_address(self) -> str:
        """Of the assistant."""
        return f"http://127.0.0.1:{self.assistant_port}"

    @property
    def database(self) -> Path:
        """The record's file."""
        return Path(self.variables["FRONTDESK_DATABASE"])

    @property
    def printed(self) -> Path:
        """The file to which all processes print."""
        return self.folder / "printed.txt"

    @property
    def variables(self) -> dict[str, str]:
        """The environment of every process here."""
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith(OURS)},
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "frontdesk.settings",
            "FRONTDESK_VAR": str(self.folder),
            "FRONTDESK_DATABASE": str(self.folder / "frontdesk.sqlite3"),
            "FRONTDESK_PORT": str(self.port),
            "FRONTDESK_ADDRESS": self.address,
            "FRONTDESK_ASSISTANT": self.assistant_address,
            "ASSISTANT_KEY": self.key,
            **GENEROUS,
            **self.given,
        }

    def run(self, *command: str, **variables: str) -> subprocess.Popen[bytes]:
        """Starts a process here; what it prints is kept."""
        with self.printed.open("ab") as printed:
            return subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.variables | variables,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=printed,
                start_new_session=True,
            )

    def manage(self, *arguments: str) -> str:
        """Runs `python -m frontdesk …` to its end; returns what it printed."""
        return self._finish("-m", "frontdesk", *arguments)

    def django(self, code: str) -> str:
        """Runs Python with the front desk's tables at hand; returns what it printed."""
        return self._finish("-c", f"import django\ndjango.setup()\n{code}")

    def prepare(self) -> None:
        """A database, with a clinic that is always open."""
        self.manage("migrate", "--verbosity", "0")
        self.manage("first_start")
        self.open_always()

    def open_always(self) -> None:
        """From now on somebody is at the clinic at every hour."""
        self.django(ALWAYS_OPEN)

    def alert(self, address: str) -> None:
        """From now on, every hand-off is told to this webhook."""
        self.django(
            "from frontdesk.clinic.models import AlertRecipient, Clinic\n"
            f"AlertRecipient.objects.create(clinic=Clinic.objects.get(), channel='webhook', address={address!r})"
        )

    def make_person(self, name: str, title: str = "nurse", *roles: str) -> str:
        """Somebody who may sign in, as `staff` if no roles are given; returns the password."""
        return self.make_people({name: (title, *(roles or ("staff",)))})

    def make_people(self, people: dict[str, tuple[str, ...]]) -> str:
        """Several at once, by name: title and roles of each; returns the password, which is the same."""
        self.django(
            "from django.contrib.auth.models import User\nfrom frontdesk.people.models import Profile\n"
            "from frontdesk.people.roles import Role, roles_set\n"
            f"for name, (title, *roles) in {people!r}.items():\n"
            f"    user = User.objects.create_user(name.lower(), password={PASSWORD!r})\n"
            "    Profile.objects.create(user=user, name=name, role=title)\n"
            "    roles_set(user, {Role(role) for role in roles})"
        )
        return PASSWORD

    def rows(self, question: str, *values: Any) -> list[dict[str, Any]]:
        """Asks the record itself, past every program of ours."""
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=20)) as opened:
            opened.row_factory = sqlite3.Row
            return [dict(row) for row in opened.execute(question, values)]

    def change(self, *statements: str) -> None:
        """Changes the record itself, as nobody should."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=20, isolation_level=None)) as opened:
            for statement in statements:
                opened.execute(statement)

    def visitor(self, **how: Any) -> Visitor:
        """Somebody who opens the chat."""
        return Visitor(self.address, **how)

    def staff(self, name: str) -> Staff:
        """Somebody of `make_person` who has signed in."""
        return Staff(self.address, name)

    def is_alive(self) -> bool:
        """Whether the front desk answers."""
        return _status(f"{self.address}/healthz") == httpx.codes.OK

    def is_ready(self) -> bool:
        """Whether the front desk says that it can serve."""
        return _status(f"{self.address}/readyz") == httpx.codes.OK

    def assistant_answers(self) -> bool:
        """Whether the assistant has a model that answers."""
        address = f"{self.assistant_address}/webhooks/frontdesk/health"
        return _status(address, Authorization=f"Bearer {self.key}") == httpx.codes.OK

    def worker_lived(self, since: datetime) -> bool:
        """Whether the worker has done a round since then."""
        at = since.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        return bool(self.rows("SELECT 1 FROM clinic_heartbeat WHERE name = 'worker' AND at > ?", at))

    def processes(self) -> list[int]:
        """Every process that lives with this place's variables, whoever started it."""
        mark = f"FRONTDESK_VAR={self.folder}".encode()
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                variables = (entry / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            if mark in variables:  # what has ended and waits for its parent has no variables any more
                found.append(int(entry.name))
        return found

    def end(self) -> list[str]:
        """Ends what still runs here, process by process; says what it was."""
        left = []
        for pid in self.processes():
            left.append(command_of(pid))
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        until(lambda: not self.processes(), "all processes have ended")
        return left

    def _finish(self, *arguments: str) -> str:
        finished = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.variables, capture_output=True, text=True, timeout=60
        )
        assert finished.returncode == 0, finished.stderr
        return finished.stdout


class Stack(Place):
    """The whole, through `python -m frontdesk.supervisor`."""

    command: tuple[str, ...] = ("-m", "frontdesk.supervisor")
    supervisor: subprocess.Popen[bytes]

    def start(self) -> Stack:
        """Starts everything; the first start makes database and clinic."""
        self.supervisor = self.run(sys.executable, *self.command)
        return self

    def wait_until_ready(self) -> Stack:
        """Until visitors can be served, by a clinic that is always open."""

        def ready() -> bool:
            assert self.supervisor.poll() is None, self.printed.read_text()
            return self.is_ready()

        until(ready, "the front desk is ready", STARTS_WITHIN)
        self.open_always()
        return self

    def pid(self, part: str) -> int | None:
        """The process that is a part now; None while there is none."""
        children = Path(f"/proc/{self.supervisor.pid}/task/{self.supervisor.pid}/children").read_text().split()
        return next((int(pid) for pid in children if re.search(PARTS[part], command_of(int(pid)))), None)

    def kill(self, part: str) -> int:
        """Kills a part as a machine that runs out of memory would; returns which process it was."""
        pid = until(lambda: self.pid(part), f"{part} runs", STARTS_WITHIN)
        os.kill(pid, signal.SIGKILL)
        return pid

    def wait_until_back(self, part: str, killed: int, since: datetime) -> int:
        """Until another process does what the killed one did; returns which."""

        def back() -> int | None:
            pid = self.pid(part)
            return pid if pid and pid != killed and self._does_its_work(part, since) else None

        return until(back, f"{part} is back", STARTS_WITHIN)

    def stop(self, number: int = signal.SIGINT) -> list[str]:
        """Stops everything as Ctrl-C does; returns what was left running, which is ended too."""
        if self.supervisor.poll() is None:
            self.supervisor.send_signal(number)
        try:
            self.supervisor.wait(STOPS_WITHIN)
        finally:
            left = self.end()
        return left

    def _does_its_work(self, part: str, since: datetime) -> bool:
        if part == "worker":
            return self.worker_lived(since)
        return self.is_alive() if part == "front desk" else self.assistant_answers()


@dataclass(frozen=True)
class Event:
    """Of a stream: its kind, its id (empty where it has none) and its data."""

    kind: str
    id: str
    data: Any


class Visitor:
    """A visitor's page: its consent, its token, and the ids of what it sent."""

    def __init__(self, address: str, *, sends_from: str = "127.0.0.1", **headers: str) -> None:
        """`sends_from`: an address of loopback, as which it is seen."""
        self.client = httpx.Client(
            base_url=address,
            timeout=30,
            headers=headers,
            trust_env=False,
            transport=httpx.HTTPTransport(local_address=sends_from, verify=False),  # no TLS here: nothing to load for it
        )
        self.consent = ""
        self.token = ""
        self.conversation_id = ""
        self.sent: list[str] = []
        self.tries = 0

    def begins(self, **body: Any) -> Visitor:
        """Agrees, and has a conversation."""
        self.consent = self.client.get("/chat/config").raise_for_status().json()["consent"]["version"]
        begun = self.client.post("/chat/conversations", json={"consent": self.consent, **body}).raise_for_status().json()
        self.token, self.conversation_id = begun["token"], begun["conversation"]["id"]
        return self

    def posts(self, path: str, body: Any) -> httpx.Response:
        """One request with the token."""
        return self.client.post(path, json=body, headers=self.headers)

    def asks(self, text: str, message_id: str = "") -> httpx.Response:
        """Sends a text, once; under a new id if none is given."""
        self.sent.append(message_id or str(uuid.uuid4()))
        self.tries += 1
        return self.posts("/chat/messages", {"id": self.sent[-1], "text": text})

    def says(self, text: str, message_id: str = "", seconds: float = 90.0) -> dict[str, Any]:
        """Sends a text under one id until it was taken, as the widget does; returns what was said to it.

        Raises:
            AssertionError: If it was refused for good, or not taken in time.
        """
        message_id = message_id or str(uuid.uuid4())
        end, pause = time.monotonic() + seconds, 0.1
        while True:
            with contextlib.suppress(httpx.TransportError):
                response = self.asks(text, message_id)
                if response.status_code == httpx.codes.OK:
                    return dict(response.json())
                assert response.status_code >= 500 or response.status_code == 429, response.text
            assert time.monotonic() < end, f"not taken within {seconds:g} s"
            time.sleep(pause)  # as the widget waits, so that a front desk that comes back is not flooded
            pause = min(pause * 2, 1.0)

    def presses(self, choice: str) -> httpx.Response:
        """Sends a button's id."""
        return self.posts("/chat/messages", {"id": str(uuid.uuid4()), "choice": choice})

    def reads(self, after: str = "") -> list[dict[str, Any]]:
        """The record's messages."""
        address = "/chat/messages" + (f"?after={after}" if after else "")
        return list(self.client.get(address, headers=self.headers).raise_for_status().json()["messages"])

    def state(self) -> str:
        """Who answers."""
        answer = self.client.get("/chat/messages", headers=self.headers).raise_for_status().json()
        return str(answer["conversation"]["state"])

    @contextlib.contextmanager
    def follows(self, last: str = "") -> Iterator[Iterator[Event]]:
        """The stream of what happens; each step waits for the next event."""
        headers = self.headers | ({"Last-Event-ID": last} if last else {})
        with self.client.stream("GET", "/chat/events", headers=headers, timeout=20) as stream:
            stream.raise_for_status()
            lines = stream.iter_lines()
            next(line for line in lines if line.startswith(": here"))  # from here on, nothing is missed
            yield _events(lines)

    @property
    def headers(self) -> dict[str, str]:
        """With the token, once there is one."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


class Staff:
    """A member of staff at the desk."""

    def __init__(self, address: str, name: str) -> None:
        """Signs in."""
        self.client = httpx.Client(base_url=address, timeout=30, verify=False, trust_env=False, follow_redirects=True)
        self.client.get("/desk/sign-in").raise_for_status()
        signed_in = self.does("/desk/sign-in", username=name.lower(), password=PASSWORD)
        assert signed_in.url.path != "/desk/sign-in", signed_in.text

    def reads(self, path: str = "") -> str:
        """A page of the desk."""
        return self.client.get(f"/desk/{path}").raise_for_status().text

    def does(self, path: str, **fields: str) -> httpx.Response:
        """Sends a form."""
        form = {"csrfmiddlewaretoken": self.client.cookies["csrftoken"], **fields}
        return self.client.post(path, data=form).raise_for_status()

    def takes(self, conversation_id: str) -> None:
        """Takes a conversation."""
        self.does(f"/desk/conversations/{conversation_id}/take")

    def replies(self, conversation_id: str, text: str) -> None:
        """Says something in a conversation."""
        self.does(f"/desk/conversations/{conversation_id}/reply", text=text)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole, ready, with a clinic that is always open; nothing of it is left when the tests are over."""
    running = Stack(tmp_path_factory.mktemp("stack")).start()
    try:
        yield running.wait_until_ready()
    finally:
        left = running.stop()
    assert left == []


def _events(lines: Iterator[str]) -> Iterator[Event]:
    fields: dict[str, str] = {}
    for line in lines:
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            fields[name] = value
        elif not line and "data" in fields:
            yield Event(fields.get("event", "message"), fields.get("id", ""), json.loads(fields["data"]))
            fields = {}


def _status(address: str, **headers: str) -> int:
    """Of a response; 0 where there is none."""
    try:
        return httpx.get(address, headers=headers, timeout=5, verify=False, trust_env=False).status_code
    except httpx.TransportError:
        return 0

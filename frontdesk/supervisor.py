"""Runs the whole: front desk, assistant and worker. `python -m frontdesk.supervisor`, which is `make run`.

A part that dies is started again. Ctrl-C stops all. The assistant is another environment's: it is started, never imported.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from frontdesk import children, environment

ASSISTANT_PYTHON = environment.ROOT / ".venv/assistant/bin/python"
OURS = [sys.executable, "-m", "frontdesk"]
STOP_SECONDS = 10.0  # that a part has to finish what it is doing
LONGEST_PAUSE = 30.0  # seconds before a part that keeps dying is started again
LIVED_LONG = 60.0  # seconds after which a part counts as well, and its next death as its first
WORKER_NICENESS = 5  # a visitor's turn goes before what nobody waits for; alerts still get a quarter of a busy core
FEW_HEAPS = (("MALLOC_ARENA_MAX", "2"),)  # of the C library, which else keeps one for each thread
ROOM = 200 * 1024 * 1024  # bytes that must be free on the disk


@dataclass
class Part:
    """A process that is kept running."""

    name: str
    command: list[str]
    variables: tuple[tuple[str, str], ...] = ()
    niceness: int = 0
    quiet: bool = False  # what it says of itself is for those who run it alone; what goes wrong is still told
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    start_at: float = 0.0

    def start(self) -> None:
        """Starts it, in a process group of its own: Ctrl-C reaches the supervisor, which stops the parts in order."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            cwd=environment.ROOT,
            env={**os.environ, **dict(self.variables)},
            start_new_session=True,
            stdout=subprocess.DEVNULL if self.quiet else None,
            preexec_fn=self._begin,
        )

    def _begin(self) -> None:
        """In the new process, before it is the part."""
        os.nice(self.niceness)
        children.ends_with_us()  # when the supervisor is killed, so is the part: else it would keep its port from the next one

    def ask_to_end(self) -> None:
        """It finishes what it has begun, and ends."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def stop(self) -> None:
        """Asks it to end, and ends it if it does not."""
        self.ask_to_end()
        if self.process is None:
            return
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Ends it now."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def tend(self, now: float) -> None:
        """Starts it again if it has died: at once the first time, later each time that it dies soon after."""
        if self.process is not None and self.process.poll() is None:
            return
        if self.process is not None:
            self.deaths = 1 if now - self.started > LIVED_LONG else self.deaths + 1
            pause = 0.0 if self.deaths == 1 else min(2.0 ** (self.deaths - 2), LONGEST_PAUSE)
            print(f"{self.name} ended ({self.process.returncode}); it is started again.", file=sys.stderr, flush=True)
            self.process, self.start_at = None, now + pause
        if now >= self.start_at:
            self.start()


@dataclass
class Assistants:
    """The assistants that are to run, as the front desk's worker wrote into a file: while a release goes live there are two.

    One that is not wanted any more finishes what it has begun; nobody waits for that.
    """

    file: Path
    running: dict[tuple[int, str], Part] = field(default_factory=dict)
    ending: list[tuple[Part, float]] = field(default_factory=list)  # and when it is ended if it has not
    _read: tuple[int, int] = (0, 0)

    def tend(self, now: float) -> None:
        """Starts and ends what the file says."""
        self._follow(now)
        for part in self.running.values():
            part.tend(now)
        for part, last in list(self.ending):
            assert part.process is not None
            if part.process.poll() is None and now > last:
                part.kill()
            if part.process.poll() is not None:
                self.ending.remove((part, last))

    def stop(self) -> None:
        """Ends all."""
        parts = [*self.running.values(), *(part for part, _ in self.ending)]
        for part in parts:
            part.ask_to_end()
        for part in parts:
            part.stop()

    def _follow(self, now: float) -> None:
        try:
            status = self.file.stat()
            if (status.st_mtime_ns, status.st_ino) == self._read:
                return
            wanted = {(int(one["port"]), str(one["model"])) for one in json.loads(self.file.read_text())["assistants"]}
        except (OSError, ValueError, KeyError, TypeError):
            return  # not there, or not ours: what runs goes on
        self._read = (status.st_mtime_ns, status.st_ino)
        for place in self.running.keys() - wanted:
            part = self.running.pop(place)
            part.ask_to_end()
            if part.process is not None:
                self.ending.append((part, now + STOP_SECONDS))
        for port, model in sorted(wanted - self.running.keys()):
            self.running[(port, model)] = assistant(port, model)


def assistant(port: int, model: str) -> Part:
    """An assistant that serves a model of `models/`; the newest where none is named."""
    named = ["--model", f"models/{model}"] if model else []
    return Part("The assistant", [str(ASSISTANT_PYTHON), "-m", "assistant.server", "--port", str(port), *named], quiet=True)


def parts() -> list[Part]:
    """What runs beside the assistants, in the order in which it is started."""
    return [
        Part("The worker", [*OURS, "worker"], FEW_HEAPS, WORKER_NICENESS),
        Part("The front desk", [*OURS, "serve"], FEW_HEAPS),
    ]


def main() -> int:
    """Prepares, starts, keeps running, stops; returns the exit code."""
    problem = _problem()
    if problem:
        print(problem, file=sys.stderr)
        return 1
    environment.assistant_key()  # made before two processes would make one each
    for command in (["migrate", "--verbosity", "0"], ["first_start"], ["open_content"]):
        prepared = subprocess.run([*OURS, *command], cwd=environment.ROOT)
        if prepared.returncode != 0:
            return prepared.returncode
    running: list[Assistants | Part] = [Assistants(environment.ASSISTANTS_FILE), *parts()]
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # Ctrl-C, a service manager, a terminal that was closed
        signal.signal(number, lambda *_: stopping.set())
    announced = False
    try:
        while not stopping.is_set():
            for part in running:
                part.tend(time.monotonic())
            if not announced and _ready():
                announced = True
                print(
                    f"Ready.\n  The demonstration page: {environment.PUBLIC_ADDRESS}/\n  The desk:               "
                    f"{environment.PUBLIC_ADDRESS}/desk/\nCtrl-C stops everything.",
                    flush=True,
                )
            stopping.wait(0.2)
    finally:
        for part in reversed(running):  # the front desk first: what it has begun, it can still finish
            part.stop()
    return 0


def _problem() -> str | None:
    """One sentence on what would keep the whole from starting, or None."""
    environment.VAR.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(environment.VAR).free < ROOM:
        return f"The disk is full: {environment.VAR} needs at least {ROOM // 1024 // 1024} MB."
    try:
        # As SQLite itself sees it: a folder that cannot be written to, a file that is none, one that another locks.
        with contextlib.closing(sqlite3.connect(environment.DATABASE, timeout=environment.DATABASE_WAIT)) as database:
            database.execute("BEGIN IMMEDIATE")
    except sqlite3.Error as error:
        return f"The database {environment.DATABASE} cannot be used: {error}."
    for port, other in (
        (environment.PORT, "FRONTDESK_PORT"),
        (int(environment.ASSISTANT.rpartition(":")[2]), "FRONTDESK_ASSISTANT"),
    ):
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind((environment.HOST, port))
            except OSError:
                return f"Port {port} is in use. Stop what listens there, or choose another with {other}."
    return None


def _ready() -> bool:
    # Under a name that the front desk answers to; straight to this machine.
    request = urllib.request.Request(f"http://127.0.0.1:{environment.PORT}/readyz", headers={"Host": environment.HOSTS[0]})
    try:
        with urllib.request.urlopen(request, timeout=3) as response:  # noqa: S310 - our own address
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError):
        return False


if __name__ == "__main__":
    sys.exit(main())

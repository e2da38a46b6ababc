"""Runs the whole: front desk, assistant and worker. `python -m frontdesk.supervisor`, which is `make run`.

A part that dies is started again. Ctrl-C stops all. The assistant is another environment's: it is started, never imported.
"""

from __future__ import annotations

import contextlib
import ctypes
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
from dataclasses import dataclass

from frontdesk import environment

ASSISTANT_PYTHON = environment.ROOT / ".venv/assistant/bin/python"
OURS = [sys.executable, "-m", "frontdesk"]
STOP_SECONDS = 10.0  # that a part has to finish what it is doing
LONGEST_PAUSE = 30.0  # seconds before a part that keeps dying is started again
LIVED_LONG = 60.0  # seconds after which a part counts as well, and its next death as its first
WORKER_NICENESS = 5  # a visitor's turn goes before what nobody waits for; alerts still get a quarter of a busy core
PR_SET_PDEATHSIG = 1  # of Linux's prctl
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
        if sys.platform == "linux":
            # When the supervisor is killed, so is the part: else it would keep its port from the next one.
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

    def stop(self) -> None:
        """Asks it to end, and ends it if it does not."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
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


def parts(assistant_port: int) -> list[Part]:
    """What runs, in the order in which it is started."""
    return [
        Part("The assistant", [str(ASSISTANT_PYTHON), "-m", "assistant.server", "--port", str(assistant_port)], quiet=True),
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
    for command in (["migrate", "--verbosity", "0"], ["first_start"]):
        prepared = subprocess.run([*OURS, *command], cwd=environment.ROOT)
        if prepared.returncode != 0:
            return prepared.returncode
    running = parts(int(environment.ASSISTANT.rpartition(":")[2]))
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
    if not any((environment.ROOT / "models").glob("*.tar.gz")):
        return "There is no trained model: `make train` makes one."
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

"""Starts and stops the servers, and reads what they take from /proc."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
LONGEST_START = 300  # seconds; Rasa's default takes about one minute here
LONGEST_STOP = 15  # seconds, before a server is killed
LOG_SHOWN = 2000  # characters of a failed command's output


class CommandFailed(RuntimeError):
    """A server or a training ended early, or did not get ready."""


@dataclass(frozen=True)
class Memory:
    """What a process and its children hold, in megabytes (of 2**20 bytes).

    Attributes:
        resident: All pages in memory; those shared between the processes are counted in each.
        proportional: Shared pages divided among those who share them; None where the kernel does not say.
    """

    resident: float
    proportional: float | None


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


def run_to_end(command: list[str], folder: Path, environment: dict[str, str]) -> float:
    """Runs a command in a folder.

    Returns:
        The seconds it took, from process start to process end.

    Raises:
        CommandFailed: If its exit code is not 0.
    """
    log = folder / "command.log"
    began = time.perf_counter()
    with _process(command, folder, environment, log) as process:
        code = process.wait()
    if code != 0:
        raise CommandFailed(f"{' '.join(command)} ended with {code}:\n{_end_of(log)}")
    return time.perf_counter() - began


@contextmanager
def server(
    command: list[str], folder: Path, environment: dict[str, str], is_ready: Callable[[], bool]
) -> Iterator[tuple[int, float]]:
    """Runs a server until the block ends.

    Args:
        command: What starts it.
        folder: Where; its output goes into `server.log` there.
        environment: Its variables.
        is_ready: Whether it answers a message; asked ten times a second.

    Yields:
        The id of its process, and the seconds from process start to the first answer.

    Raises:
        CommandFailed: If it ends or stays silent, or what is done in the block fails.
    """
    log = folder / "server.log"
    began = time.perf_counter()
    with _process(command, folder, environment, log) as process:
        while not is_ready():
            if process.poll() is not None or time.perf_counter() - began > LONGEST_START:
                raise CommandFailed(f"{' '.join(command)} did not get ready:\n{_end_of(log)}")
            time.sleep(0.1)
        ready = time.perf_counter() - began
        try:
            yield process.pid, ready
        except Exception as error:
            raise CommandFailed(f"{' '.join(command)} failed while it was measured: {error!r}\n{_end_of(log)}") from error


def memory_of(pid: int) -> Memory:
    """What a process and all its descendants hold now."""
    resident, proportional = 0.0, 0.0
    complete = True
    for member in _family(pid):
        resident += _kilobytes(f"/proc/{member}/status", "VmRSS:") or 0
        share = _kilobytes(f"/proc/{member}/smaps_rollup", "Pss:")
        complete = complete and share is not None
        proportional += share or 0
    return Memory(resident / 1024, proportional / 1024 if complete else None)


def machine() -> str:
    """The machine in one line: cores, processor, memory."""
    cores = len(os.sched_getaffinity(0))
    models = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    gigabytes = (_kilobytes("/proc/meminfo", "MemTotal:") or 0) / 1024**2
    return f"{cores} cores ({models[0] if models else os.uname().machine}), {gigabytes:.0f} GB of memory, {os.uname().sysname}"


@contextmanager
def _process(command: list[str], folder: Path, environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process with a group of its own, of which nothing is left when the block ends."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield process
    finally:
        _signal_group(process.pid, signal.SIGTERM)
        try:
            process.wait(LONGEST_STOP)
        except subprocess.TimeoutExpired:
            pass
        finally:
            _signal_group(process.pid, signal.SIGKILL)
            process.wait()


def _signal_group(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, number)


def _family(pid: int) -> list[int]:
    members = [pid]
    for member in members:  # grows while it is walked
        for children in Path(f"/proc/{member}/task").glob("*/children"):
            members.extend(int(child) for child in children.read_text().split())
    return members


def _kilobytes(path: str, label: str) -> int | None:
    try:
        text = Path(path).read_text()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith(label)), None)


def _end_of(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-LOG_SHOWN:]

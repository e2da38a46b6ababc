"""Starts the assistant on this machine's loopback address and says where it listens: `python -m assistant.server`, `make run`."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

from assistant.settings import KEY_FILE, InvalidSettings, clinic_settings, shared_key
from assistant.training import encoder_problem, latest_model

HOST = "127.0.0.1"
SERVING = {
    "LOG_LEVEL": "WARNING",
    # One message is too little work to share among threads: starting them takes longer than what they save.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    # What loading a model takes for a moment goes back to the system, instead of staying with the process.
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_TRIM_THRESHOLD_": "65536",
    "MALLOC_MMAP_THRESHOLD_": "65536",
}
LONGEST_START = 120  # seconds; the assistant is ready in about 6 on two cores, a machine under load takes longer


def main() -> int:
    """Starts Rasa, waits until a model answers, then until Rasa ends; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=5005)
    port: int = parser.parse_args().port

    problem = _problem(port)
    if problem:
        print(problem, file=sys.stderr)
        return 1
    began = time.monotonic()
    process = subprocess.Popen(_command(port), env={**SERVING, **os.environ})
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signal_number, lambda number, _frame: process.send_signal(signal.SIGTERM))
    if not _wait_until_ready(port, process):
        process.terminate()
        print("The assistant did not start; what it said is above.", file=sys.stderr)
        return process.wait() or 1
    print(
        f"The assistant is ready after {time.monotonic() - began:.1f} s and listens on http://{HOST}:{port}/webhooks/frontdesk/messages\n"
        f"It answers only with the shared key in {KEY_FILE}. `make chat` talks to it in a terminal. Ctrl-C stops it.",
        flush=True,
    )
    return max(process.wait(), 0)


def _problem(port: int) -> str | None:
    """One sentence on what would keep the assistant from starting, or None."""
    model = latest_model()
    if model is None:
        return "There is no trained model: `make train` makes one."
    problem = encoder_problem()
    if problem:
        return problem
    try:
        clinic_settings()
        shared_key()
    except InvalidSettings as error:
        return str(error)
    except OSError as error:
        return f"The shared key could not be kept in {KEY_FILE}: {error.strerror}."
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError:
            return f"Port {port} is in use. Stop what listens there, or choose another: `make run PORT={port + 1}`."
    return None


def _command(port: int) -> list[str]:
    return [
        sys.executable, "-m", "rasa", "run",
        "--interface", HOST, "--port", str(port),
        "--model", str(latest_model()),
        "--endpoints", "endpoints.yml", "--credentials", "credentials.yml",
    ]  # fmt: skip


def _wait_until_ready(port: int, process: subprocess.Popen[bytes]) -> bool:
    request = urllib.request.Request(
        f"http://{HOST}:{port}/webhooks/frontdesk/health", headers={"Authorization": f"Bearer {shared_key()}"}
    )
    give_up = time.monotonic() + LONGEST_START
    while time.monotonic() < give_up and process.poll() is None:
        try:
            with urllib.request.urlopen(request, timeout=2):  # noqa: S310 - of our own address
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return False


if __name__ == "__main__":
    sys.exit(main())

"""Starts the assistant on this machine's loopback address and says where it listens: `python -m assistant.server`, `make run`."""

from __future__ import annotations

import argparse
import ctypes
import gc
import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

from assistant.priority import behind_others
from assistant.settings import KEY_FILE, InvalidSettings, clinic_settings, shared_key
from assistant.startup import SERVING
from assistant.training import encoder_problem, is_as_trained, latest_model

HOST = "127.0.0.1"
VARIABLES = {
    "LOG_LEVEL": "WARNING",
    # One message is too little work to share among threads: starting them takes longer than what they save.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    # One heap for all threads, so that `settle` reaches all that is free.
    "MALLOC_ARENA_MAX": "1",
    # Python's own distutils, of which the web server takes one function, instead of setuptools', which brings 6 MB.
    "SETUPTOOLS_USE_DISTUTILS": "stdlib",
}


def main() -> None:
    """Looks for what would keep the assistant from starting, then becomes Rasa."""
    if SERVING not in os.environ:
        # In this process's place, with what it must find when it begins: one process less in memory, and signals reach Rasa itself.
        variables = {**VARIABLES, SERVING: str(time.time()), **os.environ}
        os.execve(sys.executable, [sys.executable, "-m", "assistant.server", *sys.argv[1:]], variables)  # noqa: S606
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=5005)
    parser.add_argument("--model", type=Path, help="the model that answers; without it, the one trained last")
    arguments = parser.parse_args()
    port: int = arguments.port
    model: Path | None = arguments.model

    if model and not is_as_trained(model):
        sys.exit(f"{model} is not there, or not as it was trained here, and is not used.")
    model = model or latest_model()
    if model is None:
        sys.exit("There is no trained model: `make train` makes one.")
    problem = _problem(port) or behind_others(_problem_of_rules)
    if problem:
        sys.exit(problem)
    run_rasa = behind_others(_rasa)
    sys.argv = _command(port, model)
    run_rasa()


def _rasa() -> Callable[[], None]:
    """Rasa's command, with what it imports when it is called."""
    import rasa.core.run  # noqa: F401 - brings the server, which is imported when the command is called
    from rasa.__main__ import main as run_rasa

    return run_rasa


def settle() -> None:
    """Once a model is loaded: gives back what loading took for a moment, and leaves what stays out of the garbage collector's rounds."""
    gc.collect()
    gc.freeze()
    if sys.platform == "linux":
        getattr(ctypes.CDLL(None), "malloc_trim", lambda _: None)(0)


def announce(port: int) -> None:
    """Says where the assistant listens, now that a model is loaded. Called in Rasa's process; silent unless `main` started it."""
    if SERVING in os.environ:
        seconds = time.time() - float(os.environ[SERVING])
        print(
            f"The assistant is ready after {seconds:.1f} s and listens on http://{HOST}:{port}/webhooks/frontdesk/messages\n"
            f"It answers only with the shared key in {KEY_FILE}. `make chat` talks to it in a terminal. Ctrl-C stops it.",
            flush=True,
        )


def _problem(port: int) -> str | None:
    """One sentence on what would keep the assistant from starting, or None."""
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


def _problem_of_rules() -> str | None:
    # Not before the process is the one that serves, for which spaCy is made lean.
    from assistant.rules import red_flags
    from safety import InvalidRules

    try:
        red_flags()
    except InvalidRules as error:
        return f"The safety rules cannot be used, so the assistant does not start. {error}"
    return None


def _command(port: int, model: Path) -> list[str]:
    return [
        "rasa", "run",
        "--interface", HOST, "--port", str(port),
        "--model", str(model),
        "--endpoints", "endpoints.yml", "--credentials", "credentials.yml",
    ]  # fmt: skip


if __name__ == "__main__":
    main()

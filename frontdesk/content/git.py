"""Commits what editors change, in their name, where the content is in a git repository. A commit that fails loses nothing but itself."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from frontdesk import environment

SECONDS = 20.0  # for git and the repository's hooks
NO_ADDRESS = "front-desk@localhost"


@dataclass(frozen=True)
class Made:
    """A commit, or why there is none; both empty where there is no repository."""

    commit: str = ""
    problem: str = ""


def commit(paths: Sequence[Path], author: str, message: str) -> Made:
    """Commits these files and no others, whatever else is staged."""
    if not paths or not is_repository():
        return Made()
    names = [str(path.resolve()) for path in paths]
    name = " ".join(author.replace("<", "").replace(">", "").split()) or "Front desk"
    try:
        _git("add", "--", *names)
        _git("commit", "--quiet", "--only", f"--author={name} <{NO_ADDRESS}>", f"--message={message}", "--", *names)
        return Made(_git("rev-parse", "HEAD"))
    except subprocess.TimeoutExpired:
        return Made(problem="git took too long")
    except subprocess.CalledProcessError as error:
        said = (error.stderr or error.stdout or "").strip().splitlines()
        return Made(problem=said[-1] if said else "git failed")
    except OSError as error:
        return Made(problem=str(error.strerror))


def is_repository() -> bool:
    """Whether the content's files are in a git repository that we may commit to."""
    if not environment.GIT or shutil.which("git") is None:
        return False
    try:
        return _git("rev-parse", "--is-inside-work-tree") == "true" and _git("ls-files", "--", "data") != ""
    except (subprocess.SubprocessError, OSError):
        return False


def _git(*arguments: str) -> str:
    """What git says; as itself where nobody has told it who it is.

    Raises:
        subprocess.CalledProcessError, subprocess.TimeoutExpired, OSError: If it fails.
    """
    ours = {"GIT_COMMITTER_NAME": "Front desk", "GIT_COMMITTER_EMAIL": NO_ADDRESS, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    done = subprocess.run(
        ["git", *arguments],  # noqa: S607 - whichever the operator has installed
        cwd=environment.CONTENT,
        env={**os.environ, **ours},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    return done.stdout.strip()

"""A folder of its own for each training: two at the same time do not disturb one another, and what a killed one leaves is removed."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """A new folder in another, which is deleted at the end; what earlier ones left there is deleted now.

    A folder is held by a lock for as long as its process lives, however that ends.
    """
    parent.mkdir(parents=True, exist_ok=True)
    with _locked(parent):  # so that nobody takes a folder for left behind between its making and its locking
        for other in parent.iterdir():
            _delete_unless_held(other)
        folder = Path(tempfile.mkdtemp(dir=parent))
        held = _open(folder)
        fcntl.flock(held, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def _delete_unless_held(path: Path) -> None:
    if not path.is_dir():
        path.unlink()
        return
    file = _open(path)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path, ignore_errors=True)
    except BlockingIOError:
        pass  # another training's
    finally:
        os.close(file)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    file = _open(folder)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def _open(folder: Path) -> int:
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY)

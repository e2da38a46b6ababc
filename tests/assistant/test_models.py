"""Which model is loaded: the last one that is still as it was trained."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from assistant.training import is_as_trained, latest_model


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two models, of which `new` was trained last."""
    for age, name in ((2, "old"), (1, "new")):
        model = tmp_path / f"{name}.tar.gz"
        model.write_bytes(name.encode())
        (tmp_path / f"{name}.sha256").write_text(hashlib.sha256(name.encode()).hexdigest())
        os.utime(model, (1_000_000 - age, 1_000_000 - age))
    return tmp_path


def test_the_model_trained_last_is_loaded(folder: Path) -> None:
    assert latest_model(folder) == folder / "new.tar.gz"


def test_a_model_that_was_changed_is_not_loaded(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "new.tar.gz").write_bytes(b"something else")
    os.utime(folder / "new.tar.gz")

    assert latest_model(folder) == folder / "old.tar.gz"
    assert "new.tar.gz is not as it was trained here" in capsys.readouterr().err


def test_a_model_that_was_put_there_is_not_loaded(folder: Path) -> None:
    (folder / "newest.tar.gz").write_bytes(b"from elsewhere")

    assert latest_model(folder) == folder / "new.tar.gz"
    assert not is_as_trained(folder / "newest.tar.gz")


def test_without_a_model_there_is_none(tmp_path: Path) -> None:
    assert latest_model(tmp_path) is None

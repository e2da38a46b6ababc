"""The folder that each training has for itself."""

from __future__ import annotations

from pathlib import Path

from assistant.scratch import scratch_folder


def test_a_folder_is_gone_afterwards_whatever_happened(tmp_path: Path) -> None:
    scratch = scratch_folder(tmp_path / "scratch")
    (scratch.__enter__() / "half").write_text("a model")

    scratch.__exit__(KeyboardInterrupt, None, None)

    assert list((tmp_path / "scratch").iterdir()) == []


def test_two_at_the_same_time_have_one_each(tmp_path: Path) -> None:
    with scratch_folder(tmp_path) as first:
        (first / "file").write_text("")
        with scratch_folder(tmp_path) as second:
            assert first != second
            assert (first / "file").exists()


def test_what_killed_trainings_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / "left").mkdir()
    (tmp_path / "left" / "half.tar.gz").write_text("a model")
    (tmp_path / "older.tar.gz").write_text("a model")

    with scratch_folder(tmp_path) as folder:
        assert list(tmp_path.iterdir()) == [folder]

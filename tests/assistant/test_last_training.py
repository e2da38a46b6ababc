"""What a training leaves to the next: a help that may be lost at any time."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest

from assistant.nlu.last_training import ABANDONED, LastTraining, Lists, Rows

TEXTS = ["does it hurt", "how much is it", "when can i swim"]


class Lengths:
    """Makes a row of a text's length, and counts what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: list[str]) -> Rows:
        self.asked += texts
        lengths = np.array([[len(text)] for text in texts], dtype=np.float32).reshape(-1, 1)
        return {"once": lengths, "twice": lengths * 2}


@pytest.fixture
def lengths() -> Lengths:
    return Lengths()


def test_what_was_left_is_read(tmp_path: Path) -> None:
    LastTraining(tmp_path).leave("part", numbers=np.arange(3))

    assert LastTraining(tmp_path).read("part", "numbers")["numbers"].tolist() == [0, 1, 2]


def test_nothing_is_remembered_without_a_folder(lengths: Lengths) -> None:
    last = LastTraining()
    last.leave("part", numbers=np.arange(3))
    last.rows("rows", "lengths", TEXTS, lengths)
    last.rows("rows", "lengths", TEXTS, lengths)

    assert last.read("part") == {}
    assert lengths.asked == TEXTS * 2


@pytest.mark.parametrize("wanted", [{"numbers": (4,)}, {"others": (3,)}], ids=["another shape", "another make"])
def test_what_does_not_fit_is_as_if_it_were_not_there(wanted: dict[str, tuple[int, ...]], tmp_path: Path) -> None:
    LastTraining(tmp_path).leave("part", numbers=np.arange(3))

    assert LastTraining(tmp_path).read("part", **wanted) == {}


@pytest.mark.parametrize("length", [0, 100], ids=["empty", "cut short"])
def test_a_broken_file_is_as_if_it_were_not_there(length: int, lengths: Lengths, tmp_path: Path) -> None:
    LastTraining(tmp_path).rows("part", "lengths", TEXTS, lengths)
    file = next(tmp_path.iterdir())
    file.write_bytes(file.read_bytes()[:length])

    LastTraining(tmp_path).rows("part", "lengths", TEXTS, lengths)
    LastTraining(tmp_path).rows("part", "lengths", TEXTS, lengths)

    assert lengths.asked == TEXTS * 2


def test_a_file_of_pickles_is_not_read(tmp_path: Path) -> None:
    LastTraining(tmp_path).leave("part", numbers=np.array([{}], dtype=object))

    assert LastTraining(tmp_path).read("part") == {}


def test_a_folder_that_cannot_be_written_keeps_nobody_from_training(lengths: Lengths, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    rows = LastTraining(tmp_path / "file" / "folder").rows("part", "lengths", TEXTS, lengths)

    assert rows["once"][:, 0].tolist() == [len(text) for text in TEXTS]


def test_what_a_killed_training_had_begun_to_write_is_removed(tmp_path: Path) -> None:
    (tmp_path / "old.1.part").write_text("half")
    (tmp_path / "new.2.part").write_text("another training is writing")
    os.utime(tmp_path / "old.1.part", (time.time() - ABANDONED - 1,) * 2)

    LastTraining(tmp_path).leave("part", numbers=np.arange(3))

    assert sorted(file.name for file in tmp_path.iterdir()) == ["new.2.part", "part.npz"]


def test_rows_that_are_known_are_not_made_again(lengths: Lengths, tmp_path: Path) -> None:
    first = LastTraining(tmp_path).rows("part", "lengths", TEXTS, lengths)

    again = LastTraining(tmp_path).rows("part", "lengths", TEXTS, lengths)

    assert lengths.asked == TEXTS
    assert {name: rows.tolist() for name, rows in again.items()} == {name: rows.tolist() for name, rows in first.items()}


def test_rows_are_the_same_whether_made_now_or_known(tmp_path: Path) -> None:
    def thirds(texts: list[str]) -> Rows:
        return {"third": np.array([[len(text) / 3] for text in texts], dtype=np.float32)}

    first = LastTraining(tmp_path).rows("part", "thirds", TEXTS, thirds)
    again = LastTraining(tmp_path).rows("part", "thirds", TEXTS[::-1], thirds)

    assert again["third"].tolist() == first["third"][::-1].tolist()
    assert first["third"][:, 0] == pytest.approx([len(text) / 3 for text in TEXTS], rel=1e-3)


def test_new_texts_take_their_place_among_the_known(lengths: Lengths, tmp_path: Path) -> None:
    LastTraining(tmp_path).rows("part", "lengths", TEXTS, lengths)

    rows = LastTraining(tmp_path).rows("part", "lengths", ["new", *TEXTS[::-1], "newer", "new"], lengths)

    assert lengths.asked == [*TEXTS, "new", "newer", "new"]
    assert rows["twice"][:, 0].tolist() == [2 * len(text) for text in ("new", *TEXTS[::-1], "newer", "new")]


def test_texts_that_are_no_longer_there_are_forgotten(lengths: Lengths, tmp_path: Path) -> None:
    LastTraining(tmp_path).rows("part", "lengths", TEXTS, lengths)
    LastTraining(tmp_path).rows("part", "lengths", TEXTS[:2], lengths)

    LastTraining(tmp_path).rows("part", "lengths", TEXTS, lengths)

    assert lengths.asked == [*TEXTS, TEXTS[2]]


def test_rows_that_something_else_has_made_are_made_again(lengths: Lengths, tmp_path: Path) -> None:
    LastTraining(tmp_path).rows("part", "lengths", TEXTS, lengths)

    LastTraining(tmp_path).rows("part", "other lengths", TEXTS, lengths)

    assert lengths.asked == TEXTS * 2


class Letters:
    """Makes a list of a text's letters, and counts what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: list[str]) -> Lists:
        self.asked += texts
        return Lists.of([list(map(ord, text)) for text in texts])


def test_lists_are_made_of_new_texts_alone_and_come_in_the_order_of_the_texts(tmp_path: Path) -> None:
    letters = Letters()
    LastTraining(tmp_path).lists("part", "letters", ["one", "", "two"], letters)

    found = LastTraining(tmp_path).lists("part", "letters", ["two", "three", "", "one"], letters)

    assert letters.asked == ["one", "", "two", "three"]
    assert found.lengths.tolist() == [3, 5, 0, 3]
    assert "".join(map(chr, found.values)) == "twothreeone"


def test_lists_that_something_else_has_made_are_made_again(tmp_path: Path) -> None:
    letters = Letters()
    LastTraining(tmp_path).lists("part", "letters", TEXTS, letters)

    LastTraining(tmp_path).lists("part", "other letters", TEXTS, letters)

    assert letters.asked == TEXTS * 2

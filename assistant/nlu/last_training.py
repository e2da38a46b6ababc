"""What a training leaves to the next: most examples are the same, and what was learnt of them is a start that is nearly there.

Each part is a file of arrays beside the models. A training with none of them, or with some, learns the same but for rounding and only
takes longer: every file may be deleted at any time, and one that is broken is as if it were not there.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

Rows = dict[str, np.ndarray]  # arrays by name

DIGEST_SIZE = 16  # bytes of a text's digest
ABANDONED = 3600  # seconds, after which a file that was not written to its end is of a training that was killed


@dataclass(frozen=True)
class Lists:
    """Lists of whole numbers, one after the other.

    Attributes:
        lengths: (lists,) of int64.
        values: (the sum of the lengths,) of int32.
    """

    lengths: np.ndarray
    values: np.ndarray

    @classmethod
    def of(cls, lists: list[list[int]]) -> Lists:
        """These lists."""
        lengths = np.fromiter(map(len, lists), np.int64, len(lists))
        return cls(lengths, np.fromiter(chain.from_iterable(lists), np.int32, int(lengths.sum())))

    def followed_by(self, others: Lists) -> Lists:
        """These lists and others."""
        return Lists(np.concatenate([self.lengths, others.lengths]), np.concatenate([self.values, others.values]))

    def at(self, places: np.ndarray) -> Lists:
        """Those at some places."""
        lengths = self.lengths[places]
        skipped = (self.lengths.cumsum() - self.lengths)[places] - (lengths.cumsum() - lengths)
        return Lists(lengths, self.values[np.arange(lengths.sum()) + np.repeat(skipped, lengths)])


class LastTraining:
    """The parts that the last training left.

    Args:
        folder: Where the files are; None remembers nothing, which is right where examples are held out to measure with.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    @classmethod
    def of(cls, model_storage: object) -> LastTraining:
        """That of the training which a component takes part in: the project's own training says it with its storage."""
        found = getattr(model_storage, "last_training", None)
        return found if isinstance(found, LastTraining) else cls()

    def read(self, part: str, *names: str, **shapes: tuple[int, ...]) -> Rows:
        """The arrays of a part; empty where it is not there, cut short by a full disk, or of another make.

        Args:
            part: The part's name.
            names: Of arrays that it must have to be of use.
            shapes: Of arrays that must have them.
        """
        if self._folder is None:
            return {}
        try:
            with np.load(self._file(part), allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            return {}
        fits = arrays.keys() >= {*names, *shapes} and all(arrays[name].shape == shape for name, shape in shapes.items())
        return arrays if fits else {}

    def leave(self, part: str, **arrays: Any) -> None:
        """Leaves a part to the next training, in place of what there was. A disk too full to remember stops nobody."""
        if self._folder is None:
            return
        file = self._file(part)
        written = file.with_suffix(f".{os.getpid()}.part")  # of its own name first: another training may be reading
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for other in self._folder.glob("*.part"):
                if other.stat().st_mtime < time.time() - ABANDONED:
                    other.unlink()
            with written.open("wb") as stream:
                np.savez(stream, **arrays)
            written.replace(file)
        except OSError:
            with suppress(OSError):
                written.unlink()

    def rows(self, part: str, of: str, texts: list[str], make: Callable[[list[str]], Rows]) -> Rows:
        """Arrays with a row for each text, of which those are made that the last training did not have; leaves these texts and no others.

        They are kept in half precision, to three digits, and what is made now is rounded alike: of forty thousand examples they are
        the largest file that a training reads and writes.

        Args:
            part: The part's name.
            of: What makes the rows: rows that something else has made are made again.
            texts: Their rows depend on nothing beside.
            make: Makes the rows of texts, (texts, …) of float32 by name.

        Returns:
            The same of float16; where nothing is remembered, as they were made.
        """
        if self._folder is None or not texts:
            return make(texts)
        known, found, of_texts = self._known(part, of, texts)
        if known and all(len(rows) == found.size for rows in known.values()) and np.array_equal(found, np.arange(found.size)):
            return known
        new, old = np.flatnonzero(found < 0), np.flatnonzero(found >= 0)
        made = make([texts[i] for i in new]) if new.size else {name: rows[:0] for name, rows in known.items()}
        rows = {name: np.empty((found.size, *of_new.shape[1:]), np.float16) for name, of_new in made.items()}
        for name, joined in rows.items():
            joined[new] = made[name]
            if old.size:
                joined[old] = known.pop(name)[found[old]]
        self.leave(part, of=of, texts=of_texts, **rows)
        return rows

    def lists(self, part: str, of: str, texts: list[str], make: Callable[[list[str]], Lists]) -> Lists:
        """As `rows`, of a list of whole numbers for each text."""
        if self._folder is None or not texts:
            return make(texts)
        known, found, of_texts = self._known(part, of, texts, "lengths", "values")
        there = Lists(known["lengths"], known["values"]) if known else Lists.of([])
        new = np.flatnonzero(found < 0)
        found[new] = there.lengths.size + np.arange(new.size)
        lists = there.followed_by(make([texts[i] for i in new])).at(found)
        self.leave(part, of=of, texts=of_texts, lengths=lists.lengths, values=lists.values)
        return lists

    def _known(self, part: str, of: str, texts: list[str], *names: str) -> tuple[Rows, np.ndarray, np.ndarray]:
        """What there is of a part, the place in it of each text or -1, and the digest of each text."""
        known, of_texts = self.read(part, "of", "texts", *names), digests(texts)
        if known.pop("of", "") != of:
            known = {}
        places = {digest.tobytes(): place for place, digest in enumerate(known.pop("texts", ()))}
        return known, np.array([places.get(digest.tobytes(), -1) for digest in of_texts]), of_texts

    def _file(self, part: str) -> Path:
        assert self._folder is not None
        return self._folder / f"{part}.npz"


def digests(texts: list[str]) -> np.ndarray:
    """By which texts are known again: (texts, DIGEST_SIZE) of uint8."""
    found = [hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=DIGEST_SIZE).digest() for text in texts]
    return np.frombuffer(b"".join(found), np.uint8).reshape(len(texts), DIGEST_SIZE)

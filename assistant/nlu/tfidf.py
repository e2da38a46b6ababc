"""Terms of a text and their tf-idf: of one text where a message is read, of all examples at once in training.

Both take the terms from the same functions; what the one weighs, the other weighs alike.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from assistant.nlu.last_training import Lists

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

WORD = re.compile(r"[\w']+")
FEW = 1024  # texts that are weighed at once


@dataclass(frozen=True)
class Analyze:
    """Takes a text apart into its terms, piece by piece. No term goes over two pieces, so that a piece is taken apart only once.

    Attributes:
        pieces: Of a text.
        terms: Of a piece.
    """

    pieces: Callable[[str], list[str]]
    terms: Callable[[str], list[str]]

    def __call__(self, text: str) -> list[str]:
        """The terms of a text, as often as they stand in it."""
        return [term for piece in self.pieces(text) for term in self.terms(piece)]


def _words_and_pairs(text: str) -> list[str]:
    words = WORD.findall(text)
    return words + [f"{first} {second}" for first, second in pairwise(words)]


# The words of a text in lower case, and every two that follow one another.
words_and_pairs = Analyze(lambda text: [text.lower()], _words_and_pairs)


def letters(shortest: int, longest: int) -> Analyze:
    """The runs of so many letters within the words of a text, in lower case; a space is a word's edge."""

    def runs_of(bare: str) -> list[str]:
        runs: list[str] = []
        word = f" {bare} "
        for length in range(shortest, longest + 1):
            runs += [word[start : start + length] for start in range(max(len(word) - length, 0) + 1)]
            if length >= len(word):
                break
        return runs

    return Analyze(lambda text: text.lower().split(), runs_of)


def columns_of_terms(pieces: list[str], analyze: Analyze, column_of: Callable[[str], int | None]) -> Lists:
    """The columns of the terms of pieces; terms may share one, and a term that has none is left out."""
    return Lists.of([[column for term in analyze.terms(piece) if (column := column_of(term)) is not None] for piece in pieces])


def count_terms(
    texts: list[str], analyze: Analyze, columns_of: Callable[[list[str]], Lists], columns: int | None = None
) -> csr_matrix:
    """How often each term stands in many texts: (texts, columns) of float32.

    Args:
        texts: One at least.
        analyze: Gives their pieces.
        columns_of: The columns of the terms of pieces.
        columns: How many there are; None where they are as many as are found.
    """
    pieces: dict[str, int] = {}
    in_texts = Lists.of([[pieces.setdefault(piece, len(pieces)) for piece in analyze.pieces(text)] for text in texts])
    return _rows(in_texts, len(pieces)) @ _rows(columns_of(list(pieces)), columns)


def _rows(columns: Lists, width: int | None) -> csr_matrix:
    """A row of each list: how often each column is in it."""
    from scipy.sparse import csr_matrix  # in training only: it takes 13 MB

    starts = np.append(0, columns.lengths.cumsum())
    shape = (columns.lengths.size, int(columns.values.max(initial=-1)) + 1 if width is None else width)
    rows = csr_matrix((np.ones(columns.values.size, np.float32), columns.values, starts), shape=shape)
    rows.sum_duplicates()
    return rows


def inverse_frequency(counts: csr_matrix) -> np.ndarray:
    """How rare each term is, the idf: (terms,) of float32. As scikit-learn, as if one more text had every term."""
    texts, terms = counts.shape
    idf: np.ndarray = np.log((1 + texts) / (1 + np.bincount(counts.indices, minlength=terms))) + 1
    return idf.astype(np.float32)


def weigh_counts(counts: csr_matrix, idf: np.ndarray) -> csr_matrix:
    """The tf-idf of counts: the logarithm of how often, times how rare; each row of length one, but for empty ones.

    Written over the counts, a few texts at a time: there are millions, and copies of them would take longer than the arithmetic.
    """
    for start in range(0, counts.shape[0], FEW):
        ends = counts.indptr[start : start + FEW + 1]
        part = slice(ends[0], ends[-1])
        weights = (1 + np.log(counts.data[part])) * idf[counts.indices[part]]
        squares = np.append(0, np.cumsum(weights**2, dtype=np.float64))  # up to each place, so that a row's are a difference
        lengths = np.sqrt(np.diff(squares[ends - ends[0]])).astype(np.float32)
        counts.data[part] = weights / np.repeat(lengths, np.diff(ends))
    return counts


class Tfidf:
    """Weighs the terms of a text: the logarithm of how often, times how rare, the whole of length one.

    Args:
        analyze: Gives the terms of a text.
        columns: The place of each known term.
        idf: (terms,), how rare each is.
    """

    def __init__(self, analyze: Analyze, columns: dict[str, int], idf: np.ndarray) -> None:
        self._analyze = analyze
        self.columns = columns
        self.idf = np.asarray(idf, dtype=np.float32)

    @classmethod
    def fit(cls, texts: list[str], analyze: Analyze, least: int) -> tuple[Tfidf, csr_matrix]:
        """Learns the terms of texts.

        Args:
            texts: They have a term, one of them at least.
            analyze: Gives the terms of a text.
            least: In so many texts a term must stand to be known.

        Returns:
            What weighs, and the weights in these texts, (texts, terms).
        """
        found: defaultdict[str, int] = defaultdict()
        found.default_factory = found.__len__  # a new term has the next column
        columns_of = partial(columns_of_terms, analyze=analyze, column_of=found.__getitem__)
        counts = count_terms(texts, analyze, columns_of)
        in_texts = np.bincount(counts.indices, minlength=len(found))
        terms = sorted(term for term, column in found.items() if in_texts[column] >= least)
        counts = counts[:, [found[term] for term in terms]]
        weigh = cls(analyze, {term: column for column, term in enumerate(terms)}, inverse_frequency(counts))
        return weigh, weigh_counts(counts, weigh.idf)

    def many(self, texts: list[str]) -> csr_matrix:
        """The weights of many texts, one at least: (texts, terms), a row as `__call__` gives it."""
        columns_of = partial(columns_of_terms, analyze=self._analyze, column_of=self.columns.get)
        return weigh_counts(count_terms(texts, self._analyze, columns_of, len(self.idf)), self.idf)

    @property
    def terms(self) -> list[str]:
        """The known terms in the order of their columns."""
        return sorted(self.columns, key=self.columns.__getitem__)

    def __call__(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """The columns that are not zero and their values: two arrays of one length, empty where no term is known."""
        counts: dict[int, int] = {}
        for term in self._analyze(text):
            column = self.columns.get(term)
            if column is not None:
                counts[column] = counts.get(column, 0) + 1
        columns = np.fromiter(counts.keys(), dtype=np.intp, count=len(counts))
        frequencies = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        values = (1 + np.log(frequencies)) * self.idf[columns]
        return columns, values / max(float(np.linalg.norm(values)), float(np.finfo(np.float32).tiny))

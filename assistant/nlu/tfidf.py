"""Terms of a text and their tf-idf. Serving reads one text at a time and does without scikit-learn, which only training loads.

Training and serving take the terms from the same functions; what the one weighs, the other weighs alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

WORD = re.compile(r"[\w']+")

Analyze = Callable[[str], list[str]]


def words_and_pairs(text: str) -> list[str]:
    """The words of a text in lower case, and every two that follow one another."""
    words = WORD.findall(text.lower())
    return words + [f"{first} {second}" for first, second in pairwise(words)]


def letters(shortest: int, longest: int) -> Analyze:
    """A function that gives the runs of so many letters within the words of a text, in lower case; a space is a word's edge."""

    def analyze(text: str) -> list[str]:
        runs: list[str] = []
        for bare in text.lower().split():
            word = f" {bare} "
            for length in range(shortest, longest + 1):
                runs += [word[start : start + length] for start in range(max(len(word) - length, 0) + 1)]
                if length >= len(word):
                    break
        return runs

    return analyze


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
        # In training only: with what it imports, scikit-learn takes 33 MB.
        from sklearn.feature_extraction.text import TfidfVectorizer

        vectorizer = TfidfVectorizer(analyzer=analyze, min_df=least, sublinear_tf=True, dtype=np.float32)
        weights = vectorizer.fit_transform(texts)
        return cls(analyze, {term: int(column) for term, column in vectorizer.vocabulary_.items()}, vectorizer.idf_), weights

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

"""tf-idf of one text at a time: what scikit-learn's vectorizer gives for thousands, without its cost per call."""

from __future__ import annotations

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer


class SingleTextTfidf:
    """A fitted vectorizer, for single texts.

    Args:
        vectorizer: Fitted, with `sublinear_tf` and the usual L2 norm.
    """

    def __init__(self, vectorizer: TfidfVectorizer) -> None:
        self._analyze = vectorizer.build_analyzer()
        self._columns: dict[str, int] = vectorizer.vocabulary_
        self._idf = np.asarray(vectorizer.idf_, dtype=np.float32)

    def __call__(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """The columns that are not zero and their values: two arrays of one length, empty where no term is known."""
        counts: dict[int, int] = {}
        for term in self._analyze(text):
            column = self._columns.get(term)
            if column is not None:
                counts[column] = counts.get(column, 0) + 1
        columns = np.fromiter(counts.keys(), dtype=np.intp, count=len(counts))
        frequencies = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        values = (1 + np.log(frequencies)) * self._idf[columns]
        return columns, values / max(float(np.linalg.norm(values)), float(np.finfo(np.float32).tiny))

"""How likely a message is a concern, on plain arrays: three logistic regressions, one per level and above, and the encoder's opinion.

The regressions look at meaning and form (the features) and, unlike the question classifier, at every word, pair of words and run of two to
five letters: in "cant feel my arm" the meaning is that of many harmless messages, and the words are not. Knows nothing of Rasa.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from murmurhash.mrmr import hash as murmur

from assistant.nlu.tfidf import Analyze, letters, words_and_pairs

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

COLUMNS = 2**16  # per kind of n-gram; hashed, so that a model keeps no words and two rare ones may share a column
MEANING = 1.5  # length of the features beside the n-grams' length of one each
STRENGTH = 5.0  # inverse of the regularisation, scikit-learn's C
ITERATIONS = 60
# Share of the encoder's opinion. Half and half each misses what the other sees; between 0.3 and 0.7 it hardly matters.
ENCODER = 0.5
KINDS: tuple[Analyze, ...] = (words_and_pairs, letters(2, 5))


class ConcernModel:
    """A trained model.

    Args:
        weights: (levels, features + 2 * COLUMNS), of the levels from the second to the highest.
        intercepts: (levels,)
        word_idf: (COLUMNS,)
        letter_idf: (COLUMNS,)
    """

    def __init__(self, weights: np.ndarray, intercepts: np.ndarray, word_idf: np.ndarray, letter_idf: np.ndarray) -> None:
        self._weights = np.ascontiguousarray(weights.T, dtype=np.float32)
        self._intercepts = intercepts.astype(np.float32)
        self._word_idf, self._letter_idf = word_idf.astype(np.float32), letter_idf.astype(np.float32)

    @classmethod
    def train(cls, features: np.ndarray, texts: list[str], levels: np.ndarray) -> ConcernModel:
        """Trains on examples.

        Args:
            features: (examples, features) of float32.
            texts: One per example.
            levels: (examples,) of whole numbers from 0; every number up to the highest occurs.
        """
        # In training only: with what it imports, scikit-learn takes 33 MB.
        from scipy.sparse import hstack
        from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

        weighed, idfs = [], []
        for analyze in KINDS:
            counts = HashingVectorizer(analyzer=analyze, n_features=COLUMNS, alternate_sign=False, norm=None).transform(texts)
            tfidf = TfidfTransformer(sublinear_tf=True).fit(counts)
            weighed.append(tfidf.transform(counts))
            idfs.append(tfidf.idf_)
        ngrams = hstack(weighed, format="csr", dtype=np.float32)
        is_above = levels[:, None] >= np.arange(1, int(levels.max()) + 1)[None]
        weights = _fit(features.astype(np.float32) * np.float32(MEANING), ngrams, is_above)
        return cls(weights[:-1].T, weights[-1], *idfs)

    def probabilities(self, features: np.ndarray, text: str, encoder_logits: np.ndarray | None = None) -> np.ndarray:
        """Of one message, that it is of each level or above, from the second level on; shape (levels,).

        Args:
            features: (features,) of float32.
            text: The message.
            encoder_logits: (levels,), what an encoder that was taught concerns says; None of one that was not.
        """
        scores = self._intercepts + (features * MEANING) @ self._weights[: features.size]
        first = features.size
        for analyze, idf in zip(KINDS, (self._word_idf, self._letter_idf)):
            counts = Counter(map(_column, analyze(text)))
            columns = np.fromiter(counts.keys(), dtype=np.intp, count=len(counts))
            values = (1 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))) * idf[columns]
            length = float(np.linalg.norm(values))
            if length:
                scores += (values / length) @ self._weights[first + columns]
            first += COLUMNS
        if encoder_logits is not None:
            scores = (1 - ENCODER) * scores + ENCODER * encoder_logits
        probabilities: np.ndarray = 1 / (1 + np.exp(-scores))
        return probabilities

    def save(self, file: Path) -> None:
        """Writes arrays, no pickles: loading a model runs no code of the model's."""
        np.savez(file, weights=self._weights.T, intercepts=self._intercepts, words=self._word_idf, letters=self._letter_idf)

    @classmethod
    def load(cls, file: Path) -> ConcernModel:
        """Reads what `save` wrote."""
        arrays = np.load(file, allow_pickle=False)
        return cls(arrays["weights"], arrays["intercepts"], arrays["words"], arrays["letters"])


def _column(ngram: str) -> int:
    """Where scikit-learn's hashing puts an n-gram."""
    return abs(murmur(ngram)) % COLUMNS


def _fit(features: np.ndarray, ngrams: csr_matrix, is_above: np.ndarray) -> np.ndarray:
    """Minimises the sum of the levels' balanced, L2-regularised logistic losses.

    Returns:
        Weights (features + n-grams + 1, levels); the last row is the intercepts.
    """
    from scipy.optimize import minimize  # in training only: it takes 13 MB

    examples, levels = is_above.shape
    first, last = features.shape[1], features.shape[1] + ngrams.shape[1]
    transposed = ngrams.T.tocsr()
    positives = is_above.sum(0)
    balance = np.where(is_above, examples / (2 * positives), examples / (2 * (examples - positives))).astype(np.float32)
    balance *= np.float32(STRENGTH)
    sign = np.where(is_above, 1, -1).astype(np.float32)

    def loss_and_slope(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(last + 1, levels).astype(np.float32)
        margin = sign * (features @ weights[:first] + ngrams @ weights[first:last] + weights[last])
        decay = np.exp(-np.abs(margin))
        loss = float((balance * (np.maximum(-margin, 0) + np.log1p(decay))).sum(dtype=np.float64))
        loss += 0.5 * float((weights[:last] ** 2).sum(dtype=np.float64))
        pull = -balance * sign * np.where(margin > 0, decay, 1) / (1 + decay)
        slope = np.empty_like(weights)
        slope[:first] = features.T @ pull + weights[:first]
        slope[first:last] = transposed @ pull + weights[first:last]
        slope[last] = pull.sum(0)
        return loss / examples, slope.ravel().astype(np.float64) / examples

    start = np.zeros((last + 1) * levels)
    solution = minimize(loss_and_slope, start, jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS, "ftol": 1e-6})
    return solution.x.reshape(last + 1, levels).astype(np.float32)

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

from assistant.nlu.last_training import LastTraining
from assistant.nlu.tfidf import Analyze, count_terms, inverse_frequency, letters, weigh_counts, words_and_pairs

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

COLUMNS = 2**16  # per kind of n-gram; hashed, so that a model keeps no words and two rare ones may share a column
MEANING = 1.5  # length of the features beside the n-grams' length of one each
STRENGTH = 5.0  # inverse of the regularisation, scikit-learn's C
ITERATIONS = 60  # at most
ENOUGH = 1e-4  # share of the loss; a step that lessens it by less is the last
MEAN_CURVATURE = 0.01  # of the logistic loss p(1-p) over a trained set; only scales the search space, not the solution
PART = "concern"  # of what the last training left
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
    def train(
        cls, features: np.ndarray, texts: list[str], levels: np.ndarray, last: LastTraining | None = None
    ) -> ConcernModel:
        """Trains on examples.

        Args:
            features: (examples, features) of float32.
            texts: One per example.
            levels: (examples,) of whole numbers from 0; every number up to the highest occurs.
            last: Has the last training's solution, from which this one sets out.
        """
        ngrams, idfs = _weighed(texts)
        is_above = levels[:, None] >= np.arange(1, int(levels.max()) + 1)[None]
        inputs = np.ones((len(texts), features.shape[1] + 1), np.float32)
        np.multiply(features, np.float32(MEANING), out=inputs[:, :-1])
        weights = _fit(inputs, ngrams, is_above, last or LastTraining())
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


def _weighed(texts: list[str]) -> tuple[csr_matrix, list[np.ndarray]]:
    """The n-grams of texts, (texts, 2 * COLUMNS), and the idf of each kind."""
    from scipy.sparse import hstack  # in training only: it takes 13 MB

    weighed, idfs = [], []
    for analyze in KINDS:
        counts = count_terms(texts, analyze, _column, COLUMNS)
        idfs.append(inverse_frequency(counts))
        weighed.append(weigh_counts(counts, idfs[-1]))
    return hstack(weighed, format="csr", dtype=np.float32), idfs


def _fit(inputs: np.ndarray, ngrams: csr_matrix, is_above: np.ndarray, last: LastTraining) -> np.ndarray:
    """Minimises the sum of the levels' balanced, L2-regularised logistic losses.

    Solved in a space where the loss is about equally curved in every direction: of the features by the examples' covariance, of the
    n-grams, which are too many for that, by how much each occurs. Sets out from the last training's solution where that is nearer.

    Args:
        inputs: (examples, features + 1), the last column ones.
        ngrams: (examples, n-grams)
        is_above: (examples, levels)
        last: What the last training found.

    Returns:
        Weights (features + n-grams + 1, levels); the last row is the intercepts.
    """
    from scipy.optimize import minimize  # in training only: it takes 13 MB

    examples, levels = is_above.shape
    dense, whole = inputs.shape[1], inputs.shape[1] + ngrams.shape[1]
    left = last.read(PART, space=(dense, dense), scale=(ngrams.shape[1], 1), solution=(whole, levels))
    space, scale = (left["space"], left["scale"]) if left else _search_space(inputs, ngrams)
    is_penalised = np.append(np.ones(dense - 1, np.float32), np.float32(0))[:, None]  # the intercept is not
    transposed = ngrams.T.tocsr()
    positives = is_above.sum(0)
    balance = np.where(is_above, examples / (2 * positives), examples / (2 * (examples - positives))).astype(np.float32)
    balance *= np.float32(STRENGTH)
    sign = np.where(is_above, 1, -1).astype(np.float32)

    def loss_and_slope(flat: np.ndarray) -> tuple[float, np.ndarray]:
        found = flat.reshape(whole, levels).astype(np.float32)
        of_features, of_ngrams = space @ found[:dense], scale * found[dense:]
        margin = sign * (inputs @ of_features + ngrams @ of_ngrams)
        decay = np.exp(-np.abs(margin))
        loss = float((balance * (np.maximum(-margin, 0) + np.log1p(decay))).sum(dtype=np.float64))
        loss += 0.5 * float((is_penalised * of_features**2).sum(dtype=np.float64) + (of_ngrams**2).sum(dtype=np.float64))
        pull = -balance * sign * np.where(margin > 0, decay, 1) / (1 + decay)
        slope = np.empty_like(found)
        slope[:dense] = space.T @ (inputs.T @ pull + is_penalised * of_features)
        slope[dense:] = scale * (transposed @ pull + of_ngrams)
        return loss / examples, slope.ravel().astype(np.float64) / examples

    start = np.zeros(whole * levels)
    of_nothing = levels * STRENGTH * np.log(2)  # the loss there: every example is as likely on one side as on the other
    if left and loss_and_slope(left["solution"].ravel())[0] < of_nothing:
        start = left["solution"].ravel().astype(np.float64)
    solution = minimize(loss_and_slope, start, jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS, "ftol": ENOUGH})
    found = solution.x.reshape(whole, levels).astype(np.float32)
    last.leave(PART, space=space, scale=scale, solution=found)
    of_features, of_ngrams = space @ found[:dense], scale * found[dense:]
    return np.concatenate([of_features[:-1], of_ngrams, of_features[-1:]])


def _search_space(inputs: np.ndarray, ngrams: csr_matrix) -> tuple[np.ndarray, np.ndarray]:
    """What leads from the search space to weights: a matrix for the inputs, (inputs, inputs), and a factor of each n-gram, (n-grams, 1)."""
    weight = MEAN_CURVATURE * STRENGTH
    eigenvalues, eigenvectors = np.linalg.eigh((inputs.T @ inputs).astype(np.float64) * weight + np.eye(inputs.shape[1]))
    occurs = np.asarray(ngrams.power(2).sum(axis=0)).reshape(-1, 1)
    space: np.ndarray = eigenvectors / np.sqrt(eigenvalues)
    return space.astype(np.float32), (1 / np.sqrt(1 + weight * occurs)).astype(np.float32)

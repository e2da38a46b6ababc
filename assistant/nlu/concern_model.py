"""How likely a message is a concern, on plain arrays: three logistic regressions, one per level and above, and the encoder's opinion.

The regressions look at meaning and form (the features) and, unlike the question classifier, at every word, pair of words and run of two to
five letters: in "cant feel my arm" the meaning is that of many harmless messages, and the words are not. Knows nothing of Rasa.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from murmurhash.mrmr import hash as murmur

from assistant.nlu import tfidf
from assistant.nlu.last_training import LastTraining
from assistant.nlu.tfidf import (
    Analyze,
    columns_of_terms,
    count_terms,
    inverse_frequency,
    letters,
    weigh_counts,
    words_and_pairs,
)

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

COLUMNS = 2**16  # per kind of n-gram; hashed, so that a model keeps no words and two rare ones may share a column
MEANING = 1.5  # length of the features beside the n-grams' length of one each
STRENGTH = 5.0  # inverse of the regularisation, scikit-learn's C
ITERATIONS = 60  # from nothing; more of them learn the examples better and what is like them worse
LEAD_ON = 15  # iterations at most, from the last training's weights
CHANGED = 0.02  # share of the loss, beyond which the last training's weights are of other data or other features
FEW = 256  # examples whose features are looked through at once
MEAN_CURVATURE = 0.01  # of the logistic loss p(1-p) over a trained set; only scales the search space, not the solution
PART = "concern"  # of what the last training left
# Share of the encoder's opinion. Half and half each misses what the other sees; between 0.3 and 0.7 it hardly matters.
ENCODER = 0.5
KINDS: dict[str, Analyze] = {"words": words_and_pairs, "letters": letters(2, 5)}


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
        last = last or LastTraining()
        ngrams, idfs = _weighed(texts, last)
        is_above = levels[:, None] >= np.arange(1, int(levels.max()) + 1)[None]
        weights = _fit(features, ngrams, is_above, last)
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
        for analyze, idf in zip(KINDS.values(), (self._word_idf, self._letter_idf)):
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


def _weighed(texts: list[str], last: LastTraining) -> tuple[list[csr_matrix], list[np.ndarray]]:
    """The n-grams of texts by their kind, (texts, COLUMNS) each, and the idf of each kind."""
    made_by = hashlib.sha256(Path(tfidf.__file__).read_bytes() + Path(__file__).read_bytes()).hexdigest()
    weighed, idfs = [], []
    for kind, analyze in KINDS.items():
        make = partial(columns_of_terms, analyze=analyze, column_of=_column)
        counts = count_terms(texts, analyze, partial(last.lists, f"{PART}-{kind}", made_by, make=make), COLUMNS)
        idfs.append(inverse_frequency(counts))
        weighed.append(weigh_counts(counts, idfs[-1]))
    return weighed, idfs


def _fit(features: np.ndarray, ngrams: list[csr_matrix], is_above: np.ndarray, last: LastTraining) -> np.ndarray:
    """Lessens the sum of the levels' balanced, L2-regularised logistic losses.

    From nothing, the search ends before the least loss is reached. To lead it on with every further training would change the answers a
    little each time, whatever was edited. So its slope at the end is kept, the tilt: less the tilt, the loss is least where the search
    ended, and on today's examples is least where these lead from there.

    Args:
        features: (examples, features)
        ngrams: (examples, n-grams) of each kind
        is_above: (examples, levels)
        last: What the last training found.

    Returns:
        Weights (features + n-grams + 1, levels); the last row is the intercepts.
    """
    losses = _Losses(features, ngrams, is_above)
    dense, levels = features.shape[1] + 1, is_above.shape[1]
    whole = dense + sum(kind.shape[1] for kind in ngrams)
    shapes = {"weights": (whole, levels), "tilt": (whole, levels), "space": (dense, dense), "scale": (whole - dense, 1)}
    left = last.read(PART, "loss", **shapes)
    if left and abs(losses.at(left["weights"])[0] - left["loss"]) <= CHANGED * left["loss"]:
        left["weights"] = weights = losses.led_on(left["weights"], left["tilt"], left["space"], left["scale"])
        last.leave(PART, **left)
    else:
        weights = losses.lessened(np.zeros((whole, levels), np.float32))
        loss, tilt = losses.at(weights)
        space, scale = _search_space(features, ngrams)
        last.leave(PART, weights=weights, loss=loss, tilt=tilt, space=space, scale=scale)
    return np.concatenate([weights[: dense - 1], weights[dense:], weights[dense - 1 : dense]])


def _search_space(features: np.ndarray, ngrams: list[csr_matrix]) -> tuple[np.ndarray, np.ndarray]:
    """Where the loss is about equally curved in every direction, so that a search needs few steps.

    Of the features and the intercept by the examples' covariance, of the n-grams, which are too many for that, by how much each occurs.

    Returns:
        What leads to weights: a matrix, (features + 1, features + 1), and a factor of each n-gram, (n-grams, 1).
    """
    weight = MEAN_CURVATURE * STRENGTH
    inputs = np.column_stack([features * np.float32(MEANING), np.ones(len(features), np.float32)])
    eigenvalues, eigenvectors = np.linalg.eigh((inputs.T @ inputs).astype(np.float64) * weight + np.eye(inputs.shape[1]))
    occurs = np.concatenate([np.asarray(kind.power(2).sum(axis=0)).reshape(-1, 1) for kind in ngrams])
    space: np.ndarray = eigenvectors / np.sqrt(eigenvalues)
    return space.astype(np.float32), (1 / np.sqrt(1 + weight * occurs)).astype(np.float32)


class _Losses:
    """The sum of the levels' losses as a function of weights (features + 1 + n-grams, levels); the mean of the examples'."""

    def __init__(self, features: np.ndarray, ngrams: list[csr_matrix], is_above: np.ndarray) -> None:
        examples = is_above.shape[0]
        positives = is_above.sum(0)
        balance = np.where(is_above, examples / (2 * positives), examples / (2 * (examples - positives)))
        self._balance = (balance * STRENGTH).astype(np.float32)
        self._sign = np.where(is_above, np.float32(1), np.float32(-1))
        self._features, self._ngrams = features, ngrams
        self._is_penalised = np.ones((features.shape[1] + 1 + sum(kind.shape[1] for kind in ngrams), 1), np.float32)
        self._is_penalised[features.shape[1]] = 0  # the intercept is not

    def at(self, weights: np.ndarray) -> tuple[float, np.ndarray]:
        """The loss and its slope."""
        examples, size = self._features.shape
        meaning = np.float32(MEANING)  # on the weights, which are few: of the features this would be another copy
        of_features, of_ngrams = meaning * weights[:size], np.split(weights[size + 1 :], len(self._ngrams))
        scores = weights[size] + sum(kind @ of_kind for kind, of_kind in zip(self._ngrams, of_ngrams))
        pull, slopes = np.empty_like(scores), np.zeros_like(of_features)
        penalised = self._is_penalised * weights
        loss = 0.5 * float((penalised * weights).sum(dtype=np.float64))
        for start in range(0, examples, FEW):  # in the processor's cache, both ways
            few = slice(start, start + FEW)
            balance, sign, inputs = self._balance[few], self._sign[few], self._features[few]
            margin = sign * (scores[few] + inputs @ of_features)
            decay = np.exp(-np.abs(margin))
            loss += float((balance * (np.maximum(-margin, 0) + np.log1p(decay))).sum(dtype=np.float64))
            pull[few] = -balance * sign * np.where(margin > 0, decay, 1) / (1 + decay)
            slopes += inputs.T @ pull[few]
        slope = np.concatenate([meaning * slopes, pull.sum(0)[None], *(kind.T @ pull for kind in self._ngrams)]) + penalised
        return loss / examples, slope / np.float32(examples)

    def lessened(self, start: np.ndarray) -> np.ndarray:
        """Weights of a lesser loss."""
        return _search(self.at, start, ITERATIONS)

    def led_on(self, weights: np.ndarray, tilt: np.ndarray, space: np.ndarray, scale: np.ndarray) -> np.ndarray:
        """Weights where the loss less the tilt is least, sought from near by."""
        dense = len(space)

        def moved(step: np.ndarray) -> np.ndarray:
            return np.concatenate([space @ step[:dense], scale * step[dense:]])

        def tilted(step: np.ndarray) -> tuple[float, np.ndarray]:
            move = moved(step)
            loss, slope = self.at(weights + move)
            slope = slope - tilt
            fall = float((tilt * move).sum(dtype=np.float64))
            return loss - fall, np.concatenate([space.T @ slope[:dense], scale * slope[dense:]])

        return weights + moved(_search(tilted, np.zeros_like(weights), LEAD_ON))


def _search(loss_and_slope: Callable[[np.ndarray], tuple[float, np.ndarray]], start: np.ndarray, iterations: int) -> np.ndarray:
    """Goes from a start towards the least loss."""
    from scipy.optimize import minimize  # in training only: it takes 13 MB

    def of_numbers(numbers: np.ndarray) -> tuple[float, np.ndarray]:
        loss, slope = loss_and_slope(numbers.reshape(start.shape).astype(np.float32))
        return loss, slope.ravel().astype(np.float64)

    options = {"maxiter": iterations, "ftol": 1e-6}
    found = minimize(of_numbers, start.ravel().astype(np.float64), jac=True, method="L-BFGS-B", options=options)
    return found.x.reshape(start.shape).astype(np.float32)

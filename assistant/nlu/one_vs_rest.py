"""The classifier itself, on plain arrays: one logistic regression per label, trained all at once. Knows nothing of Rasa.

The labels are ranked by sqrt(probability) x likeness to their examples, likeness being that of meaning and spelling (the features) with
a share of that of words: a rare word shared with an example tells neighbours apart. The probability alone is sure of itself far from
anything it has seen; likeness alone does not know which differences matter. How sure the classifier is of the first label leaves the
words out, because strangers share words too. What was tried instead: docs/decisions/0002-understanding.md.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.nlu.word_index import WordIndex

FULL = np.float32(
    np.iinfo(np.int8).max
)  # examples are kept as whole numbers of this: a quarter of the memory, cosines to three digits
CANDIDATES = 12  # labels, by probability, whose examples are looked at at most; none below has ever come first
EXACT = 3  # so many of the first labels are certain; the rest of the ranking may lack a label
NEIGHBOURS = 5  # examples of a label that its likeness is taken from, beside the nearest: one stray line does not decide
WORDS = 0.3  # share of the words' likeness in the ranking
MEAN_CURVATURE = 0.05  # of the logistic loss p(1-p) over a trained set; only scales the search space, not the solution


@dataclass(frozen=True)
class Scored:
    """A label, how sure we are of it (0 to 1), and the training example that it rests on."""

    label: str
    confidence: float
    nearest: str


class OneVsRest:
    """A trained classifier.

    Args:
        labels: One name per label.
        weights: (features + form + 1, labels); the last row is the intercepts.
        examples: (examples, features) of int8, sorted by label; each row times its scale has length one.
        scales: (examples,) of float32.
        starts: (labels + 1,); label i has the examples from starts[i] to starts[i + 1].
        texts: The examples' texts.
        words: In which examples each word stands.
    """

    def __init__(
        self,
        labels: list[str],
        weights: np.ndarray,
        examples: np.ndarray,
        scales: np.ndarray,
        starts: np.ndarray,
        texts: list[str],
        words: WordIndex,
    ) -> None:
        self.labels = labels
        self._weights = np.ascontiguousarray(weights, dtype=np.float32)
        self._examples, self._scales = examples, scales
        self._starts = starts
        self._texts = texts
        self._words = words

    @classmethod
    def train(
        cls,
        features: np.ndarray,
        form: np.ndarray,
        labels: list[str],
        texts: list[str],
        strength: float = 30.0,
        iterations: int = 40,
    ) -> OneVsRest:
        """Trains on examples.

        Args:
            features: (examples, features) of float32.
            form: (examples, form) of float32; more features, which likeness leaves out. There may be none.
            labels: One per example.
            texts: One per example.
            strength: Inverse of the regularisation, scikit-learn's C.
            iterations: At most so many steps of L-BFGS over all labels together.
        """
        order = sorted(range(len(labels)), key=lambda i: labels[i])
        features, form = features[order], form[order]
        labels, texts = [labels[i] for i in order], [texts[i] for i in order]
        names, starts = np.unique(labels, return_index=True)
        weights = _fit(np.hstack([features, form]), np.array(labels)[:, None] == names[None], strength, iterations)
        unit = _unit(features)
        scales = np.maximum(np.abs(unit).max(axis=1), np.finfo(np.float32).tiny) / FULL
        examples = np.round(unit / scales[:, None]).astype(np.int8)
        starts = np.append(starts, len(labels))
        return cls([str(name) for name in names], weights, examples, scales, starts, texts, WordIndex.of(texts))

    def rank(self, features: np.ndarray, form: np.ndarray, text: str, length: int = 10) -> list[Scored]:
        """The likeliest labels of one message, best first.

        Args:
            features: (features,) of float32.
            form: (form,) of float32.
            text: The message.
            length: How many at the most.
        """
        probabilities = 1 / (1 + np.exp(-(np.concatenate([features, form]) @ self._weights[:-1] + self._weights[-1])))
        unit = _unit(features[np.newaxis])[0]
        words = self._words.cosines(text)
        scored: list[Scored] = []
        sureness: dict[str, float] = {}
        for i in np.argsort(-probabilities)[:CANDIDATES]:
            if len(scored) >= EXACT and np.sqrt(probabilities[i]) < sorted(s.confidence for s in scored)[-EXACT]:
                break  # likeness is 1 at the most: neither this label nor a later one comes among the first
            own = slice(self._starts[i], self._starts[i + 1])
            cosines = (self._examples[own].astype(np.float32) @ unit) * self._scales[own]
            likeness, root = _likeness(cosines), float(np.sqrt(probabilities[i]))
            score = root * ((1 - WORDS) * likeness + WORDS * _likeness(words[own]))
            scored.append(Scored(self.labels[i], score, self._texts[own.start + int(cosines.argmax())]))
            sureness[self.labels[i]] = root * likeness
        scored.sort(key=lambda s: -s.confidence)
        # The first label gets its own sureness, the others keep their distance to it.
        scale = sureness[scored[0].label] / max(scored[0].confidence, float(np.finfo(np.float32).tiny))
        return [Scored(s.label, float(s.confidence * scale), s.nearest) for s in scored[:length]]

    def save(self, folder: Path) -> None:
        """Writes arrays and JSON, no pickles: loading a model runs no code of the model's."""
        np.savez(
            folder / "weights.npz", weights=self._weights, examples=self._examples, scales=self._scales, starts=self._starts
        )
        words = json.dumps({"labels": self.labels, "texts": self._texts}, ensure_ascii=False)
        (folder / "labels.json").write_text(words, encoding="utf-8")
        self._words.save(folder)

    @classmethod
    def load(cls, folder: Path) -> OneVsRest:
        """Reads what `save` wrote."""
        arrays = np.load(folder / "weights.npz", allow_pickle=False)
        words = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
        of_examples = (arrays["examples"], arrays["scales"], arrays["starts"])
        return cls(words["labels"], arrays["weights"], *of_examples, words["texts"], WordIndex.load(folder))


def _likeness(similarities: np.ndarray) -> float:
    """Of a label's examples to a message: the nearest and the mean of the nearest few, half and half."""
    nearest = np.partition(similarities, -NEIGHBOURS)[-NEIGHBOURS:] if similarities.size > NEIGHBOURS else similarities
    return max(float(nearest.max() + nearest.mean()) / 2, 0.0)


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.finfo(np.float32).tiny)


def _fit(features: np.ndarray, is_label: np.ndarray, strength: float, iterations: int) -> np.ndarray:
    """Minimises the sum of all labels' balanced, L2-regularised logistic losses; the labels share no term.

    Solved in a space where the loss is about equally curved in every direction (the examples' covariance, taken from all labels
    together), in which L-BFGS needs tens of steps instead of hundreds.

    Returns:
        Weights (features + 1, labels).
    """
    from scipy.optimize import minimize  # in training only: it takes 13 MB

    examples = features.shape[0]
    inputs = np.hstack([features, np.ones((examples, 1), np.float32)]).astype(np.float32)
    width, labels = inputs.shape[1], is_label.shape[1]

    positives = is_label.sum(0)
    negatives = np.maximum(examples - positives, 1)
    balance = np.where(is_label, examples / (2 * positives), examples / (2 * negatives)).astype(np.float32)
    sign = np.where(is_label, 1, -1).astype(np.float32)

    curvature = (inputs.T @ inputs).astype(np.float64) * MEAN_CURVATURE + np.eye(width) / strength
    eigenvalues, eigenvectors = np.linalg.eigh(curvature)
    space = (eigenvectors / np.sqrt(eigenvalues)).astype(np.float32)
    inputs = inputs @ space
    penalty = (space.T @ space) / np.float32(strength)

    def loss_and_slope(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(width, labels).astype(np.float32)
        margin = sign * (inputs @ weights)
        penalised = penalty @ weights
        decay = np.exp(-np.abs(margin))
        loss = float((balance * (np.maximum(-margin, 0) + np.log1p(decay))).sum(dtype=np.float64))
        loss += 0.5 * float((weights * penalised).sum(dtype=np.float64))
        wrong = np.where(margin > 0, decay, 1) / (1 + decay)  # the probability of the other side
        slope = inputs.T @ (-balance * sign * wrong) + penalised
        return loss / examples, slope.ravel().astype(np.float64) / examples

    solution = minimize(
        loss_and_slope,
        np.zeros(width * labels),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": iterations, "ftol": 1e-6, "gtol": 1e-7},
    )
    return space @ solution.x.reshape(width, labels).astype(np.float32)

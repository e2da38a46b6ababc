"""The classifier itself, on plain arrays: one logistic regression per label, trained all at once. Knows nothing of Rasa.

The labels are ranked by sqrt(probability) x likeness to their examples, likeness being that of meaning and spelling (the features) with
a share of that of words: a rare word shared with an example tells neighbours apart. The probability alone is sure of itself far from
anything it has seen; likeness alone does not know which differences matter. How sure the classifier is of the first label leaves the
words out, because strangers share words too. What was tried instead: docs/decisions/0002-understanding.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.nlu.last_training import LastTraining, Rows
from assistant.nlu.word_index import WordIndex

FULL = np.float32(
    np.iinfo(np.int8).max
)  # examples are kept as whole numbers of this: a quarter of the memory, cosines to three digits
CANDIDATES = 12  # labels, by probability, whose examples are looked at at most; none below has ever come first
EXACT = 3  # so many of the first labels are certain; the rest of the ranking may lack a label
NEIGHBOURS = 5  # examples of a label that its likeness is taken from, beside the nearest: one stray line does not decide
WORDS = 0.3  # share of the words' likeness in the ranking
ALIKE = 0.7  # likeness, below which two texts are not of the same words: only the punctuation differs where they are
BLOCK = 4096  # examples that are looked through at once, where all are
FEW = 1024  # examples of which losses are computed at once
# Share of a label's loss: as long as it has not changed by more since the label was learnt, on examples that others may have changed, the
# label stays as it is. Where most labels have, the features are others too, and all is learnt from nothing.
CHANGED = 0.001
MOST = 0.5
ENOUGH = 5e-4  # share of the loss; a step that lessens it by less is the last
PART = "questions"  # of what the last training left
MEAN_CURVATURE = 0.05  # of the logistic loss p(1-p) over a trained set; only scales the search space, not the solution


@dataclass(frozen=True)
class Scored:
    """A label, how sure we are of it (0 to 1), and the training example that it rests on."""

    label: str
    confidence: float
    nearest: str


@dataclass(frozen=True)
class Example:
    """A training example, and how like a message it is (0 to 1)."""

    text: str
    label: str
    likeness: float


@dataclass(frozen=True)
class Nearest:
    """The examples nearest to a message, best first, and the nearest of one label, if there is one."""

    examples: list[Example]
    own: Example | None


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
        inputs: np.ndarray,
        features: int,
        labels: list[str],
        texts: list[str],
        strength: float = 30.0,
        iterations: int = 40,
        last: LastTraining | None = None,
    ) -> OneVsRest:
        """Trains on examples.

        Args:
            inputs: (examples, features + form) of float32.
            features: How many of the columns are features; likeness leaves out the form. There may be none of it.
            labels: One per example.
            texts: One per example.
            strength: Inverse of the regularisation, scikit-learn's C.
            iterations: At most so many steps of L-BFGS over all labels together.
            last: Has what the last training learnt; labels of which nothing has changed are not learnt again.
        """
        names, label_of = np.unique(labels, return_inverse=True)
        weights = _fit(inputs, label_of, names, strength, iterations, last or LastTraining())
        order = np.argsort(label_of, kind="stable")
        examples, scales = _as_whole_numbers(inputs[:, :features], order)
        starts = np.searchsorted(label_of[order], np.arange(names.size + 1))
        texts = [texts[i] for i in order]
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

    def nearest(self, features: np.ndarray, texts: list[str], labels: list[str | None], length: int) -> list[Nearest]:
        """The examples that are most like some messages in meaning and spelling.

        Args:
            features: (messages, features) of float32.
            texts: Of the messages. The example that has a message's own words is left out where it is under that message's label.
            labels: A label of each message, of which the nearest example is looked for too.
            length: How many of all labels at the most.
        """
        unit = _unit(features)
        blocks = [slice(start, start + BLOCK) for start in range(0, len(self._texts), BLOCK)]
        cosines = np.hstack([unit @ self._examples[b].T.astype(np.float32) * self._scales[b] for b in blocks])
        return [self._nearest(row, text, label, length) for row, text, label in zip(cosines, texts, labels)]

    def _nearest(self, cosines: np.ndarray, text: str, label: str | None, length: int) -> Nearest:
        under = range(0)
        if label in self.labels:
            i = self.labels.index(label)
            under = range(self._starts[i], self._starts[i + 1])
        own_words = _words(text)
        same = [i for i in under if cosines[i] > ALIKE and _words(self._texts[i]) == own_words]
        cosines[same] = -np.inf
        best = np.argpartition(-cosines, min(length, cosines.size - 1))[:length]
        own = max(under, key=cosines.__getitem__, default=None)
        return Nearest(
            [self._example(i, cosines) for i in sorted(best, key=lambda i: -cosines[i]) if i not in same],
            None if own is None or own in same else self._example(own, cosines),
        )

    def _example(self, i: int, cosines: np.ndarray) -> Example:
        label = self.labels[int(np.searchsorted(self._starts, i, side="right")) - 1]
        return Example(self._texts[i], label, min(max(float(cosines[i]), 0.0), 1.0))

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


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold()) or text.split()


def _as_whole_numbers(features: np.ndarray, order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The examples in an order, as they are kept: see `OneVsRest`."""
    examples = np.empty((order.size, features.shape[1]), np.int8)
    scales = np.empty(order.size, np.float32)
    for start in range(0, order.size, BLOCK):
        block = slice(start, start + BLOCK)
        unit = _unit(features[order[block]])
        scales[block] = np.maximum(np.abs(unit).max(axis=1), np.finfo(np.float32).tiny) / FULL
        examples[block] = np.round(unit / scales[block, None])
    return examples, scales


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.finfo(np.float32).tiny)


def _fit(
    inputs: np.ndarray, label_of: np.ndarray, names: np.ndarray, strength: float, iterations: int, last: LastTraining
) -> np.ndarray:
    """Minimises the sum of all labels' balanced, L2-regularised logistic losses; the labels share no term.

    Solved in a space where the loss is about equally curved in every direction (the examples' covariance, taken from all labels
    together), in which L-BFGS needs tens of steps instead of hundreds.

    Args:
        inputs: (examples, inputs) of float32.
        label_of: (examples,), places in the names.
        names: (labels,)
        strength: Inverse of the regularisation.
        iterations: At most so many steps.
        last: What the last training learnt.

    Returns:
        Weights (inputs + 1, labels); the last row is the intercepts.
    """
    width = inputs.shape[1] + 1
    left = last.read(PART, "names", "found", "losses", space=(width, width))
    found, then = _of_same_name(left, names, width)
    space, changed = left.get("space"), np.ones(names.size, dtype=bool)
    if space is not None:
        now = _Losses(inputs, label_of, space, strength).of(found, np.arange(names.size))
        changed = np.abs(now - then) > CHANGED * then
    if space is None or changed.mean() > MOST:
        space = _search_space(inputs, strength)
        found[:], changed[:] = 0, True
    losses = _Losses(inputs, label_of, space, strength)
    learnt = np.flatnonzero(changed)
    if learnt.size:
        found[:, learnt] = losses.minimised(found[:, learnt], learnt, iterations)
        then[learnt] = losses.of(found[:, learnt], learnt)
    last.leave(PART, names=names, space=space, found=found, losses=then)
    return space @ found


def _of_same_name(left: Rows, names: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Of each label what was found in the last training, (width, labels), and its loss then; noughts of a new one."""
    places = {name: place for place, name in enumerate(left["names"].tolist())} if left else {}
    found = np.zeros((width, names.size), np.float32)
    losses = np.zeros(names.size)
    for label, name in enumerate(names.tolist()):
        if name in places:
            found[:, label], losses[label] = left["found"][:, places[name]], left["losses"][places[name]]
    return found, losses


def _search_space(inputs: np.ndarray, strength: float) -> np.ndarray:
    """What leads from the search space to weights, (width, width)."""
    inputs = np.column_stack([inputs, np.ones(len(inputs), np.float32)])
    curvature = (inputs.T @ inputs).astype(np.float64) * MEAN_CURVATURE + np.eye(inputs.shape[1]) / strength
    eigenvalues, eigenvectors = np.linalg.eigh(curvature)
    space: np.ndarray = eigenvectors / np.sqrt(eigenvalues)
    return space.astype(np.float32)


class _Losses:
    """The labels' losses over the examples, as functions of points of a search space; each the mean of the examples'."""

    def __init__(self, inputs: np.ndarray, label_of: np.ndarray, space: np.ndarray, strength: float) -> None:
        self._space = space
        self._inputs, self._label_of = inputs, label_of
        self._penalty = (space.T @ space) / np.float32(strength)
        examples, positives = label_of.size, np.bincount(label_of)
        # How much an example counts: those of a label together as much as all others.
        self._of_own = (examples / (2 * np.maximum(positives, 1))).astype(np.float32)
        self._of_others = (examples / (2 * np.maximum(examples - positives, 1))).astype(np.float32)

    def of(self, found: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """The loss of each of some labels at its point, a column; (labels,)."""
        losses = 0.5 * (found * (self._penalty @ found)).sum(0, dtype=np.float64)
        for block in self._blocks(found, labels):
            losses += block.losses()
        return losses / self._label_of.size

    def minimised(self, start: np.ndarray, labels: np.ndarray, iterations: int) -> np.ndarray:
        """The points where the losses of some labels are least, (width, labels)."""
        from scipy.optimize import minimize  # in training only: it takes 13 MB

        def loss_and_slope(flat: np.ndarray) -> tuple[float, np.ndarray]:
            loss, slopes = self._loss_and_slopes(flat.reshape(start.shape).astype(np.float32), labels)
            return loss, slopes.ravel().astype(np.float64)

        options = {"maxiter": iterations, "ftol": ENOUGH, "gtol": 1e-7}
        solution = minimize(loss_and_slope, start.ravel().astype(np.float64), jac=True, method="L-BFGS-B", options=options)
        return solution.x.reshape(start.shape).astype(np.float32)

    def _loss_and_slopes(self, found: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
        """The labels' losses together, and the slope of each, (width, labels)."""
        penalised = self._penalty @ found
        loss = 0.5 * float((found * penalised).sum(dtype=np.float64))
        slopes = np.zeros_like(found)
        for block in self._blocks(found, labels):
            loss += float(block.losses().sum())
            pull = block.pull()
            slopes[:-1] += block.inputs.T @ pull
            slopes[-1] += pull.sum(0)
        examples = self._label_of.size
        return loss / examples, (self._space.T @ slopes + penalised) / np.float32(examples)

    def _blocks(self, found: np.ndarray, labels: np.ndarray) -> Iterator[_Block]:
        """All examples, a few at a time: what is computed of them stays in the processor's cache."""
        weights = self._space @ found
        own, others = self._of_own[labels], self._of_others[labels]
        for start in range(0, self._label_of.size, FEW):
            inputs = self._inputs[start : start + FEW]
            is_label = self._label_of[start : start + FEW, None] == labels[None]
            scores = inputs @ weights[:-1] + weights[-1]
            yield _Block(inputs, is_label, np.where(is_label, own, others), np.where(is_label, scores, -scores))


class _Block:
    """Some examples at some labels' points; all arrays but the inputs are (examples, labels).

    Args:
        inputs: (examples, inputs)
        is_label: Whether an example is of a label.
        balance: How much it counts.
        margin: How far it is on the right side; below zero on the wrong one.
    """

    def __init__(self, inputs: np.ndarray, is_label: np.ndarray, balance: np.ndarray, margin: np.ndarray) -> None:
        self.inputs = inputs
        self._is_label, self._balance, self._margin = is_label, balance, margin
        self._decay = np.exp(-np.abs(margin))

    def losses(self) -> np.ndarray:
        """Of each label, (labels,) of float64."""
        found: np.ndarray = (self._balance * (np.maximum(-self._margin, 0) + np.log1p(self._decay))).sum(0, dtype=np.float64)
        return found

    def pull(self) -> np.ndarray:
        """The slope of each example's loss by its score."""
        wrong = self._balance * np.where(self._margin > 0, self._decay, 1) / (1 + self._decay)
        return np.where(self._is_label, -wrong, wrong)

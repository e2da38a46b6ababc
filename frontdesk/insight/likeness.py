"""Finds texts that are alike in meaning, by the vectors that the assistant's sentence encoder makes. Knows nothing of Django."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

# Cosine from which on two messages are alike. `make likeness` measures it on the training examples: docs/decisions/0015-likeness.md.
ALIKE = 0.55
BLOCK = 512  # rows that are compared with all others at once: 10 MB among 5,000
GREATEST = 127  # of an int8


def packed(vector: Sequence[float]) -> bytes:
    """A vector's direction as int8, one byte for each dimension. A cosine of two moves by less than 0.01."""
    numbers = np.asarray(vector, dtype=np.float32)
    largest = float(np.abs(numbers).max(initial=0.0)) or 1.0
    scaled: np.ndarray = np.round(numbers * (GREATEST / largest)).astype(np.int8)
    return scaled.tobytes()


def unpacked(rows: Sequence[bytes]) -> np.ndarray:
    """What `packed` packed: (rows, dimensions) of float32, each of length one; all zeros stay so."""
    vectors: np.ndarray = np.frombuffer(b"".join(rows), dtype=np.int8).reshape(len(rows), -1).astype(np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    vectors /= lengths
    return vectors


def centres(vectors: np.ndarray, alike: float = ALIKE) -> np.ndarray:
    """Groups vectors that are alike, the densest place first.

    The vector that most others are like is a group's centre, and all that are like it are the group; among the rest, the next. Of two that
    as many are like, the first is taken: the same vectors in the same order give the same groups. After the community detection of
    sentence-transformers, which counts only once; here, what is in a group no longer counts for another.

    Args:
        vectors: (texts, dimensions), each of length one; one of all zeros is like nothing.
        alike: Cosine from which on two are alike.

    Returns:
        (texts,) of the row of each one's centre: its own, where it is alone.
    """
    near = np.empty((len(vectors), len(vectors)), dtype=bool)
    for start in range(0, len(vectors), BLOCK):
        near[start : start + BLOCK] = vectors[start : start + BLOCK] @ vectors.T >= alike
    np.fill_diagonal(near, True)
    near &= near.T  # of two products of the same two vectors, one may be rounded below
    found, is_free = np.arange(len(vectors)), np.ones(len(vectors), dtype=bool)
    neighbours = near.sum(axis=1, dtype=np.int32)
    while neighbours.max(initial=0) > 1:
        centre = neighbours.argmax()
        members = np.flatnonzero(near[centre] & is_free)
        found[members], is_free[members] = centre, False
        neighbours -= near[members].sum(axis=0, dtype=np.int32)
        neighbours[members] = 0
    return found

"""Which vectors are put together. On vectors of the real encoder: `tests/assistant/test_likeness.py`."""

from __future__ import annotations

import numpy as np
import pytest

from frontdesk.insight.likeness import centres, packed, unpacked


def _rows(*angles: float) -> np.ndarray:
    """Vectors in a plane, by their degrees."""
    turned = np.radians(np.array(angles))
    return np.stack([np.cos(turned), np.sin(turned)], axis=1).astype(np.float32)


def test_the_densest_place_is_a_groups_middle() -> None:
    found = centres(_rows(0, 40, 60, 80, 170), alike=np.cos(np.radians(45)))

    assert found.tolist() == [1, 1, 1, 1, 4]


def test_what_is_in_a_group_counts_for_no_other() -> None:
    """20 degrees have five that are like them; three of these are in the first group, so that 28, with three, come before."""
    found = centres(_rows(*[-8] * 3, *[0] * 4, *[10] * 3, 20, 28, 36, 44), alike=np.cos(np.radians(10.5)))

    assert found.tolist() == [3] * 10 + [11, 11, 11, 13]


def test_each_is_like_the_middle_of_its_group() -> None:
    generator = np.random.default_rng(7)
    vectors = unpacked([packed(row) for row in generator.normal(size=(200, 4))])

    found = centres(vectors, 0.7)

    assert ((vectors * vectors[found]).sum(axis=1) > 0.7 - 1e-5).all()
    assert (found[found] == found).all()


def test_of_what_is_left_no_two_middles_alone_are_alike() -> None:
    generator = np.random.default_rng(7)
    vectors = unpacked([packed(row) for row in generator.normal(size=(200, 4))])

    found = centres(vectors, 0.7)

    alone = [row for row in range(200) if (found == row).sum() == 1]
    near = vectors[alone] @ vectors[alone].T >= 0.7
    assert near.sum() == len(alone)


def test_the_same_vectors_give_the_same_groups() -> None:
    vectors = _rows(*np.random.default_rng(3).uniform(0, 360, 50))

    assert centres(vectors).tolist() == centres(vectors.copy()).tolist()


def test_one_more_leaves_nearly_all_pairs_together() -> None:
    generator = np.random.default_rng(5)
    kinds = generator.normal(size=(20, 16))
    vectors = unpacked([packed(kinds[n % 20] + generator.normal(size=16) * 0.5) for n in range(301)])
    before, after = centres(vectors[:-1]), centres(vectors)[:-1]

    together = (before[:, None] == before) & ~np.eye(300, dtype=bool)
    still = (after[:, None] == after) & together

    assert still.sum() > 0.95 * together.sum()


def test_zeros_are_like_nothing_and_not_like_one_another() -> None:
    assert centres(np.zeros((3, 4), dtype=np.float32)).tolist() == [0, 1, 2]


@pytest.mark.parametrize("number", [0, 1])
def test_few_are_no_trouble(number: int) -> None:
    assert centres(_rows(*range(number)).reshape(number, 2)).tolist() == list(range(number))


def test_more_than_a_block_are_compared_with_all_others() -> None:
    vectors = _rows(*[0] * 700, *[180] * 700)

    assert sorted(set(centres(vectors).tolist())) == [0, 700]


def test_a_packed_vector_keeps_its_direction() -> None:
    generator = np.random.default_rng(11)
    vectors = generator.normal(size=(50, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)

    again = unpacked([packed(row) for row in vectors])

    assert np.linalg.norm(again, axis=1) == pytest.approx(np.ones(50), abs=1e-5)
    assert np.abs(again @ again.T - vectors @ vectors.T).max() < 0.01
    assert len(packed(vectors[0])) == 384


def test_a_packed_zero_stays_zero() -> None:
    assert not unpacked([packed([0.0] * 8)]).any()

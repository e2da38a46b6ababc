"""The model of concerns on plain arrays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.nlu.concern_model import COLUMNS, FEW, ConcernModel, _Losses, _weighed
from assistant.nlu.last_training import LastTraining

NONE, ROUTINE, URGENT, EMERGENCY = range(4)
TEXTS = [
    *("how much is it", "where are you", "what is it"),
    *("i take pills", "i am diabetic", "i had an operation"),
    *("my cheek is red", "it is still swollen", "there is some pus"),
    *("i cannot breathe", "my throat is closing", "she has passed out"),
]
LEVELS = np.repeat(np.arange(4), 3)
SIZE = 16


@pytest.fixture(scope="module")
def features() -> np.ndarray:
    """Three examples of each level near a direction of their own."""
    directions = np.repeat(np.eye(4, SIZE), 3, axis=0)
    noise = np.random.default_rng(3).normal(0, 0.1, directions.shape)
    return (directions + noise).astype(np.float32)


@pytest.fixture(scope="module")
def model(features: np.ndarray) -> ConcernModel:
    return ConcernModel.train(features, TEXTS, LEVELS)


@pytest.mark.parametrize("row", range(len(TEXTS)))
def test_an_example_is_of_its_level_and_of_none_above(model: ConcernModel, features: np.ndarray, row: int) -> None:
    probabilities = model.probabilities(features[row], TEXTS[row])

    assert (probabilities >= 0.5).sum() == LEVELS[row]


def test_there_is_a_probability_for_every_level_above_the_first(model: ConcernModel, features: np.ndarray) -> None:
    probabilities = model.probabilities(features[0], TEXTS[0])

    assert probabilities.shape == (3,)
    assert ((probabilities > 0) & (probabilities < 1)).all()


def test_the_words_count_where_the_meaning_says_nothing(model: ConcernModel) -> None:
    nothing = np.zeros(SIZE, dtype=np.float32)

    alarming, harmless = model.probabilities(nothing, "my throat"), model.probabilities(nothing, "how much")

    assert alarming[-1] > harmless[-1]


def test_the_letters_count_where_no_word_is_known(model: ConcernModel) -> None:
    nothing = np.zeros(SIZE, dtype=np.float32)

    alarming, harmless = model.probabilities(nothing, "throaat closng"), model.probabilities(nothing, "muuch whhat")

    assert alarming[-1] > harmless[-1] + 0.01


def test_the_meaning_counts_where_the_words_say_nothing(model: ConcernModel, features: np.ndarray) -> None:
    alarming, harmless = (model.probabilities(features[row], "zzz") for row in (-1, 0))

    assert alarming[-1] > harmless[-1]


@pytest.mark.parametrize("sign", [-1, 1])
def test_the_encoders_opinion_counts_as_much_as_the_rest(model: ConcernModel, features: np.ndarray, sign: int) -> None:
    alone = model.probabilities(features[0], TEXTS[0])

    both = model.probabilities(features[0], TEXTS[0], np.full(3, sign * 20, dtype=np.float32))

    assert (np.sign(both - alone) == sign).all()


@pytest.mark.parametrize("text", ["", " ", "?", "😂", "\u200b"])
def test_a_text_without_words_has_probabilities(model: ConcernModel, features: np.ndarray, text: str) -> None:
    assert np.isfinite(model.probabilities(features[0], text)).all()


def test_examples_of_symbols_only_can_be_trained_on(features: np.ndarray) -> None:
    symbols = ConcernModel.train(features, ["?"] * len(TEXTS), LEVELS)

    assert symbols.probabilities(features[-1], "?")[-1] > 0.5


def test_training_twice_gives_the_same_model(model: ConcernModel, features: np.ndarray) -> None:
    again = ConcernModel.train(features, TEXTS, LEVELS)

    assert np.array_equal(again.probabilities(features[0], TEXTS[0]), model.probabilities(features[0], TEXTS[0]))


def test_a_rare_level_weighs_as_much_as_a_frequent_one(features: np.ndarray) -> None:
    rows = [0, 1, 2] * 20 + [3, 6, 9]

    model = ConcernModel.train(features[rows], [TEXTS[row] for row in rows], LEVELS[rows])

    assert model.probabilities(features[9], TEXTS[9])[-1] > 0.5


@pytest.mark.parametrize("row", range(len(TEXTS)))
def test_a_saved_model_says_the_same_to_the_last_digit(
    model: ConcernModel, features: np.ndarray, row: int, tmp_path: Path
) -> None:
    model.save(tmp_path / "concerns.npz")

    loaded = ConcernModel.load(tmp_path / "concerns.npz")

    assert np.array_equal(loaded.probabilities(features[row], TEXTS[row]), model.probabilities(features[row], TEXTS[row]))


def test_a_saved_model_holds_no_pickle(model: ConcernModel, tmp_path: Path) -> None:
    model.save(tmp_path / "concerns.npz")

    arrays = np.load(tmp_path / "concerns.npz", allow_pickle=False)

    assert all(arrays[name].dtype != object for name in arrays.files)


def test_a_second_training_sets_out_from_the_first_and_ends_no_further_off(features: np.ndarray, tmp_path: Path) -> None:
    first = ConcernModel.train(features, TEXTS, LEVELS, LastTraining(tmp_path))

    second = ConcernModel.train(features, TEXTS, LEVELS, LastTraining(tmp_path))

    mine, theirs = first.probabilities(features[3], TEXTS[3]), second.probabilities(features[3], TEXTS[3])
    assert mine == pytest.approx(theirs, abs=0.01)


def test_a_new_example_counts_in_a_second_training(model: ConcernModel, features: np.ndarray, tmp_path: Path) -> None:
    ConcernModel.train(features[:-1], TEXTS[:-1], LEVELS[:-1], LastTraining(tmp_path))

    second = ConcernModel.train(features, TEXTS, LEVELS, LastTraining(tmp_path))

    assert second.probabilities(features[-1], TEXTS[-1])[-1] == pytest.approx(
        model.probabilities(features[-1], TEXTS[-1])[-1], abs=0.02
    )


@pytest.mark.parametrize("at", [0, SIZE - 1, SIZE], ids=["a feature", "the last", "the intercept"])
def test_the_slope_is_that_of_the_loss(at: int, features: np.ndarray) -> None:
    times = FEW // len(TEXTS) + 1  # more examples than are looked through at once
    is_above = np.tile(LEVELS, times)[:, None] >= np.arange(1, 4)[None]
    ngrams, _ = _weighed(TEXTS * times, LastTraining())
    losses = _Losses(np.tile(features, (times, 1)), ngrams, is_above)
    weights = np.random.default_rng(5).normal(0, 0.1, (SIZE + 1 + 2 * COLUMNS, 3)).astype(np.float32)
    step = np.zeros_like(weights)
    step[at, 1] = 0.02

    risen = losses.at(weights + step)[0] - losses.at(weights - step)[0]

    assert risen / 0.04 == pytest.approx(losses.at(weights)[1][at, 1], rel=0.01)

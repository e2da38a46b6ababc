"""The classifier on plain arrays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.nlu.last_training import LastTraining
from assistant.nlu.one_vs_rest import OneVsRest

LABELS = ["cost", "cost", "pain", "pain", "water", "water"]
FORM, NO_FORM = np.zeros((6, 2), dtype=np.float32), np.zeros(2, dtype=np.float32)
TEXTS = ["how much is it", "the price please", "does it hurt", "is it painful", "may i shower", "when can i swim"]


def _trained(features: np.ndarray, form: np.ndarray, *more: list[str], last: LastTraining | None = None) -> OneVsRest:
    return OneVsRest.train(np.hstack([features, form]), features.shape[1], *more, last=last)


@pytest.fixture(scope="module")
def features() -> np.ndarray:
    """Two examples of each label near a direction of their own."""
    directions = np.repeat(np.eye(3, 16), 2, axis=0)
    noise = np.random.default_rng(3).normal(0, 0.1, directions.shape)
    return (directions + noise).astype(np.float32)


@pytest.fixture(scope="module")
def classifier(features: np.ndarray) -> OneVsRest:
    return _trained(features, FORM, LABELS, TEXTS)


@pytest.mark.parametrize("row", range(len(LABELS)))
def test_an_example_is_ranked_under_its_own_label(classifier: OneVsRest, features: np.ndarray, row: int) -> None:
    ranking = classifier.rank(features[row], NO_FORM, TEXTS[row])

    assert ranking[0].label == LABELS[row]


def test_a_message_names_the_example_that_it_is_nearest_to(classifier: OneVsRest, features: np.ndarray) -> None:
    ranking = classifier.rank(features[2], NO_FORM, "does it hurt")

    assert ranking[0].nearest == "does it hurt"


def test_confidences_fall_from_the_first_and_are_shares_of_one(classifier: OneVsRest, features: np.ndarray) -> None:
    confidences = [scored.confidence for scored in classifier.rank(features[0], NO_FORM, TEXTS[0])]

    assert confidences == sorted(confidences, reverse=True)
    assert 0 <= confidences[-1] <= confidences[0] <= 1


def test_a_message_unlike_every_example_is_unsure(classifier: OneVsRest) -> None:
    stranger = np.zeros(16, dtype=np.float32)
    stranger[15] = 1

    assert classifier.rank(stranger, NO_FORM, "the moon")[0].confidence < 0.2


def test_a_message_without_any_feature_is_ranked_without_error(classifier: OneVsRest) -> None:
    ranking = classifier.rank(np.zeros(16, dtype=np.float32), NO_FORM, "")

    assert all(np.isfinite(scored.confidence) for scored in ranking)


def test_the_ranking_is_as_long_as_asked(classifier: OneVsRest, features: np.ndarray) -> None:
    assert len(classifier.rank(features[0], NO_FORM, TEXTS[0], length=2)) == 2


def test_training_does_not_depend_on_the_order_of_the_examples(classifier: OneVsRest, features: np.ndarray) -> None:
    order = [5, 2, 0, 3, 1, 4]

    shuffled = _trained(features[order], FORM, [LABELS[i] for i in order], [TEXTS[i] for i in order])

    mine, theirs = classifier.rank(features[0], NO_FORM, TEXTS[0]), shuffled.rank(features[0], NO_FORM, TEXTS[0])
    assert [scored.label for scored in mine] == [scored.label for scored in theirs]
    assert [scored.confidence for scored in mine] == pytest.approx([scored.confidence for scored in theirs], abs=1e-3)


def test_examples_of_symbols_only_can_be_trained_on(features: np.ndarray) -> None:
    symbols = _trained(features, FORM, LABELS, ["?", "!", "👍", "🙏", "...", ":)"])

    assert symbols.rank(features[0], NO_FORM, "?")[0].label == "cost"


@pytest.mark.parametrize("row", range(len(LABELS)))
def test_a_saved_classifier_says_the_same_to_the_last_digit(
    classifier: OneVsRest, features: np.ndarray, row: int, tmp_path: Path
) -> None:
    classifier.save(tmp_path)

    loaded = OneVsRest.load(tmp_path)

    assert loaded.rank(features[row], NO_FORM, TEXTS[row]) == classifier.rank(features[row], NO_FORM, TEXTS[row])


def test_a_saved_classifier_holds_no_pickle(classifier: OneVsRest, tmp_path: Path) -> None:
    classifier.save(tmp_path)

    arrays = np.load(tmp_path / "weights.npz", allow_pickle=False)

    assert all(arrays[name].dtype != object for name in arrays.files)


def test_the_form_tells_labels_apart_that_are_alike_in_all_else() -> None:
    features = np.tile(np.eye(1, 16, dtype=np.float32), (6, 1))
    form = np.repeat(np.eye(3, dtype=np.float32), 2, axis=0)

    classifier = _trained(features, form, LABELS, ["?"] * 6)

    assert [classifier.rank(features[0], form[row], "?")[0].label for row in (0, 2, 4)] == ["cost", "pain", "water"]


def test_a_second_training_on_the_same_examples_changes_nothing(features: np.ndarray, tmp_path: Path) -> None:
    first = _trained(features, FORM, LABELS, TEXTS, last=LastTraining(tmp_path))

    second = _trained(features, FORM, LABELS, TEXTS, last=LastTraining(tmp_path))

    assert second.rank(features[0], NO_FORM, TEXTS[0]) == first.rank(features[0], NO_FORM, TEXTS[0])


def test_a_new_label_is_learnt_beside_those_of_the_last_training(features: np.ndarray, tmp_path: Path) -> None:
    _trained(features[:4], FORM[:4], LABELS[:4], TEXTS[:4], last=LastTraining(tmp_path))

    classifier = _trained(features, FORM, LABELS, TEXTS, last=LastTraining(tmp_path))

    assert [classifier.rank(row, NO_FORM, text)[0].label for row, text in zip(features, TEXTS)] == LABELS


def test_what_was_learnt_on_other_features_is_forgotten(classifier: OneVsRest, features: np.ndarray, tmp_path: Path) -> None:
    _trained(-features, FORM, LABELS, TEXTS, last=LastTraining(tmp_path))

    second = _trained(features, FORM, LABELS, TEXTS, last=LastTraining(tmp_path))

    assert second.rank(features[0], NO_FORM, TEXTS[0]) == classifier.rank(features[0], NO_FORM, TEXTS[0])

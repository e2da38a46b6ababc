"""The vectors of training examples, kept from one training to the next."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.nlu import known_texts
from assistant.nlu.known_texts import KnownTexts
from assistant.nlu.sentence_encoder import Encoded

TEXTS = ["does it hurt", "how much is it", "when can i swim"]


class CountingEncoder:
    """Makes a vector of a text's length, and counts what it was asked."""

    digest = "0123456789abcdef0123"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode_many(self, texts: list[str]) -> Encoded:
        self.asked += texts
        lengths = np.array([[len(text)] for text in texts], dtype=np.float32).reshape(-1, 1)
        return Encoded(lengths, lengths * 2, lengths * 3)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_texts, "FEW", 2)


@pytest.fixture
def encoder() -> CountingEncoder:
    return CountingEncoder()


def test_what_is_known_is_not_encoded_again(encoder: CountingEncoder, tmp_path: Path) -> None:
    first = KnownTexts(encoder, tmp_path).encode(TEXTS)

    again = KnownTexts(encoder, tmp_path).encode(TEXTS)

    assert encoder.asked == TEXTS
    assert np.array_equal(again.meaning, first.meaning)
    assert np.array_equal(again.concern, first.concern)


def test_new_texts_take_their_place_among_the_known(encoder: CountingEncoder, tmp_path: Path) -> None:
    KnownTexts(encoder, tmp_path).encode(TEXTS)

    encoded = KnownTexts(encoder, tmp_path).encode(["new", *TEXTS[::-1], "newer"])

    assert encoder.asked == [*TEXTS, "new", "newer"]
    assert encoded.form[:, 0].tolist() == [2 * len(text) for text in ("new", *TEXTS[::-1], "newer")]


def test_what_is_no_longer_used_is_forgotten(encoder: CountingEncoder, tmp_path: Path) -> None:
    KnownTexts(encoder, tmp_path).encode(TEXTS)
    KnownTexts(encoder, tmp_path).encode(TEXTS[:2])

    KnownTexts(encoder, tmp_path).encode(TEXTS)

    assert encoder.asked == [*TEXTS, TEXTS[2]]


def test_another_encoder_knows_nothing_of_it(encoder: CountingEncoder, tmp_path: Path) -> None:
    KnownTexts(encoder, tmp_path).encode(TEXTS)
    encoder.digest = "another encoder's"

    KnownTexts(encoder, tmp_path).encode(TEXTS)

    assert encoder.asked == TEXTS * 2


def test_a_file_that_was_cut_short_is_written_anew(encoder: CountingEncoder, tmp_path: Path) -> None:
    KnownTexts(encoder, tmp_path).encode(TEXTS)
    file = next(tmp_path.iterdir())
    file.write_bytes(file.read_bytes()[:100])

    KnownTexts(encoder, tmp_path).encode(TEXTS)
    KnownTexts(encoder, tmp_path).encode(TEXTS)

    assert encoder.asked == TEXTS * 2


def test_a_folder_that_cannot_be_written_keeps_nobody_from_training(encoder: CountingEncoder, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    encoded = KnownTexts(encoder, tmp_path / "file" / "folder").encode(TEXTS)

    assert encoded.meaning[:, 0].tolist() == [len(text) for text in TEXTS]


def test_few_texts_leave_the_file_alone(encoder: CountingEncoder, tmp_path: Path) -> None:
    KnownTexts(encoder, tmp_path).encode(TEXTS[:1])

    assert list(tmp_path.iterdir()) == []

"""The sentence encoder: its vectors, and its files."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from assistant.nlu.encoder_files import EncoderFileError
from assistant.nlu.sentence_encoder import SentenceEncoder

FOLDER = Path(__file__).parents[2] / "models" / "encoder"
REFERENCE = json.loads((FOLDER / "reference.json").read_text(encoding="utf-8"))
LEAST_COSINE, LEAST_MEAN_COSINE = (
    0.95,
    0.98,
)  # int8 strays from float32 by so much at most: `make encoder` prints how far it did
MOST_ASTRAY = 2.0  # of logits, likewise
VECTORS = ("meaning", "form")

STRANGE = [
    "",
    " ",
    "?",
    "\n",
    "😂",
    "a" * 5000,
    "word " * 3000,
    "\x00",
    "\u200b",
    "多少钱",
    "e\u0301",
    "\ue000",
    "<s></s>[CLS]",
]


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder(FOLDER)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the encoder's files, to damage."""
    return Path(shutil.copytree(FOLDER, tmp_path / "encoder"))


@pytest.mark.parametrize("name", VECTORS)
@pytest.mark.parametrize("entry", REFERENCE, ids=lambda entry: entry["text"][:30])
def test_a_vector_is_close_to_the_one_of_the_float32_model(encoder: SentenceEncoder, entry: dict, name: str) -> None:
    vector = getattr(encoder.encode([entry["text"]]), name)[0]

    assert _cosine(vector, entry[name]) >= LEAST_COSINE


@pytest.mark.parametrize("name", VECTORS)
def test_vectors_are_very_close_to_those_of_the_float32_model_on_average(encoder: SentenceEncoder, name: str) -> None:
    vectors = getattr(encoder.encode([entry["text"] for entry in REFERENCE]), name)

    cosines = [_cosine(vector, entry[name]) for vector, entry in zip(vectors, REFERENCE)]
    assert np.mean(cosines) >= LEAST_MEAN_COSINE


@pytest.mark.parametrize("entry", REFERENCE, ids=lambda entry: entry["text"][:30])
def test_the_concern_is_close_to_that_of_the_float32_model(encoder: SentenceEncoder, entry: dict) -> None:
    logits = encoder.encode([entry["text"]]).concern[0]

    assert np.abs(logits - entry["concern"]).max() <= MOST_ASTRAY


def test_the_concern_tells_ones_own_emergency_from_a_question(encoder: SentenceEncoder) -> None:
    own, general = encoder.encode(["my throat is swelling and i cant breathe", "can it make your throat swell"]).concern

    assert own[-1] > 0 > general[0]


@pytest.mark.parametrize("text", STRANGE, ids=lambda text: repr(text[:10]))
def test_any_text_has_a_finite_vector_of_length_one(encoder: SentenceEncoder, text: str) -> None:
    vector = encoder.encode([text]).meaning[0]

    assert vector.shape == (384,)
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-4)


def test_a_text_has_the_same_vector_alone_and_beside_others(encoder: SentenceEncoder) -> None:
    alone = encoder.encode(["does it hurt"]).meaning[0]

    beside = encoder.encode(["", "how much is it, and is there anything that I should know before?", "does it hurt"]).meaning[2]

    assert (alone == beside).all()


def test_vectors_encoded_in_batches_differ_by_rounding_only(encoder: SentenceEncoder) -> None:
    texts = [entry["text"] for entry in REFERENCE] * 4

    batched = encoder.encode_many(texts)

    alone = encoder.encode(texts)
    for name in VECTORS:
        assert (np.sum(getattr(batched, name) * getattr(alone, name), axis=1) > LEAST_COSINE).all()


def test_no_texts_have_no_vectors(encoder: SentenceEncoder) -> None:
    encoded = encoder.encode([])

    assert (encoded.meaning.shape, encoded.form.shape, encoded.concern.shape) == ((0, 384), (0, 384), (0, 3))


@pytest.mark.parametrize("name", ["encoder.onnx", "tokenizer.json", "encoder.yml"])
def test_a_missing_file_is_named_in_one_sentence(folder: Path, name: str) -> None:
    (folder / name).unlink()

    with pytest.raises(EncoderFileError, match=rf"^The sentence encoder's file {folder / name} is missing\. [^\n]+$"):
        SentenceEncoder(folder)


@pytest.mark.parametrize("name", ["encoder.onnx", "tokenizer.json"])
def test_an_altered_file_is_named_in_one_sentence(folder: Path, name: str) -> None:
    with (folder / name).open("ab") as file:
        file.write(b" ")

    with pytest.raises(
        EncoderFileError, match=rf"^The sentence encoder's file {folder / name} is not the one that was approved\. [^\n]+$"
    ):
        SentenceEncoder(folder)


def _cosine(one: np.ndarray, other: list[float]) -> float:
    return float(np.dot(one, other) / (np.linalg.norm(one) * np.linalg.norm(other)))

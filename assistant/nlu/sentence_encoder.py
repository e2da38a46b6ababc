"""Turns sentences into vectors that lie close together when their meanings do. Knows nothing of Rasa.

The model is all-MiniLM-L6-v2 (384 dimensions), made by `make encoder` into one int8 ONNX file; see models/encoder/README.md. Beside the
meaning, that file gives the form (a middle layer, in which who, when and whether are still told apart) and the concern (what a copy of
the upper layers, taught by our examples, makes of how serious a message is).
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from assistant.nlu.encoder_files import verify

FORM, CONCERN = "form", "concern"  # outputs of the model beside the meaning, which comes first
TRAINING_BATCH = 16  # sentences encoded at once in training: more is no faster here and only takes more memory


@dataclass(frozen=True)
class Encoded:
    """What the encoder makes of some texts.

    Attributes:
        meaning: (texts, dimensions) of float32, each row of length one.
        form: The same, of the form; (texts, 0) of an encoder that does not give it.
        concern: (texts, 3), logits of each level of concern and above; (texts, 0) of an encoder that does not give it.
    """

    meaning: np.ndarray
    form: np.ndarray
    concern: np.ndarray


class SentenceEncoder:
    """An encoder loaded from its folder.

    Args:
        folder: Where `encoder.onnx`, `tokenizer.json` and `encoder.yml` (their digests) are.

    Raises:
        EncoderFileError: If a file is missing or its SHA-256 is not the one in `encoder.yml`.
    """

    def __init__(self, folder: Path) -> None:
        self.digest = verify(folder)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # one visitor's message never waits for another's threads
        options.enable_cpu_mem_arena = False  # the arena keeps the largest batch ever seen; without it, memory stays flat
        self._session = onnxruntime.InferenceSession(str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"])
        outputs = {output.name: output.shape[-1] for output in self._session.get_outputs()}
        first = next(iter(outputs))  # an encoder that gives one vector may call it as it likes
        self._widths = {first: outputs[first], FORM: outputs.get(FORM, 0), CONCERN: outputs.get(CONCERN, 0)}
        self.dimensions: int = outputs[first]  # of a meaning

    def encode(self, texts: list[str]) -> Encoded:
        """Encodes texts, one at a time: int8 scales are taken per call, so a text's vector must not depend on its company.

        A text without a token (empty) has the vector of the bare frame tokens: defined, and close to nothing.
        """
        encoded = self._empty(len(texts))
        for row, encoding in enumerate(self._tokenizer.encode_batch(texts)):
            self._run([encoding.ids], encoded, [row])
        return Encoded(*encoded)

    def knows(self, word: str) -> bool:
        """Whether a word, in lower case, is one of the encoder's, not several pieces."""
        return self._tokenizer.token_to_id(word) is not None

    def encode_many(self, texts: list[str]) -> Encoded:
        """Encodes thousands of texts in batches, on all cores; vectors differ from those of `encode` by rounding only."""
        encoded = self._empty(len(texts))
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(texts)]
        # Sentences of like length go together, so that little of a batch is padding.
        order = sorted(range(len(texts)), key=lambda i: len(tokens[i]))
        batches = [order[start : start + TRAINING_BATCH] for start in range(0, len(order), TRAINING_BATCH)]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(lambda batch: self._run([tokens[i] for i in batch], encoded, batch), batches))
        return Encoded(*encoded)

    def _empty(self, texts: int) -> list[np.ndarray]:
        return [np.empty((texts, width), dtype=np.float32) for width in self._widths.values()]

    def _run(self, tokens: list[list[int]], encoded: list[np.ndarray], rows: list[int]) -> None:
        """Encodes one batch into its rows."""
        ids = np.zeros((len(tokens), max(len(sentence) for sentence in tokens)), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, sentence in enumerate(tokens):
            ids[row, : len(sentence)] = sentence
            mask[row, : len(sentence)] = 1
        wanted = [name for name, width in self._widths.items() if width]
        outputs = dict(zip(wanted, self._session.run(wanted, {"input_ids": ids, "attention_mask": mask})))
        for name, into in zip(self._widths, encoded):
            if name in outputs:
                into[rows] = outputs[name]


class EncoderWords:
    """The words, in lower case, that an encoder knows whole, about 20,000 of English, and others that go with them."""

    def __init__(self, encoder: SentenceEncoder, others: frozenset[str]) -> None:
        self._encoder, self._others = encoder, others

    def __contains__(self, word: object) -> bool:
        return word in self._others or self._encoder.knows(str(word))


@lru_cache(maxsize=2)  # what corrects spelling and what gives vectors may be told to use two
def load_encoder(folder: Path) -> SentenceEncoder:
    """The encoder of a folder, loaded once per process."""
    return SentenceEncoder(folder)

"""Turns sentences into vectors that lie close together when their meanings do. Knows nothing of Rasa.

The model is all-MiniLM-L6-v2 (384 dimensions), made by `make encoder` into one int8 ONNX file; see models/encoder/README.md.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from assistant.nlu.encoder_files import verify

TRAINING_BATCH = 16  # sentences encoded at once in training: more is no faster here and only takes more memory


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
        self.dimensions: int = self._session.get_outputs()[0].shape[-1]

    def encode(self, texts: list[str]) -> np.ndarray:
        """Encodes texts, one at a time: int8 scales are taken per call, so a text's vector must not depend on its company.

        Returns:
            An array (len(texts), dimensions) of float32, each row of length one. A text without a token (empty) has the
            vector of the bare frame tokens: defined, and close to nothing.
        """
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for row, encoding in enumerate(self._tokenizer.encode_batch(texts)):
            vectors[row] = self._run([encoding.ids])[0]
        return vectors

    def encode_many(self, texts: list[str]) -> np.ndarray:
        """Encodes thousands of texts in batches, on all cores; vectors differ from those of `encode` by rounding only."""
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(texts)]
        # Sentences of like length go together, so that little of a batch is padding.
        order = sorted(range(len(texts)), key=lambda i: len(tokens[i]))
        batches = [order[start : start + TRAINING_BATCH] for start in range(0, len(order), TRAINING_BATCH)]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for batch, encoded in zip(batches, pool.map(lambda batch: self._run([tokens[i] for i in batch]), batches)):
                vectors[batch] = encoded
        return vectors

    def _run(self, tokens: list[list[int]]) -> np.ndarray:
        ids = np.zeros((len(tokens), max(len(sentence) for sentence in tokens)), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, sentence in enumerate(tokens):
            ids[row, : len(sentence)] = sentence
            mask[row, : len(sentence)] = 1
        return self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]


@lru_cache(maxsize=1)
def load_encoder(folder: Path) -> SentenceEncoder:
    """The encoder of a folder, loaded once per process."""
    return SentenceEncoder(folder)

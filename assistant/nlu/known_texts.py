"""Keeps the vectors of training examples from one training to the next: most examples are the same, and encoding takes longest."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from assistant.nlu.sentence_encoder import Encoded, SentenceEncoder

FEW = 1000  # texts, below which encoding them again is quicker than reading the file
Digest = bytes


class KnownTexts:
    """An encoder with a memory, which is a file: of each text's digest and its vectors, for one encoder.

    Args:
        encoder: Encodes what is not known.
        folder: Where the file is, named after the encoder's digest. It may be deleted at any time.
    """

    def __init__(self, encoder: SentenceEncoder, folder: Path) -> None:
        self._encoder = encoder
        self._file = folder / f"{encoder.digest[:16]}.npz"

    def encode(self, texts: list[str]) -> Encoded:
        """Gives what `SentenceEncoder.encode_many` would, but for rounding, and remembers these texts and no others."""
        if len(texts) < FEW:
            return self._encoder.encode_many(texts)
        digests = [hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest() for text in texts]
        rows, known = self._read()
        new = [i for i, digest in enumerate(digests) if digest not in rows]
        if len(new) == len(texts):
            encoded = self._encoder.encode_many(texts)
        else:
            fresh = self._encoder.encode_many([texts[i] for i in new])
            encoded = Encoded(*(np.empty((len(texts), part.shape[1]), np.float32) for part in _parts(fresh)))
            old = [i for i, digest in enumerate(digests) if digest in rows]
            for whole, old_part, new_part in zip(_parts(encoded), known, _parts(fresh)):
                whole[old] = old_part[[rows[digests[i]] for i in old]]
                whole[new] = new_part
        if new or len(rows) != len(set(digests)):
            self._write(digests, encoded)
        return encoded

    def _read(self) -> tuple[dict[Digest, int], tuple[np.ndarray, ...]]:
        try:
            with np.load(self._file, allow_pickle=False) as arrays:
                rows = {digest.tobytes(): row for row, digest in enumerate(arrays["digests"])}
                return rows, (arrays["meaning"], arrays["form"], arrays["concern"])
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            return {}, ()  # not there, or cut short by a full disk

    def _write(self, digests: list[Digest], encoded: Encoded) -> None:
        """Writes a file of its own name first: another training may be reading."""
        meaning, form, concern = _parts(encoded)
        written = self._file.with_suffix(f".{os.getpid()}.npz")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            rows = np.frombuffer(b"".join(digests), np.uint8).reshape(len(digests), -1)
            np.savez(written, digests=rows, meaning=meaning, form=form, concern=concern)
            written.replace(self._file)
        except OSError:
            with suppress(OSError):  # a disk too full to remember: the next training encodes again
                written.unlink()


def _parts(encoded: Encoded) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return encoded.meaning, encoded.form, encoded.concern

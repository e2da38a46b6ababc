"""Tells whether the sentence encoder's files are the ones that were approved, without loading anything of them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import yaml


class EncoderFileError(Exception):
    """A file of the encoder is missing or is not the one that was measured and approved."""


def verify(folder: Path) -> str:
    """Compares an encoder's files with their digests, and returns the model's.

    Raises:
        EncoderFileError: If a file is missing, or is another one.
    """
    advice = "`git checkout -- models/encoder` brings it back; `make encoder` makes it anew."
    manifest = folder / "encoder.yml"
    if not manifest.is_file():
        raise EncoderFileError(f"The sentence encoder's file {manifest} is missing. {advice}")
    digests: dict[str, str] = yaml.safe_load(manifest.read_text())["sha256"]
    for name, digest in digests.items():
        path = folder / name
        if not path.is_file():
            raise EncoderFileError(f"The sentence encoder's file {path} is missing. {advice}")
        if _sha256(path) != digest:
            raise EncoderFileError(f"The sentence encoder's file {path} is not the one that was approved. {advice}")
    return digests["encoder.onnx"]


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()

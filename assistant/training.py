"""Trains a model when what it is made from has changed; the last good model stays until a new one is there.

`python -m assistant.training`, which is `make train`.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import yaml

from assistant.nlu.encoder_files import EncoderFileError, verify

MODELS = Path("models")
RED = re.compile(r"\x1b\[91m(.*?)\x1b\[0m", re.DOTALL)  # as Rasa colours its errors
SOURCES = (
    "config.yml",
    "domain.yml",
    "data/**/*.yml",
    "assistant/**/*.py",
    "assistant/**/*.yml",
    "models/encoder/encoder.yml",
)
# Rasa keeps what each component made, and takes it for fresh when code that the component calls has changed.
WITHOUT_CACHE = {"RASA_MAX_CACHE_SIZE": "0"}
PIECE = 1 << 20  # bytes of a model that are read at once
DIGEST_LENGTH = 16  # characters of the digest in a model's name


def main() -> int:
    """Trains if need be; returns the exit code."""
    target = MODELS / f"{sources_digest()}.tar.gz"
    if is_as_trained(target):
        return 0
    problem = encoder_problem()
    if problem:
        print(problem, file=sys.stderr)
        return 1
    print("Training, because the data or the configuration changed ...", file=sys.stderr, flush=True)
    began = time.monotonic()
    scratch = MODELS / ".training"
    name = target.name.removesuffix(".tar.gz")
    # TopicImporter has checked the data by then; Rasa's own checks, a few seconds more, are part of `make test`.
    command = [
        sys.executable,
        "-m",
        "rasa",
        "train",
        "--force",
        "--skip-validation",
        "--fixed-model-name",
        name,
        "--out",
        str(scratch),
    ]
    trained = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **WITHOUT_CACHE})
    made = scratch / target.name
    if trained.returncode != 0 or not made.is_file():
        print(_complaint(trained.stdout + trained.stderr), file=sys.stderr)
        last = latest_model()
        stays = f"The last good model stays: {last}." if last else "There is no model yet."
        print(f"Nothing was trained. {stays}", file=sys.stderr)
        return 1
    _seal_of(target).write_text(_digest_of(made))  # before the model: one without its digest would not be used
    made.replace(target)
    print(f"Trained {target} in {time.monotonic() - began:.0f} s.", file=sys.stderr)
    return 0


def sources_digest(root: Path = Path()) -> str:
    """The digest of everything a model is made from, which is also its name."""
    digest = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(root.glob(pattern)):
            digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:DIGEST_LENGTH]


def latest_model(folder: Path = MODELS) -> Path | None:
    """The model trained last, of those that are still as they were trained: a model names the code that is run when it is loaded."""
    for model in sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True):
        if is_as_trained(model):
            return model
        print(f"{model} is not as it was trained here, and is not used.", file=sys.stderr)
    return None


def is_as_trained(model: Path) -> bool:
    """Whether a model is there, and has the digest that was written down when it was trained."""
    seal = _seal_of(model)
    return model.is_file() and seal.is_file() and hmac.compare_digest(seal.read_text().strip(), _digest_of(model))


def _seal_of(model: Path) -> Path:
    return model.with_name(model.name.removesuffix(".tar.gz") + ".sha256")


def _digest_of(model: Path) -> str:
    digest = hashlib.sha256()
    with model.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()


def encoder_problem(config: Path = Path("config.yml")) -> str | None:
    """One sentence on what is wrong with the sentence encoder that the configuration names, or None."""
    try:
        pipeline = yaml.safe_load(config.read_text(encoding="utf-8")).get("pipeline") or []
    except yaml.YAMLError as error:
        return f"{config} is not valid YAML: {error}"
    for entry in pipeline:
        if "encoder" in entry:
            try:
                verify(Path(entry["encoder"]))
            except EncoderFileError as error:
                return str(error)
    return None


def _complaint(output: str) -> str:
    """What Rasa printed that says why it failed: the error that it prints in red, else the last line of a traceback."""
    errors = RED.findall(output)
    if errors:
        return str(errors[-1]).strip()
    if "No space left on device" in output:
        return "The disk is full: make room, then run this again."
    lines = [line for line in output.splitlines() if re.match(r"[\w.]*(?:Error|Exception)\b", line)]
    return lines[-1] if lines else "\n".join(output.splitlines()[-10:])


if __name__ == "__main__":
    sys.exit(main())

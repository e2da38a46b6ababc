"""Trains a model when what it is made from has changed; the last good model stays until a new one is there.

`python -m assistant.training`, which is `make train`. On success the last line is the model's path. With `--data`, of the data in another
folder than `data`; with `--name`, only says which model that is or would be.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import gc
import hashlib
import hmac
import io
import re
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from assistant.lean_rasa import UNUSED, install_lean_rasa
from assistant.nlu.encoder_files import EncoderFileError, verify
from assistant.scratch import scratch_folder

MODELS = Path("models")
DATA = Path("data")
LAST_TRAINING = MODELS / ".last_training"  # what a training leaves to the next; it may be deleted at any time
SCRATCH = MODELS / ".training"
RED = re.compile(r"\x1b\[91m(.*?)\x1b\[0m", re.DOTALL)  # as Rasa colours its errors
SOURCES = (
    "config.yml",
    "domain.yml",
    f"{DATA}/**/*.yml",
    "assistant/**/*.py",
    "assistant/**/*.yml",
    "models/encoder/encoder.yml",
)
PIECE = 1 << 20  # bytes of a model that are read at once
DIGEST_LENGTH = 16  # characters of the digest in a model's name


class TrainingFailed(Exception):
    """No model was made; says why."""


def main(arguments: Sequence[str] = ()) -> int:
    """Trains if need be; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m assistant.training")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the data")
    parser.add_argument("--name", action="store_true", help="print the model's path and train nothing")
    options = parser.parse_args(arguments)
    if not options.data.is_dir():
        print(f"There is no folder {options.data}.", file=sys.stderr)
        return 1
    target = MODELS / f"{sources_digest(data=options.data)}.tar.gz"
    if not options.name and not is_as_trained(target):
        try:
            _train(options.data, target)
        except TrainingFailed as failure:
            print(failure, file=sys.stderr)
            return 1
    print(target)
    return 0


def _train(data: Path, target: Path) -> None:
    """Makes a model of a folder's data.

    Raises:
        TrainingFailed: If there is none now that was not there before.
    """
    problem = encoder_problem()
    if problem:
        raise TrainingFailed(problem)
    print("Training, because the data or the configuration changed ...", file=sys.stderr, flush=True)
    began = time.monotonic()
    try:
        with scratch_folder(SCRATCH) as scratch:
            made = scratch / target.name
            # TopicImporter checks the data; Rasa's own checks, a few seconds more, are part of `make test`.
            with _complaints():
                _run_rasa(data, made, scratch)
            seal = scratch / _seal_of(target).name
            seal.write_text(_digest_of(made))
            seal.replace(_seal_of(target))  # before the model: one without its digest would not be used
            made.replace(target)
    except (TrainingFailed, OSError) as failure:
        last = latest_model(MODELS)
        stays = f"The last good model stays: {last}." if last else "There is no model yet."
        raise TrainingFailed(f"{_in_words(failure)}\nNothing was trained. {stays}") from failure
    print(f"Trained {target} in {time.monotonic() - began:.0f} s.", file=sys.stderr)


def _run_rasa(data: Path, model: Path, scratch: Path) -> None:
    # Not before it is known that there is something to train: importing Rasa takes two seconds.
    from assistant.nlu.last_training import LastTraining
    from assistant.rasa_training import train

    train(Path("config.yml"), Path("domain.yml"), data, model, scratch, LastTraining(LAST_TRAINING))


@contextlib.contextmanager
def _complaints() -> Iterator[None]:
    """Keeps to itself what Rasa prints, unless it fails and that says why.

    Raises:
        TrainingFailed: In place of whatever is raised.
    """
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            yield
    except SystemExit as end:
        errors = RED.findall(printed.getvalue())
        raise TrainingFailed(str(errors[-1]).strip() if errors else printed.getvalue().strip()) from end
    except OSError:
        raise
    except Exception as error:  # an editor reads a sentence, whatever it is that went wrong
        from rasa.shared.exceptions import RasaException

        kind = "" if isinstance(error, RasaException) else f"{type(error).__name__}: "
        raise TrainingFailed(f"{kind}{error}") from error


def _in_words(failure: TrainingFailed | OSError) -> str:
    if isinstance(failure, OSError) and failure.errno == errno.ENOSPC:
        return "The disk is full: make room, then run this again."
    return str(failure)


def sources_digest(root: Path = Path(), data: Path | None = None) -> str:
    """The digest of everything a model is made from, which is also its name.

    Args:
        root: The project's folder.
        data: The folder that is taken for the project's `data`.
    """
    digest = hashlib.sha256()
    for pattern in SOURCES:
        folder, _, below = pattern.partition("/")
        of_data = data is not None and folder == str(DATA)
        found, names = (data, DATA) if of_data and data else (root, Path())
        for path in sorted(found.glob(below if of_data else pattern)):
            digest.update(str(names / path.relative_to(found)).encode() + b"\0" + path.read_bytes() + b"\0")
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


if __name__ == "__main__":
    install_lean_rasa(sys.meta_path, UNUSED)
    gc.disable()  # a training makes half a million objects and lets go of few: looking for those takes a tenth of the time
    sys.exit(main(sys.argv[1:]))

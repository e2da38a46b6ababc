"""Makes the two projects that are compared: ours as it stands, and Rasa's default with the same data, each in a folder of its own."""

from __future__ import annotations

import itertools
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tools.bench.servers import CommandFailed, run_to_end

ROOT = Path(__file__).parents[2]
OUR_PYTHON = ROOT / ".venv/assistant/bin/python"
DEFAULT_PYTHON = ROOT / ".venv/rasa-default/bin/python"
OUR_FILES = ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml", "clinic.yml", "facts.yml")
OUR_FOLDERS = ("data", "assistant", "actions", "safety", "models/encoder")

FEW_EXAMPLES = 5  # of each question, where Rasa's default is trained for something that does not depend on them
UTTER_PREFIX = "utter_"
REPHRASE = "utter_please_rephrase"
PLACEHOLDER = re.compile(r"\{\w+\}")  # of a clinic's setting in a response

# What `rasa init` of Rasa 3.6 trains with: rasa/engine/recipes/config_files/default_config.yml. ResponseSelector without
# `retrieval_intent` is one selector for the keys of all retrieval intents, as Rasa's documentation has it.
DEFAULT_CONFIG = """
recipe: default.v1
assistant_id: bench-default
language: en
pipeline:
  - name: WhitespaceTokenizer
  - name: RegexFeaturizer
  - name: LexicalSyntacticFeaturizer
  - name: CountVectorsFeaturizer
  - name: CountVectorsFeaturizer
    analyzer: char_wb
    min_ngram: 1
    max_ngram: 4
  - name: DIETClassifier
    epochs: {epochs}
    constrain_similarities: true
  - name: EntitySynonymMapper
  - name: ResponseSelector
    epochs: {epochs}
    constrain_similarities: true
  - name: FallbackClassifier
    threshold: 0.3
    ambiguity_threshold: 0.1
policies:
  - name: MemoizationPolicy
  - name: RulePolicy
  - name: UnexpecTEDIntentPolicy
    max_history: 5
    epochs: {epochs}
  - name: TEDPolicy
    max_history: 5
    epochs: {epochs}
    constrain_similarities: true
"""
DEFAULT_EPOCHS = 100
DEFAULT_ENDPOINTS = """
tracker_store:
  type: SQL
  dialect: sqlite
  db: rasa.db
"""
DEFAULT_CREDENTIALS = """
rest:
"""
# Rasa's documentation asks for this rule beside FallbackClassifier (rasa.com/docs/rasa/fallback-handoff).
DEFAULT_FALLBACK = f"""
version: "3.1"
rules:
  - rule: Ask the user to rephrase whenever they send a message with low NLU confidence
    steps:
      - intent: nlu_fallback
      - action: {REPHRASE}
responses:
  {REPHRASE}:
    - text: "I'm sorry, I didn't quite understand that. Could you rephrase?"
"""


def make_our_project(folder: Path, root: Path = ROOT) -> None:
    """Copies what our model is made from into a folder without a model and without Rasa's cache."""
    for name in OUR_FILES:
        if (root / name).is_file():
            shutil.copy2(root / name, folder / name)
    for name in OUR_FOLDERS:
        if (root / name).is_dir():
            shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))


def make_default_project(folder: Path, root: Path = ROOT) -> None:
    """Writes a project of Rasa's default pipeline, policies, tracker store and channel, with our data and domain."""
    shutil.copytree(root / "data", folder / "data")
    shutil.copy2(root / "domain.yml", folder / "domain.yml")
    (folder / "data" / "default_fallback.yml").write_text(DEFAULT_FALLBACK, encoding="utf-8")
    write_default_config(folder, DEFAULT_EPOCHS)
    (folder / "endpoints.yml").write_text(DEFAULT_ENDPOINTS, encoding="utf-8")
    (folder / "credentials.yml").write_text(DEFAULT_CREDENTIALS, encoding="utf-8")


def write_default_config(folder: Path, epochs: int) -> None:
    """Writes the default pipeline and policies into a project; Rasa's own number of epochs is `DEFAULT_EPOCHS`."""
    (folder / "config.yml").write_text(DEFAULT_CONFIG.format(epochs=epochs), encoding="utf-8")


def train_small_default(folder: Path) -> float:
    """Trains Rasa's default on a few examples of each question, one of its epochs; returns the seconds.

    Args:
        folder: An empty one, in which the project is made.

    Raises:
        CommandFailed: If it cannot be trained, or Rasa's default is not installed.
    """
    if not DEFAULT_PYTHON.is_file():
        raise CommandFailed("Rasa's default is not installed: `tools/setup rasa-default`.")
    make_default_project(folder)
    for path in folder.glob("data/**/*.yml"):
        _leave_few_examples(path)
    write_default_config(folder, 1)
    return run_to_end([str(DEFAULT_PYTHON), "-m", "rasa", "train"], folder, dict(os.environ))


def _leave_few_examples(path: Path) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    for block in content.get("nlu", []):
        block["examples"] = "".join(itertools.islice(block["examples"].splitlines(keepends=True), FEW_EXAMPLES))
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=10_000), encoding="utf-8")


def keys_by_text(folder: Path) -> dict[str, str]:
    """Which key each wording in a project's data answers: Rasa's REST channel returns the text alone."""
    found: dict[str, str] = {}
    for responses in _responses(folder):
        for name, wordings in responses.items():
            for wording in wordings:
                found[wording.get("text", "").strip()] = name.removeprefix(UTTER_PREFIX)
    return found


def _responses(folder: Path) -> Iterator[dict[str, list[dict[str, Any]]]]:
    for path in sorted(folder.glob("data/**/*.yml")):
        yield (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("responses") or {}

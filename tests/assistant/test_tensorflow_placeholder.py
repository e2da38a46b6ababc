"""Rasa without TensorFlow: everything works but the components that need it, and those say so."""

from __future__ import annotations

import importlib
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
from rasa.shared.exceptions import RasaException

from assistant.tensorflow_placeholder import COMPONENTS, INTERNALS, PlaceholderFinder, install_placeholder

CONFIG = """
recipe: default.v1
language: en
assistant_id: temporary
pipeline:
  - name: WhitespaceTokenizer
  - name: CountVectorsFeaturizer
  - name: DIETClassifier
    epochs: 1
policies:
  - name: RulePolicy
"""
NLU = """
version: "3.1"
nlu:
  - intent: greet
    examples: |
      - hello
      - hi
  - intent: bye
    examples: |
      - goodbye
      - bye
"""
NAMED = [(module, name) for module, components in COMPONENTS.items() for name in components]


@pytest.fixture
def temporary_project(tmp_path: Path) -> Path:
    """A project whose config names a component that needs TensorFlow."""
    (tmp_path / "data").mkdir()
    (tmp_path / "config.yml").write_text(CONFIG)
    (tmp_path / "data" / "nlu.yml").write_text(NLU)
    (tmp_path / "domain.yml").write_text('version: "3.1"\nintents: [greet, bye]\n')
    return tmp_path


def test_tensorflow_is_not_installed() -> None:
    assert importlib.util.find_spec("tensorflow") is None


@pytest.mark.slow
def test_training_with_a_component_that_needs_it_ends_with_one_sentence(temporary_project: Path) -> None:
    command = [sys.executable, "-m", "rasa", "train", "nlu"]

    trained = subprocess.run(command, cwd=temporary_project, capture_output=True, text=True)

    output = trained.stdout + trained.stderr
    assert trained.returncode != 0
    assert output.count("DIETClassifier needs TensorFlow, which this assistant does without.") == 1
    assert "make tensorflow" in output
    assert "Traceback" not in output


@pytest.mark.parametrize(("module", "name"), NAMED, ids=[name for _, name in NAMED])
def test_a_component_that_needs_it_says_what_to_do(module: str, name: str) -> None:
    component = getattr(importlib.import_module(module), name)

    with pytest.raises(RasaException, match=f"^{name} needs TensorFlow.*`make tensorflow`"):
        component.required_packages()


@pytest.mark.parametrize("module", sorted(INTERNALS))
def test_a_name_that_others_import_is_there(module: str) -> None:
    assert isinstance(importlib.import_module(module).AnyName, type)


@pytest.mark.parametrize(
    "name", ["rasa.core.policies.rule_policy", "rasa.nlu.classifiers.keyword_intent_classifier", "tensorflow", "numpy"]
)
def test_nothing_else_is_replaced(name: str) -> None:
    assert PlaceholderFinder().find_spec(name) is None


def test_the_finder_is_put_first_and_once() -> None:
    path: list[object] = ["another finder"]

    install_placeholder(path)
    install_placeholder(path)

    assert [type(finder).__name__ for finder in path] == ["PlaceholderFinder", "str"]


def test_where_tensorflow_is_nothing_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    path: list[object] = []

    install_placeholder(path)

    assert path == []

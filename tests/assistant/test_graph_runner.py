"""Rasa's graphs, run one node after the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage

from assistant.graph_runner import InOrderGraphRunner


class Add(GraphComponent):
    """Adds two numbers, and counts how often."""

    times = 0

    @classmethod
    def create(cls, config: dict[str, Any], *args: object, **kwargs: object) -> Add:
        return cls()

    def add(self, one: int, other: int) -> int:
        Add.times += 1
        return one + other


def _node(one: str, other: str, is_target: bool = False) -> SchemaNode:
    return SchemaNode({"one": one, "other": other}, Add, "create", "add", {}, eager=True, is_target=is_target)


@pytest.fixture
def runner(tmp_path: Path) -> InOrderGraphRunner:
    schema = GraphSchema(
        {"total": _node("double", "double", True), "double": _node("number", "number"), "alone": _node("number", "missing")}
    )
    Add.times = 0
    return InOrderGraphRunner.create(schema, LocalModelStorage(tmp_path), ExecutionContext(schema))


def test_rasa_takes_it_for_its_own() -> None:
    assert DaskGraphRunner is InOrderGraphRunner


def test_a_node_runs_after_those_it_takes_from_and_once(runner: InOrderGraphRunner) -> None:
    assert runner.run({"number": 3}) == {"total": 12}
    assert Add.times == 2


def test_only_what_the_targets_rest_on_runs(runner: InOrderGraphRunner) -> None:
    assert runner.run({"number": 3}, ["double"]) == {"double": 6}
    assert Add.times == 1


def test_what_a_node_runs_can_be_had(runner: InOrderGraphRunner) -> None:
    assert isinstance(runner.component("double"), Add)


def test_an_input_stands_for_the_node_of_its_name(runner: InOrderGraphRunner) -> None:
    assert runner.run({"double": 5}) == {"total": 10}


def test_what_nobody_provides_is_named(runner: InOrderGraphRunner) -> None:
    with pytest.raises(GraphRunError, match="missing"):
        runner.run({"number": 3}, ["alone"])

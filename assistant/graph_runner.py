"""Runs Rasa's graphs one node after the other, in place of Dask, whose planning takes longer than the work of a message's nodes."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent, GraphNode, GraphNodeHook, GraphSchema
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelStorage

from assistant.priority import behind_others

Step = tuple[str, tuple[str, ...]]  # a node, and the nodes and inputs that it takes


class InOrderGraphRunner(GraphRunner):
    """Makes the nodes once and remembers, for each set of targets, the order in which they run."""

    def __init__(
        self,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> None:
        """Makes the nodes; see `create`."""
        self._schema = graph_schema
        self._nodes = {
            name: GraphNode.from_schema_node(name, node, model_storage, execution_context, hooks)
            for name, node in graph_schema.nodes.items()
        }
        self._orders: dict[tuple[str, ...], list[Step]] = {}

    @classmethod
    def create(
        cls,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> InOrderGraphRunner:
        """See parent class. Behind others: loading a model takes a second, in which another assistant may be answering."""
        return behind_others(lambda: cls(graph_schema, model_storage, execution_context, hooks))

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """See parent class."""
        outputs = {name: (name, value) for name, value in (inputs or {}).items()}
        wanted = tuple(targets or self._schema.target_names)
        for name, needs in self._order(wanted):
            if name not in outputs:
                # What nobody provides is passed by its name alone, which the node turns into an error that says so.
                outputs[name] = self._nodes[name](*(outputs.get(need, need) for need in needs))
        return {name: outputs[name][1] for name in wanted}

    def component(self, name: str) -> GraphComponent:
        """What a node runs."""
        component: GraphComponent = self._nodes[name]._component
        return component

    def _order(self, targets: tuple[str, ...]) -> list[Step]:
        """The nodes that the targets rest on, each after those that it takes from."""
        if targets not in self._orders:
            nodes = self._schema.minimal_graph_schema(list(targets)).nodes
            order: dict[str, tuple[str, ...]] = {}

            def add(name: str) -> None:
                if name in nodes and name not in order:
                    needs = tuple(nodes[name].needs.values())
                    for need in needs:
                        add(need)
                    order[name] = needs

            for target in targets:
                add(target)
            self._orders[targets] = list(order.items())
        return self._orders[targets]

"""The first part of a model's pipeline, run on texts that nobody is waiting to have answered."""

from __future__ import annotations

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.engine.graph import SchemaNode
from rasa.shared.nlu.training_data.message import Message

from assistant.nlu.text import without_command


def node_of(kind: type, agent: Agent) -> tuple[str, SchemaNode] | None:
    """The model's component of a kind: its name in the graph, and its entry there; None where it has none."""
    assert agent.processor is not None
    nodes = agent.processor.model_metadata.predict_schema.nodes.items()
    return next(((name, node) for name, node in nodes if issubclass(node.uses, kind)), None)


def read_up_to(name: str, texts: list[str], agent: Agent) -> list[Message]:
    """The texts as they are once a component has read them, and those before it; to be called outside of the event loop."""
    assert agent.processor is not None
    messages = [UserMessage(without_command(text)) for text in texts]
    inputs = {PLACEHOLDER_MESSAGE: messages, PLACEHOLDER_TRACKER: None}
    read: list[Message] = agent.processor.graph_runner.run(inputs=inputs, targets=[name])[name]
    # Behind a message that came alone stand the parts of it that are questions of their own: of these nobody asked.
    return read[: len(texts)]

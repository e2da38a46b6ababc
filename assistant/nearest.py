"""The training examples that texts are most like: what an editor is shown beside an example that they write."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.core.agent import Agent

from assistant.nlu.features import sentence_features
from assistant.nlu.one_vs_rest import Example, Nearest
from assistant.nlu.one_vs_rest_intent_classifier import OneVsRestIntentClassifier
from assistant.pipeline import node_of, read_up_to
from assistant.refusals import RequestRefused
from assistant.vectors import texts_of

EXAMPLES = 5  # of each text


def examples_asked_of(body: object) -> tuple[list[str], list[str | None]]:
    """The texts of a request, and the question that each is meant for.

    Raises:
        RequestRefused: If it is not a valid request.
    """
    texts = texts_of(body, ("texts", "questions"))
    questions = body.get("questions") if isinstance(body, dict) else None
    if questions is None:
        return texts, [None] * len(texts)
    if not isinstance(questions, list) or not all(question is None or isinstance(question, str) for question in questions):
        raise RequestRefused(400, "invalid_field", "questions must be a list of keys or nulls.")
    if len(questions) != len(texts):
        raise RequestRefused(400, "invalid_field", "There must be as many questions as texts.")
    return texts, questions


def nearest_of(texts: list[str], questions: list[str | None], agent: Agent) -> dict[str, Any]:
    """What the classifier finds nearest to texts, their spelling corrected; to be called outside of the event loop.

    Args:
        texts: As editors typed them.
        questions: The key that each is meant for, which the model need not have; None where there is none.
        agent: Rasa, with a model loaded.

    Returns:
        `nearest`: of each text its `examples`, best first, and its `own`, the nearest under its question, or None. Of a text in
        which nothing can be read, neither.

    Raises:
        RequestRefused: If the model has no classifier that keeps examples.
    """
    found = node_of(OneVsRestIntentClassifier, agent)
    assert agent.processor is not None
    classifier = agent.processor.graph_runner.component(found[0])._classifier if found else None
    if found is None or classifier is None:
        raise RequestRefused(501, "no_classifier", "The model has no classifier that keeps its examples.")
    # What the classifier is given, by the component before it.
    read = read_up_to(found[1].needs["messages"], texts, agent)
    features = {i: row for i, message in enumerate(read) if (row := sentence_features(message)) is not None}
    nearest = [Nearest([], None)] * len(texts)
    if features:
        asked = [texts[i] for i in features], [questions[i] for i in features]
        for i, of_text in zip(features, classifier.nearest(np.stack([*features.values()]), *asked, EXAMPLES)):
            nearest[i] = of_text
    return {
        "nearest": [
            {"examples": [_as_json(one) for one in of_text.examples], "own": _as_json(of_text.own) if of_text.own else None}
            for of_text in nearest
        ]
    }


def _as_json(example: Example) -> dict[str, Any]:
    return {"text": example.text, "question": example.label, "likeness": round(example.likeness, 4)}

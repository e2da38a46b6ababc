"""The training examples that texts are most like. Over HTTP: `test_channel.py`."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.core.agent import Agent

from assistant.nearest import EXAMPLES, examples_asked_of, nearest_of
from assistant.nlu.one_vs_rest_intent_classifier import OneVsRestIntentClassifier
from assistant.refusals import RequestRefused
from assistant.vectors import MAX_TEXTS


def _nearest(agent: Agent, text: str, question: str | None = None) -> dict[str, Any]:
    [nearest] = nearest_of([text], [question], agent)["nearest"]
    return dict(nearest)


def test_there_are_five_examples_best_first(agent: Agent) -> None:
    examples = _nearest(agent, "can i wear makeup afterwards")["examples"]

    likeness = [example["likeness"] for example in examples]
    assert len(examples) == EXAMPLES
    assert likeness == sorted(likeness, reverse=True)
    assert examples[0]["question"] == "aftercare/makeup"
    assert all(0 <= one <= 1 and one == round(one, 4) for one in likeness)


def test_an_example_of_another_question_is_found_whatever_its_words(agent: Agent) -> None:
    first = _nearest(agent, "Does it HURT?", "cost/price")["examples"][0]

    assert (first["text"], first["question"]) == ("does it hurt", "side_effects/pain")
    assert first["likeness"] > 0.9


def test_an_example_is_not_near_to_itself(agent: Agent) -> None:
    nearest = _nearest(agent, "Does it HURT?", "side_effects/pain")

    assert "does it hurt" not in [example["text"] for example in nearest["examples"]]
    assert nearest["own"]["text"] != "does it hurt"
    assert nearest["own"]["question"] == "side_effects/pain"


def test_the_questions_own_is_given_however_far_it_is(agent: Agent) -> None:
    nearest = _nearest(agent, "does it hurt", "cost/price")

    assert nearest["own"]["question"] == "cost/price"
    assert nearest["own"]["likeness"] < nearest["examples"][-1]["likeness"]


@pytest.mark.parametrize("question", [None, "no/such"])
def test_without_a_question_that_the_model_has_there_is_no_own(agent: Agent, question: str | None) -> None:
    assert _nearest(agent, "does it hurt", question)["own"] is None


@pytest.mark.parametrize("text", ["", " ", "/", "\u200b", "\ud83d"], ids=repr)
def test_a_text_in_which_nothing_can_be_read_is_like_nothing(agent: Agent, text: str) -> None:
    nearest = nearest_of([text, "does it hurt"], ["cost/price", None], agent)["nearest"]

    assert nearest[0] == {"examples": [], "own": None}
    assert nearest[1]["examples"][0]["text"] == "does it hurt"


def test_a_model_without_a_classifier_has_none(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    assert agent.processor is not None
    nodes = agent.processor.model_metadata.predict_schema.nodes
    others = {name: node for name, node in nodes.items() if not issubclass(node.uses, OneVsRestIntentClassifier)}
    monkeypatch.setattr(agent.processor.model_metadata.predict_schema, "nodes", others)

    with pytest.raises(RequestRefused) as refused:
        nearest_of(["does it hurt"], [None], agent)

    assert (refused.value.status, refused.value.code) == (501, "no_classifier")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ([], 400, "not_an_object"),
        ({"texts": []}, 400, "invalid_field"),
        ({"texts": ["a"], "questions": "cost/price"}, 400, "invalid_field"),
        ({"texts": ["a"], "questions": []}, 400, "invalid_field"),
        ({"texts": ["a"], "questions": [7]}, 400, "invalid_field"),
        ({"texts": ["a"], "answers": []}, 400, "unknown_field"),
        ({"texts": ["a"] * (MAX_TEXTS + 1)}, 413, "too_many"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_an_invalid_request_is_refused_with_its_reason(body: object, status: int, code: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        examples_asked_of(body)

    assert (refused.value.status, refused.value.code) == (status, code)


@pytest.mark.parametrize("questions", [{}, {"questions": None}], ids=repr)
def test_questions_may_be_left_out(questions: dict[str, Any]) -> None:
    assert examples_asked_of({"texts": ["a", "b"], **questions}) == (["a", "b"], [None, None])

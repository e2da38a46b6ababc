"""Messages that are alike in meaning, as the front desk groups them by the encoder's vectors."""

from __future__ import annotations

import numpy as np
from rasa.core.agent import Agent

from assistant.vectors import vectors_of
from frontdesk.insight.likeness import centres, packed, unpacked

# What visitors may ask and this assistant may not know; each line is one question.
QUESTIONS = [
    ["is there parking", "where can i park my car", "do you have a car park", "parking nearby?"],
    ["does it hurt", "is it painful", "how bad is the pain", "will it hurt much"],
    ["can i bring my dog", "are dogs allowed", "is my dog welcome at the clinic"],
    ["do you take apple pay", "can i pay with apple pay"],
    ["do you have a loyalty card"],
    ["what is the weather like"],
]


def _found(agent: Agent, texts: list[str]) -> list[int]:
    vectors = [packed(vector) for vector in vectors_of(texts, agent)["vectors"]]
    return centres(unpacked(vectors)).tolist()


def test_each_question_is_a_group_and_no_group_has_two(agent: Agent) -> None:
    texts = [text for asked in QUESTIONS for text in asked]
    expected = [number for number, asked in enumerate(QUESTIONS) for _ in asked]

    found = _found(agent, texts)

    assert len(set(zip(found, expected))) == len(set(found)) == len(QUESTIONS)


def test_letters_do_not_make_a_group(agent: Agent) -> None:
    assert len(set(_found(agent, ["can i eat before", "can i eat bees", "is it safe", "is it a safe deposit box"]))) == 4


def test_the_order_in_which_messages_came_does_not_matter_to_clear_groups(agent: Agent) -> None:
    texts = [text for asked in QUESTIONS[:4] for text in asked]
    order = np.random.default_rng(4).permutation(len(texts))

    before, after = np.array(_found(agent, texts)), np.array(_found(agent, [texts[row] for row in order]))

    assert ((before[order][:, None] == before[order]) == (after[:, None] == after)).all()

"""Measures from which likeness on two messages are put into one group, on the training examples: `make likeness`.

A sample stands for the messages of some weeks that were not understood: some questions are asked often and most seldom, and three messages
in ten have nothing to do with any other. Whoever looks at a group should find one question in it: the lowest threshold is chosen at
which, in groups of two and more, at least `SAME` of the messages are examples of the question that most of the group are. It is an
estimate from below: editors write examples to be unlike one another (so few are found together), and those that are out of scope
count as unlike although some are not.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from rasa.shared.nlu.constants import TEXT

from assistant.importer import TopicImporter
from assistant.nlu.sentence_encoder import load_encoder
from frontdesk.insight.likeness import ALIKE, centres, packed, unpacked

SIZES = (300, 1000, 3000)  # messages of a sample
DECIDING = 1000
REPETITIONS = 10
ALONE = 0.3  # of a sample
SAME = 0.8  # of a group's messages
STEPS = np.round(np.arange(0.4, 0.81, 0.05), 2)
OUT_OF_SCOPE = "fallback/out_of_scope"
NO_QUESTIONS = ("safety/", "system/", OUT_OF_SCOPE)  # thousands of examples of many kinds under one label


def main() -> int:
    """Prints what each threshold gives; returns the exit code: 1 where the one in use is not the one that is chosen."""
    examples = TopicImporter("config.yml", "domain.yml", ["data"]).get_nlu_data().intent_examples
    examples = [example for example in examples if example.get(TEXT)]
    labels = np.array([example.get_full_intent() for example in examples])
    meanings = load_encoder(Path("models/encoder")).encode_many([example.get(TEXT) for example in examples]).meaning
    vectors = unpacked([packed(meaning) for meaning in meanings])  # as the front desk keeps them
    chosen = None
    print("messages   likeness   one question   found together   in groups   groups")
    for size in SIZES:
        generator = np.random.default_rng(20)
        samples = [_sample(labels, size, generator) for _ in range(REPETITIONS)]
        for step in STEPS:
            same, together, grouped, groups = np.mean(
                [_measured(centres(vectors[rows], float(step)), questions) for rows, questions in samples], axis=0
            )
            is_chosen = chosen is None and size == DECIDING and same >= SAME
            chosen = float(step) if is_chosen else chosen
            print(
                f"{size:8}   {step:8.2f}   {same:12.2f}   {together:14.2f}   {grouped:9.2f}   {groups:6.0f}"
                f"{'   <- chosen' if is_chosen else ''}"
            )
    if chosen != ALIKE:
        print(f"The threshold in use is {ALIKE}: frontdesk/insight/likeness.py", file=sys.stderr)
    return 0 if chosen == ALIKE else 1


def _sample(labels: np.ndarray, size: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Rows of examples, and which question each is; those that are out of scope are a question each."""
    questions = sorted({str(label) for label in labels if not label.startswith(NO_QUESTIONS)})
    often = generator.pareto(1.0, len(questions)) + 0.05  # a few are asked all the time
    wanted = np.round(often / often.sum() * size * (1 - ALONE)).astype(int)
    rows: list[int] = []
    for question, number in zip(questions, wanted):
        known = np.flatnonzero(labels == question)
        rows += generator.choice(known, min(len(known), number), replace=False).tolist()
    alone = generator.choice(np.flatnonzero(labels == OUT_OF_SCOPE), int(size * ALONE), replace=False).tolist()
    of = [str(labels[row]) for row in rows] + [f"alone {row}" for row in alone]
    order = generator.permutation(len(of))
    return np.array(rows + alone)[order], np.array(of)[order]


def _measured(found: np.ndarray, questions: np.ndarray) -> tuple[float, float, float, float]:
    """What a grouping is worth.

    Returns:
        How much of the groups of two and more is one question; of the other messages that ask what a message asks, the share that is in
        its group; the share of all that are in such groups; how many groups there are.
    """
    members = same = groups = 0
    for centre in np.unique(found):
        group = questions[found == centre]
        if len(group) > 1:
            groups, members, same = groups + 1, members + len(group), same + np.unique(group, return_counts=True)[1].max()
    is_question, is_group = questions[:, None] == questions, found[:, None] == found
    others = is_question.sum(axis=1) - 1
    together = ((is_question & is_group).sum(axis=1) - 1)[others > 0] / others[others > 0]
    return same / max(members, 1), float(together.mean()), members / len(found), float(groups)


if __name__ == "__main__":
    sys.exit(main())

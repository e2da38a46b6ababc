"""Understanding, on lines that nobody trained with: questions by topic, and messages about something else.

Prints how many of each topic are right. A question is right when it is answered, or asked back with its answer among the choices.
A message about something else is right when it is not answered with a fact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.dialogue.plan import NOT_TOPICS

FOLDER = Path(__file__).parent
# Shares that must be right; raised when the understanding got better, never lowered to let a change pass.
LEAST_QUESTIONS = 0.85
LEAST_OUT_OF_SCOPE = 0.88
# Two people do put a short question alike. Such lines say nothing about understanding: they are left out, and must stay few.
MOST_ALIKE = 0.06

Ask = Callable[..., Awaitable[dict[str, Any]]]


def _lines(name: str) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return lines


@pytest.fixture(scope="module")
def training_examples(project: Path) -> set[str]:
    return {
        " ".join(line.removeprefix("      - ").casefold().split())
        for path in (project / "data").rglob("*.yml")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("      - ")
    }


@pytest.mark.parametrize("name", ["questions.yml", "out_of_scope.yml"])
def test_few_lines_are_also_training_examples(name: str, training_examples: set[str]) -> None:
    lines = _lines(name)
    unseen = _unseen(lines, training_examples)

    alike = 1 - len(unseen) / len(lines)

    assert alike <= MOST_ALIKE


async def test_questions_are_answered_or_asked_back(ask: Ask, training_examples: set[str], report: list[str]) -> None:
    asked: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for line in _unseen(_lines("questions.yml"), training_examples):
        topic = line["key"].partition("/")[0]
        asked[topic] += 1
        right[topic] += _is_right(line, await ask(line["text"]))

    share = sum(right.values()) / sum(asked.values())
    report += ["", "Questions answered, or asked back with the right choice:", *_by_topic(asked, right)]
    assert share >= LEAST_QUESTIONS


async def test_messages_about_something_else_are_not_answered_with_a_fact(
    ask: Ask, training_examples: set[str], report: list[str]
) -> None:
    asked: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for line in _unseen(_lines("out_of_scope.yml"), training_examples):
        answers = (await ask(line["text"]))["understanding"]["answers"]
        asked[line["key"]] += 1
        right[line["key"]] += all(answer.partition("/")[0] in NOT_TOPICS for answer in answers)

    share = sum(right.values()) / sum(asked.values())
    report += ["", "Messages about something else, not answered with a fact:", *_by_topic(asked, right)]
    assert share >= LEAST_OUT_OF_SCOPE


def _unseen(lines: list[dict[str, Any]], training_examples: set[str]) -> list[dict[str, Any]]:
    return [line for line in lines if " ".join(line["text"].casefold().split()) not in training_examples]


def _is_right(line: dict[str, Any], response: dict[str, Any]) -> bool:
    wanted = {line["key"], *line.get("also", [])}
    offered = {
        choice["id"] for reply in response["replies"] if reply["answers"] == ["system/which"] for choice in reply["choices"]
    }
    return bool(wanted & (set(response["understanding"]["answers"]) | offered))


def _by_topic(asked: Counter[str], right: Counter[str]) -> list[str]:
    total = (
        f"  {'together':24} {sum(right.values()):4} of {sum(asked.values()):4}  {sum(right.values()) / sum(asked.values()):.1%}"
    )
    return [
        f"  {topic:24} {right[topic]:4} of {asked[topic]:4}  {right[topic] / asked[topic]:.1%}" for topic in sorted(asked)
    ] + [total]

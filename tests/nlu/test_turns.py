"""Understanding of whole turns, on lines that nobody trained with: follow-ups, and several questions in one message. Prints both."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "turns"
# Shares that must be right; raised when the understanding got better, never lowered to let a change pass.
LEAST_FOLLOW_UPS = 0.75
LEAST_ALL_QUESTIONS = 0.68
LEAST_ANY_QUESTION = 0.94

Ask = Callable[..., Awaitable[dict[str, Any]]]


def _lines(name: str) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return lines


async def test_follow_ups_are_answered_or_asked_back(ask: Ask, report: list[str]) -> None:
    lines = _lines("follow_ups.yml")
    right = 0
    for line in lines:
        context = {"answers": [line["first_key"]], "question": line["first"]}
        right += bool({line["key"], *line.get("also", [])} & _answered_or_offered(await ask(line["text"], context)))

    report += [
        "",
        f"Follow-ups answered, or asked back with the right choice: {right} of {len(lines)}, {right / len(lines):.1%}",
    ]
    assert right / len(lines) >= LEAST_FOLLOW_UPS


async def test_several_questions_in_one_message_are_answered(ask: Ask, report: list[str]) -> None:
    lines = [line for line in _lines("several_questions.yml") if len(line["keys"]) > 1]
    everything = anything = 0
    for line in lines:
        found = set((await ask(line["text"]))["understanding"]["answers"])
        concern = any(key.startswith("safety/") for key in line["keys"]) and any(key.startswith("safety/") for key in found)
        everything += concern or set(line["keys"]) <= found
        anything += concern or bool(set(line["keys"]) & found)

    shares = (
        f"{everything} of {len(lines)}, {everything / len(lines):.1%}; at least one: {anything}, {anything / len(lines):.1%}"
    )
    report += ["", f"Messages of several questions, all answered: {shares}"]
    assert everything / len(lines) >= LEAST_ALL_QUESTIONS
    assert anything / len(lines) >= LEAST_ANY_QUESTION


def _answered_or_offered(response: dict[str, Any]) -> set[str]:
    offered = {
        choice["id"] for reply in response["replies"] if reply["answers"] == ["system/which"] for choice in reply["choices"]
    }
    return offered | set(response["understanding"]["answers"])

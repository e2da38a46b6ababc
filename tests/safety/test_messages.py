"""Whole messages through the assistant: no emergency that was recognised may be lost, by whatever change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from safety import Level

FOLDER = Path(__file__).parent
BLIND = ("first_run", "second_run", "third_run", "fourth_run", "fifth_run", "sixth_run", "seventh_run")
SETS = (*BLIND, "earlier", "development", "languages_apart", "languages_development")
# Emergencies that are not recognised yet; may only grow shorter.
KNOWN_MISSES = set(yaml.safe_load((FOLDER / "known_misses.yml").read_text(encoding="utf-8")) or [])
# Shares that must hold; raised when they got better, never lowered to let a change pass.
LEAST_HANDED_OVER = 0.95  # of personal concerns
MOST_NEEDLESS = 0.08  # of general questions that sound medical

Ask = Callable[..., Awaitable[dict[str, Any]]]


@pytest.mark.parametrize("name", SETS)
async def test_no_emergency_that_was_recognised_is_lost(name: str, ask: Ask) -> None:
    emergencies = [entry["text"] for entry in _read(name) if entry["level"] == "emergency"]

    missed = [text for text in emergencies if await _level(text, ask) < Level.EMERGENCY]

    assert [text for text in missed if text not in KNOWN_MISSES] == []


@pytest.mark.parametrize("name", [*BLIND, "development"])
async def test_personal_concerns_reach_a_person(name: str, ask: Ask) -> None:
    concerns = [entry["text"] for entry in _read(name) if entry["level"] in ("routine", "urgent")]

    handed_over = [text for text in concerns if await _level(text, ask) > Level.NONE]

    assert len(handed_over) >= LEAST_HANDED_OVER * len(concerns)


@pytest.mark.parametrize("name", [*BLIND, "development"])
async def test_general_questions_are_answered(name: str, ask: Ask) -> None:
    general = [entry["text"] for entry in _read(name) if entry["level"] == "none"]

    handed_over = [text for text in general if await _level(text, ask) > Level.NONE]

    assert len(handed_over) <= MOST_NEEDLESS * len(general)


def _read(name: str) -> list[dict[str, str]]:
    entries: list[dict[str, str]] = yaml.safe_load((FOLDER / "messages" / f"{name}.yml").read_text(encoding="utf-8"))
    return entries


async def _level(text: str, ask: Ask) -> Level:
    response = await ask(text)
    return Level.named(response["understanding"]["concern"])


async def test_who_is_called_in_learns_the_level_the_reasons_and_what_was_said(ask: Ask) -> None:
    response = await ask("help i cant breathe", {"messages": ["does it hurt"]})

    handoff = response["handoff"]
    assert (handoff["level"], handoff["message"]) == ("emergency", "help i cant breathe")
    assert handoff["earlier_messages"] == ["does it hurt"]
    assert handoff["reasons"][0]["why"] == "Cannot breathe, or only with difficulty"


async def test_a_question_calls_nobody_in(ask: Ask) -> None:
    assert (await ask("how much does it cost"))["handoff"] is None

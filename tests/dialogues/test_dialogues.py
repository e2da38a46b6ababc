"""Conversations in visitors' own words, one file per behaviour.

A dialogue: `name`, `turns`, and `settings` of the clinic that come with its requests. A turn is what the visitor `says` or `chooses`, and
what must be true of the replies:

    answers     the keys of the answers, in order
    offers      the question was asked back, and these are among the choices
    buttons     choices that are among those offered
    includes    words in the text
    excludes    words not in the text
    hands_over  a person is told
    said        `differently`: in other words than the turn before
    as          these words, said instead, would be answered alike
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(__file__).parent
FIELDS = {"says", "chooses", "answers", "offers", "buttons", "includes", "excludes", "hands_over", "said", "as"}
CHECKS = FIELDS - {"says", "chooses"}
WHICH = "system/which"
MOST_CHOICES = 3

Ask = Callable[..., Awaitable[dict[str, Any]]]


def _dialogues() -> list[Any]:
    return [
        pytest.param(dialogue, id=f"{path.stem}: {dialogue['name']}")
        for path in sorted(FOLDER.glob("*.yml"))
        for dialogue in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("dialogue", _dialogues())
def test_every_turn_checks_something_and_is_spelt_right(dialogue: dict[str, Any]) -> None:
    unknown = {field for turn in dialogue["turns"] for field in turn} - FIELDS

    checks = [turn.keys() & CHECKS for turn in dialogue["turns"]]

    assert not unknown
    assert all(checks)


@pytest.mark.parametrize("dialogue", _dialogues())
async def test_the_dialogue_goes_as_written(dialogue: dict[str, Any], ask: Ask) -> None:
    settings = {"settings": dialogue["settings"]} if "settings" in dialogue else {}
    context: dict[str, Any] = {}
    before = ""

    for turn in dialogue["turns"]:
        response = await ask(turn.get("says"), {**context, **settings}, turn.get("chooses"))
        likened = await ask(turn["as"], {**context, **settings}) if "as" in turn else response
        failures = list(_failures(turn, response, likened, before))
        assert not failures, f"{turn.get('says', turn.get('chooses'))!r}: {'; '.join(failures)}"
        context, before = response["context"], _text(response)


def _failures(turn: dict[str, Any], response: dict[str, Any], likened: dict[str, Any], before: str) -> list[str]:
    """What is not true of a turn's response."""
    answers, text = response["understanding"]["answers"], _text(response)
    choices = [choice["id"] for reply in response["replies"] for choice in reply["choices"]]
    holds = {
        "answers": lambda wanted: answers == wanted,
        "offers": lambda wanted: answers == [WHICH] and set(wanted) <= set(choices) and len(choices) <= MOST_CHOICES,
        "buttons": lambda wanted: set(wanted) <= set(choices),
        "includes": lambda wanted: wanted in text,
        "excludes": lambda wanted: wanted not in text,
        "hands_over": lambda wanted: any(reply["handoff"] for reply in response["replies"]) == wanted,
        "said": lambda wanted: wanted == "differently" and text != before,
        "as": lambda _: response["replies"] == likened["replies"],
    }
    got = f"got {answers}" + (f" offering {choices}" if answers == [WHICH] else "")
    return [f"{check} {turn[check]!r}: {got}" for check in turn if check in holds and not holds[check](turn[check])]


def _text(response: dict[str, Any]) -> str:
    return "\n".join(reply["text"] for reply in response["replies"])

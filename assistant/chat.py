"""Talks to the assistant in a terminal, in the way the front desk does: `python -m assistant.chat`, `make chat`."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from typing import Any

HELP = "Type a message, or the number of a button. /why shows what was understood, /new starts again, /quit or Ctrl-D ends."


async def main() -> int:
    """Reads lines until there are none; returns the exit code."""
    _quiet()
    from rasa.core.agent import load_agent
    from rasa.core.utils import AvailableEndpoints

    from assistant.channel import reply_to
    from assistant.training import latest_model

    model = latest_model()
    if model is None:
        print("There is no trained model: `make train` makes one.", file=sys.stderr)
        return 1
    agent = await load_agent(str(model), endpoints=AvailableEndpoints.read_endpoints("endpoints.yml"))
    print(HELP)
    context: dict[str, Any] = {}
    choices: list[dict[str, str]] = []
    understanding: dict[str, Any] = {}
    number = 0
    while True:
        try:
            typed = input("\nyou  > ")  # noqa: ASYNC250 - nobody else is being answered
        except (EOFError, KeyboardInterrupt):
            print()
            return 0
        if typed == "/quit":
            return 0
        if typed == "/new":
            context, choices = {}, []
            continue
        if typed == "/why":
            _show(understanding)
            continue
        said = {"text": typed}
        if typed.isdigit() and 0 < int(typed) <= len(choices):
            said = {"choice": choices[int(typed) - 1]["id"]}
        number += 1
        answer = await reply_to({"conversation": "terminal", "message_id": str(number), "context": context, **said}, agent)
        context, understanding = answer["context"], answer["understanding"]
        choices = []
        for reply in answer["replies"]:
            print(f"\nbot  > {reply['text']}")
            for choice in reply["choices"]:
                choices.append(choice)
                print(f"       [{len(choices)}] {choice['title']}")


def _show(understanding: dict[str, Any]) -> None:
    for name, value in understanding.items():
        if name == "ranking":
            value = ", ".join(f"{entry['name']} {entry['confidence']:.2f}" for entry in value)
        print(f"       {name}: {value}")


def _quiet() -> None:
    """Leaves the terminal to the conversation."""
    import warnings

    import structlog

    os.environ["LOG_LEVEL"] = "ERROR"
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))

"""What a visitor in danger is told when the assistant does not answer: the wordings of `data/safety.yml`, read without Rasa."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

import yaml

from frontdesk import environment, words
from frontdesk.clinic.models import LOCAL_NUMBER, Clinic

logger = logging.getLogger(__name__)

FILE = environment.ROOT / "data/safety.yml"
RESPONSES = "\nresponses:\n"  # from here on, the file has answers; what is before are a dozen thousand examples
SETTING = re.compile(r"\{(\w+)\}")


def emergency(reasons: list[dict[str, Any]], language: str, clinic: Clinic) -> list[str]:
    """The advice for the first kind of emergency that the rules found; in the visitor's language besides, where that is not English.

    Args:
        reasons: Of the rules, the most serious first.
        language: Of the chat's words.
        clinic: Whose numbers are told.
    """
    settings = {"emergency_number": clinic.number_to_call, "crisis_line": clinic.numbers.crisis}
    category = next((reason["rule"].partition("/")[0] for reason in reasons if reason["level"] == "emergency"), "")
    texts = [_wording(f"utter_safety/{category}", settings) or _wording("utter_safety/emergency", settings)]
    short = language.partition("-")[0]
    if short != "en":
        texts.insert(0, _wording(f"utter_safety/emergency_{short}", settings) or "")
    # The file may be in an editor's hands just now: there is always a sentence.
    return [text for text in texts if text] or [
        words.say("emergency", language, number=settings["emergency_number"] or LOCAL_NUMBER)
    ]


def _wording(name: str, settings: dict[str, str]) -> str:
    """The first wording whose settings are known; empty where there is none."""
    for text in _responses().get(name, ()):
        if all(settings.get(setting) for setting in SETTING.findall(text)):
            return SETTING.sub(lambda match: settings[match[1]], text)
    return ""


_read: tuple[Path, int, dict[str, list[str]]] = (Path(), 0, {})


def _responses() -> dict[str, list[str]]:
    """The texts of each answer; of a file that an editor has in hands and cannot be read now, as they were read last."""
    global _read
    try:
        written = FILE.stat().st_mtime_ns
        if (FILE, written) != _read[:2]:
            _, _, answers = FILE.read_text(encoding="utf-8").partition(RESPONSES)
            responses = yaml.safe_load("responses:\n" + answers)["responses"]
            texts = {name: [str(wording["text"]) for wording in wordings] for name, wordings in responses.items()}
            _read = (FILE, written, texts)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, yaml.YAMLError) as error:
        logger.warning("The advice in %s cannot be read: %s", FILE.name, type(error).__name__)
    return _read[2] if _read[0] == FILE else {}

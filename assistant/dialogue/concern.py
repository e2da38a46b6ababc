"""Whether a message is a medical concern, how serious, and why. Pure: three ways raise the level, none lowers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assistant.nlu.concern_classifier import CONCERN_PROBABILITIES, SAFETY
from assistant.nlu.one_vs_rest_intent_classifier import QUESTION_RANKING
from assistant.nlu.red_flag_detector import RED_FLAGS
from safety import Level

CONCERN_SLOT = "concern"  # slot in which the wording of an answer finds what this module says
CHOSEN = "The visitor pressed a button: this is happening to them"
# Emergencies with an answer of their own, by the category of the rule that found them; of several, the first here.
CATEGORIES = (
    "self_harm", "airway", "heart", "collapse", "stroke", "bleeding", "vessel", "poisoning", "pregnancy", "child", "infection", "violence",
)  # fmt: skip
# Languages with an answer to an emergency; a visitor who writes in another reads the general one.
LANGUAGES = frozenset({"zh", "hi", "es", "fr", "ar", "bn", "pt", "ru", "ur", "id", "de", "ja", "mr", "te"})


@dataclass(frozen=True)
class ConcernThresholds:
    """How sure the classifiers must be.

    Attributes:
        emergency: From this probability on a message is an emergency.
        worse: And from this one if it is at least urgent: then only its level is in doubt, and in doubt it is the higher.
        urgent: And from this one urgent or above.
        routine: And from this one routine or above.
        ranked: From here on a concern that the question classifier ranks first is one; on its scale of 0 to 1.
        doubt: From this probability on a message may be a concern.
    """

    emergency: float = 1.0
    worse: float = 1.0
    urgent: float = 1.0
    routine: float = 1.0
    ranked: float = 1.0
    doubt: float = 1.0


@dataclass(frozen=True)
class Concern:
    """What staff are told.

    Attributes:
        level: The highest that any way gives.
        category: What kind of emergency, where a rule found it and there is an answer for it; else empty.
        reasons: In words that staff can read, each with what it was found in.
        in_doubt: Of which level it would be if what reads like a general question were the visitor's own.
        answer: Key of what the visitor is told; empty where there is no concern.
    """

    level: Level
    category: str
    reasons: tuple[dict[str, str], ...]
    in_doubt: Level
    answer: str

    def as_json(self) -> dict[str, Any]:
        """In the shape in which it is kept."""
        return {"level": str(self.level), "reasons": list(self.reasons), "in_doubt": str(self.in_doubt)}


def read_concern(understanding: dict[str, Any], thresholds: ConcernThresholds) -> Concern:
    """Takes the highest level of the three ways.

    Args:
        understanding: What the pipeline made of the message, with `red_flags`, `concern_probabilities`, `question_ranking`, and
            `choice` if a button was pressed.
        thresholds: Of the probabilities.
    """
    flags = understanding.get(RED_FLAGS) or {}
    reasons = [dict(reason) for reason in flags.get("reasons", ())]
    level = Level.named(flags.get("level", "none"))
    found = {reason["rule"].partition("/")[0] for reason in reasons if reason["level"] == str(Level.EMERGENCY)}
    category = next((category for category in CATEGORIES if category in found), "")

    chosen = level_of_answer(understanding.get("choice", ""))
    if chosen is not Level.NONE:
        reasons.append({"rule": "choice", "level": str(chosen), "why": CHOSEN, "words": ""})

    # The classifiers have read English only: of another language they know nothing, and of key mashing neither.
    is_english = understanding.get("language", "en") == "en"
    probabilities = (understanding.get(CONCERN_PROBABILITIES) or {}) if is_english else {}
    read, why = _read(probabilities, (understanding.get(QUESTION_RANKING) or []) if is_english else [], thresholds)
    if read is not Level.NONE:
        reasons.append({"rule": "classifier", "level": str(read), "why": why, "words": ""})
    level = max(level, chosen, read)
    answer = understanding["choice"] if chosen is level is not Level.NONE else _answer(level, category, understanding)
    return Concern(level, category, tuple(reasons), _doubt(level, flags, probabilities, thresholds), answer)


def _read(probabilities: dict[str, float], ranking: list[dict[str, Any]], thresholds: ConcernThresholds) -> tuple[Level, str]:
    """What the two classifiers say, and how sure the surer of them is, in words."""
    by_probability = max(
        (
            level
            for level in Level
            if level is not Level.NONE and probabilities.get(str(level), 0.0) >= getattr(thresholds, str(level))
        ),
        default=Level.NONE,
    )
    if by_probability is Level.URGENT and probabilities.get(str(Level.EMERGENCY), 0.0) >= thresholds.worse:
        by_probability = Level.EMERGENCY
    ranked, confidence = Level.NONE, 0.0
    if ranking and ranking[0]["confidence"] >= thresholds.ranked:
        ranked, confidence = level_of_answer(ranking[0]["name"]), ranking[0]["confidence"]
    if by_probability >= ranked:
        return (
            by_probability,
            f"Reads like messages of this level (probability {probabilities.get(str(by_probability), 0.0):.2f})",
        )
    return ranked, f"Is most like an example of this level (confidence {confidence:.2f})"


def _answer(level: Level, category: str, understanding: dict[str, Any]) -> str:
    if level is Level.NONE:
        return ""
    if level is not Level.EMERGENCY:
        return f"{SAFETY}{level}"
    language = understanding.get("language", "en")
    if language in LANGUAGES:
        return f"{SAFETY}emergency_{language}"
    return f"{SAFETY}{category}" if category else f"{SAFETY}emergency"


def level_of_answer(key: str) -> Level:
    """How serious the matter is that an answer is about: `safety/urgent` is urgent, `safety/airway` an emergency."""
    if not key.startswith(SAFETY):
        return Level.NONE
    name = key.removeprefix(SAFETY)
    return Level.named(name) if name in ("routine", "urgent") else Level.EMERGENCY


def _doubt(level: Level, flags: dict[str, Any], probabilities: dict[str, float], thresholds: ConcernThresholds) -> Level:
    if level is not Level.NONE:
        return Level.NONE
    mentioned = Level.named(flags.get("mentioned", "none"))
    likely = max(
        (candidate for candidate in Level if probabilities.get(str(candidate), 0.0) >= thresholds.doubt), default=Level.NONE
    )
    return max(mentioned, likely)

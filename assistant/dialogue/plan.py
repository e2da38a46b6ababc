"""Decides how a turn is answered. Pure: what was understood and what went before in, the answers' keys out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assistant.conversation import Conversation

# Families of keys: what the article answers is a topic, the rest is not.
FALLBACK, HANDOFF, SMALLTALK, SAFETY, SYSTEM = "fallback", "handoff", "smalltalk", "safety", "system"
NOT_TOPICS = frozenset({FALLBACK, HANDOFF, SMALLTALK, SAFETY, SYSTEM})
PERSON = "handoff/person"
OUT_OF_SCOPE = "fallback/out_of_scope"
MISUNDERSTOOD = "smalltalk/misunderstood"
# What is said on the first, the second and every further miss in a row.
MISS_ANSWERS = ("system/not_understood", "system/not_understood_again", "system/offer_person")
WHICH = "system/which"
CHOICES_SLOT = "choices"  # slot in which the wording of WHICH finds the keys to offer
# Pleasantries around a question, which need no answer beside it.
PLEASANTRIES = frozenset({"smalltalk/greeting", "smalltalk/thanks", "smalltalk/goodbye", "smalltalk/how_are_you", "smalltalk/wait"})
# Words that lean on the turn before. First ones of the message, or anywhere in it.
LEANING_START = ("and ", "but ", "or ", "so ", "what about", "how about", "what if", "ok and", "ok but", "same ", "no ", "nope ", "not ", "i meant", "i mean", "actually", "also ", "then ", "still ", "even ")  # fmt: skip
LEANING_WORDS = frozenset("it that this they them those these one ones she he her him there then same too either instead".split())
LONGEST_LEANING = 5  # words; a message this short may lean without any of them ("how long?", "for hair?")


@dataclass(frozen=True)
class Thresholds:
    """How sure the understanding must be, on the classifier's scale of 0 to 1.

    Attributes:
        answer: From here on a question is answered; chosen by `make threshold`.
        ask: From here up to `answer`, and where two readings are close, the visitor is asked which they mean.
        close: Two readings are close when the second is at least this share of the first.
    """

    answer: float
    ask: float
    close: float


@dataclass(frozen=True)
class Plan:
    """How a turn is answered.

    Attributes:
        answers: Keys of the responses to utter, in order; empty where the ordinary rules say what to do.
        choices: Keys offered as buttons, when the visitor is asked which they mean.
        reading: Which of the message's readings the answers come from: "whole", "parts", "context" or "rule".
    """

    answers: tuple[str, ...]
    choices: tuple[str, ...] = ()
    reading: str = "whole"


@dataclass(frozen=True)
class _Candidate:
    key: str
    confidence: float


def plan_turn(understanding: dict[str, Any], conversation: Conversation, thresholds: Thresholds) -> Plan:
    """Plans the answer to one message.

    Args:
        understanding: What Rasa's pipeline made of the message, with `question_ranking`, `readings`, `language`.
        conversation: What went before.
        thresholds: From the policy's config.
    """
    language = understanding.get("language", "en")
    whole = _candidates(understanding.get("question_ranking"))
    readings = understanding.get("readings") or {}
    if understanding.get("choice"):
        return Plan((understanding["choice"],), reading="rule")
    if _is_sure(whole, SAFETY, thresholds.ask):
        return Plan((whole[0].key,))
    if language in ("empty", "unreadable"):
        return Plan((f"system/{language}",) if conversation.misses < 2 else (MISS_ANSWERS[-1],), reading="rule")
    if language != "en":
        return Plan((f"system/language_{language}",), reading="rule")

    several = _several(readings.get("parts") or [], whole, thresholds)
    if several:
        return Plan(several, reading="parts")
    followed, reading = _in_context(understanding.get("text") or "", whole, _candidates(readings.get("in_context")), conversation, thresholds)
    return _answer_or_ask(followed, reading, conversation, thresholds)


def _candidates(ranking: list[dict[str, Any]] | None) -> list[_Candidate]:
    return [_Candidate(entry["name"], entry["confidence"]) for entry in ranking or []]


def _is_sure(candidates: list[_Candidate], family: str, threshold: float) -> bool:
    return bool(candidates) and candidates[0].key.startswith(f"{family}/") and candidates[0].confidence >= threshold


def _several(parts: list[dict[str, Any]], whole: list[_Candidate], thresholds: Thresholds) -> tuple[str, ...]:
    """The answers to a message of several questions, or nothing where it is better read as one.

    A part counts when it is understood on its own as well as one would ask of a whole message; background ("my wedding is in
    June") is not, and pleasantries are left out.
    """
    keys: list[str] = []
    for part in parts:
        candidates = _candidates(part["ranking"])
        if not candidates or candidates[0].confidence < thresholds.answer or len(part["text"].split()) < 2:
            continue
        key = candidates[0].key
        if key not in PLEASANTRIES and key != OUT_OF_SCOPE and key not in keys:
            keys.append(key)
    for key in keys:
        if key.startswith(f"{SAFETY}/") or key == PERSON:
            return (key,)
    return tuple(keys) if len(keys) > 1 else ()


def leans_on_context(text: str) -> bool:
    """Whether a message is put in a way that needs the turn before it to be understood."""
    plain = text.lower().strip()
    words = plain.replace("?", " ").replace(",", " ").split()
    return len(words) <= LONGEST_LEANING or plain.startswith(LEANING_START) or not LEANING_WORDS.isdisjoint(words)


def _in_context(
    text: str, whole: list[_Candidate], context: list[_Candidate], conversation: Conversation, thresholds: Thresholds
) -> tuple[list[_Candidate], str]:
    """Chooses between the message as it stands and the message as a follow-up."""
    if not context or not whole or not leans_on_context(text):
        return whole, "whole"
    if whole[0].key.startswith((SMALLTALK, HANDOFF, SAFETY)) and whole[0].confidence >= thresholds.answer:
        if whole[0].key == "smalltalk/yes" and _offered_a_person(conversation):
            return [_Candidate(PERSON, whole[0].confidence)], "context"
        return whole, "whole"
    scores: dict[str, float] = {}
    for candidate in whole:
        scores[candidate.key] = max(scores.get(candidate.key, 0.0), candidate.confidence)
    for candidate in context:
        scores[candidate.key] = scores.get(candidate.key, 0.0) + candidate.confidence
    best = sorted(scores, key=lambda key: -scores[key])
    sureness = {c.key: c.confidence for c in context} | {c.key: c.confidence for c in whole if c.confidence >= thresholds.answer}
    merged = [_Candidate(key, max(sureness.get(key, 0.0), scores[key] / 2)) for key in best]
    return merged, "context"


def _offered_a_person(conversation: Conversation) -> bool:
    return bool(conversation.answers) and conversation.answers[-1].startswith((FALLBACK, HANDOFF, "system/offer_person"))


def _answer_or_ask(candidates: list[_Candidate], reading: str, conversation: Conversation, thresholds: Thresholds) -> Plan:
    if not candidates or candidates[0].confidence < thresholds.ask:
        return _miss(conversation)
    first = candidates[0]
    if first.key in (OUT_OF_SCOPE, MISUNDERSTOOD) and conversation.misses >= 2:
        return _miss(conversation)
    close = [c for c in candidates[1:3] if c.confidence >= thresholds.close * first.confidence and c.confidence >= thresholds.ask]
    choices = tuple(c.key for c in (first, *close) if c.key != OUT_OF_SCOPE)
    sure = first.confidence >= thresholds.answer
    if sure and not close:
        return Plan((first.key,), reading=reading)
    if first.key == OUT_OF_SCOPE or any(c.key.startswith(SAFETY) for c in (first, *close)):
        return Plan((first.key,), reading=reading)
    if len(choices) > 1 or not sure:
        return Plan((WHICH,), choices, reading)
    return Plan((first.key,), reading=reading)


def _miss(conversation: Conversation) -> Plan:
    return Plan((MISS_ANSWERS[min(conversation.misses, len(MISS_ANSWERS) - 1)],), reading="rule")

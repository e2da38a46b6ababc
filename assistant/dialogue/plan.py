"""Decides how a turn is answered. Pure: what was understood and what went before in, the answers' keys out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.conversation import Conversation
from assistant.dialogue.concern import Concern, ConcernThresholds, read_concern
from assistant.dialogue.cues import Cue, follow_up_cue, names_two, stands_alone

# Families of keys: what the article answers is a topic, the rest is not.
FALLBACK, HANDOFF, SMALLTALK, SAFETY, SYSTEM = "fallback", "handoff", "smalltalk", "safety", "system"
NOT_TOPICS = frozenset({FALLBACK, HANDOFF, SMALLTALK, SAFETY, SYSTEM})
PERSON = "handoff/person"
OUT_OF_SCOPE = "fallback/out_of_scope"
MISUNDERSTOOD = "smalltalk/misunderstood"
MOST_ANSWERS = 3  # in one turn: more is a wall of text on a phone
SURE_SMALLTALK = 0.6  # below it, a part of a message that looks like small talk is background
OFFERED = 0.8  # once the visitor is asked, a reading is among the choices from this share of the first
LISTED = 0.6  # of two subjects named in one breath the second is this much as sure as the first, or is not meant
REASON_WHY = "fallback/reason_why"
SIDE_EFFECTS = "side_effects"
# Where something is said about how long, if the newest answer does not say it itself.
DURATIONS = frozenset({"side_effects/temporary", "fallback/results_duration", "fallback/session_length", "fallback/downtime"})
# Where the questions about the time before and after the treatment are.
PHASES = {
    Cue.BEFORE: ("preparation/", "fallback/preparation_other"),
    Cue.AFTER: ("aftercare/", "fallback/aftercare_other", "side_effects/"),
}
# How the message as it stands and the message in context are weighed together; measured on conversations, see docs/understanding.md.
AGAIN = 0.55  # the answer just given, in the reading in context
BESIDE = 0.8  # small talk, something else: words that lean on the turn before often look like these, and seldom are
PHASE_ALONE = 0.5  # a message that says when, and not what
SAME_FAMILY = 1.15  # another question of the topic that was spoken of
# What is said on the first, the second and every further miss in a row.
MISS_ANSWERS = ("system/not_understood", "system/not_understood_again", "system/offer_person")
WHICH = "system/which"
CHOICES_SLOT = "choices"  # slot in which the wording of WHICH finds the keys to offer
# Pleasantries around a question, which need no answer beside it.
PLEASANTRIES = frozenset(
    {"smalltalk/greeting", "smalltalk/thanks", "smalltalk/goodbye", "smalltalk/how_are_you", "smalltalk/wait"}
)

# Of each answer's key, the follow-ups that it has answered already (`metadata: {says: [why, how_long]}`).
Says = Mapping[str, Collection[str]]


@dataclass(frozen=True)
class Thresholds:
    """How sure the understanding must be, on the classifier's scale of 0 to 1.

    Attributes:
        answer: From here on a question is answered; chosen by `make threshold`.
        ask: From here up to `answer`, and where two readings are close, the visitor is asked which they mean.
        close: Two readings are close when the second is at least this share of the first.
        part: From here on a part of a message is a question of its own.
        concern: From where on a message is a medical concern.
    """

    answer: float
    ask: float
    close: float
    part: float
    concern: ConcernThresholds = field(default_factory=ConcernThresholds)


@dataclass(frozen=True)
class Plan:
    """How a turn is answered.

    Attributes:
        answers: Keys of the responses to utter, in order; empty where the ordinary rules say what to do.
        choices: Keys offered as buttons, when the visitor is asked which they mean.
        reading: Which of the message's readings the answers come from: "whole", "parts", "context" or "rule".
        concern: Whether the message is a medical concern; None where nobody asked.
    """

    answers: tuple[str, ...]
    choices: tuple[str, ...] = ()
    reading: str = "whole"
    concern: Concern | None = None


@dataclass(frozen=True)
class _Candidate:
    key: str
    confidence: float


def plan_turn(
    understanding: dict[str, Any], conversation: Conversation, thresholds: Thresholds, says: Says | None = None
) -> Plan:
    """Plans the answer to one message: a medical concern first, whatever else the message asks.

    Args:
        understanding: What Rasa's pipeline made of the message, with `question_ranking`, `readings`, `language`, `red_flags`,
            `concern_probabilities`.
        conversation: What went before.
        thresholds: From the policy's config.
        says: Of each answer, which follow-up it has answered already: a reason, a duration.
    """
    concern = read_concern(understanding, thresholds.concern)
    if concern.answer:
        return Plan((concern.answer,), reading="rule", concern=concern)
    return replace(_plan_answers(understanding, conversation, thresholds, says), concern=concern)


def _plan_answers(
    understanding: dict[str, Any], conversation: Conversation, thresholds: Thresholds, says: Says | None = None
) -> Plan:
    language = understanding.get("language", "en")
    whole = _candidates(understanding.get("question_ranking"))
    readings = understanding.get("readings") or {}
    if understanding.get("choice"):
        return Plan((understanding["choice"],), reading="rule")
    if language in ("empty", "unreadable"):
        return Plan((f"system/{language}",) if conversation.misses < 2 else (MISS_ANSWERS[-1],), reading="rule")
    if language != "en":
        return Plan((f"system/language_{language}",), reading="rule")

    questions = _questions(readings.get("parts") or [], thresholds)
    text = understanding.get("text") or ""
    keys = tuple(dict.fromkeys(question.key for question in questions)) or _listed(text, whole, thresholds)
    for key in keys:
        if key == PERSON:
            return Plan((key,), reading="parts")
    if len(keys) > 1:
        return Plan(keys[:MOST_ANSWERS], reading="parts")
    if keys and whole and whole[0].confidence < thresholds.answer:
        return Plan(keys, reading="parts")  # one question at the end of a story
    in_context = _candidates(readings.get("in_context"))
    followed, reading = _in_context(text, whole, in_context, conversation, says or {}, thresholds)
    return _answer_or_ask(followed, reading, conversation, thresholds)


def _candidates(ranking: list[dict[str, Any]] | None) -> list[_Candidate]:
    """What the classifier ranks, but for concerns: by now it is decided that there is none."""
    return [
        _Candidate(entry["name"], entry["confidence"]) for entry in ranking or [] if not entry["name"].startswith(f"{SAFETY}/")
    ]


def _questions(parts: list[dict[str, Any]], thresholds: Thresholds) -> list[_Candidate]:
    """The questions among the parts of a message.

    A part counts when it can stand alone, is put as a question or a bare subject, and is understood as surely as a whole message
    would have to be. Background ("my wedding is in June") and pleasantries do not count.
    """
    questions = []
    for part in parts:
        candidates = _candidates(part["ranking"])
        if not candidates or candidates[0].confidence < thresholds.part or candidates[0].key == OUT_OF_SCOPE:
            continue
        chatter = candidates[0].key.startswith(SMALLTALK) and candidates[0].confidence < SURE_SMALLTALK
        if stands_alone(part["text"]) and not chatter and candidates[0].key not in PLEASANTRIES:
            questions.append(candidates[0])
    return questions


def _listed(text: str, whole: list[_Candidate], thresholds: Thresholds) -> tuple[str, ...]:
    """Two subjects named in one breath ("bruises or lumps", "for diabetics and heart patients"): both, where both are well understood."""
    if not names_two(text) or len(whole) < 2 or whole[1].confidence < max(LISTED * whole[0].confidence, thresholds.part):
        return ()
    families = {candidate.key.partition("/")[0] for candidate in whole[:2]}
    return tuple(candidate.key for candidate in whole[:2]) if len(families) == 1 and SMALLTALK not in families else ()


def _in_context(
    text: str,
    whole: list[_Candidate],
    context: list[_Candidate],
    conversation: Conversation,
    says: Says,
    thresholds: Thresholds,
) -> tuple[list[_Candidate], str]:
    """Chooses between the message as it stands and the message as a follow-up to the newest answer."""
    if not whole or not conversation.answers:
        return whole, "whole"
    last = conversation.answers[-1]
    if whole[0].key == "smalltalk/yes" and last.startswith((FALLBACK, HANDOFF, "system/offer_person")):
        return [_Candidate(PERSON, whole[0].confidence)], "context"
    if not context:
        return whole, "whole"
    cue = follow_up_cue(text)
    if cue in (Cue.WHY, Cue.HOW_LONG) and last.partition("/")[0] not in (SMALLTALK, SYSTEM, SAFETY):
        return [_Candidate(last if cue in says.get(last, ()) else _elsewhere(cue, last, context), 1.0)], "context"
    if whole[0].key.startswith(HANDOFF) and whole[0].confidence >= thresholds.answer:
        return whole, "whole"
    if cue is None or (cue == Cue.SHORT and whole[0].confidence >= thresholds.answer):
        return whole, "whole"

    if cue in (Cue.BEFORE, Cue.AFTER):
        # "no, before": when is all that it says, and every question about that time is a little like it.
        whole = [_Candidate(candidate.key, candidate.confidence * PHASE_ALONE) for candidate in whole]
    scores = _merged(whole, context, last)
    if cue in (Cue.BEFORE, Cue.AFTER):
        scores = {key: score for key, score in scores.items() if key.startswith(PHASES[cue]) and key != last} or scores
    if cue == Cue.SHORT:
        # Nothing says that it leans: then one of the readings must be sure of it alone, not both a little.
        alone = {candidate.key: candidate.confidence for candidate in sorted((*whole, *context), key=lambda c: c.confidence)}
        scores = {key: min(score, alone[key]) for key, score in scores.items()}
    best = sorted(scores, key=lambda key: -scores[key])
    scale = max(scores[best[0]], 1.0)
    return [_Candidate(key, scores[key] / scale) for key in best], "context"


def _merged(whole: list[_Candidate], context: list[_Candidate], last: str) -> dict[str, float]:
    """What both readings together say for each answer."""
    scores: dict[str, float] = {}
    for candidate in whole:
        beside = candidate.key == OUT_OF_SCOPE or candidate.key.startswith(SMALLTALK)
        scores[candidate.key] = candidate.confidence * (BESIDE if beside else 1.0)
    for candidate in context:
        if candidate.key == OUT_OF_SCOPE:
            continue  # that the question before was about something else says nothing of this one
        # Read together with the question before, every message looks like that question again: this counts for less.
        weight = AGAIN if candidate.key == last else 1.0
        scores[candidate.key] = scores.get(candidate.key, 0.0) + candidate.confidence * weight
    family = last.partition("/")[0]
    return {
        key: score * (SAME_FAMILY if key.partition("/")[0] == family and key != last else 1.0) for key, score in scores.items()
    }


def _elsewhere(cue: Cue, last: str, context: list[_Candidate]) -> str:
    """Where the reason or the duration is, that the newest answer does not give."""
    if cue == Cue.WHY:
        return REASON_WHY
    family = {
        SIDE_EFFECTS: "side_effects/temporary",
        "results": "fallback/results_duration",
        "uses": "fallback/results_duration",
    }
    asked = family.get(last.partition("/")[0])
    others = [candidate.key for candidate in context if candidate.key != last and candidate.key in DURATIONS]
    return asked or (others[0] if others else "fallback/session_length")


def _answer_or_ask(candidates: list[_Candidate], reading: str, conversation: Conversation, thresholds: Thresholds) -> Plan:
    if not candidates or candidates[0].confidence < thresholds.ask:
        return _miss(conversation)
    first = candidates[0]
    if first.key in (OUT_OF_SCOPE, MISUNDERSTOOD) and conversation.misses >= 2:
        return _miss(conversation)
    others = [c for c in candidates[1:3] if c.confidence >= thresholds.ask]
    close = [c for c in others if c.confidence >= thresholds.close * first.confidence]
    offered = [c for c in others if c.confidence >= OFFERED * first.confidence]
    choices = tuple(c.key for c in (first, *offered) if c.key != OUT_OF_SCOPE and not c.key.startswith((SMALLTALK, SYSTEM)))
    sure = first.confidence >= thresholds.answer
    if sure and not close:
        return Plan((first.key,), reading=reading)
    if first.key == OUT_OF_SCOPE:
        return Plan((first.key,), reading=reading)
    if len(choices) > 1 or (choices and not sure):
        return Plan((WHICH,), choices, reading)
    return Plan((first.key,), reading=reading) if sure else _miss(conversation)


def _miss(conversation: Conversation) -> Plan:
    return Plan((MISS_ANSWERS[min(conversation.misses, len(MISS_ANSWERS) - 1)],), reading="rule")

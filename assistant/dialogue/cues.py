"""Small signs in a message that it leans on the turn before, and how."""

from __future__ import annotations

import re
from enum import Enum

LONGEST_LEANING = 5  # words; a message this short may lean without a sign ("for hair?")
LONGEST_CUE = 8  # words; "why" or "how long" alone asks about the turn before, in a long question it is part of it


class Cue(str, Enum):
    """How a message leans on the turn before."""

    WHY = "why"
    HOW_LONG = "how_long"
    BEFORE = "before"
    AFTER = "after"
    POINTING = "pointing"  # at what was spoken of: "that", "the other one", "and …", "no, …"
    SHORT = "short"  # nothing in it leans, but it is short enough to


WHY = re.compile(r"\b(?:why|y not|how come|what for|reason(?:ing)?)\b", re.IGNORECASE)
HOW_LONG = re.compile(
    r"\b(?:(?:for )?how (?:long|many (?:hours|days|weeks))|(?:un)?till? when|when can i (?:start|go back)|how soon)\b",
    re.IGNORECASE,
)
# Words that may stand around "why" and "how long" without making it a question of its own.
PADDING = re.compile(
    r"\b(?:and|but|so|ok(?:ay)?|oh|hm+|well|right|really|though|then|please|pls|exactly|is|its|it's|was|that|this|it|the|not|cant|can't|"
    r"do|does|i|you|we|they|he|she|them|have|to|should|must|need|for|at|all|what|whats|what's|there|there's|a|any|of|behind|so|"
    r"wait|no|stay|off|keep|avoid|last|lasts|take|takes|after|go|away|roughly|about|say|me|tell|bad|allowed|ok)\b",
    re.IGNORECASE,
)
BEFORE = re.compile(r"\b(?:before(?:hand)?|b4|prior|leading up|run up|on the way there)\b", re.IGNORECASE)
AFTER = re.compile(r"\b(?:after(?:wards?)?|when its over|once its done|when it's over|once it's done)\b", re.IGNORECASE)
LEANING_START = re.compile(
    r"^(?:and|but|or|so|&|also|same|then|still|even|actually|not|what about|how about|what if|wot about|"
    r"no(?:pe)?[, ]+(?=(?:i me+an|before|b4|after|during|not|the|for)\b)|"
    r"i me+an(?:t)?|(?:ok|okay|oh|right|yeah|yes)[, ]+(?:and|but|so|what about|then|what if))\b",
    re.IGNORECASE,
)
POINTING = re.compile(
    r"\b(?:it|that|this|they|them|those|these|ones?|she|her|he|him|there|then|same|too|either|instead|both|such|two)\b",
    re.IGNORECASE,
)
QUESTION_START = re.compile(
    r"^(?:and |also |plus |oh |or |but |so |then )*(?:can|could|may|do|does|did|is|are|was|will|would|should|what|whats|how|hows|when|"
    r"where|which|who|whos|why|if|any|am|must|need|have|has|tell|explain|wondering|want to know)\b",
    re.IGNORECASE,
)
NOT_A_SUBJECT = re.compile(
    r"^(?:\W|\b(?:can|could|may|do|does|is|are|will|would|should|it|that|this|they|them|he|she|i|we|you|or|not|a|no|yes|an?|the|on|have|"
    r"get|so|ok|allowed|true|any|good|help|work|one|those|these)\b)*$",
    re.IGNORECASE,
)
# A word before the message itself, whose comma couples nothing: "no, before the treatment".
INTERJECTION = re.compile(
    r"^(?:(?:no|nope|yes|yeah|yep|ok|okay|oh|hi|hello|hey|well|right|sorry|thanks|please)\b[\s,.!]*)+", re.IGNORECASE
)
# "when" behind "who invented it and" asks about that, not about anything of its own.
BARE_QUESTION_WORD = re.compile(r"^(?:and |but |also |or )*(?:when|why|how|where|who|which|what)\W*$", re.IGNORECASE)
TWO = re.compile(r"\w\s*(?:,|&|\+|/|\n|\b(?:and|or|plus|as well as)\b)\s*\w", re.IGNORECASE)
SUBJECT_WORDS = 4  # a part of at most so many words may be a bare subject ("price", "side effects")


def follow_up_cue(text: str) -> Cue | None:
    """How a message leans on the turn before; None where it says itself what it is about."""
    plain = text.strip()
    words = plain.split()
    for pattern, cue in ((WHY, Cue.WHY), (HOW_LONG, Cue.HOW_LONG)):
        if (
            pattern.search(plain)
            and len(words) <= LONGEST_CUE
            and not re.search(r"\w", PADDING.sub("", pattern.sub("", plain)))
        ):
            return cue
    leans = bool(LEANING_START.search(plain))
    for pattern, cue in ((BEFORE, Cue.BEFORE), (AFTER, Cue.AFTER)):
        if pattern.search(plain) and (leans or len(words) <= 3):
            return cue
    if leans or POINTING.search(plain):
        return Cue.POINTING
    return Cue.SHORT if len(words) <= LONGEST_LEANING else None


def stands_alone(part: str) -> bool:
    """Whether a part of a message is a question of its own: put as one, with a subject, or a bare subject."""
    plain = part.strip(" ,.;!")
    if NOT_A_SUBJECT.match(plain.rstrip("?")) or BARE_QUESTION_WORD.match(plain) or not re.search(r"[^\W\d]{2}", plain):
        return False
    return plain.endswith("?") or bool(QUESTION_START.match(plain)) or len(plain.split()) <= SUBJECT_WORDS


def names_two(text: str) -> bool:
    """Whether a message couples things: "makeup and gym", "bruises or lumps"."""
    return bool(TWO.search(INTERJECTION.sub("", text.strip())))

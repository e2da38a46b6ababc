"""What may be wrong with an answer, as it reads: for the editor who writes it, and for the checks of a release. Nothing is looked up."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from frontdesk import words
from frontdesk.content import medicines, prices, readability
from frontdesk.content.facts import facts as known_facts
from frontdesk.content.links import links_in, written_wrong
from frontdesk.content.notes import Level, Note
from frontdesk.content.questions import PLACES
from frontdesk.content.services import LONGEST_ANSWER

MOST_WORDS, MOST_CHARACTERS = 80, 500  # more is more than a phone shows at once
HIGHEST_GRADE = 9.0  # years at school; what is written for patients is best below
MOST_BUTTONS = 4
# Topics whose answers say what the program or the clinic does, and nothing of the treatment; or what the article leaves open.
UNFOUNDED = frozenset({"handoff", "smalltalk", "system", "safety", "fallback"})
SAFETY, SYSTEM = "safety", "system"
IN_OTHER_LANGUAGES = re.compile(
    r"/(?:language|emergency)_(?!other$)[a-z]+$"
)  # one answer of each, for those who do not write English
# What the assistant fills in: as `assistant/settings.py` has them.
CLINIC_SETTINGS = (
    "clinic_name", "phone", "email", "address", "opening_hours", "booking_url", "payment_methods", "cancellation", "country",
    "emergency_number", "crisis_line",
)  # fmt: skip
# Where these are not set, the assistant says them in words; two the front desk has no setting of.
NEVER_MISSED = frozenset({"emergency_number", "crisis_line", "payment_methods", "cancellation"})
BRACES = re.compile(r"\{([^{}]*)\}?|\}")
_ILL = (
    r"(?:infection|infected|reaction|allergy|allergic|abscess|sepsis|haematoma|hematoma|necrosis|cellulitis|herpes|eczema|hives|urticaria|"
    r"diabetes|cancer|anaemia|anemia|asthma|migraine|fever|flu|disease|disorder|syndrome|condition|deficiency|inflammation|inflamed|"
    r"intolerance|pregnant|\w+itis|\w+osis)"
)
DIAGNOSES = re.compile(
    rf"\byou(?:['’]ve|\s+(?:(?:must|probably|likely|clearly|definitely|certainly|obviously|surely|may|might)\s+)*(?:have|are\s+having))\s+"
    rf"(?:got\s+)?(?:(?!no\b|to\b)[\w'’-]+\s+){{0,3}}?{_ILL}\b"
    rf"|\byou(?:['’]re|\s+are)\s+(?:(?:probably|likely|clearly|definitely|certainly|just|only)\s+)*(?:suffering|allergic|infected|diabetic)\b"
    rf"|\b(?:this|that|it)(?:['’]s|\s+is|\s+sounds\s+like|\s+looks\s+like|\s+seems\s+to\s+be)\s+(?:(?:probably|likely|clearly|definitely|certainly|just|only|surely)\s+)*"
    rf"(?:an?\s+)?(?:[\w-]+\s+){{0,2}}?{_ILL}\b",
    re.IGNORECASE,
)
PROMISES = re.compile(
    r"\bguarant\w+|\b100\s?(?:%|per\s?cent)|\b(?:completely|totally|perfectly|absolutely|entirely|always)\s+(?:safe|harmless|painless|works?)\b"
    r"|\b(?:no|zero|without(?:\s+any)?)\s+(?:\w+\s+)?(?:risks?|dangers?|side[\s-]effects?|complications?)\b|\brisk-?\s?free\b|\bside[\s-]effect[\s-]free\b"
    r"|\b(?:will|does)\s+(?:definitely|certainly|surely|always)\b|\b(?:miracle|cures?|cured|foolproof)\b|\bnever\s+(?:hurts?|fails?|harms?|goes\s+wrong)\b"
    r"|\b(?:we|i)\s+promise\b|\byou\s+(?:have\s+nothing\s+to\s+(?:fear|worry)|will\s+(?:look|be)\s+years\s+younger)",
    re.IGNORECASE,
)
# Before such a phrase, it is none.
NOT_SAID = re.compile(
    r"\b(?:not|n['’]t|cannot|never|nobody|nothing|no\s+one|none|if|when|whether|unless|before|once|case|or|does|do|who|that|sign\s+of|tell\s+us)\b"
    r"(?:\s+[\w'’]+){0,3}\s*$|\b\w+n['’]t(?:\s+[\w'’]+){0,3}\s*$",
    re.IGNORECASE,
)


def answer_notes(
    key: str,
    text: str,
    facts: Sequence[str] = (),
    buttons: int = 0,
    before: str | None = None,
    settings: Collection[str] | None = None,
) -> list[Note]:
    """What there is to say about one wording of an answer, what matters most first.

    Args:
        key: Of its question; only its topic need be right where the question is not there yet.
        text: As it stands in the file, with places such as `{phone}`.
        facts: Ids of the facts on which it rests.
        buttons: How many it has.
        before: The wording that it replaces, where there is one.
        settings: Which settings the clinic has set; None where that is not known.
    """
    topic = key.partition("/")[0]
    notes = [*_safety(topic, text, before), *_places(text, settings), *_facts(topic, facts), *_links(text)]
    notes += _medical(text)
    notes += _length(text, buttons, topic, is_english=not IN_OTHER_LANGUAGES.search(key))
    return sorted(notes, key=lambda note: list(Level).index(note.level))


def grade_of(key: str, text: str) -> float | None:
    """Years at school that it takes to read an answer; None where that is not known, or it is not in English."""
    return None if IN_OTHER_LANGUAGES.search(key) else readability.grade(PLACES.sub("something", text))


def _safety(topic: str, text: str, before: str | None) -> Iterator[Note]:
    had, has = set(PLACES.findall(before or "")), set(PLACES.findall(text))
    for name, level in (("emergency_number", Level.STOP), ("crisis_line", Level.WARN)):
        if topic == SAFETY and name in had - has:
            yield Note(level, "place_lost", {"place": f"{{{name}}}", "what": words.staff(f"guide_setting_{name}")})


def _places(text: str, settings: Collection[str] | None) -> Iterator[Note]:
    for found in dict.fromkeys(match[0] for match in BRACES.finditer(text)):
        name = found.strip("{}")
        if found != f"{{{name}}}" or name not in CLINIC_SETTINGS:
            yield Note(
                Level.STOP, "place_unknown", {"place": found, "known": ", ".join(f"{{{one}}}" for one in CLINIC_SETTINGS)}
            )
        elif settings is not None and name not in settings and name not in NEVER_MISSED:
            yield Note(Level.WARN, "place_unset", {"place": found, "what": words.staff(f"guide_setting_{name}")})


def _facts(topic: str, facts: Sequence[str]) -> Iterator[Note]:
    known = known_facts()
    for fact in dict.fromkeys(facts):
        if fact not in known:
            yield Note(Level.STOP, "fact_unknown", {"fact": fact})
    if not facts and topic not in UNFOUNDED:
        yield Note(Level.WARN, "no_fact")


def _links(text: str) -> Iterator[Note]:
    for link in written_wrong(text):
        yield Note(Level.STOP, "link_wrong", {"link": link}, {"link": link})
    for link in links_in(text):
        if link.lower().startswith("http://"):
            yield Note(Level.HINT, "link_open", {"link": link}, {"link": link})


def _medical(text: str) -> Iterator[Note]:
    if price := prices.price_in(text):
        yield Note(Level.STOP, "price", {"price": price})
    for part in medicines.told(text)[:3]:
        yield Note(Level.STOP, "medicine", {"part": part})
    for code, rule in (("diagnosis", DIAGNOSES), ("promise", PROMISES)):
        if phrase := _said(rule, text):
            yield Note(Level.HINT, code, {"phrase": phrase})


def _said(rule: re.Pattern[str], text: str) -> str:
    """The first place at which a text says so, and does not deny it or ask."""
    for match in rule.finditer(text):
        sentence = re.split(r"[.!?;:\n]", text[: match.start()])[-1]
        if not NOT_SAID.search(sentence):
            return match[0].strip()
    return ""


def _length(text: str, buttons: int, topic: str, *, is_english: bool) -> Iterator[Note]:
    count = readability.word_count(text)
    if len(text) > LONGEST_ANSWER:
        yield Note(Level.STOP, "answer_too_long", {"most": f"{LONGEST_ANSWER:,}", "characters": f"{len(text):,}"})
    elif count > MOST_WORDS or len(text) > MOST_CHARACTERS:
        yield Note(Level.WARN, "long", {"words": str(count), "characters": str(len(text))})
    grade = readability.grade(PLACES.sub("something", text)) if is_english else None
    if grade is not None and grade > HIGHEST_GRADE:
        yield Note(Level.WARN, "hard", {"grade": f"{grade:.1f}", "most": f"{HIGHEST_GRADE:.0f}"})
    if buttons > MOST_BUTTONS and topic != SYSTEM:
        yield Note(Level.HINT, "buttons", {"count": str(buttons), "most": str(MOST_BUTTONS)})

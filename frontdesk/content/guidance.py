"""What may be wrong with examples, as they read and beside those that are there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

from django.core.cache import cache

from frontdesk import words
from frontdesk.chat import nearest as assistant
from frontdesk.chat import vectors
from frontdesk.chat.assistant import AssistantFailed
from frontdesk.chat.nearest import Near, Nearest
from frontdesk.content import services
from frontdesk.content.notes import Level, Note
from frontdesk.content.questions import Content, content, same_words
from frontdesk.privacy import masking

MOST = vectors.MOST  # texts at once
FEWEST = 8  # examples of a question; of fewer, little can be learnt
SAMPLE = 8  # examples of a question that are compared with the others of it
KEPT = 600  # seconds for which what came of that is
# Likenesses, from 0 to 1. Of our own examples, each beside all others: the most like one of its own question at 0.65 on average, and
# the questions' averages between 0.50 and 0.80; one in five is nearer to another question by 0.05, one in ten by 0.1.
SAME = 0.97  # adds nothing that the other does not say
TOO_ALIKE = 0.85  # the average of a question whose examples say one thing in one way
NEARER, MUCH_NEARER = 0.05, 0.1  # to another question than to the own
OTHERS = 0.8  # like another question's example, where the own question is not known to the assistant yet
MASKS = ("email", "phone", "name", "birthday", "card", "iban", "identity", "number", "address")


@dataclass(frozen=True)
class Guidance:
    """Of some texts.

    Attributes:
        texts: The notes of each.
        question: Those of the question to which they are added.
        nearness: Whether the assistant could say what they are like.
    """

    texts: list[list[Note]]
    question: list[Note]
    nearness: bool


def guidance_for(key: str, texts: Sequence[str], before: str = "") -> Guidance:
    """All notes for examples that an editor writes; the assistant is asked, and told nothing that is a personal detail.

    Args:
        key: Of the question; empty, or one that is not there yet, for a new one.
        texts: At most `MOST`.
        before: The example that is being changed into the one text, where that is so.

    Raises:
        UnreadableContent: If a file is none that can be used.
    """
    known = content()
    # What an example must not hold is not sent on either; and what cannot be an example is like none.
    asked = [text for text in dict.fromkeys(texts) if _refusal(text) is None and not masking.found(text)]
    sample = _sample(known, key) if _spread(known, key) is None else []
    together = list(dict.fromkeys([*asked, *sample]))
    if len(together) > MOST:  # the sample has time until fewer are typed
        together, sample = asked, []
    found, nearness = {}, True
    if together:
        try:
            found = dict(zip(together, assistant.nearest_of(together, [key] * len(together)), strict=True))
        except AssistantFailed:
            nearness = False
    if sample and nearness:
        # None of a question that the assistant does not know yet: that too is not asked again at each letter.
        cache.set(_spread_name(known, key), spread_of([found[text] for text in sample]) or 0.0, KEPT)
    notes = example_notes(key, texts, found, before=before, known=known)
    return Guidance(notes, question_notes(key, known, _spread(known, key), texts), nearness)


def example_notes(
    key: str,
    texts: Sequence[str],
    nearest: Mapping[str, Nearest] | None = None,
    *,
    before: str = "",
    known: Content | None = None,
) -> list[list[Note]]:
    """The notes of each text, what matters most first.

    Args:
        key: Of the question that they are for; empty for a new one.
        texts: Examples, without the marks of a list.
        nearest: What they are like, by text, as far as that is known.
        before: The example that is being changed into the one text; that one is in nobody's way.
        known: The content; the draft where it is left out.
    """
    known = known or content()
    nearest = nearest or {}
    first: dict[str, int] = {}
    notes = []
    for line, text in enumerate(texts, start=1):
        of_text = [*_as_it_reads(text), *_beside_others(known, key, text, before, first.get(same_words(text)))]
        if not of_text or not {"empty", "duplicate", "duplicate_here", "twice"} & {note.code for note in of_text}:
            of_text += _nearness(known, key, nearest.get(text), before)
        first.setdefault(same_words(text), line)
        notes.append(sorted(of_text, key=lambda note: list(Level).index(note.level)))
    return notes


def question_notes(key: str, known: Content, spread: float | None = None, adding: Sequence[str] = ()) -> list[Note]:
    """The notes of a question's examples as a whole.

    Args:
        key: Empty for a new one.
        known: The content.
        spread: How alike its examples are, from `spread_of`; None where that is not known.
        adding: Examples that are about to be added, which count.
    """
    question = known.questions.get(key)
    if question is not None and not question.examples:
        return []  # nobody asks for it: the program says it by itself
    there = {same_words(text) for text in question.examples} if question else set()
    count = len(there | {same_words(text) for text in adding if _refusal(text) is None})
    notes = []
    if count < FEWEST:
        notes.append(Note(Level.WARN, "few", {"count": str(count), "fewest": str(FEWEST)}))
    if spread is not None and spread >= TOO_ALIKE:
        notes.append(Note(Level.HINT, "alike", {"percent": _percent(spread)}))
    return notes


def spread_of(nearest: Sequence[Nearest]) -> float | None:
    """How alike examples of one question are: the average likeness of each to the one that it is most like; 1 where all say the same."""
    own = [one.own.likeness for one in nearest if one.own]
    return mean(own) if own else None


def _sample(known: Content, key: str) -> list[str]:
    """Examples of a question, from all over the list."""
    question = known.questions.get(key)
    examples = question.examples if question else ()
    step = max(len(examples) // SAMPLE, 1)
    return list(examples[::step][:SAMPLE]) if len(examples) > 1 else []


def _spread(known: Content, key: str) -> float | None:
    """How alike a question's examples are, where that was found out lately."""
    kept = cache.get(_spread_name(known, key)) if key in known.questions else None
    return kept if isinstance(kept, float) else None


def _spread_name(known: Content, key: str) -> str:
    written = json.dumps([key, known.questions[key].examples])
    return "spread:" + hashlib.sha256(written.encode()).hexdigest()


def _refusal(text: str) -> services.CannotBeDone | None:
    """Why a text cannot be an example at all."""
    try:
        services.valid_example(text)
    except services.CannotBeDone as error:
        return error
    return None


def _as_it_reads(text: str) -> Iterator[Note]:
    if (refusal := _refusal(text)) is not None:
        yield Note(Level.STOP, refusal.code, {"most": str(services.LONGEST_EXAMPLE), "count": str(len(text))})
        if refusal.code == "empty":
            return
    if spans := masking.found(text):
        kinds = dict.fromkeys(words.staff(f"masked_{span.kind}").strip("[]") for span in spans)
        yield Note(
            Level.STOP,
            "personal",
            {"what": ", ".join(kinds)},
            {
                "spans": [{"kind": span.kind, "start": span.start, "end": span.end} for span in spans],
                "offer": {"text": masking.mask(text), "label": words.staff("guide_offer_masked")},
            },
        )
    if left := [mask for kind in MASKS if (mask := words.staff(f"masked_{kind}")) in text]:
        yield Note(Level.WARN, "mask_left", {"mask": left[0]})


def _beside_others(known: Content, key: str, text: str, before: str, line: int | None) -> Iterator[Note]:
    there = known.by_words.get(same_words(text))
    if there is not None and there[1] != before and same_words(text):
        if there[0] == key:
            yield Note(Level.STOP, "duplicate_here", {"example": there[1]})
        else:
            yield Note(Level.STOP, "duplicate", {"title": known.questions[there[0]].title}, {"other": _other(known, there[0])})
    elif line is not None:
        yield Note(Level.STOP, "twice", {"line": str(line)})


def _nearness(known: Content, key: str, nearest: Nearest | None, before: str) -> Iterator[Note]:
    """What a text is like, as the draft has it: an example that was moved is the other question's, one that is gone is no more."""
    if nearest is None:
        return
    own, other = None, None
    for near in sorted([*nearest.examples, *([nearest.own] if nearest.own else [])], key=lambda one: -one.likeness):
        there = known.by_words.get(same_words(near.text))
        if there is None or there[1] == before:
            continue
        now = Near(there[1], there[0], near.likeness)
        if there[0] == key:
            own = own or now
        else:
            other = other or now
    if own is not None and own.likeness >= SAME:
        yield Note(Level.HINT, "adds_little", {"example": own.text})
    if other is None:
        return
    names = {"title": known.questions[other.question].title, "example": other.text, "percent": _percent(other.likeness)}
    data = {"other": _other(known, other.question), "nearest": _near_as_json(other), "own": _near_as_json(own) if own else None}
    if own is not None and other.likeness - own.likeness > NEARER:
        level = Level.WARN if other.likeness - own.likeness > MUCH_NEARER else Level.HINT
        yield Note(level, "nearer", {**names, "own": own.text, "own_percent": _percent(own.likeness)}, data)
    elif own is None and other.likeness >= OTHERS:
        yield Note(Level.HINT, "near_other", names, data)


def _other(known: Content, key: str) -> dict[str, str]:
    return {"key": key, "title": known.questions[key].title}


def _near_as_json(near: Near) -> dict[str, str]:
    return {"text": near.text, "question": near.question, "percent": _percent(near.likeness)}


def _percent(likeness: float) -> str:
    return f"{likeness * 100:.0f}"

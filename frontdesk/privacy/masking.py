"""Hides personal details in what visitors write: who reads it learns what was asked, and not by whom."""

from __future__ import annotations

from dataclasses import dataclass

from frontdesk import words

# Digits of other scripts, as ASCII has them: as many characters, so that places stay.
DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹０１２３４５６７８９", "0123456789" * 3)
# Where two kinds lay claim to the same characters, the first of these has them.
KINDS = ("email", "card", "iban", "identity", "birthday", "phone", "number", "address", "name")
MAIL = ("@", "(at)", "[at]", " at ", "arroba", "arobase")  # without one of these there is no address of mail
FEWEST_DIGITS = 4  # below, there is no number or code to be found


@dataclass(frozen=True)
class Span:
    """A personal detail: what kind, and from which character to before which."""

    kind: str
    start: int
    end: int


def found(text: str) -> list[Span]:
    """The personal details in a text, in order, none overlapping another.

    Kinds: `email`, `phone`, `name`, `birthday`, `card`, `iban`, `identity`, `address`, `number` (a long one that is none of these).
    """
    # Not at the start: a second and 13 MB, in processes of which some never mask.
    from frontdesk.privacy import recognisers
    from frontdesk.privacy.names import names

    plain = text.translate(DIGITS)
    spans = list(names(plain))
    digits = sum(char.isdigit() for char in plain)
    if any(sign in plain.lower() for sign in MAIL):
        spans += recognisers.mail(plain)
    if digits >= FEWEST_DIGITS:
        spans += recognisers.numbers(plain)
        spans += recognisers.birthdays(plain)
    if digits:
        spans += recognisers.places(plain)
    spans.sort(key=lambda span: (KINDS.index(span[0]), span[1] - span[2]))
    taken: list[Span] = []
    for kind, start, end in spans:
        taken += [Span(kind, begin, until) for begin, until in _free(start, end, taken) if not plain[begin:until].isspace()]
    return sorted(taken, key=lambda span: span.start)


def mask(text: str) -> str:
    """The text, with a word in brackets in the place of each personal detail."""
    shown, place = [], 0
    for span in found(text):
        shown += [text[place : span.start], words.staff(f"masked_{span.kind}")]
        place = span.end
    return "".join([*shown, text[place:]])


def _free(start: int, end: int, taken: list[Span]) -> list[tuple[int, int]]:
    """The parts from `start` to `end` that nothing has laid claim to: none of a detail stays readable because another overlaps it."""
    parts = [(start, end)]
    for other in taken:
        parts = [
            (begin, until)
            for part in parts
            for begin, until in ((part[0], min(part[1], other.start)), (max(part[0], other.end), part[1]))
            if begin < until
        ]
    return parts

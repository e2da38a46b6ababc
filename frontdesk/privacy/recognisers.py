"""What has a form: mail, telephone, card and identity numbers, birthdays, streets. By Presidio's recognisers and some of our own.

Presidio's analyzer would run each text through a language model first; the recognisers that look for forms need none and are asked
directly (docs/decisions/0012-masking.md). Importing this module costs about a second and 13 MB: `masking.py` does so when first needed.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Iterator
from functools import cache

import regex
from presidio_analyzer import Pattern, PatternRecognizer
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    DeTaxIdRecognizer,
    EmailRecognizer,
    EsNieRecognizer,
    EsNifRecognizer,
    IbanRecognizer,
    ItFiscalCodeRecognizer,
    NhsRecognizer,
    PhoneRecognizer,
    PlPeselRecognizer,
    UkNinoRecognizer,
    UsSsnRecognizer,
)
from presidio_analyzer.predefined_recognizers.country_specific.uk.uk_postcode_recognizer import UkPostcodeRecognizer

from frontdesk.privacy.patterns import pattern

# Whose numbers are known without a prefix: the countries where the chat's languages are spoken most.
REGIONS = ("GB", "US", "ES", "FR", "DE", "PT", "BR", "SA", "AE", "EG", "MA")
LENIENCY = 1  # of phonenumbers: a number that can be somebody's
BORN_FROM, BORN_UNTIL = 1900, 2012  # a date in these years is taken for a birthday, whatever stands beside it
NEAR = 30  # characters between a word that says what a number is, and the number
LONG_NUMBER = 9  # digits: nothing that visitors ask about has so many, so it is somebody's, even if mistyped


class _Email(EmailRecognizer):
    """Presidio's, without its look into the list of public suffixes, which it would fetch from the internet."""

    def validate_result(self, pattern_text: str) -> bool | None:
        """See parent class."""
        return None


class _Checked(PatternRecognizer):
    """A number with check digits."""

    regex = ""

    def __init__(self) -> None:
        """One of each kind is made."""
        super().__init__(supported_entity="IDENTITY", patterns=[Pattern(type(self).__name__, self.regex, 0.5)])

    def validate_result(self, pattern_text: str) -> bool:
        """See parent class."""
        return self.fits("".join(char for char in pattern_text.upper() if char.isalnum()))

    @abstractmethod
    def fits(self, number: str) -> bool:
        """Whether the check digits are right; letters and digits only."""


class FrenchInsee(_Checked):
    """Numéro de sécurité sociale: sex, year, month, place, order, and a key that is 97 less the rest."""

    regex = (
        r"\b[12][ .-]?\d{2}[ .-]?(?:0[1-9]|1[0-2]|[2-4]\d|50|[6-9]\d)[ .-]?(?:\d{2}|2[AB])[ .-]?\d{3}[ .-]?\d{3}[ .-]?\d{2}\b"
    )

    def fits(self, number: str) -> bool:
        """See parent class."""
        body = number[:-2].replace("2A", "19").replace("2B", "18")  # Corsica
        return 97 - int(body) % 97 == int(number[-2:])


class BrazilianCpf(_Checked):
    """Two check digits, each of all before it."""

    regex = r"\b\d{3}[ .]?\d{3}[ .]?\d{3}[ -]?\d{2}\b"

    def fits(self, number: str) -> bool:
        """See parent class."""
        if len(set(number)) == 1:
            return False
        for place in (9, 10):
            total = sum(int(digit) * weight for digit, weight in zip(number, range(place + 1, 1, -1), strict=False))
            if total * 10 % 11 % 10 != int(number[place]):
                return False
        return True


class PortugueseNif(_Checked):
    """Nine digits, the last one checks."""

    regex = r"\b[1-35689]\d{2}[ .]?\d{3}[ .]?\d{3}\b"

    def fits(self, number: str) -> bool:
        """See parent class."""
        rest = sum(int(digit) * weight for digit, weight in zip(number, range(9, 1, -1), strict=False)) % 11
        return int(number[8]) == (0 if rest < 2 else 11 - rest)


class GulfIdentity(_Checked):
    """Saudi Arabia's ten digits and the Emirates' fifteen; both end with Luhn's digit."""

    regex = r"\b(?:[12]\d{9}|784[ -]?(?:19|20)\d{2}[ -]?\d{7}[ -]?\d)\b"

    def fits(self, number: str) -> bool:
        """See parent class."""
        digits = [int(digit) for digit in reversed(number)]
        return (sum(digits[::2]) + sum(sum(divmod(digit * 2, 10)) for digit in digits[1::2])) % 10 == 0


@cache
def _recognisers() -> tuple[tuple[str, PatternRecognizer | PhoneRecognizer, float], ...]:
    """Kind, recogniser, and the score from which it is believed: over a half means that its check digits are right."""
    checked: list[PatternRecognizer] = [
        NhsRecognizer(),
        EsNifRecognizer(),
        EsNieRecognizer(),
        DeTaxIdRecognizer(),
        PlPeselRecognizer(),
    ]
    checked += [ItFiscalCodeRecognizer(), FrenchInsee(), BrazilianCpf(), PortugueseNif(), GulfIdentity()]
    return (
        ("card", CreditCardRecognizer(), 0.9),
        ("iban", IbanRecognizer(), 0.9),
        *(("identity", one, 0.9) for one in checked),
        ("identity", UkNinoRecognizer(), 0.5),
        ("identity", UsSsnRecognizer(), 0.5),
        ("phone", PhoneRecognizer(supported_regions=REGIONS, leniency=LENIENCY), 0.4),
    )


EMAIL = _Email()
POSTCODE = UkPostcodeRecognizer()

_MONTH = pattern("months")
_NUMERIC = r"\d{1,2}[ ]?[./-][ ]?\d{1,2}[ ]?[./-][ ]?(?P<year>\d{4}|\d{2})|(?P<year>\d{4})[./-]\d{1,2}[./-]\d{1,2}"
_YEAR = r"(?P<year>(?:19|20)\d{2})"
_WRITTEN = (
    rf"\d{{1,2}}(?:st|nd|rd|th|er|\.|º)?\s*(?:of |de |d[ae] |-)?\s*(?:{_MONTH})\b\.?,?(?:\s*(?:de[l]? |of |-)?\s*{_YEAR})?"
    rf"|\b(?:{_MONTH})\b\.?\s*\d{{1,2}}(?:st|nd|rd|th)?,?(?:\s*{_YEAR})?"
)
DATE = regex.compile(rf"(?<![\w])(?:{_NUMERIC}|{_WRITTEN})(?!\w)", regex.IGNORECASE)
BORN = regex.compile(rf"(?<!\w)(?:{pattern('born')})(?!\w)", regex.IGNORECASE)
IDENTITY = regex.compile(
    rf"(?<!\w)(?:{pattern('identity')})(?!\w)[^\d\n]{{0,{NEAR}}}?"
    r"(?P<it>\b(?:[A-Z]{1,6}[ -]?)?\d[\dA-Z]*(?:[ ./-]?[\dA-Z]*\d[\dA-Z]*)*(?:[ -]?[A-Z]\b)?)",
    regex.IGNORECASE,
)
ROW = regex.compile(r"\d(?:[ ().\-–/]{0,3}\d){6}")  # of digits: no telephone number is shorter
LONG = regex.compile(r"(?<![\w.])\+?\(?\d(?:[ ().\-–/]{0,2}\d){8,}(?!\w)")
SPELT_EMAIL = regex.compile(
    r"[\w.+-]{1,64} ?(?:@|\(at\)|\[at\]|\bat\b|\barroba\b|\barobase\b) ?[\w-]+"
    r"(?:\.| dot | punto | point | punkt | ponto | ?\(dot\) ?| ?\[dot\] ?)"
    r"(?:com|net|org|info|co|uk|es|fr|de|pt|br|ch|at|eu|io|me|mx|ar|sa|ae|eg|ma)(?:\.\w{2,3})?\b",
    regex.IGNORECASE,
)
_HOUSE = r"(?<![\w])\d{1,4}[a-z]?(?:-\d{1,4})?(?!\w)"
STREETS = regex.compile(
    "|".join(f"(?<!\\w)(?:{street.replace('number', _HOUSE, 1)})" for street in pattern("streets", joined=False)),
    regex.IGNORECASE,
)
# A code of five digits, then a town: capitals say so, which IU and EUR after a dose or a price have not in this form.
TOWN = regex.compile(
    r"(?<![\w.,-])(?:[DF]-)?\d{5}(?:-\d{3})? (?!Euro|Units|Einheiten|Dollar)\p{Lu}\p{Ll}{3,}(?:[ -]\p{Lu}\p{Ll}+)?"
)
FOLLOWS = regex.compile(rf"(?<!\w)(?:{pattern('address_follows')})\s*(?P<it>[^\n.;!?،]{{4,80}})", regex.IGNORECASE)
CODE = regex.compile(r"(?<![\w-])(?:\d{5}-\d{3}|\d{4}-\d{3} \p{Lu}\p{Ll}+)(?![\w-])")  # Brazil's, and Portugal's with a town


def mail(text: str) -> Iterator[tuple[str, int, int]]:
    """Addresses of mail, also as people write them to hide them from robots."""
    for result in EMAIL.analyze(text, ["EMAIL_ADDRESS"]):
        yield "email", result.start, result.end
    for match in SPELT_EMAIL.finditer(text):
        yield "email", *match.span()


def numbers(text: str) -> Iterator[tuple[str, int, int]]:
    """Telephone, card, account and identity numbers."""
    has_row = ROW.search(text) is not None
    for kind, recogniser, least in _recognisers():
        if kind == "phone" and not has_row:
            continue  # a walk through eleven countries' numbers takes 2 ms
        for result in recogniser.analyze(text, recogniser.supported_entities):
            if result.score >= least and (kind != "phone" or _could_be_phone(text[result.start : result.end])):
                yield kind, result.start, result.end
    for match in IDENTITY.finditer(text):
        if sum(char.isdigit() for char in match["it"]) >= 4:
            yield "identity", *match.span("it")
    for match in LONG.finditer(text):
        if sum(char.isdigit() for char in match.group()) >= LONG_NUMBER:
            yield "number", *match.span()


def birthdays(text: str) -> Iterator[tuple[str, int, int]]:
    """Dates beside a word of birth, and dates of years in which those who write now were born."""
    for match in DATE.finditer(text):
        year = int(match["year"] or 0)
        before = text[max(0, match.start() - NEAR) : match.start()]
        after = text[match.end() : match.end() + NEAR]
        if BORN_FROM <= year <= BORN_UNTIL or BORN.search(before) or BORN.search(after):
            yield "birthday", *match.span()


def places(text: str) -> Iterator[tuple[str, int, int]]:
    """Streets with a number, and postal codes."""
    for result in POSTCODE.analyze(text, POSTCODE.supported_entities):
        yield "address", result.start, result.end
    for finds in (STREETS, TOWN, CODE):
        for match in finds.finditer(text):
            yield "address", *match.span()
    for match in FOLLOWS.finditer(text):
        if any(char.isdigit() for char in match["it"]):
            yield "address", *match.span("it")


def _could_be_phone(found: str) -> bool:
    """Not a date, a time or a span of years, which phonenumbers would take too."""
    digits = Counter(char.isdigit() for char in found)[True]
    return digits >= 7 and not DATE.fullmatch(found.strip())

"""Finds, in an answer, that it names a price: no answer does, since each is the clinic's to quote."""

from __future__ import annotations

import re

_SIGN = r"(?:[£$€₹¥₽₺₪฿]|zł|kr\b|(?:US|A|C|AU|CA|NZ|HK|S)\$)"
_CODE = r"(?:GBP|EUR|USD|CHF|AUD|CAD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|RON|AED|SAR|INR|JPY|TRY|ZAR|BRL|MXN)"
_DIGITS = r"(?<!\d)\d{1,7}(?:[.,'’  ]\d{1,3}){0,4}(?:k\b)?"
_IN_WORDS = (
    r"(?:(?:a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|"
    r"nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|half|several|few|couple)(?:s\b)?[\s-]+(?:(?:and|of|a)\s+)?){1,6}"
)
_MONEY = (
    r"(?:pounds?(?!\s+(?:of\b|in\s+weight|heavier|lighter))|pound\s+sterling|euros?|dollars?|quid|bucks|pence|"
    r"cents?|francs?|rupees|dirhams|sterling)"
)
_TIMES = r"(?:session|treatment|visit|appointment|area|syringe|vial|course|ampoule|person|month)"
PRICE = re.compile(
    rf"{_SIGN}\s?{_DIGITS}|\b{_DIGITS}\s?(?:{_SIGN}|{_CODE}\b)|\b{_CODE}\s?{_DIGITS}"
    rf"|\b{_DIGITS}[\s-]?{_MONEY}\b|\b{_IN_WORDS}{_MONEY}\b"
    # Without a currency: "from 200 per session", "costs about 150", "prices start at 90".
    rf"|\b(?:from|for|at|only|just|about|around)\s+\d{{2,}}(?:[.,]\d+)?\s+(?:per|a|an|each|for\s+(?:a|one|each))\s+{_TIMES}\b"
    rf"|\b\d{{2,}}(?:[.,]\d+)?\s+(?:per|each)\s+{_TIMES}\b"
    r"|\b(?:costs?|prices?|priced|fees?|charge[sd]?|pay)\s+(?:(?:is|are|starts?|begins?|you|about|around|only|just|at|from|between|of|roughly|approximately)\s+)*"
    r"\d{2,}(?:[.,]\d+)?(?!\s*(?:%|hours?|days?|weeks?|sessions?|mm|cm|minutes?|percent|per\s+cent))\b"
    r"|\b\d+\s?(?:%|per\s?cent)\s+(?:off|discount|cheaper|less\s+expensive)\b|\bdiscount\s+of\s+\d+"
    r"|\b(?:from|only|just)\s+[£$€]|\b(?:free\s+of\s+charge|for\s+free|costs\s+nothing|half[\s-]price)\b",
    re.IGNORECASE,
)


def price_in(text: str) -> str:
    """The first price that a text names, as it stands there; empty where it names none."""
    found = PRICE.search(text)
    return found[0].strip() if found else ""

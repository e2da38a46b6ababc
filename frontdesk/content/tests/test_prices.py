"""A price is found in whatever way it is written; other numbers are not."""

from __future__ import annotations

import pytest

from frontdesk.content.prices import price_in
from frontdesk.content.questions import content

PRICES = [
    "It costs £200.",
    "It is 200 £ a session.",
    "From £150.",
    "from £ 150",
    "€1.500,00 in all",
    "1 500 € per course",
    "$99",
    "US$120",
    "200 euros",
    "GBP 200",
    "200 GBP",
    "two hundred pounds",
    "A hundred and fifty euros each",
    "fifty quid",
    "about 80 pounds",
    "around 1,200 dollars",
    "£1k",
    "from 200 per session",
    "Prices start at 90.",
    "It costs about 150.",
    "20% off your first visit",
    "half-price sessions",
    "a few hundred pounds",
    "90 per treatment",
    "The first consultation is free of charge",
    "CHF 300",
    "300 Fr and 20 rupees",
    "200 zł",
    "1200 kr",
]
OTHER_NUMBERS = [
    "10 to 15 hours",
    "two days",
    "You may need 6 sessions",
    "over 30",
    "4 mm deep, 1 to 2 cm apart",
    "at a 45-degree angle",
    "up to 2,000 times",
    "since 1987",
    "Prices depend on six things.",
    "It costs more in large cities.",
    "lose ten pounds of fat",
    "for 10 hours a day",
    "call 999",
    "under 18",
    "from the clinic",
    "Feel free to ask.",
    "the price of 3 sessions",
    "Call +44 20 7946 0018",
]


@pytest.mark.parametrize("text", PRICES)
def test_a_price_is_found(text: str) -> None:
    assert price_in(text)


@pytest.mark.parametrize("text", OTHER_NUMBERS)
def test_another_number_is_no_price(text: str) -> None:
    assert price_in(text) == ""


def test_none_of_our_own_answers_names_a_price() -> None:
    answers = [(one.key, wording.text) for one in content().questions.values() for wording in one.wordings]

    assert [(key, price_in(text)) for key, text in answers if price_in(text)] == []


@pytest.mark.parametrize("text", ["1 " * 2500, "1," * 2500, "a hundred and " * 350])
def test_a_hostile_text_takes_no_time(text: str) -> None:
    price_in(text)  # took seconds once: the suite would not end

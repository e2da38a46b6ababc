"""What is in data/: the examples, the answers, where their buttons lead, what they may not say."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.dialogue.concern import CATEGORIES, LANGUAGES
from assistant.dialogue.plan import NOT_TOPICS, OUT_OF_SCOPE, SAFETY, SMALLTALK, SYSTEM
from assistant.settings import CLINIC_SETTINGS, IN_WORDS

ROOT = Path(__file__).parents[2]
FACTS = yaml.safe_load((ROOT / "docs" / "facts.yml").read_text(encoding="utf-8"))

LONGEST_ANSWER = 65  # words; an editor aims at 60, which a phone shows without scrolling
LONGEST_TITLE = 30  # characters, that a button shows in one line on a narrow phone
MOST_BUTTONS = 3
FEWEST_EXAMPLES = 20  # of a question, below which it is understood only in its own words
MENU = "system/not_understood_again"  # after two misses all topics are offered, which is more than an answer's buttons may be
GIVEN_ONCE = (
    "system/language_",
    "safety/emergency_",
    "system/technical_problem",
)  # a person is told: what is said the second time does not matter

# Answers to an emergency that a rule or the language chooses.
CHOSEN_BY_RULE = {f"safety/{name}" for name in CATEGORIES} | {f"safety/emergency_{language}" for language in LANGUAGES}

PRICE = re.compile(
    r"[£$€¥₹]\s*\d|\d[\d.,]*\s*(?:[£$€¥₹]|(?:euros?|dollars?|pounds?|quid|usd|eur|gbp|cents?|pence)\b)", re.IGNORECASE
)
NUMBER = r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|twelve|a dozen)"
NUMBER_OF_SESSIONS = re.compile(
    rf"\b{NUMBER}\b(?:\s+(?:to|or|-)\s+{NUMBER})?[\s-]+(?:\w+\s+)?(?:sessions|treatments|appointments)\b", re.IGNORECASE
)
MEDICINE_ORDER = re.compile(
    r"\b(?:stop|keep|start|quit|continue) (?:taking|using) (?!.{0,20}\b(?:pictures|photos)\b)", re.IGNORECASE
)
SETTING = re.compile(r"\{([^}]*)\}")


def _read() -> tuple[dict[str, list[str]], dict[str, list[dict[str, Any]]]]:
    """The examples and the answers' wordings of every key."""
    examples: dict[str, list[str]] = defaultdict(list)
    answers: dict[str, list[dict[str, Any]]] = {}
    for path in sorted((ROOT / "data").rglob("*.yml")):
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        for block in content.get("nlu") or []:
            examples[block["intent"]] += re.findall(r"^- (.+)$", block["examples"], re.MULTILINE)
        for name, wordings in (content.get("responses") or {}).items():
            answers[name.removeprefix("utter_")] = wordings
    return dict(examples), answers


EXAMPLES, ANSWERS = _read()
TOPIC_ANSWERS = sorted(key for key in ANSWERS if key.partition("/")[0] not in NOT_TOPICS)
CAN_BE_OFFERED = sorted(
    key for key in EXAMPLES if key != OUT_OF_SCOPE and key.partition("/")[0] not in (SAFETY, SMALLTALK, SYSTEM)
)
every_answer = pytest.mark.parametrize("key", sorted(ANSWERS))


def test_no_example_stands_twice_under_a_question() -> None:
    twice = {f"{key}: {examples}" for (_, key), examples in _alike().items() if len(examples) > 1}

    assert not twice


def test_no_example_stands_under_two_questions() -> None:
    keys = defaultdict(set)
    for words, key in _alike():
        keys[words].add(key)

    assert not {words: found for words, found in keys.items() if len(found) > 1}


@pytest.mark.parametrize("key", sorted(EXAMPLES))
def test_a_question_has_an_answer(key: str) -> None:
    assert ANSWERS.get(key)


@pytest.mark.parametrize("key", sorted(EXAMPLES))
def test_a_question_has_examples_enough(key: str) -> None:
    assert len(EXAMPLES[key]) >= FEWEST_EXAMPLES


@pytest.mark.parametrize("key", sorted(key for key in ANSWERS if not key.startswith("system/") and key not in CHOSEN_BY_RULE))
def test_an_answer_has_its_question(key: str) -> None:
    assert EXAMPLES.get(key)


@every_answer
def test_an_answer_can_be_worded_for_a_clinic_that_has_set_nothing(key: str) -> None:
    assert any(set(SETTING.findall(wording["text"])) <= IN_WORDS.keys() for wording in ANSWERS[key])


@every_answer
def test_a_button_leads_to_an_answer(key: str) -> None:
    targets = [button["payload"] for button in _buttons(key)]

    assert [target for target in targets if not target.startswith("/") or target[1:] not in ANSWERS] == []


@every_answer
def test_no_button_leads_to_the_answer_that_it_stands_under(key: str) -> None:
    assert f"/{key}" not in [button["payload"] for button in _buttons(key)]


@every_answer
def test_a_buttons_title_fits_into_one_line(key: str) -> None:
    titles = [button["title"] for button in _buttons(key)]

    assert [title for title in titles if not 0 < len(title) <= LONGEST_TITLE] == []


@pytest.mark.parametrize("key", sorted(ANSWERS.keys() - {MENU}))
def test_an_answer_offers_at_most_three_next_questions(key: str) -> None:
    assert all(len(wording.get("buttons", [])) <= MOST_BUTTONS for wording in ANSWERS[key])


@pytest.mark.parametrize("key", CAN_BE_OFFERED)
def test_a_question_that_can_be_offered_has_a_title(key: str) -> None:
    title = _metadata(key).get("title", "")

    assert 0 < len(title) <= LONGEST_TITLE


def test_no_two_questions_have_the_same_title() -> None:
    titles = [_metadata(key).get("title") for key in CAN_BE_OFFERED]

    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("key", TOPIC_ANSWERS)
def test_a_topics_answer_names_its_facts_and_their_section(key: str) -> None:
    metadata = _metadata(key)

    assert metadata.get("facts")
    assert metadata.get("section")


@pytest.mark.parametrize("fact", [fact["id"] for fact in FACTS])
def test_a_fact_of_the_sheet_is_answered(fact: str) -> None:
    assert any(
        fact in (wording.get("metadata") or {}).get("facts", []) for wordings in ANSWERS.values() for wording in wordings
    )


@every_answer
def test_an_answer_names_no_fact_that_there_is_not(key: str) -> None:
    named = {fact for wording in ANSWERS[key] for fact in (wording.get("metadata") or {}).get("facts", [])}

    assert named <= {fact["id"] for fact in FACTS}


@every_answer
def test_an_answer_is_short(key: str) -> None:
    assert [text for text in _texts(key) if not 0 < len(text.split()) <= LONGEST_ANSWER] == []


@every_answer
def test_an_answer_quotes_no_price(key: str) -> None:
    assert [text for text in _texts(key) if PRICE.search(text)] == []


@every_answer
def test_an_answer_gives_no_number_of_sessions(key: str) -> None:
    assert [text for text in _texts(key) if NUMBER_OF_SESSIONS.search(text)] == []


@every_answer
def test_an_answer_tells_nobody_to_take_or_leave_a_medicine(key: str) -> None:
    assert [text for text in _texts(key) if MEDICINE_ORDER.search(text)] == []


@every_answer
def test_a_setting_in_braces_is_a_known_one(key: str) -> None:
    assert [text for text in _texts(key) if set(SETTING.findall(text)) - set(CLINIC_SETTINGS)] == []


@pytest.mark.parametrize("key", sorted(key for key in ANSWERS if key.startswith("safety/")))
def test_an_answer_to_a_concern_names_the_emergency_number_and_has_no_buttons(key: str) -> None:
    assert all("{emergency_number}" in text or "your local emergency number" in text for text in _texts(key))
    assert _buttons(key) == []
    assert all((wording.get("metadata") or {}).get("handoff") for wording in ANSWERS[key])


@pytest.mark.parametrize("key", sorted(key for key in ANSWERS if not key.startswith(GIVEN_ONCE)))
def test_an_answer_has_another_wording_for_the_second_time(key: str) -> None:
    filled = {text for text in _texts(key) if set(SETTING.findall(text)) - IN_WORDS.keys()}
    without = set(_texts(key)) - filled

    assert len(without) > 1
    assert len(filled) != 1


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (PRICE, "It is about £80."),
        (PRICE, "From 80 euros"),
        (NUMBER_OF_SESSIONS, "Most people need three to five sessions."),
        (NUMBER_OF_SESSIONS, "You need 6 sessions"),
        (MEDICINE_ORDER, "Stop taking aspirin"),
        (MEDICINE_ORDER, "keep taking your tablets"),
    ],
)
def test_what_may_not_be_said_would_be_found(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)


def _alike() -> dict[tuple[str, str], list[str]]:
    """The examples that are the same but for case and punctuation, by their words and key."""
    alike = defaultdict(list)
    for key, examples in EXAMPLES.items():
        for example in examples:
            words = re.sub(r"[\W_]+", " ", example.casefold()).strip() or example
            alike[words, key].append(example)
    return alike


def _texts(key: str) -> list[str]:
    return [wording["text"] for wording in ANSWERS[key]]


def _buttons(key: str) -> list[dict[str, str]]:
    return [button for wording in ANSWERS[key] for button in wording.get("buttons", [])]


def _metadata(key: str) -> dict[str, Any]:
    metadata: dict[str, Any] = ANSWERS[key][0].get("metadata") or {}
    return metadata

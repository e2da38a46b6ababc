"""Reads the rules and says exactly what is wrong with them.

A file of `safety/rules/`:

    category: heart
    source: https://www.nhs.uk/conditions/heart-attack/symptoms/     # where it says that these are signs of danger
    rules:
      - rule: chest_pain
        level: emergency
        why: Pain or pressure in the chest                            # for staff
        patterns: ["@chest <4> @pain"]                                # safety/patterns.py
        catches: ["my chest hurts"]                                   # tests
        spares: ["can it cause chest pain"]                           # tests
        always: true            # optional: also where the sentence asks in general, or tells of the past
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from spacy.vocab import Vocab

from safety.levels import Level
from safety.patterns import Element, InvalidPattern, Pattern, read_list

FOLDER = Path(__file__).parent
# Categories that there must be rules for: a file that is gone is an emergency that nobody recognises.
NEVER_WITHOUT = frozenset(
    {
        "airway", "heart", "collapse", "stroke", "bleeding", "vessel", "infection", "poisoning", "pregnancy", "child", "self_harm",
        "violence", "personal",
    }
)  # fmt: skip
FIELDS = {"rule", "level", "why", "patterns", "catches", "spares", "always"}
REQUIRED = FIELDS - {"always"}


class InvalidRules(ValueError):
    """The rules cannot be used, and why: the file, the rule, what to do."""


@dataclass(frozen=True)
class Rule:
    """One red flag.

    Attributes:
        name: `category/rule`.
        category: What kind of danger.
        level: How serious it is at least.
        why: In words that staff can read.
        source: The public page that says so.
        patterns: Any of which is enough.
        always: Whether it counts also where the sentence asks in general or tells of the past.
        catches: Messages that it must catch.
        spares: Messages that it must leave alone.
    """

    name: str
    category: str
    level: Level
    why: str
    source: str
    patterns: tuple[Pattern, ...]
    always: bool
    catches: tuple[str, ...]
    spares: tuple[str, ...]


@dataclass(frozen=True)
class RuleBook:
    """Everything in the folder.

    Attributes:
        rules: All of them.
        framing: Of each way of speaking (`asks`, `now`, …), what it is recognised by: `safety/framing.yml`.
        correct_words: Words that are no misspelling of a rule's word, however like one they are.
        vocabulary: spaCy's.
    """

    rules: tuple[Rule, ...]
    framing: dict[str, tuple[Pattern, ...]]
    correct_words: frozenset[str]
    vocabulary: Vocab


def read_rules(folder: Path = FOLDER) -> RuleBook:
    """Reads `words.yml`, `framing.yml`, `correct_words.txt` and all of `rules/`.

    Raises:
        InvalidRules: If a file is missing or wrong.
    """
    vocabulary = Vocab()
    lists = _lists(folder / "words.yml")
    framing = {}
    for name, sources in _mapping(folder / "framing.yml").items():
        framing[name] = tuple(_patterns(sources, lists, vocabulary, f"{folder / 'framing.yml'}: {name}"))
    correct_words = {line for line in _text(folder / "correct_words.txt").splitlines() if not line.startswith("#")}
    files = sorted((folder / "rules").glob("*.yml"))
    if not files:
        raise InvalidRules(
            f"{folder / 'rules'}: there are no rules. Put the files back: without them no emergency is recognised."
        )
    by_name: dict[str, tuple[Path, Rule]] = {}
    for file in files:
        for rule in _rules(file, lists, vocabulary):
            if rule.name in by_name:
                raise InvalidRules(f"{file}: {rule.name} stands in {by_name[rule.name][0]} already. Rename one of them.")
            by_name[rule.name] = (file, rule)
    missing = NEVER_WITHOUT - {rule.category for _, rule in by_name.values()}
    if missing:
        raise InvalidRules(f"{folder / 'rules'}: there are no rules for {', '.join(sorted(missing))}. Put it back.")
    return RuleBook(tuple(rule for _, rule in by_name.values()), framing, frozenset(correct_words), vocabulary)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidRules(f"{file}: it cannot be read ({error}). Put the file back.") from error


def _mapping(file: Path) -> dict[str, Any]:
    try:
        data = yaml.load(_text(file), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise InvalidRules(f"{file}: this is not valid YAML. {error}") from error
    if not isinstance(data, dict):
        raise InvalidRules(f"{file}: names with their content are expected.")
    return data


def _lists(file: Path) -> dict[str, Element]:
    lists = {}
    for name, entries in _mapping(file).items():
        try:
            lists[name] = read_list(entries)
        except (InvalidPattern, TypeError) as error:
            raise InvalidRules(f"{file}: {name}: {error}.") from error
    return lists


def _rules(file: Path, lists: dict[str, Element], vocabulary: Vocab) -> Iterator[Rule]:
    data = _mapping(file)
    missing = {"category", "source", "rules"} - data.keys()
    if missing or not isinstance(data["rules"], list):
        raise InvalidRules(f"{file}: {', '.join(sorted(missing)) or 'a list of rules'} is missing.")
    for entry in data["rules"]:
        if not isinstance(entry, dict) or REQUIRED - entry.keys() or entry.keys() - FIELDS:
            name = entry.get("rule", entry) if isinstance(entry, dict) else entry
            raise InvalidRules(f"{file}: {name}: a rule has {', '.join(sorted(REQUIRED))}, and may have always.")
        where = f"{file}: {entry['rule']}"
        try:
            level = Level.named(str(entry["level"]))
        except KeyError:
            levels = ", ".join(str(level) for level in Level if level is not Level.NONE)
            raise InvalidRules(f"{where}: there is no level {entry['level']!r}. There are: {levels}.") from None
        if not isinstance(entry["catches"], list) or not isinstance(entry["spares"], list):
            raise InvalidRules(f"{where}: catches and spares are lists of messages.")
        if level is Level.NONE or not entry["patterns"] or not entry["catches"] or not entry["spares"]:
            raise InvalidRules(f"{where}: it needs a level, a pattern, a message that it catches and one that it spares.")
        yield Rule(
            name=f"{data['category']}/{entry['rule']}",
            category=data["category"],
            level=level,
            why=entry["why"],
            source=data["source"],
            patterns=tuple(_patterns(entry["patterns"], lists, vocabulary, where)),
            always=bool(entry.get("always")),
            catches=tuple(entry["catches"]),
            spares=tuple(entry["spares"]),
        )


def _patterns(sources: Any, lists: dict[str, Element], vocabulary: Vocab, where: str) -> Iterator[Pattern]:
    if not isinstance(sources, list):
        raise InvalidRules(f"{where}: a list of patterns is expected.")
    for source in sources:
        try:
            yield Pattern(str(source), lists, vocabulary)
        except InvalidPattern as error:
            raise InvalidRules(f"{where}: the pattern {source!r} cannot be read: {error}.") from error

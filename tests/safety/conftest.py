"""A folder of a few short rules, so that a test's words and what is made of them stand close together."""

from __future__ import annotations

from pathlib import Path

import pytest

from safety.rules import NEVER_WITHOUT

WORDS = """
throat: [throat, gullet]
tight: [tight*, closing]
"""
FRAMING = """
figurative: [tight deadline, hurt myself laughing]
now: [right now]
asks: [can it]
past: [years ago]
may_ask: [normal]
somebody: [my]
"""
AIRWAY = """
category: airway
source: https://example.org/airway
rules:
  - rule: throat_tight
    level: emergency
    why: Throat tight or closing
    patterns: ["@throat <4> @tight"]
    catches: [my throat feels tight]
    spares: [do you treat the throat]
"""
PERSONAL = """
category: personal
source: https://example.org/personal
rules:
  - rule: rash
    level: urgent
    why: A rash
    patterns: [rash]
    catches: [i have a rash]
    spares: [i have a dog]
  - rule: freckle
    level: routine
    why: A freckle
    patterns: [freckle*]
    catches: [look at this freckle]
    spares: [look at this]
  - rule: hurt_myself
    level: emergency
    why: Wants to hurt themselves
    patterns: [hurt myself]
    catches: [i want to hurt myself]
    spares: [does it hurt]
    always: true
"""
# Every category must have a rule; what those that no test is about look for, nobody says.
ANOTHER = """
category: {category}
source: https://example.org/{category}
rules:
  - rule: unsaid
    level: routine
    why: Nothing
    patterns: [zzz]
    catches: [zzz]
    spares: [hello]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Rules that can be used."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "words.yml").write_text(WORDS)
    (tmp_path / "framing.yml").write_text(FRAMING)
    (tmp_path / "correct_words.txt").write_text("# correct words\nthroaty\n")
    (tmp_path / "rules" / "airway.yml").write_text(AIRWAY)
    (tmp_path / "rules" / "personal.yml").write_text(PERSONAL)
    for category in NEVER_WITHOUT - {"airway", "personal"}:
        (tmp_path / "rules" / f"{category}.yml").write_text(ANOTHER.format(category=category))
    return tmp_path

"""Visitors' characters as plain text: whatever they type, nothing of it is a command."""

from __future__ import annotations

import re
import unicodedata

# Characters that show nothing and could hide a command or split a word: zero width, direction marks, soft hyphen, controls, and
# lone halves of surrogate pairs, which no encoder takes. (Line breaks and tabs stay: they separate.)
INVISIBLE = re.compile(
    r"[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]"
)
# Rasa takes a message that begins with a slash for a command such as /restart.
COMMAND_PREFIX = re.compile(r"^[\s/]+")


def plain_text(text: str) -> str:
    """Compatibility forms made usual (full width, ligatures), invisible characters dropped, outer space trimmed."""
    return INVISIBLE.sub("", unicodedata.normalize("NFKC", INVISIBLE.sub("", text))).strip()


def without_command(text: str) -> str:
    """The text with nothing before its first word that Rasa would take for a command."""
    return COMMAND_PREFIX.sub("", plain_text(text))

"""Writes `safety/correct_words.txt`: correct words that would else be read as a misspelt word of the rules. Run it after changing them.

    python tools/correct_words.py /usr/share/dict/british-english /usr/share/dict/american-english

The word lists are SCOWL's (Debian's packages wbritish and wamerican).
"""

from __future__ import annotations

import sys
from pathlib import Path

from safety import RedFlags
from safety.text import words_of

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "safety" / "correct_words.txt"
NOTICE = """\
# Correctly spelt words that differ by a letter or two from a word of the rules, by tools/correct_words.py. Taken from SCOWL (http://wordlist.aspell.net),
# Copyright 2000-2018 by Kevin Atkinson. Permission to use, copy, modify, distribute and sell these word lists, the associated
# scripts, the output created from the scripts, and its documentation for any purpose is hereby granted without fee, provided that
# the above copyright notice appears in all copies and that both that copyright notice and this permission notice appear in
# supporting documentation. Kevin Atkinson makes no representations about the suitability of this array for any purpose. It is
# provided "as is" without express or implied warranty.
"""


def main() -> None:
    """Reads the lists named on the command line and writes the file."""
    correct = {
        word for path in sys.argv[1:] for line in Path(path).read_text(encoding="utf-8").splitlines() for word in words_of(line)
    }
    TARGET.write_text(NOTICE, encoding="utf-8")  # so that no word is left alone because it was left alone before
    red_flags = RedFlags.load()
    kept = sorted(word for word in correct if red_flags.as_read(word) != word)
    TARGET.write_text(NOTICE + "\n".join(kept) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

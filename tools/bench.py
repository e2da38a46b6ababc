"""Measures the assistant beside Rasa's default pipeline, on the same data: `make bench`. What, and how, is in tools/bench/."""

from __future__ import annotations

import sys

from tools.bench.command import main

if __name__ == "__main__":
    sys.exit(main())

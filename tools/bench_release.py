"""Measures a release, from the draft to the visitor, and the way back: `make bench-release`."""

from __future__ import annotations

import sys

from tools.bench.release import main

if __name__ == "__main__":
    sys.exit(main())

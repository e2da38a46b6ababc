"""Measures the desk's pages on a million messages, and on a thousand: `make bench-desk`."""

from __future__ import annotations

import sys

from tools.bench.desk import main

if __name__ == "__main__":
    sys.exit(main())

"""Measures the whole, beside the bare assistant and Rasa's REST channel: `make bench-frontdesk`."""

from __future__ import annotations

import sys

from tools.bench.frontdesk import main

if __name__ == "__main__":
    sys.exit(main())

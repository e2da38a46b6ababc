"""Measures what masking finds: `python tools/measure_masking.py`, in the front desk's environment.

Two figures: how much of what is personal in made-up lines is hidden, and in how many of the assistant's own lines, which ask and answer
about treatments, something is masked that is nobody's. The latter are printed with `--show`, to be read: some do name a person.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from pathlib import Path

import yaml

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "frontdesk.settings")

from frontdesk.privacy.marked import Marked, marked_lines
from frontdesk.privacy.masking import found

ROOT = Path(__file__).parents[1]
LINES = ROOT / "frontdesk/privacy/tests/lines"


def recall(lines: list[Marked]) -> tuple[Counter[str], Counter[str], list[str]]:
    """Hidden and all personal details by kind, and those that are not hidden, each in its line."""
    hidden: Counter[str] = Counter()
    every: Counter[str] = Counter()
    missed = []
    for line in lines:
        spans = found(line.text)
        for detail in line.details:
            every[detail.kind] += 1
            if detail.is_hidden_by(spans, line.text):
                hidden[detail.kind] += 1
            else:
                missed.append(f"{detail.kind}: {line.text[detail.start : detail.end]!r} in {line.text!r}")
    return hidden, every, missed


def own_lines() -> list[str]:
    """The assistant's examples, its answers, and the test questions."""
    lines: list[str] = []
    for file in sorted((ROOT / "data").glob("*.yml")):
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        for block in content.get("nlu") or []:
            examples = str(block.get("examples", "")).splitlines()
            lines += [line.strip()[2:] for line in examples if line.strip().startswith("- ")]
        for wordings in (content.get("responses") or {}).values():
            lines += [wording["text"] for wording in wordings if wording.get("text")]
    for name in ("questions", "out_of_scope"):
        tested = yaml.safe_load((ROOT / f"tests/nlu/{name}.yml").read_text(encoding="utf-8"))
        lines += [one["text"] for one in tested]
    return lines


def main() -> int:
    """Prints the figures; returns the exit code."""
    show = "--show" in sys.argv
    found("made ready 12345")
    for name in ("development", "held_out"):
        lines = marked_lines(LINES / f"{name}.txt")
        hidden, every, missed = recall(lines)
        total = sum(every.values())
        print(f"{name}: {sum(hidden.values())} of {total} hidden ({sum(hidden.values()) / total:.1%}) in {len(lines)} lines")
        print("  " + ", ".join(f"{kind} {hidden[kind]}/{every[kind]}" for kind in sorted(every)))
        if show:
            print("\n".join(f"  missed {one}" for one in missed))
    lines_of_ours = own_lines()
    begun = time.process_time()
    masked = [(line, spans) for line in lines_of_ours if (spans := found(line))]
    took = (time.process_time() - begun) / len(lines_of_ours) * 1000
    share = len(masked) / len(lines_of_ours)
    print(f"own lines: something masked in {len(masked)} of {len(lines_of_ours)} ({share:.2%}), {took:.2f} ms each")
    if show:
        for line, spans in masked:
            print("  " + "; ".join(f"{span.kind} {line[span.start : span.end]!r}" for span in spans) + f"  in {line!r}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The command: what is to be measured, in which sizes, and where the figures go."""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.bench.hint3 import FOLDER, measure_hint3
from tools.bench.lines import Line, read_lines
from tools.bench.measure import Sizes, environment, measure_default, measure_ours, say
from tools.bench.projects import DEFAULT_PYTHON, ROOT
from tools.bench.report import HEADS, as_text, page, rows_of, topic_rows
from tools.bench.servers import CommandFailed, machine

PAGE = Path("docs/bench.md")
OF_SERVERS = ("training", "start", "accuracy", "latency", "conversation", "memory")
PARTS = (*OF_SERVERS, "hint3")
SYSTEMS = ("ours", "default")
# Of Rasa's default, unless said otherwise: on two cores an epoch of both its models takes a minute and a half.
FEW_EPOCHS = 8
QUICK_LINES = 60  # test lines with --quick: every so many-th of them
QUICK = {"messages": 60, "rounds": 1, "conversations": 200}


def main() -> int:
    """Measures, prints the table, writes the page where everything was measured; returns the exit code."""
    options = _options()
    os.chdir(ROOT)
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))  # so that servers are stopped then, too
    parts = set(options.only)
    lines = read_lines(options.lines)
    if options.quick:
        lines = _some(lines, QUICK_LINES)
    if "accuracy" in parts and {line.in_scope for line in lines} != {True, False}:
        print(f"{options.lines} must have test lines both in and out of scope.", file=sys.stderr)
        return 1
    try:
        return _measure(options, parts, lines)
    except CommandFailed as error:
        print(error, file=sys.stderr)
        return 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Measures the assistant beside Rasa's default pipeline.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument(
        "--only", type=_names(PARTS), default=",".join(PARTS), help=f"some of {','.join(PARTS)}; the page is then not written"
    )
    parser.add_argument("--systems", type=_names(SYSTEMS), default=",".join(SYSTEMS), help="which of the two; likewise")
    parser.add_argument("--quick", action="store_true", help="small sizes and few lines, to see that it runs; likewise")
    parser.add_argument("--lines", type=Path, default=ROOT / "tests/nlu", help="folder of the test lines")
    parser.add_argument("--messages", type=int, default=2000, help="messages at each number of clients, ours")
    parser.add_argument("--default-messages", type=int, default=400, help="the same for Rasa's default")
    parser.add_argument("--rounds", type=int, default=10, help="conversations of 300 turns, ours")
    parser.add_argument("--default-rounds", type=int, default=1, help="the same for Rasa's default")
    parser.add_argument("--conversations", type=int, default=20_000, help="conversations before memory is read again, ours")
    parser.add_argument("--default-conversations", type=int, default=2000, help="the same for Rasa's default")
    parser.add_argument(
        "--default-epochs",
        type=int,
        help="epochs of Rasa's default, which has 100 of its own (hours on two cores); without it, the model kept in results/bench/ "
        f"for the same data, else {FEW_EPOCHS}",
    )
    options = parser.parse_args()
    options.lines = options.lines.resolve()
    if options.quick:
        for name, size in QUICK.items():
            setattr(options, name, size)
            setattr(options, f"default_{name}", size)
    return options


def _measure(options: argparse.Namespace, parts: set[str], lines: list[Line]) -> int:
    ours = default = hint3 = None
    without_hint3 = "" if FOLDER.is_dir() else "SOFMattress was skipped: its files are not on this machine."
    of_servers = parts & set(OF_SERVERS)
    if "ours" in options.systems and of_servers:
        with _folder() as folder:
            sizes = Sizes(options.messages, options.rounds, options.conversations)
            ours = measure_ours(folder, lines, sizes, of_servers)
    if "default" in options.systems and of_servers:
        if not DEFAULT_PYTHON.is_file():
            print("Rasa's default is not installed: `tools/setup rasa-default`.", file=sys.stderr)
            return 1
        with _folder() as folder:
            sizes = Sizes(options.default_messages, options.default_rounds, options.default_conversations)
            default = measure_default(
                folder, lines, sizes, of_servers, options.default_epochs, 1 if options.quick else FEW_EPOCHS
            )
    if "hint3" in parts and not without_hint3:
        say("SOFMattress")
        with _folder() as folder:
            hint3 = measure_hint3(folder, environment())
    rows = rows_of(ours, default, hint3)
    print(f"{machine()}\n")
    print(as_text(HEADS, rows))
    if ours and ours.accuracy:
        print("\nBy topic, ours\n" + as_text(("topic", "right", ""), topic_rows(ours)))
    if without_hint3 and "hint3" in parts:
        print(f"\n{without_hint3}")
    if ours and default and parts == set(PARTS) and not options.quick:
        command = shlex.join(["python", "tools/bench.py", *sys.argv[1:]]) if sys.argv[1:] else "make bench"
        PAGE.write_text(page(machine(), command, rows, ours, default, without_hint3), encoding="utf-8")
        print(f"\nWritten to {PAGE}.")
    return 0


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        yield Path(folder)


def _some(lines: list[Line], number: int) -> list[Line]:
    """About so many of the lines, from everywhere."""
    return lines[:: max(len(lines) // number, 1)]


def _names(allowed: tuple[str, ...]) -> Callable[[str], tuple[str, ...]]:
    """Reads names with commas between them."""

    def read(text: str) -> tuple[str, ...]:
        names = tuple(text.split(","))
        unknown = sorted(set(names) - set(allowed))
        if unknown:
            raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}; there are {', '.join(allowed)}")
        return names

    return read

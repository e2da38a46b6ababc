"""Writes the figures down: a table for the terminal, and docs/bench.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tools.bench.figures import percentile
from tools.bench.hint3 import Hint3
from tools.bench.measure import WARM_UP, Measured
from tools.bench.projects import DEFAULT_EPOCHS
from tools.bench.servers import Memory

NONE = "–"
HEADS = ("", "ours", "Rasa's default", "to reach")
Row = tuple[str, str, str, str]

HOW = """
- **Same data, one run.** Both learn `data/*.yml` and `domain.yml`. Rasa's default is the pipeline and the policies that `rasa init` of
  Rasa 3.6.21 trains with (DIET for the intent, ResponseSelector without `retrieval_intent` for the key), TensorFlow 2.12, its SQLite
  tracker store, its REST channel, and the rule for `nlu_fallback` that its documentation asks for. There are no stories in the data, so
  its TED and UnexpecTED policies have nothing to learn and cost nothing.
- **Right answer**: each line of `tests/nlu/` is the first message of a conversation, over HTTP; it is right when the first answer is the
  line's key or one of those that would equally satisfy. Asking back is not right; it is counted on a line of its own.
- **Ranked first**: the question that the understanding holds most likely, whatever is then said; of the default, what ResponseSelector
  ranks first.
- **Out of scope**: an answer from `fallback`, `handoff`, `smalltalk`, `safety` or `system` tells no fact of the article.
- **Training** is from an empty folder, without Rasa's cache or a model, from process start to process end; of the default, when the model
  in `results/bench/` was made{epochs}.
- **Ready** is the time from process start to the first answer to a message, asked ten times a second; files are in the system's cache.
- **Memory** is of the process and its children (resident; in brackets the proportional share), read from /proc after {warm_up} messages.
- **A turn over HTTP**: clients that each send the next message when they have the last one's answer, over connections that stay open,
  in conversations of one to five messages drawn from the test lines: {our_messages} messages for ours, {default_messages} for the
  default, at each number of clients. The clients run on the same machine.
- **Turn 1, 100, 300**: the median of the five turns around it, over {our_rounds} conversations of ours and {default_rounds} of the
  default, with the same five messages over and over. Ours gets its context with each request, the default looks it up.
- **Many conversations**: of one message each, by 16 clients: {our_conversations} for ours, {default_conversations} for the default,
  which is slower; memory as above.
- **SOFMattress** (HINT3, 2020): `config.yml` trained through `rasa train nlu` on the set's own lines; Matthews correlation over all test
  lines at the threshold on the intent's confidence that gives the highest, below which a line counts as out of scope. The figures of
  Rasa's default are published ones, not measured by this command.
"""


def rows_of(ours: Measured | None, default: Measured | None, hint3: dict[str, Hint3] | None) -> list[Row]:
    """The table's rows, of what was measured."""
    rows: list[Row] = []
    measured = [one for one in (ours, default) if one]

    def add(name: str, cell: Callable[[Measured], str], goal: str = "") -> None:
        cells = [cell(one) if one else NONE for one in (ours, default)]
        if any(text != NONE for text in cells):
            rows.append((name, cells[0], cells[1], goal))

    in_scope, outside = next((one.accuracy.lines for one in measured if one.accuracy), (0, 0))
    add(f"right answer, {in_scope} lines nobody trained on", _share("right"), "95 %")
    add("asked back, the right question among the buttons", _share("asked"))
    add("right question ranked first", _share("ranked_first"))
    add(f"{outside} out-of-scope messages: not answered with a fact", _share("refused"), "95 %")
    add("training from nothing, process included", _training, "15 s")
    add("ready after start", _ready, "10 s")
    add("memory", lambda one: _memory(one.memory), "300 MB")
    loads = sorted({clients for one in measured for clients in one.loads})
    for clients in loads:
        add(
            f"a turn over HTTP, p50 / p95 / p99, {_clients(clients)}",
            _latency(clients),
            "12 / – / 30 ms" if clients == 1 else "",
        )
    for clients in loads:
        add(f"throughput, {_clients(clients)}", _throughput(clients), "100 msg/s" if clients == 16 else "")
    add("turn 1 / 100 / 300 of one conversation", _turns)
    add("turn 300 against turn 1", _growth, "1.1x")
    add("memory after many conversations", _memory_after)
    if hint3:
        rows.extend(_hint3_rows(hint3["full"], hint3["subset"]))
    return rows


def _hint3_rows(full: Hint3, subset: Hint3) -> list[Row]:
    correlations = f"{full.correlation:.3f} / {subset.correlation:.3f}"
    thresholds = f"{full.threshold:.3f} / {subset.threshold:.3f}"
    accuracies = f"{_percent(full.accuracy)} / {_percent(subset.accuracy)}"
    return [
        ("SOFMattress, Matthews correlation, full / subset", correlations, "0.526 / 0.433", "0.71 / 0.65"),
        ("SOFMattress, the threshold of that, full / subset", thresholds, NONE, ""),
        ("SOFMattress, right intent of in-scope lines, full / subset", accuracies, NONE, ""),
    ]


def topic_rows(measured: Measured) -> list[tuple[str, str, str]]:
    """Of each topic: right answers, lines, share."""
    assert measured.accuracy is not None
    return [
        (topic, f"{right} of {total}", _percent(right / total)) for topic, (right, total) in measured.accuracy.by_topic.items()
    ]


def as_text(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table for the terminal: columns as wide as they must be."""
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in (heads, *rows))


def as_markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The same for a page."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def page(machine: str, command: str, rows: Sequence[Row], ours: Measured, default: Measured, without_hint3: str) -> str:
    """docs/bench.md.

    Args:
        machine: It in a line.
        command: What was typed.
        rows: Of the table.
        ours: With everything measured.
        default: With everything measured.
        without_hint3: Why there are no figures of SOFMattress, or "".
    """
    training = default.training
    epochs = ""
    if _is_cut_short(default):
        epochs = (
            f".\n  The default was trained with {training.epochs} of its {DEFAULT_EPOCHS} epochs, which took {training.seconds:.0f} s: its"
            " accuracy is that of a training cut\n  short, and its training time is reckoned from these epochs"
        )
    how = HOW.format(
        epochs=epochs, warm_up=WARM_UP,
        our_messages=ours.sizes.messages, default_messages=default.sizes.messages,
        our_rounds=ours.sizes.rounds, default_rounds=default.sizes.rounds,
        our_conversations=f"{ours.sizes.conversations:,}", default_conversations=f"{default.sizes.conversations:,}",
    )  # fmt: skip
    parts = [
        "# What it costs and how well it understands, measured",
        f"Written by `{command}`, on {machine}. {without_hint3}".rstrip(),
        as_markdown(HEADS, rows),
        "## By topic, ours",
        as_markdown(("topic", "right", ""), topic_rows(ours)),
        "## How it was measured",
        how.strip(),
    ]
    return "\n\n".join(parts) + "\n"


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"


def _clients(number: int) -> str:
    return f"{number} client{'s' if number > 1 else ''}"


def _share(name: str) -> Callable[[Measured], str]:
    def cell(measured: Measured) -> str:
        if measured.accuracy is None:
            return NONE
        short = f" (after {measured.training.epochs} of {DEFAULT_EPOCHS} epochs)" if _is_cut_short(measured) else ""
        return _percent(getattr(measured.accuracy, name)) + short

    return cell


def _is_cut_short(measured: Measured) -> bool:
    return measured.training.epochs is not None and measured.training.epochs < DEFAULT_EPOCHS


def _training(measured: Measured) -> str:
    training = measured.training
    if not _is_cut_short(measured):
        return f"{training.seconds:.1f} s"
    return f"about {training.seconds_of_all_epochs:.0f} s (reckoned from {training.epochs} of {DEFAULT_EPOCHS} epochs)"


def _ready(measured: Measured) -> str:
    return NONE if measured.ready is None else f"{measured.ready:.1f} s"


def _memory(memory: Memory | None) -> str:
    if memory is None:
        return NONE
    share = "" if memory.proportional is None else f" ({memory.proportional:.0f})"
    return f"{memory.resident:.0f}{share} MB"


def _latency(clients: int) -> Callable[[Measured], str]:
    def cell(measured: Measured) -> str:
        if clients not in measured.loads:
            return NONE
        took = measured.loads[clients].milliseconds
        return " / ".join(f"{percentile(took, share):.1f}" for share in (0.5, 0.95, 0.99)) + " ms"

    return cell


def _throughput(clients: int) -> Callable[[Measured], str]:
    return lambda measured: f"{measured.loads[clients].per_second:.1f} msg/s" if clients in measured.loads else NONE


def _turns(measured: Measured) -> str:
    return " / ".join(f"{took:.1f}" for took in measured.turns.values()) + " ms" if measured.turns else NONE


def _growth(measured: Measured) -> str:
    if not measured.turns:
        return NONE
    first, *_, last = measured.turns.values()
    return f"{last / first:.2f}x"


def _memory_after(measured: Measured) -> str:
    if measured.memory_after is None:
        return NONE
    return f"{_memory(measured.memory_after)} after {measured.sizes.conversations:,}"

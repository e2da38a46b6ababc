"""Our pipeline on data that is not ours: SOFMattress of HINT3, real messages to a mattress shop's chatbot.

Source of data and measure: G. Arora et al., "HINT3: Raising the bar for Intent Detection in the Wild", 2020.
"""

from __future__ import annotations

import asyncio
import csv
import logging
from dataclasses import dataclass
from pathlib import Path

import structlog
import yaml

from tools.bench.figures import best_threshold
from tools.bench.projects import OUR_PYTHON, ROOT, make_our_project
from tools.bench.servers import run_to_end

FOLDER = ROOT.parent / "shared/bench/hint3"
NO_INTENT = "NO_NODES_DETECTED"  # label of the test lines that are out of scope
TRAINING = {"full": "sofmattress_train.csv", "subset": "sofmattress_subset_train.csv"}
TEST = "sofmattress_test.csv"


@dataclass(frozen=True)
class Hint3:
    """What was reached with one training set.

    Attributes:
        correlation: Matthews' over all test lines, at the threshold.
        threshold: On the intent's confidence, below which a message is out of scope: the best on these test lines.
        accuracy: Share of the in-scope test lines whose intent is right, whatever the confidence.
    """

    correlation: float
    threshold: float
    accuracy: float


def measure_hint3(folder: Path, environment: dict[str, str]) -> dict[str, Hint3]:
    """Trains our config.yml on both training sets through `rasa train nlu`, and reads the test lines with each model.

    Args:
        folder: An empty one.
        environment: Variables of the training process.
    """
    make_our_project(folder)
    test = _read(FOLDER / TEST)
    measured: dict[str, Hint3] = {}
    for name, file in TRAINING.items():
        data = folder / f"hint3_{name}.yml"
        data.write_text(_as_nlu(_read(FOLDER / file)), encoding="utf-8")
        model = folder / "models" / f"{name}.tar.gz"
        arguments = [
            "train",
            "nlu",
            "--config",
            "config.yml",
            "--nlu",
            data.name,
            "--out",
            "models",
            "--fixed-model-name",
            name,
        ]
        run_to_end([str(OUR_PYTHON), "-m", "rasa", *arguments], folder, environment)
        measured[name] = _score(test, asyncio.run(_understand(model, [text for text, _ in test])))
    return measured


def _score(test: list[tuple[str, str]], understood: list[tuple[str, float]]) -> Hint3:
    truth = [label for _, label in test]
    labels, confidences = [label for label, _ in understood], [sure for _, sure in understood]
    correlation, threshold = best_threshold(truth, labels, confidences, NO_INTENT)
    in_scope = [true == said for true, said in zip(truth, labels) if true != NO_INTENT]
    return Hint3(correlation, threshold, sum(in_scope) / len(in_scope))


async def _understand(model: Path, texts: list[str]) -> list[tuple[str, float]]:
    """The intent of each text as Rasa understands it with a model, and how sure it is."""
    # Rasa warns of a model without a dialogue, and prints every message it reads.
    logging.disable(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    from rasa.core.agent import load_agent  # takes seconds, which nobody who measures something else should wait

    agent = await load_agent(str(model))
    intents = [(await agent.parse_message(text))["intent"] for text in texts]
    return [(intent["name"] or NO_INTENT, intent["confidence"]) for intent in intents]


def _read(path: Path) -> list[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["sentence"], row["label"]) for row in csv.DictReader(file)]


def _as_nlu(rows: list[tuple[str, str]]) -> str:
    examples: dict[str, list[str]] = {}
    for text, label in rows:
        examples.setdefault(label, []).append(f"- {' '.join(text.split())}\n")
    blocks = [{"intent": label, "examples": "".join(lines)} for label, lines in examples.items()]
    return yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True, sort_keys=False, width=10_000)

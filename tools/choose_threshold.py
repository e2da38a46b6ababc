"""Chooses the answer threshold by cross-validation on the training data, and writes it into config.yml: `make threshold`.

Every example is understood by a classifier that has not seen it. At each threshold two things are counted: topic questions that get
their right answer, and out-of-scope messages that are not answered with a fact. The lowest threshold that refuses enough of the latter is
chosen. No test line is looked at.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.dialogue.plan import NOT_TOPICS, OUT_OF_SCOPE
from assistant.importer import TopicImporter
from assistant.nlu.character_ngram_featurizer import CharacterNgramFeaturizer
from assistant.nlu.one_vs_rest_intent_classifier import QUESTION_RANKING, OneVsRestIntentClassifier
from assistant.nlu.sentence_encoder_featurizer import SentenceEncoderFeaturizer

CONFIG = Path("config.yml")
FOLDS = 5
REFUSED = 0.95  # of the out-of-scope messages are not to be answered with a fact
STEPS = np.round(np.arange(0.05, 0.81, 0.01), 2)


def main() -> int:
    """Cross-validates, prints the curve, writes the threshold; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dry-run", action="store_true", help="print the curve and leave config.yml as it is")
    dry_run: bool = parser.parse_args().dry_run

    examples = TopicImporter(str(CONFIG), "domain.yml", ["data"]).get_nlu_data().intent_examples
    outcomes = cross_validate(examples)
    curve = threshold_curve(outcomes)
    best = next((step for step, _, refused in curve if refused >= REFUSED), curve[-1][0])
    print("threshold   right answers   out of scope not answered with a fact")
    for step, right, refused in curve:
        if round(step * 100) % 5 == 0 or step == best:
            print(f"{step:9.2f}   {right:13.3f}   {refused:.3f}{'   <- chosen' if step == best else ''}")
    if not dry_run:
        text, changes = re.subn(r"(?m)^(    answer: )[\d.]+", rf"\g<1>{best}", CONFIG.read_text())
        assert changes == 1, "config.yml names one answer threshold"
        CONFIG.write_text(text)
        print(f"config.yml: answer: {best}")
    return 0


def cross_validate(examples: list[Message]) -> list[tuple[str, str, float]]:
    """Of every example: its label, the label that a classifier trained on the other folds gives it, and how sure that is."""
    config = {entry["name"].rpartition(".")[2]: entry for entry in yaml.safe_load(CONFIG.read_text())["pipeline"]}
    encoder = SentenceEncoderFeaturizer(
        {**SentenceEncoderFeaturizer.get_default_config(), **_options(config, SentenceEncoderFeaturizer)}, "encoder"
    )
    encoder.process_training_data(TrainingData(examples))
    fold_of = np.random.default_rng(20).permutation(len(examples)) % FOLDS
    outcomes = []
    for fold in range(FOLDS):
        print(f"fold {fold + 1} of {FOLDS} ...", file=sys.stderr, flush=True)
        train = [_copy(example) for example, f in zip(examples, fold_of) if f != fold]
        held_out = [_copy(example) for example, f in zip(examples, fold_of) if f == fold]
        with tempfile.TemporaryDirectory() as folder:
            storage = LocalModelStorage.create(Path(folder))
            context = ExecutionContext(GraphSchema({}), node_name="ngrams")
            ngrams = CharacterNgramFeaturizer.create(
                {**CharacterNgramFeaturizer.get_default_config(), **_options(config, CharacterNgramFeaturizer)},
                storage,
                Resource("ngrams"),
                context,
            )
            classifier = OneVsRestIntentClassifier.create(
                {**OneVsRestIntentClassifier.get_default_config(), **_options(config, OneVsRestIntentClassifier)},
                storage,
                Resource("classifier"),
                context,
            )
            data = TrainingData(train)
            ngrams.train(data)
            ngrams.process_training_data(data)
            classifier.train(data)
            labels = [message.get_full_intent() for message in held_out]
            for message, label in zip(classifier.process(ngrams.process(held_out)), labels):
                first = message.get(QUESTION_RANKING)[0]
                outcomes.append((label, first["name"], first["confidence"]))
    return outcomes


def threshold_curve(outcomes: list[tuple[str, str, float]]) -> list[tuple[float, float, float]]:
    """Of each threshold: the share of topic questions answered rightly, of out-of-scope messages not answered with a fact."""
    topics = [outcome for outcome in outcomes if _is_topic(outcome[0])]
    strangers = [outcome for outcome in outcomes if outcome[0] == OUT_OF_SCOPE]
    return [
        (
            float(step),
            float(np.mean([label == found and sureness >= step for label, found, sureness in topics])),
            float(np.mean([not _is_topic(found) or sureness < step for _, found, sureness in strangers])),
        )
        for step in STEPS
    ]


def _is_topic(label: str) -> bool:
    return label.partition("/")[0] not in NOT_TOPICS


def _options(config: dict[str, dict[str, Any]], component: type) -> dict[str, Any]:
    return {name: value for name, value in config[component.__name__].items() if name != "name"}


def _copy(example: Message) -> Message:
    return Message(dict(example.data), features=list(example.features)) if example.get(TEXT) else example


if __name__ == "__main__":
    sys.exit(main())

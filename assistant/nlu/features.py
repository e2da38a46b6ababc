"""What of a message understanding works on: its text as it is meant, and its sentence features by what they are used for."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import ref

import numpy as np
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

# Origin of the feature that tells how a message is put: of use where something is learnt, misleading where likeness is looked for.
FORM = "form"
# Property of a message with misspelt words: its text with these words as they are meant.
AS_MEANT = "as_meant"


@dataclass(frozen=True)
class FeatureRows:
    """The features of examples, side by side.

    Attributes:
        examples: Those that have sentence features.
        rows: (examples, features + form) of float32.
        features: How many columns come before those of the form.
        width: Of all features that an example had when these were taken.
    """

    examples: list[Message]
    rows: np.ndarray
    features: int
    width: int


_last: tuple[ref[TrainingData], FeatureRows] | None = None  # of the data that were asked for last, as long as they are there


def text_as_meant(message: Message) -> str:
    """The text of a message, its spelling corrected; empty where it has none."""
    return message.get(AS_MEANT) or message.get(TEXT) or ""


def sentence_features(message: Message) -> np.ndarray | None:
    """All dense sentence features of a message side by side but for its form, or None where it has none."""
    found = [feature for origin, feature in _dense(message) if origin != FORM]
    return np.concatenate(found).astype(np.float32, copy=False) if found else None


def form_features(message: Message) -> np.ndarray:
    """The features of a message's form; of length 0 where no featurizer gives any."""
    form = next((feature for origin, feature in _dense(message) if origin == FORM), np.zeros(0, dtype=np.float32))
    return form.astype(np.float32, copy=False)


def feature_rows(training_data: TrainingData) -> FeatureRows:
    """The features of all examples with an intent, in one array: the largest of a training, made once for all that learn of it."""
    global _last
    width = sum(features.features.shape[-1] for message in training_data.intent_examples[:1] for features in message.features)
    if _last is None or _last[0]() is not training_data or _last[1].width != width:
        _last = ref(training_data), _feature_rows(training_data.intent_examples, width)
    return _last[1]


def _feature_rows(examples: list[Message], width: int) -> FeatureRows:
    found = [(example, dense) for example, dense in zip(examples, map(_dense, examples)) if any(o != FORM for o, _ in dense)]
    first = found[0][1] if found else []
    features = sum(feature.size for origin, feature in first if origin != FORM)
    rows = np.empty((len(found), sum(feature.size for _, feature in first)), np.float32)
    for row, (_, dense) in zip(rows, found):
        at = 0
        for origin, feature in dense:
            if origin == FORM:
                row[features:] = feature
            else:
                row[at : at + feature.size] = feature
                at += feature.size
    return FeatureRows([example for example, _ in found], rows, features, width)


def _dense(message: Message) -> list[tuple[str, np.ndarray]]:
    return [
        (features.origin, features.features[0])
        for features in message.features
        if features.attribute == TEXT and features.type == FEATURE_TYPE_SENTENCE and features.is_dense()
    ]

"""What of a message understanding works on: its text as it is meant, and its sentence features by what they are used for."""

from __future__ import annotations

import numpy as np
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.message import Message

# Origin of the feature that tells how a message is put: of use where something is learnt, misleading where likeness is looked for.
FORM = "form"
# Property of a message with misspelt words: its text with these words as they are meant.
AS_MEANT = "as_meant"


def text_as_meant(message: Message) -> str:
    """The text of a message, its spelling corrected; empty where it has none."""
    return message.get(AS_MEANT) or message.get(TEXT) or ""


def sentence_features(message: Message) -> np.ndarray | None:
    """All dense sentence features of a message side by side but for its form, or None where it has none."""
    found = [feature for origin, feature in _dense(message) if origin != FORM]
    return np.concatenate(found) if found else None


def form_features(message: Message) -> np.ndarray:
    """The features of a message's form; of length 0 where no featurizer gives any."""
    return next((feature for origin, feature in _dense(message) if origin == FORM), np.zeros(0, dtype=np.float32))


def feature_rows(examples: list[Message]) -> tuple[list[Message], np.ndarray, np.ndarray]:
    """The examples that have sentence features, these, and those of their form: (examples, features) and (examples, form) of float32."""
    found = [(example, dense) for example, dense in zip(examples, map(_dense, examples)) if any(o != FORM for o, _ in dense)]
    first = found[0][1] if found else []
    features = np.empty((len(found), sum(feature.size for origin, feature in first if origin != FORM)), np.float32)
    form = np.empty((len(found), sum(feature.size for origin, feature in first if origin == FORM)), np.float32)
    for row, (_, dense) in enumerate(found):
        at = 0
        for origin, feature in dense:
            if origin == FORM:
                form[row] = feature
            else:
                features[row, at : at + feature.size] = feature
                at += feature.size
    return [example for example, _ in found], features, form


def _dense(message: Message) -> list[tuple[str, np.ndarray]]:
    return [
        (features.origin, np.asarray(features.features, dtype=np.float32)[0])
        for features in message.features
        if features.attribute == TEXT and features.type == FEATURE_TYPE_SENTENCE and features.is_dense()
    ]

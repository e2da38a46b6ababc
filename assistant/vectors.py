"""Vectors of texts, by which the front desk finds messages that are alike: those by which the model itself reads a message."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
from rasa.core.agent import Agent
from rasa.engine.graph import SchemaNode

from assistant.nlu.features import sentence_features
from assistant.nlu.sentence_encoder import load_encoder
from assistant.nlu.sentence_encoder_featurizer import SentenceEncoderFeaturizer
from assistant.pipeline import node_of, read_up_to
from assistant.refusals import RequestRefused
from assistant.settings import MAX_CHARACTERS

MAX_TEXTS = 32
DECIMALS = 5  # of a number in a vector: a cosine is right to four


def texts_of(body: object, fields: Collection[str] = ("texts",)) -> list[str]:
    """The texts of a request.

    Args:
        body: The request's JSON.
        fields: What it may have.

    Raises:
        RequestRefused: If it is not a valid request.
    """
    if not isinstance(body, dict):
        raise RequestRefused(400, "not_an_object", "The body must be a JSON object.")
    if body.keys() - set(fields):
        raise RequestRefused(400, "unknown_field", f"This request has {' and '.join(fields)}, and nothing else.")
    texts = body.get("texts")
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        raise RequestRefused(400, "invalid_field", f"texts must be a list of 1 to {MAX_TEXTS} strings.")
    if len(texts) > MAX_TEXTS:
        raise RequestRefused(413, "too_many", f"There are at most {MAX_TEXTS} texts in a request.")
    if any(len(text) > MAX_CHARACTERS for text in texts):
        raise RequestRefused(413, "too_long", f"A text has at most {MAX_CHARACTERS} characters.")
    return texts


def vectors_of(texts: list[str], agent: Agent) -> dict[str, Any]:
    """What the model's sentence encoder makes of texts, their spelling corrected; to be called outside of the event loop.

    Args:
        texts: As visitors typed them.
        agent: Rasa, with a model loaded.

    Returns:
        `vectors`: (texts, dimensions), each of length one; of a text in which nothing can be read, all zeros.
        `encoder`: See `encoder_of`.

    Raises:
        RequestRefused: If the model has no sentence encoder.
    """
    found = node_of(SentenceEncoderFeaturizer, agent)
    if found is None:
        raise RequestRefused(501, "no_encoder", "The model has no sentence encoder.")
    name, node = found
    encoder = load_encoder(_folder(node))
    # Only the first components run: those that the encoder's own rests on.
    meanings = [sentence_features(message) for message in read_up_to(name, texts, agent)]
    rows = [np.zeros(encoder.dimensions) if meaning is None else meaning.astype(np.float64) for meaning in meanings]
    return {"vectors": [np.round(row, DECIMALS).tolist() for row in rows], "encoder": encoder.digest}


def encoder_of(agent: Agent) -> str | None:
    """The digest of the model's sentence encoder: vectors of two encoders cannot be compared. None where it has none."""
    found = node_of(SentenceEncoderFeaturizer, agent)
    return load_encoder(_folder(found[1])).digest if found else None


def _folder(node: SchemaNode) -> Path:
    return Path({**SentenceEncoderFeaturizer.get_default_config(), **node.config}["encoder"])

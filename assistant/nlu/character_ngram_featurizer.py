"""Gives every message a vector of its spelling, in which a typo moves a word only a little."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.features import text_as_meant
from assistant.nlu.last_training import LastTraining, digests
from assistant.nlu.tfidf import Tfidf, letters

MANY = 1000  # examples, beyond which an n-gram that stands in one alone is left out: it is like nothing else
ENOUGH = 15_000  # examples, of which the dimensions are learnt; more of them change nothing
# Share of the examples that may have changed since the dimensions were learnt. Other dimensions also take from the classifiers behind
# what they have learnt on these.
CHANGED = 0.05
PART, VECTORS = "spelling", "spelling-vectors"  # of what the last training left
SPACES = re.compile(r"\s+")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class CharacterNgramFeaturizer(DenseFeaturizer, GraphComponent):
    """Adds a sentence feature: tf-idf of character n-grams within words, reduced by a singular value decomposition."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See parent class."""
        return {
            **DenseFeaturizer.get_default_config(),
            "min_ngram": 2,
            "max_ngram": 4,
            "dimensions": 150,
            # Length of the vector, beside the sentence vector's length of one: how much spelling counts against meaning.
            "weight": 0.3,
            "seed": 20,
        }

    def __init__(self, config: dict[str, Any], name: str, model_storage: ModelStorage, resource: Resource) -> None:
        """An untrained featurizer."""
        super().__init__(name, config)
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._analyze = letters(config["min_ngram"], config["max_ngram"])
        # None until trained on at least two different n-grams
        self._weigh: Tfidf | None = None
        self._projection: np.ndarray | None = None  # (n-grams, dimensions) of float16, half the memory

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CharacterNgramFeaturizer:
        """See parent class."""
        return cls(config, execution_context.node_name, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns which n-grams there are and which go together."""
        texts = [_plain(message.get(TEXT)) for message in training_data.training_examples if message.get(TEXT)]
        texts = [text for text in texts if text]
        if len(texts) < 2:
            return self._resource
        if not self._take_over(texts):
            self._learn(texts)
        if self._weigh is not None and self._projection is not None:
            self._persist(self._weigh, self._projection)
        return self._resource

    def _learn(self, texts: list[str]) -> None:
        weigh, weights = Tfidf.fit(texts, self._analyze, least=2 if len(texts) > MANY else 1)
        dimensions = min(self._config["dimensions"], min(weights.shape) - 1)
        if dimensions >= 1:
            # In training only: with what it imports, scikit-learn takes 33 MB.
            from sklearn.decomposition import TruncatedSVD

            svd = TruncatedSVD(dimensions, n_iter=2, random_state=self._config["seed"])
            svd.fit(weights[:: len(texts) // ENOUGH + 1])
            self._weigh, self._projection = weigh, np.ascontiguousarray(svd.components_.T, dtype=np.float16)
            LastTraining.of(self._model_storage).leave(
                PART,
                options=self._options(),
                texts=np.unique(digests(texts), axis=0),
                ngrams=np.frombuffer(json.dumps(weigh.terms).encode(), np.uint8),
                idf=weigh.idf,
                projection=self._projection,
            )

    def _take_over(self, texts: list[str]) -> bool:
        """Takes the dimensions that the last training had, if they were learnt of nearly the same examples."""
        left = LastTraining.of(self._model_storage).read(
            PART, "texts", "ngrams", "idf", "projection", options=self._options().shape
        )
        if not left or not np.array_equal(left["options"], self._options()):
            return False
        then, now = ({digest.tobytes() for digest in rows} for rows in (left["texts"], digests(texts)))
        if len(then ^ now) > CHANGED * len(then):
            return False
        ngrams = json.loads(left["ngrams"].tobytes())
        self._weigh = Tfidf(self._analyze, {ngram: column for column, ngram in enumerate(ngrams)}, left["idf"])
        self._projection = left["projection"]
        return True

    def _options(self) -> np.ndarray:
        """What the dimensions depend on beside the examples."""
        return np.array([self._config[name] for name in ("min_ngram", "max_ngram", "dimensions", "seed")])

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """See parent class."""
        messages = [message for message in training_data.training_examples if text_as_meant(message)]
        if self._weigh is not None and self._projection is not None and messages:
            texts = [_plain(text_as_meant(message)) for message in messages]
            of = hashlib.sha256(self._projection.tobytes() + self._weigh.idf.tobytes()).hexdigest()
            rows = LastTraining.of(self._model_storage).rows(VECTORS, of, texts, self._vectors)
            for message, vector in zip(messages, self._scaled(rows["vectors"].astype(np.float32))):
                self._add(message, vector)
        return training_data

    def _vectors(self, texts: list[str]) -> dict[str, np.ndarray]:
        assert self._weigh is not None
        assert self._projection is not None
        return {"vectors": self._weigh.many(texts) @ self._projection.astype(np.float32)}

    def process(self, messages: list[Message]) -> list[Message]:
        """See parent class."""
        if self._weigh is None or self._projection is None:
            return messages
        for message in messages:
            if text := text_as_meant(message):
                columns, values = self._weigh(_plain(text))
                self._add(message, self._scaled(values @ self._projection[columns].astype(np.float32)))
        return messages

    def _scaled(self, vectors: np.ndarray) -> np.ndarray:
        lengths = np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), np.finfo(np.float32).tiny)
        return (vectors * (self._config["weight"] / lengths)).astype(np.float32)

    def _add(self, message: Message, vector: np.ndarray) -> None:
        message.add_features(Features(vector[np.newaxis], FEATURE_TYPE_SENTENCE, TEXT, self._identifier))

    def _persist(self, weigh: Tfidf, projection: np.ndarray) -> None:
        with self._model_storage.write_to(self._resource) as folder:
            (folder / "ngrams.json").write_text(json.dumps(weigh.terms, ensure_ascii=False), encoding="utf-8")
            np.savez(folder / "weights.npz", idf=weigh.idf, projection=projection)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> CharacterNgramFeaturizer:
        """See parent class."""
        featurizer = cls(config, execution_context.node_name, model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder:
                ngrams = json.loads((folder / "ngrams.json").read_text(encoding="utf-8"))
                weights = np.load(folder / "weights.npz")
                columns = {ngram: column for column, ngram in enumerate(ngrams)}
                featurizer._weigh = Tfidf(featurizer._analyze, columns, weights["idf"])
                featurizer._projection = weights["projection"]
        except ValueError:
            pass  # trained on nothing: messages keep the features that they have
        return featurizer

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """See parent class."""


def _plain(text: str) -> str:
    return SPACES.sub(" ", text.lower()).strip()

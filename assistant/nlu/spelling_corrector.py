"""Reads misspelt words as words of the examples: the encoder takes a misspelt word apart into pieces that mean nothing together."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.features import AS_MEANT
from assistant.nlu.sentence_encoder import EncoderWords, load_encoder
from safety.spelling import Spelling

WORD = re.compile(r"[a-z]+", re.IGNORECASE)
RARE = (
    5000  # examples, of which more than one must have a word that others are corrected to: a rarer one may be misspelt itself
)
FILE = "words.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SpellingCorrector(GraphComponent):
    """Adds to a message how it is meant, where that is not how it stands there. Examples are left as they are.

    A word is corrected that neither an example has nor the encoder knows whole, if a word of the examples is like it.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See parent class."""
        return {"encoder": "models/encoder"}  # the one whose words are left alone

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        """An untrained corrector, which corrects nothing."""
        self._encoder = load_encoder(Path(config["encoder"]))
        self._model_storage = model_storage
        self._resource = resource
        self._spelling = self._towards([], [])

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SpellingCorrector:
        """See parent class."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns the words of the examples."""
        texts = [example.get(TEXT) for example in training_data.intent_examples if example.get(TEXT)]
        counts = Counter(word for text in texts for word in set(WORD.findall(text.lower())))
        # The commonest first, which of two is the likelier to be meant.
        common = [word for word, count in counts.most_common() if count > len(texts) // RARE]
        rare = sorted(counts.keys() - set(common))
        self._spelling = self._towards(common, rare)
        with self._model_storage.write_to(self._resource) as folder:
            (folder / FILE).write_text(json.dumps({"common": common, "rare": rare}), encoding="utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Examples are as they are meant."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """See parent class."""
        for message in messages:
            text = message.get(TEXT) or ""
            meant = WORD.sub(self._as_meant, text)
            if meant != text:
                message.set(AS_MEANT, meant)
        return messages

    def _as_meant(self, match: re.Match[str]) -> str:
        word = match[0].lower()
        meant = self._spelling.correct(word)
        return match[0] if meant == word else meant

    def _towards(self, common: list[str], rare: list[str]) -> Spelling:
        return Spelling(common, (), EncoderWords(self._encoder, frozenset(rare)))

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SpellingCorrector:
        """See parent class."""
        corrector = cls(config, model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder:
                corrector._spelling = corrector._towards(**json.loads((folder / FILE).read_text(encoding="utf-8")))
        except ValueError:
            pass  # trained on nothing
        return corrector

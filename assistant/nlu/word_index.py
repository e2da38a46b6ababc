"""In which examples each word stands, so that a message's words in common with thousands of examples are found at once."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from assistant.nlu.tfidf import Tfidf, words_and_pairs

MANY = 1000  # examples, beyond which a word that stands in one alone is left out: a quarter of the memory, the same accuracy


class WordIndex:
    """Words and pairs of words, weighed by tf-idf.

    Args:
        weigh: Weighs the words of a text; the columns are terms.
        starts: (terms + 1,); term i stands in the examples at places starts[i] to starts[i + 1] of the two that follow.
        examples: (places,), numbers of examples.
        weights: (places,) of float32, the weight of the term in the example; an example's are of length one together.
        count: How many examples there are.
    """

    def __init__(self, weigh: Tfidf, starts: np.ndarray, examples: np.ndarray, weights: np.ndarray, count: int) -> None:
        self._weigh = weigh
        self._starts, self._examples, self._weights = starts, examples, weights
        self._count = count

    @classmethod
    def of(cls, texts: list[str]) -> WordIndex:
        """The index of texts, which may have no word at all."""
        if not any(words_and_pairs(text) for text in texts):
            nothing = np.zeros(0, dtype=np.float32)
            return cls(Tfidf(words_and_pairs, {}, nothing), np.zeros(1, dtype=np.int32), nothing, nothing, len(texts))
        weigh, weights = Tfidf.fit(texts, words_and_pairs, least=2 if len(texts) > MANY else 1)
        by_term = weights.T.tocsr()
        return cls(weigh, by_term.indptr, by_term.indices, by_term.data, len(texts))

    def cosines(self, text: str) -> np.ndarray:
        """The likeness of each example's words to those of a text; shape (examples,)."""
        cosines = np.zeros(self._count, dtype=np.float32)
        for term, weight in zip(*self._weigh(text)):
            places = slice(self._starts[term], self._starts[term + 1])
            cosines[self._examples[places]] += weight * self._weights[places]
        return cosines

    def save(self, folder: Path) -> None:
        """Writes arrays and JSON, no pickles: loading a model runs no code of the model's."""
        np.savez(
            folder / "words.npz",
            idf=self._weigh.idf,
            starts=self._starts,
            examples=self._examples,
            weights=self._weights,
            count=self._count,
        )
        (folder / "words.json").write_text(json.dumps(self._weigh.terms, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> WordIndex:
        """Reads what `save` wrote."""
        arrays = np.load(folder / "words.npz", allow_pickle=False)
        terms = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        weigh = Tfidf(words_and_pairs, {term: column for column, term in enumerate(terms)}, arrays["idf"])
        return cls(weigh, arrays["starts"], arrays["examples"], arrays["weights"], int(arrays["count"]))

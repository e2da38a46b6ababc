"""tf-idf of single texts."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from assistant.nlu.tfidf import SingleTextTfidf

TEXTS = ["can i wear makeup", "when can i swim, can i?", "how much is it", "does it hurt"]


@pytest.mark.parametrize("text", [*TEXTS, "can can can i i hurt", "unknown", "", "makeup"])
@pytest.mark.parametrize(
    "options", [{"ngram_range": (1, 2)}, {"analyzer": "char_wb", "ngram_range": (2, 4)}], ids=["words", "characters"]
)
def test_it_gives_what_scikit_learn_gives(text: str, options: dict[str, object]) -> None:
    vectorizer = TfidfVectorizer(sublinear_tf=True, dtype=np.float32, **options).fit(TEXTS)
    expected = vectorizer.transform([text]).toarray()[0]

    columns, values = SingleTextTfidf(vectorizer)(text)

    found = np.zeros_like(expected)
    found[columns] = values
    assert found == pytest.approx(expected, abs=1e-6)

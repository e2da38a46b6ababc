"""Terms and tf-idf of single texts."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer

from assistant.nlu.concern_model import COLUMNS, _column
from assistant.nlu.tfidf import FEW, WORD, Analyze, Tfidf, letters, words_and_pairs

TEXTS = ["can i wear makeup", "when can i swim, can i?", "how much is it", "Does it hurt"]
ANALYZERS = pytest.mark.parametrize(
    ("analyze", "options"),
    [
        (words_and_pairs, {"ngram_range": (1, 2), "token_pattern": WORD.pattern}),
        (letters(2, 4), {"analyzer": "char_wb", "ngram_range": (2, 4)}),
    ],
    ids=["words", "letters"],
)


@pytest.mark.parametrize("text", [*TEXTS, "can can can i i hurt", "unknown", "", "a b", "ИЛИ  多少钱\n", "don't"])
@ANALYZERS
def test_the_terms_are_those_of_scikit_learn(analyze: Analyze, options: dict[str, object], text: str) -> None:
    assert sorted(analyze(text)) == sorted(CountVectorizer(**options).build_analyzer()(text))


@pytest.mark.parametrize("text", [*TEXTS, "can can can i i hurt", "unknown", "", "makeup"])
@ANALYZERS
def test_the_weights_are_those_of_scikit_learn(analyze: Analyze, options: dict[str, object], text: str) -> None:
    vectorizer = TfidfVectorizer(sublinear_tf=True, dtype=np.float32, **options).fit(TEXTS)
    expected = vectorizer.transform([text]).toarray()[0]
    weigh, _ = Tfidf.fit(TEXTS, analyze, least=1)

    columns, values = weigh(text)

    found = np.zeros_like(expected)
    found[[vectorizer.vocabulary_[weigh.terms[column]] for column in columns]] = values
    assert found == pytest.approx(expected, abs=1e-6)


@ANALYZERS
def test_many_texts_weigh_as_each_of_them_does(analyze: Analyze, options: dict[str, object]) -> None:
    texts = [*TEXTS, "", "unknown"] * FEW  # more than are weighed at once, some without a term
    weigh, _ = Tfidf.fit(TEXTS, analyze, least=1)

    rows = weigh.many(texts)

    for place in (0, 4, FEW, FEW + 1, len(texts) - 3):
        columns, values = weigh(texts[place])
        found = rows[place].toarray()[0]
        assert found[columns] == pytest.approx(values, abs=1e-6)
        assert np.count_nonzero(found) == columns.size


def test_a_term_in_fewer_texts_than_asked_for_is_not_known() -> None:
    weigh, weights = Tfidf.fit(TEXTS, words_and_pairs, least=2)

    assert set(weigh.terms) == {"can", "i", "can i", "it"}
    assert weights.shape == (4, 4)


@pytest.mark.parametrize("term", ["pain", "my lips", " é", "多少", "😂"])
def test_a_hashed_term_is_where_scikit_learn_puts_it(term: str) -> None:
    hashing = HashingVectorizer(analyzer=lambda text: [text], n_features=COLUMNS, alternate_sign=False, norm=None)

    assert hashing.transform([term]).indices.tolist() == [_column(term)]

"""Vectors of texts: which lie close together, what is refused, and that no message waits for them. Over HTTP: `test_channel.py`."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from rasa.core.agent import Agent

from assistant.channel import FrontDeskInput
from assistant.nlu.sentence_encoder_featurizer import SentenceEncoderFeaturizer
from assistant.refusals import RequestRefused
from assistant.settings import MAX_CHARACTERS
from assistant.vectors import MAX_TEXTS, encoder_of, texts_of, vectors_of

KEY = "the-tests-own-key"
VISITORS_WORD = "quixotrombone"


def _cosine(agent: Agent, one: str, other: str) -> float:
    first, second = np.array(vectors_of([one, other], agent)["vectors"])
    return float(first @ second)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("does it hurt", "is it painful"),
        ("how much does it cost", "what is the price"),
        ("is there parking", "where can i park my car"),
    ],
)
def test_two_texts_of_one_meaning_lie_closer_than_two_of_different_ones(agent: Agent, one: str, other: str) -> None:
    assert _cosine(agent, one, other) > _cosine(agent, one, "do you speak dutch") + 0.2


def test_there_is_a_vector_of_length_one_for_each_text_in_order(agent: Agent) -> None:
    texts = ["does it hurt", "how much does it cost", "does it hurt"]

    vectors = np.array(vectors_of(texts, agent)["vectors"])

    assert vectors.shape == (3, 384)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1], abs=1e-3)
    assert (vectors[0] == vectors[2]).all()
    assert (vectors[0] != vectors[1]).any()


def test_a_text_of_several_questions_has_one_vector(agent: Agent) -> None:
    assert len(vectors_of(["does it hurt and how much does it cost"], agent)["vectors"]) == 1


def test_a_texts_vector_does_not_depend_on_its_company(agent: Agent) -> None:
    text = "does it hurt and how much does it cost"

    alone, in_company = vectors_of([text], agent), vectors_of(["hello", text], agent)

    assert alone["vectors"][0] == in_company["vectors"][1]


def test_misspelt_words_are_read_as_they_are_meant(agent: Agent) -> None:
    assert _cosine(agent, "can i wear makeup aftrewards", "can i wear makeup afterwards") > 0.99


def test_a_typed_command_has_the_vector_of_its_words(agent: Agent) -> None:
    assert _cosine(agent, "/restart", "restart") > 0.99


@pytest.mark.parametrize("text", ["", " ", "\u200b", "/", "\x00", "\ud83d"], ids=repr)
def test_a_text_in_which_nothing_can_be_read_is_like_nothing(agent: Agent, text: str) -> None:
    [vector] = vectors_of([text], agent)["vectors"]

    assert len(vector) == 384
    assert not any(vector)


def test_it_says_which_encoder_it_was(agent: Agent) -> None:
    assert vectors_of(["does it hurt"], agent)["encoder"] == encoder_of(agent)
    assert len(str(encoder_of(agent))) == 64


def test_a_model_without_an_encoder_has_no_vectors(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    assert agent.processor is not None
    nodes = agent.processor.model_metadata.predict_schema.nodes
    others = {name: node for name, node in nodes.items() if not issubclass(node.uses, SentenceEncoderFeaturizer)}
    monkeypatch.setattr(agent.processor.model_metadata.predict_schema, "nodes", others)

    with pytest.raises(RequestRefused) as refused:
        vectors_of(["does it hurt"], agent)

    assert (refused.value.status, refused.value.code) == (501, "no_encoder")
    assert encoder_of(agent) is None


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (None, 400, "not_an_object"),
        ([], 400, "not_an_object"),
        ({}, 400, "invalid_field"),
        ({"texts": []}, 400, "invalid_field"),
        ({"texts": None}, 400, "invalid_field"),
        ({"texts": "does it hurt"}, 400, "invalid_field"),
        ({"texts": ["does it hurt", 7]}, 400, "invalid_field"),
        ({"texts": [["does it hurt"]]}, 400, "invalid_field"),
        ({"texts": ["does it hurt"], "conversation": "c"}, 400, "unknown_field"),
        ({"texts": ["a"] * (MAX_TEXTS + 1)}, 413, "too_many"),
        ({"texts": ["a", "a" * (MAX_CHARACTERS + 1)]}, 413, "too_long"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_an_invalid_request_is_refused_with_its_reason(body: object, status: int, code: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        texts_of(body)

    assert (refused.value.status, refused.value.code) == (status, code)


def test_the_most_texts_of_the_greatest_length_are_taken() -> None:
    texts = ["a" * MAX_CHARACTERS] * MAX_TEXTS

    assert texts_of({"texts": texts}) == texts


async def test_without_a_model_there_are_no_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    response = await _encode(None, monkeypatch)

    assert (response.status, json.loads(response.body)["error"]["code"]) == (503, "no_model")


async def test_an_encoder_that_fails_gives_500_with_the_shape_of_an_error(
    agent: Agent, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def _fail(*args: object, **kwargs: object) -> None:
        raise ValueError(VISITORS_WORD)

    assert agent.processor is not None
    monkeypatch.setattr(agent.processor, "graph_runner", SimpleNamespace(run=_fail))
    response = await _encode(agent, monkeypatch)

    assert (response.status, json.loads(response.body)["error"]["code"]) == (500, "failed")
    assert VISITORS_WORD not in caplog.text


async def test_messages_are_answered_while_vectors_are_made(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread of their own: whatever it does, the loop and the readers are free."""
    loop = asyncio.get_running_loop()
    begun, release = asyncio.Event(), asyncio.Event()

    def _wait(*args: object, **kwargs: object) -> None:
        loop.call_soon_threadsafe(begun.set)
        asyncio.run_coroutine_threadsafe(release.wait(), loop).result(10)
        raise ValueError

    assert agent.processor is not None
    free = agent.processor.graph_runner.run
    monkeypatch.setattr(agent.processor, "graph_runner", SimpleNamespace(run=_wait))
    encoding = asyncio.create_task(_encode(agent, monkeypatch))
    await asyncio.wait_for(begun.wait(), 10)
    monkeypatch.setattr(agent.processor, "graph_runner", SimpleNamespace(run=free))

    response = await _handler("/messages", monkeypatch)(
        _request({"conversation": "c", "message_id": "1", "text": "does it hurt"}, agent)
    )

    assert response.status == HTTPStatus.OK
    assert not encoding.done()
    release.set()
    await encoding


def _request(body: object, agent: Agent | None) -> Any:
    return SimpleNamespace(json=body, body=b"", app=SimpleNamespace(ctx=SimpleNamespace(agent=agent)))


def _handler(path: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("ASSISTANT_KEY", KEY)
    blueprint = FrontDeskInput().blueprint(lambda message: None)
    return {route.uri: route.handler for route in blueprint._future_routes}[path]


async def _encode(agent: Agent | None, monkeypatch: pytest.MonkeyPatch) -> Any:
    return await _handler("/vectors", monkeypatch)(_request({"texts": ["does it hurt"]}, agent))

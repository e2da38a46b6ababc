"""The front desk's way in: over a running server where HTTP matters, in this process where the model has to fail."""

from __future__ import annotations

import contextlib
import http.client
import json
import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.agent import Agent

from assistant.channel import MAX_BODY, MAX_REQUEST, FrontDeskInput, reply_to
from assistant.refusals import RequestRefused
from assistant.settings import MAX_CHARACTERS
from assistant.vectors import MAX_TEXTS
from assistant.wording import digest_of

KEY = "the-tests-own-key"
MESSAGES = "/webhooks/frontdesk/messages"
HEALTH = "/webhooks/frontdesk/health"
VECTORS = "/webhooks/frontdesk/vectors"
NEAREST = "/webhooks/frontdesk/nearest"
WORDING = "/webhooks/frontdesk/wording"
LONGEST_START = 90  # seconds; 7 on an idle machine
VISITORS_WORD = "quixotrombone"


@dataclass
class Answer:
    """A response over HTTP."""

    status: int
    body: Any


@dataclass
class Server:
    """A running `rasa run`."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def wait_until_ready(self) -> None:
        """Returns once a model answers; fails with the server's own words where it ends or takes too long."""
        give_up = time.monotonic() + LONGEST_START
        while time.monotonic() < give_up and self.process.poll() is None:
            with contextlib.suppress(ConnectionError):
                if self.request("GET", HEALTH).status == HTTPStatus.OK:
                    return
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.1)
        pytest.fail(f"The server did not start:\n{self.log.read_text()}")

    def request(self, method: str, path: str, body: bytes | None = None, key: str | None = KEY) -> Answer:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, {"Authorization": f"Bearer {key}"} if key is not None else {})
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        is_json = (response.getheader("content-type") or "").startswith("application/json")
        return Answer(response.status, json.loads(content) if is_json else content.decode())

    def send(self, key: str | None = KEY, **fields: Any) -> Answer:
        """A message of a conversation."""
        body = {"conversation": "c", "message_id": "1", **fields}
        return self.request("POST", MESSAGES, json.dumps(body).encode(), key)


@pytest.fixture(scope="session")
def server(model: Path, project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The assistant's server on a free port of this machine's loopback address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    where = ["--interface", "127.0.0.1", "--port", str(port)]
    what = ["--model", str(model), "--endpoints", "endpoints.yml", "--credentials", "credentials.yml"]
    log = tmp_path_factory.mktemp("server") / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "rasa", "run", *where, *what],
            cwd=project,
            env={**os.environ, "ASSISTANT_KEY": KEY},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    running = Server(port, process, log)
    try:
        running.wait_until_ready()
        yield running
    finally:
        process.terminate()
        process.wait(30)


pytestmark = pytest.mark.slow


@pytest.mark.parametrize("key", [None, "", "wrong", KEY[:-1], f"{KEY}x", "ключ".encode().decode("latin-1")], ids=repr)
@pytest.mark.parametrize(
    "path", [HEALTH, MESSAGES, VECTORS, NEAREST, WORDING, "/", "/status", "/version", "/model/parse", "/nowhere"]
)
def test_nothing_answers_without_the_key(server: Server, path: str, key: str | None) -> None:
    answer = server.request("GET", path, key=key)

    assert answer == Answer(
        401, {"error": {"code": "key_required", "message": "The assistant answers only with the shared key."}}
    )


def test_a_message_is_refused_without_the_key(server: Server) -> None:
    assert server.send(text="does it hurt", key="wrong").status == 401


@pytest.mark.parametrize("path", ["/", HEALTH])
def test_a_route_answers_with_the_key(server: Server, path: str) -> None:
    assert server.request("GET", path).status == 200


def test_health_names_the_model_that_answers_and_its_encoder(server: Server) -> None:
    assert server.request("GET", HEALTH).body.keys() == {"model", "encoder"}


def test_it_listens_on_loopback_only(server: Server) -> None:
    # Linux gives all of 127.0.0.0/8 to the machine itself: a server on every address would answer on this one, too.
    with socket.socket() as client:
        client.settimeout(2)

        error = client.connect_ex(("127.0.0.2", server.port))

    assert error != 0


def test_a_reply_has_text_choices_answers_and_whether_a_person_is_told(server: Server) -> None:
    reply = server.send(text="can i wear makeup afterwards").body["replies"][0]

    assert reply.keys() == {"text", "choices", "answers", "handoff"}
    assert reply["answers"] == ["aftercare/makeup"]
    assert "10 to 15 hours" in reply["text"]
    assert reply["handoff"] is False
    assert all(choice.keys() == {"id", "title"} for choice in reply["choices"])


def test_an_understanding_says_what_was_read_how_surely_and_how_fast(server: Server) -> None:
    understanding = server.send(text="can i wear makeup afterwards").body["understanding"]

    assert understanding["intent"] == "aftercare/makeup"
    assert 0.3 < understanding["confidence"] <= 1
    assert understanding["ranking"][0]["name"] == understanding["intent"]
    assert understanding["ranking"][0]["confidence"] == understanding["confidence"]
    assert understanding["ranking"][0]["nearest"] == "can i wear makeup after"
    assert understanding["answers"] == ["aftercare/makeup"]
    assert understanding["language"] == "en"
    assert understanding["model"] == server.request("GET", HEALTH).body["model"]
    assert understanding["wording"] is None
    assert understanding["milliseconds"].keys() == {"understanding", "answering"}


def test_the_context_for_the_next_message_comes_back(server: Server) -> None:
    context = server.send(text="can i wear makeup afterwards", context={"answers": ["cost/price"], "misses": 1}).body["context"]

    assert context == {
        "answers": ["cost/price", "aftercare/makeup"],
        "misses": 0,
        "question": "can i wear makeup afterwards",
        "messages": ["can i wear makeup afterwards"],
    }


def test_a_choice_is_answered(server: Server) -> None:
    answer = server.send(choice="aftercare/makeup")

    assert answer.status == 200
    assert answer.body["replies"][0]["answers"] == ["aftercare/makeup"]
    assert answer.body["understanding"]["confidence"] == 1
    assert answer.body["understanding"]["ranking"] == [{"name": "aftercare/makeup", "confidence": 1, "nearest": ""}]


def test_every_choice_that_is_offered_can_be_chosen(server: Server) -> None:
    offered = server.send(text="can i wear makeup afterwards").body["replies"][0]["choices"]

    statuses = [server.send(choice=choice["id"]).status for choice in offered]

    assert statuses == [200] * len(offered)


@pytest.mark.parametrize("choice", ["no/such", "aftercare", "", "/aftercare/makeup", "utter_aftercare/makeup"])
def test_a_choice_that_there_is_not_is_404(server: Server, choice: str) -> None:
    answer = server.send(choice=choice)

    assert (answer.status, answer.body["error"]["code"]) == (404, "unknown_choice")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "text_or_choice"),
        ({"text": "hi", "choice": "cost/price"}, "text_or_choice"),
        ({"text": "hi", "colour": "red"}, "unknown_field"),
        ({"text": 1}, "invalid_field"),
        ({"text": None}, "invalid_field"),
        ({"choice": ["cost/price"]}, "invalid_field"),
        ({"text": "hi", "conversation": ""}, "invalid_field"),
        ({"text": "hi", "conversation": "c" * 101}, "invalid_field"),
        ({"text": "hi", "message_id": 7}, "invalid_field"),
        ({"text": "hi", "wording": 7}, "invalid_field"),
        ({"text": "hi", "context": []}, "invalid_context"),
        ({"text": "hi", "context": None}, "invalid_context"),
        ({"text": "hi", "context": {"answers": "cost/price"}}, "invalid_context"),
        ({"text": "hi", "context": {"misses": -1}}, "invalid_context"),
        ({"text": "hi", "context": {"settings": {"phone": 1}}}, "invalid_context"),
        ({"text": "hi", "context": {"slots": {}}}, "invalid_context"),
    ],
    ids=repr,
)
def test_an_invalid_message_is_400_with_its_reason(server: Server, fields: dict[str, Any], code: str) -> None:
    answer = server.send(**fields)

    assert (answer.status, answer.body["error"]["code"]) == (400, code)
    assert answer.body["error"].keys() == {"code", "message"}


@pytest.mark.parametrize("missing", ["conversation", "message_id"])
def test_a_message_without_its_names_is_400(server: Server, missing: str) -> None:
    body = {"conversation": "c", "message_id": "1", "text": "hi"}
    del body[missing]

    answer = server.request("POST", MESSAGES, json.dumps(body).encode())

    assert (answer.status, answer.body["error"]["code"]) == (400, "invalid_field")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"text=hi", "not_json"),
        (b"{", "not_json"),
        (b"\xff\xfe", "not_json"),
        (b"", "not_an_object"),
        (b"[]", "not_an_object"),
        (b'"hi"', "not_an_object"),
        (b"null", "not_an_object"),
    ],
    ids=repr,
)
def test_a_body_that_is_no_json_object_is_400(server: Server, body: bytes, code: str) -> None:
    answer = server.request("POST", MESSAGES, body)

    assert (answer.status, answer.body["error"]["code"]) == (400, code)


def test_the_longest_message_is_answered(server: Server) -> None:
    assert server.send(text=("does it hurt? " * 100)[:MAX_CHARACTERS]).status == 200


@pytest.mark.parametrize("field_name", ["text", "choice"])
def test_a_longer_one_is_413(server: Server, field_name: str) -> None:
    answer = server.send(**{field_name: "a" * (MAX_CHARACTERS + 1)})

    assert (answer.status, answer.body["error"]["code"]) == (413, "too_long")


@pytest.mark.parametrize("more_than", [MAX_BODY, MAX_REQUEST])
def test_a_body_larger_than_any_message_is_refused(server: Server, more_than: int) -> None:
    answer = server.request("POST", MESSAGES, b" " * (more_than + 1))

    assert answer.status == 413


def test_vectors_come_in_the_order_of_the_texts(server: Server) -> None:
    answer = server.request("POST", VECTORS, json.dumps({"texts": ["does it hurt", "is it painful"]}).encode())

    assert answer.status == 200
    assert answer.body.keys() == {"vectors", "encoder"}
    assert len(answer.body["vectors"]) == 2
    assert answer.body["encoder"] == server.request("GET", HEALTH).body["encoder"]


def test_the_largest_request_of_vectors_is_taken(server: Server) -> None:
    texts = ["\U0001f600" * MAX_CHARACTERS] * MAX_TEXTS  # twelve bytes for each character

    assert server.request("POST", VECTORS, json.dumps({"texts": texts}).encode()).status == 200


@pytest.mark.parametrize("path", [VECTORS, NEAREST])
@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"texts": []}'], ids=repr)
def test_a_request_without_texts_is_400_and_never_an_empty_200(server: Server, body: bytes, path: str) -> None:
    assert server.request("POST", path, body).status == 400


def test_the_nearest_examples_come_in_the_order_of_the_texts(server: Server) -> None:
    body = {"texts": ["does it hurt", "is there parking"], "questions": ["side_effects/pain", None]}

    answer = server.request("POST", NEAREST, json.dumps(body).encode())

    assert answer.status == 200
    assert [of_text["own"] is None for of_text in answer.body["nearest"]] == [False, True]


def test_a_wording_is_unknown_until_it_is_given_and_then_said(server: Server) -> None:
    given = {"utter_aftercare/makeup": [{"text": "Wait a day."}]}
    digest = digest_of(given)

    before = server.send(text="can i wear makeup afterwards", wording=digest)
    taken = server.request("POST", WORDING, json.dumps({"responses": given}).encode())
    after = server.send(text="can i wear makeup afterwards", wording=digest)

    assert (before.status, before.body["error"]["code"]) == (409, "unknown_wording")
    assert taken == Answer(200, {"wording": digest})
    assert after.body["replies"][0]["text"] == "Wait a day."
    assert after.body["understanding"]["wording"] == digest


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"responses": []}', b'{"responses": {"utter_no/such": [{"text": "a"}]}}'], ids=repr
)
def test_a_wording_that_cannot_be_said_is_400(server: Server, body: bytes) -> None:
    assert server.request("POST", WORDING, body).status == 400


def test_a_wording_that_is_too_long_is_413(server: Server) -> None:
    assert server.request("POST", WORDING, b" " * (MAX_REQUEST + 1)).status == 413


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("/restart", "restart"),
        ("／restart", "restart"),
        ("\u200b/restart", "restart"),
        ("/re\u200bstart", "restart"),
        ('/intent{"a":1}@0.9', 'intent{"a":1}@0.9'),
        ("/cost/price", "cost/price"),
        ("/does it hurt", "does it hurt"),
        ("d\u200boes it hu\u200drt", "does it hurt"),
    ],
)
def test_a_typed_command_is_answered_like_its_words(server: Server, typed: str, words: str) -> None:
    answer = server.send(text=typed)

    assert answer.status == 200
    assert answer.body["replies"] == server.send(text=words).body["replies"]


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "/", "\x00", "\ud83d"], ids=repr)
def test_an_empty_message_is_answered(server: Server, text: str) -> None:
    answer = server.send(text=text)

    assert answer.status == 200
    assert answer.body["replies"][0]["answers"] == ["system/empty"]


@pytest.mark.parametrize("conversation", ["../../etc", "' OR 1=1", "日本", "a\nb", "\ud83d"], ids=repr)
def test_any_name_of_a_conversation_is_only_a_name(server: Server, conversation: str) -> None:
    assert server.send(text="does it hurt", conversation=conversation).status == 200


def test_two_messages_with_one_name_share_nothing(server: Server) -> None:
    server.send(text="can i shower afterwards")

    again, another = server.send(text="how long?"), server.send(text="how long?", conversation="another")

    assert again.body["replies"] == another.body["replies"]


def test_visitors_words_are_nowhere_in_the_servers_log(server: Server) -> None:
    server.send(text=f"does it hurt, {VISITORS_WORD}?")
    server.send(text=VISITORS_WORD * 100)
    server.send(choice=VISITORS_WORD)
    server.send(text="hi", context={"answers": [VISITORS_WORD], "settings": {VISITORS_WORD: VISITORS_WORD}})
    server.send(text="hi", context=VISITORS_WORD)
    server.send(text="hi", **{VISITORS_WORD: 1})
    server.send(text=f"/restart {VISITORS_WORD}")
    server.send(text=f'/{VISITORS_WORD}{{"a": 1}}@0.9')
    server.request("POST", MESSAGES, f'{{"text": "{VISITORS_WORD}'.encode())
    server.request("POST", MESSAGES, VISITORS_WORD.encode() * 2000)
    server.request("POST", VECTORS, json.dumps({"texts": [VISITORS_WORD]}).encode())
    server.request("POST", VECTORS, json.dumps({"texts": [VISITORS_WORD * 100], VISITORS_WORD: 1}).encode())
    server.request("POST", NEAREST, json.dumps({"texts": [VISITORS_WORD], "questions": [VISITORS_WORD]}).encode())
    server.request("POST", WORDING, json.dumps({"responses": {VISITORS_WORD: [{"text": VISITORS_WORD}]}}).encode())
    server.request("POST", "/model/parse", json.dumps({"text": VISITORS_WORD}).encode())

    log = server.log.read_text()
    assert log
    assert VISITORS_WORD not in log


async def test_a_model_that_fails_inside_gives_500_with_the_shape_of_an_error(
    agent: Agent, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def _fail(*args: object, **kwargs: object) -> None:
        raise ValueError(VISITORS_WORD)

    monkeypatch.setattr(agent.processor, "parse_message", _fail)
    body = {"conversation": "c", "message_id": "1", "text": VISITORS_WORD}
    with caplog.at_level(logging.DEBUG, logger="assistant"):
        response = await _receive(
            SimpleNamespace(json=body, body=b"", app=SimpleNamespace(ctx=SimpleNamespace(agent=agent))), monkeypatch
        )

    assert response.status == 500
    assert json.loads(response.body) == {"error": {"code": "failed", "message": "The assistant failed on this request."}}
    assert "ValueError" in caplog.text
    assert VISITORS_WORD not in caplog.text


async def test_an_answer_that_cannot_be_worded_gives_500(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    async def _say_nothing(*args: object, **kwargs: object) -> None:
        return None

    monkeypatch.setattr(agent.processor.nlg, "generate", _say_nothing)

    with pytest.raises(RequestRefused) as refused:
        await reply_to({"conversation": "c", "message_id": "1", "text": "does it hurt"}, agent)

    assert (refused.value.status, refused.value.code) == (500, "no_reply")


@pytest.mark.parametrize("agent_so_far", [None, SimpleNamespace(is_ready=lambda: False)], ids=["none", "not ready"])
async def test_without_a_model_a_message_gives_503(agent_so_far: object, monkeypatch: pytest.MonkeyPatch) -> None:
    body = {"conversation": "c", "message_id": "1", "text": "hi"}

    response = await _receive(
        SimpleNamespace(json=body, body=b"", app=SimpleNamespace(ctx=SimpleNamespace(agent=agent_so_far))), monkeypatch
    )

    assert response.status == 503
    assert json.loads(response.body)["error"]["code"] == "no_model"


async def _receive(request: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Hands a request to the channel's own handler of messages."""
    monkeypatch.setenv("ASSISTANT_KEY", KEY)
    blueprint = FrontDeskInput().blueprint(lambda message: None)
    handlers = {route.uri: route.handler for route in blueprint._future_routes}
    return await handlers["/messages"](request)

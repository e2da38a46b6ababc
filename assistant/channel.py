"""The front desk's way in: one request per message, which brings its context and gets replies and what was understood.

The message:

    POST /webhooks/frontdesk/messages
    Authorization: Bearer <shared key>
    {"conversation": "…", "message_id": "…", "text": "…" or "choice": "aftercare/makeup", "context": {…}, "wording": "<digest>"}

    200 {"replies": [{"text", "choices": [{"id", "title"}], "answers": [key], "handoff": bool}],
         "understanding": {"intent", "confidence", "ranking", "answers", "language", "concern", "model", "wording",
                           "milliseconds"},
         "handoff": {"level", "reasons", "message", "earlier_messages"} where a person is called in, else null,
         "context": {…}}   the context to send with the conversation's next message
    4xx, 5xx {"error": {"code", "message"}}

The wording that messages name, where it is not the model's own; a process that does not have it says so with 409, code
`unknown_wording`, and is given it:

    POST /webhooks/frontdesk/wording
    {"responses": {"utter_aftercare/exercise": [{"text", "buttons", "metadata"}]}}   those that differ from the model's

    200 {"wording": "<digest>"}

Vectors of texts, by which messages are told to be alike; made in a thread of their own, so that no visitor's message waits:

    POST /webhooks/frontdesk/vectors
    {"texts": ["…", …]}   1 to 32 texts of at most 1,000 characters

    200 {"vectors": [[…], …], "encoder": "<digest>"}

The training examples that texts are most like, of all questions and of one; made in the same thread:

    POST /webhooks/frontdesk/nearest
    {"texts": ["…", …], "questions": ["aftercare/makeup" or null, …]}

    200 {"nearest": [{"examples": [{"text", "question", "likeness"}], "own": {"text", "question", "likeness"} or null}]}

Whether it can answer:

    GET /webhooks/frontdesk/health   200 {"model": "…", "encoder": "<digest>" or null} once a model has answered, 503 before
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.constants import UTTER_PREFIX
from sanic import Blueprint, Sanic, response
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse

from assistant.conversation import CONTEXT, Conversation, InvalidContext
from assistant.draining import begin_to_end, drain_at_the_end
from assistant.nearest import examples_asked_of, nearest_of
from assistant.nlu.one_vs_rest_intent_classifier import QUESTION_RANKING
from assistant.nlu.text import without_command
from assistant.refusals import RequestRefused
from assistant.responses import HANDOFF
from assistant.server import announce, settle
from assistant.settings import MAX_CHARACTERS, shared_key
from assistant.vectors import encoder_of, texts_of, vectors_of
from assistant.wording import WORDING, Wording, Wordings
from safety import Level

logger = logging.getLogger(__name__)

FIELDS = {"conversation", "message_id", "text", "choice", "context", "wording"}
MAX_BODY = 16 * 1024  # bytes of a message's request
MAX_REQUEST = 512 * 1024  # bytes of any: 32 texts of 1,000 characters that are twelve bytes each in JSON
MAX_ID = 100  # characters
# Threads that read messages: while the encoder works on one, which it does without Python's lock, another can be read or answered.
READING = 2
READERS = ThreadPoolExecutor(READING, thread_name_prefix="reader")
# The thread that makes vectors and finds examples: one, which takes none of those away from visitors.
ENCODERS = ThreadPoolExecutor(1, thread_name_prefix="encoder")
FIRST_MESSAGE = "does it hurt"  # read before any visitor's: the first takes several times as long


class Replies(OutputChannel):
    """Collects what the bot says in one turn."""

    def __init__(self) -> None:
        """Nothing said yet."""
        self.said: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        """See parent class."""
        return FrontDeskInput.name()

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """See parent class."""
        self.said.append(message)

    @property
    def answers(self) -> list[str]:
        """The keys of what was said, in order."""
        return [message["utter_action"].removeprefix(UTTER_PREFIX) for message in self.said if message.get("utter_action")]

    @property
    def handoff(self) -> dict[str, Any] | None:
        """What a person who is called in must know; None where no answer calls one."""
        return next((message["custom"][HANDOFF] for message in self.said if HANDOFF in (message.get("custom") or {})), None)

    def as_json(self) -> list[dict[str, Any]]:
        """The replies in the shape that the front desk keeps and shows."""
        return [
            {
                "text": message.get("text", ""),
                "choices": [
                    {"id": button["payload"].lstrip("/"), "title": button["title"]} for button in message.get("buttons") or []
                ],
                "answers": [message["utter_action"].removeprefix(UTTER_PREFIX)] if message.get("utter_action") else [],
                "handoff": bool((message.get("metadata") or {}).get("handoff")),
            }
            for message in self.said
        ]


class FrontDeskInput(InputChannel):
    """The channel; the only one in `credentials.yml`."""

    @classmethod
    def name(cls) -> str:
        """See parent class."""
        return "frontdesk"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """See parent class."""
        webhook = Blueprint("frontdesk_webhook", __name__)
        key = shared_key()

        @webhook.listener("before_server_start")
        async def guard_everything(app: Sanic, _: object) -> None:
            app.config.REQUEST_MAX_SIZE = MAX_REQUEST
            app.register_middleware(lambda request: _refuse_strangers(request, key), "request")
            drain_at_the_end(app)

        @webhook.listener("after_server_start")
        async def say_where_it_listens(app: Sanic, _: object) -> None:
            await _answer_first_messages(app)
            settle()
            app.ctx.has_answered = True
            announce(app.state.port)

        @webhook.listener("before_server_stop")
        async def answer_what_was_asked(app: Sanic, _: object) -> None:
            await begin_to_end(app)

        @webhook.get("/health")
        @_in_json
        async def health(request: Request) -> dict[str, Any]:
            agent = _ready_agent(request)
            if not getattr(request.app.ctx, "has_answered", False):
                raise RequestRefused(503, "no_model", "The model is about to answer its first message.")
            return {"model": agent.model_id, "encoder": encoder_of(agent)}

        @webhook.post("/messages")
        @_in_json
        async def receive(request: Request) -> dict[str, Any]:
            return await reply_to(_json(request, MAX_BODY), _ready_agent(request))

        @webhook.post("/vectors")
        @_in_json
        async def encode(request: Request) -> dict[str, Any]:
            texts, agent = texts_of(_json(request, MAX_REQUEST)), _ready_agent(request)
            return await asyncio.get_running_loop().run_in_executor(ENCODERS, vectors_of, texts, agent)

        @webhook.post("/nearest")
        @_in_json
        async def find_examples(request: Request) -> dict[str, Any]:
            asked, agent = examples_asked_of(_json(request, MAX_REQUEST)), _ready_agent(request)
            return await asyncio.get_running_loop().run_in_executor(ENCODERS, nearest_of, *asked, agent)

        @webhook.post("/wording")
        @_in_json
        async def take_wording(request: Request) -> dict[str, Any]:
            return {"wording": Wordings.of(_ready_agent(request)).add(_json(request, MAX_REQUEST)).digest}

        return webhook


async def _answer_first_messages(app: Sanic) -> None:
    """One for each thread that reads: so the first visitor's is answered as quickly as the tenth."""
    agent = getattr(app.ctx, "agent", None)
    if agent is None or not agent.is_ready():
        return
    bodies = [{"conversation": "first", "message_id": str(i), "text": FIRST_MESSAGE} for i in range(READING)]
    for failed in await asyncio.gather(*(reply_to(body, agent) for body in bodies), return_exceptions=True):
        if isinstance(failed, Exception):
            logger.error("The first message could not be answered: %s", type(failed).__name__)


def _in_json(handle: Callable[[Request], Awaitable[dict[str, Any]]]) -> Callable[[Request], Coroutine[Any, Any, HTTPResponse]]:
    """A handler whose answers, refusals and failures the front desk can read."""

    @wraps(handle)
    async def answered(request: Request) -> HTTPResponse:
        try:
            return response.json(await handle(request))
        except RequestRefused as refusal:
            return refusal.as_response()
        except Exception as error:  # noqa: BLE001 - whatever fails in Rasa, the front desk gets an error that it can read
            # The error's own words may quote the visitor's: only its kind goes into the log.
            logger.error("A request could not be answered: %s", type(error).__name__)  # noqa: TRY400 - no traceback, as above
            return RequestRefused(500, "failed", "The assistant failed on this request.").as_response()

    return answered


def _refuse_strangers(request: Request, key: str) -> HTTPResponse | None:
    """Lets only this machine in, and only with the shared key; for every route of the server, Rasa's own too."""
    if not ipaddress.ip_address(request.ip).is_loopback:
        return RequestRefused(403, "not_loopback", "The assistant answers on this machine only.").as_response()
    shown = request.headers.get("authorization", "")
    if not hmac.compare_digest(shown.encode(), f"Bearer {key}".encode()):
        return RequestRefused(401, "key_required", "The assistant answers only with the shared key.").as_response()
    return None


def _json(request: Request, most: int) -> object:
    """The body's content; it may have `most` bytes."""
    if len(request.body) > most:
        raise RequestRefused(413, "too_long", f"This request has at most {most} bytes.")
    try:
        return request.json
    except InvalidUsage as error:
        raise RequestRefused(400, "not_json", "The body must be JSON.") from error


def _ready_agent(request: Request) -> Agent:
    agent: Agent | None = getattr(request.app.ctx, "agent", None)
    if agent is None or not agent.is_ready():
        raise RequestRefused(503, "no_model", "No trained model is loaded yet.")
    return agent


async def reply_to(body: object, agent: Agent) -> dict[str, Any]:
    """Answers one message.

    Args:
        body: The request's JSON, as the module says.
        agent: Rasa, with a model loaded.

    Returns:
        The response's JSON.

    Raises:
        RequestRefused: If the body is not a valid request, or the assistant has nothing to say to it.
    """
    began = time.perf_counter()
    valid = _valid(body)
    wording = Wordings.of(agent).find(valid.get("wording"))
    replies = Replies()
    message = UserMessage(
        text=without_command(valid.get("text", "")),
        output_channel=replies,
        # Of one message only: nothing is shared between two, so none waits for another and nothing stays behind.
        sender_id=f"{valid['conversation']}/{valid['message_id']}",
        input_channel=FrontDeskInput.name(),
        message_id=valid["message_id"],
        metadata={CONTEXT: valid.get("context", {}), WORDING: wording},
    )
    assert agent.processor is not None
    if "choice" in valid:
        message.parse_data = _chosen(valid["choice"], wording)
    else:
        message.parse_data = await asyncio.get_running_loop().run_in_executor(READERS, _read, message, agent)
    understood = time.perf_counter()
    await agent.handle_message(message)
    if not replies.said:
        raise RequestRefused(500, "no_reply", "The assistant found nothing to say to this message.")
    return {
        "replies": replies.as_json(),
        "understanding": _understanding(message.parse_data, replies, agent, wording, began, understood),
        "handoff": replies.handoff,
        "context": Conversation.from_request(valid.get("context", {})).then(message.text or "", replies.answers).as_request(),
    }


def _read(message: UserMessage, agent: Agent) -> dict[str, Any]:
    """What Rasa's pipeline makes of a message; to be called outside of the event loop."""
    assert agent.processor is not None
    reading = agent.processor.parse_message(message)
    try:
        reading.send(None)  # a coroutine by its signature only: it waits for nothing
    except StopIteration as done:
        return done.value
    raise RuntimeError("Rasa's pipeline waited for something.")


def _valid(body: object) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise RequestRefused(400, "not_an_object", "The body must be a JSON object.")
    unknown = sorted(body.keys() - FIELDS)
    if unknown:
        raise RequestRefused(400, "unknown_field", f"Unknown: {', '.join(unknown)}. There are: {', '.join(sorted(FIELDS))}.")
    for name in ("conversation", "message_id"):
        if not isinstance(body.get(name), str) or not 0 < len(body[name]) <= MAX_ID:
            raise RequestRefused(400, "invalid_field", f"{name} must be a string of 1 to {MAX_ID} characters.")
    if ("text" in body) == ("choice" in body):
        raise RequestRefused(400, "text_or_choice", "A message has either text or choice.")
    said = body.get("text", body.get("choice"))
    if not isinstance(said, str):
        raise RequestRefused(400, "invalid_field", "text and choice are strings.")
    if len(said) > MAX_CHARACTERS:
        raise RequestRefused(413, "too_long", f"A message has at most {MAX_CHARACTERS} characters.")
    if not isinstance(body.get("wording"), (str, type(None))):
        raise RequestRefused(400, "invalid_field", "wording is the digest of one, or null.")
    try:
        Conversation.from_request(body.get("context", {}))
    except InvalidContext as error:
        raise RequestRefused(400, "invalid_context", str(error)) from error
    return body


def _chosen(key: str, wording: Wording) -> dict[str, Any]:
    """What is understood when a visitor presses a button: the answer it leads to, for certain.

    Raises:
        RequestRefused: If no button leads there.
    """
    if key not in wording.choices:
        raise RequestRefused(404, "unknown_choice", "There is no such choice.")
    intent = {"name": key.partition("/")[0], "confidence": 1.0}
    return {
        "text": "",
        "intent": intent,
        "entities": [],
        "intent_ranking": [intent],
        QUESTION_RANKING: [{"name": key, "confidence": 1.0}],
        "choice": key,
    }


def _understanding(
    parsed: dict[str, Any], replies: Replies, agent: Agent, wording: Wording, began: float, understood: float
) -> dict[str, Any]:
    ranking = parsed.get(QUESTION_RANKING) or []
    return {
        "intent": ranking[0]["name"] if ranking else None,
        "confidence": round(ranking[0]["confidence"], 4) if ranking else 0.0,
        "ranking": [
            {"name": entry["name"], "confidence": round(entry["confidence"], 4), "nearest": entry.get("nearest", "")}
            for entry in ranking[:5]
        ],
        "answers": replies.answers,
        "concern": replies.handoff["level"] if replies.handoff else str(Level.NONE),
        "language": parsed.get("language", "en"),
        "model": agent.model_id,
        "wording": wording.digest,
        "milliseconds": {
            "understanding": round((understood - began) * 1000, 2),
            "answering": round((time.perf_counter() - understood) * 1000, 2),
        },
    }

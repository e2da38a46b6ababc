"""The visitors' API, but for the event stream: reads a request, calls the service, shows the result.

Beside Django's handler, whose way around a view takes a thread for each request: a visitor's turn has two trips to the database and one to
the assistant, and waits for nothing else.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import OperationalError
from django.utils import timezone
from starlette.requests import Request
from starlette.responses import Response

from frontdesk import environment, words
from frontdesk.chat import database, limits, requests, tokens
from frontdesk.chat.answers import Answer, nothing
from frontdesk.chat.errors import Refused, busy, deleted
from frontdesk.chat.serving import serving
from frontdesk.clinic.selectors import consent, opening_times, the_clinic
from frontdesk.conversations import contact, selectors, services
from frontdesk.conversations.models import Message, StateChange
from frontdesk.conversations.turns import IdReused, Outcome, TooManyMessages, UnknownChoice
from frontdesk.privacy.services import conversation_erase

logger = logging.getLogger(__name__)
View = Callable[[Request], Awaitable[Response]]

# What the services raise, and how it is said. In one table, so that each reads the same wherever it happens.
REFUSALS: dict[type[Exception], Callable[[], Refused]] = {
    services.ConversationDeleted: deleted,
    services.ConversationClosed: lambda: Refused(409, "conversation_closed", "This chat has ended. Please start a new one."),
    services.UnknownMessage: lambda: Refused(404, "unknown_message", "There is no such answer in this chat."),
    UnknownChoice: lambda: Refused(404, "unknown_choice", "There is no such button in this chat."),
    IdReused: lambda: Refused(409, "id_reused", "This id stands for another message already."),
    TooManyMessages: limits.too_many_messages,
    OperationalError: busy,
}


def endpoint(**methods: View) -> View:
    """A view of one path: by method, with every refusal as JSON."""
    allowed = ", ".join(sorted(methods))

    async def view(request: Request) -> Response:
        if request.method not in methods:
            return Refused(405, "method_not_allowed", f"There is {allowed} here.").as_response({"Allow": allowed})
        try:
            return await methods[request.method](request)
        except Refused as refusal:
            return refusal.as_response()
        except tuple(REFUSALS) as error:
            if isinstance(error, OperationalError):
                logger.error("The database could not be used: %s", type(error).__name__)  # noqa: TRY400 - without its words
            return next(make for kind, make in REFUSALS.items() if isinstance(error, kind))().as_response()
        except Exception as error:  # whatever fails, the visitor's page gets an error that it can read
            logger.error("A request failed: %s", type(error).__name__, exc_info=error)  # noqa: TRY400
            return Refused(500, "failed", "Something went wrong on our side. Please try again.").as_response()

    return view


async def not_found(request: Request) -> Response:
    """Any other path of the API."""
    return Refused(404, "not_found", "There is no such path.").as_response()


def opened(view: Callable[[Request, str], Awaitable[Response]]) -> View:
    """A view of the conversation that the request's token opens."""

    @functools.wraps(view)
    async def with_conversation(request: Request) -> Response:
        return await view(request, tokens.conversation_of(request.headers.get("Authorization", "")))

    return with_conversation


async def get_config(request: Request) -> Response:
    """What a chat shows before it begins."""
    language = requests.language(request.query_params.get("language"))
    clinic, is_open, opens_at = await database.read(_clinic_now)
    version, text = consent(clinic, language)
    return Answer(
        {
            "clinic": clinic.name,
            "emergency_number": clinic.number_to_call,
            "open": is_open,
            "opens_at": opens_at.isoformat() if opens_at else None,
            "consent": {
                "version": version,
                "text": text,
                **({"link": clinic.privacy_url} if clinic.privacy_url else {}),
            },
            "starters": words.starters(language),
            "max_characters": environment.MAX_CHARACTERS,
        }
    )


async def start_conversation(request: Request) -> Response:
    """Begins a conversation, with consent."""
    read = await _read(request, {"consent": str, "language": str})
    if "consent" not in read:
        raise Refused(403, "consent_required", "Please agree to what is kept before you write.")
    language = requests.language(read.get("language"))
    clinic, _, _ = await database.read(_clinic_now)
    version, text = consent(clinic, language)
    if read["consent"] != version:
        raise Refused(403, "consent_required", "What is kept has changed. Please read it again.")
    limits.limit_conversations(_address(request))
    conversation = await database.write(
        services.conversation_start,
        consent_version=version,
        consent_text=text,
        language=language,
        origin=request.headers.get("Origin", ""),
    )
    return Answer({"token": tokens.mint(conversation.pk), **await database.read(_since, conversation.pk, 0)}, 201)


@opened
async def send_message(request: Request, conversation_id: str) -> Response:
    """Takes a message through its turn."""
    read = await _read(request, {"id": str, "text": str, "choice": str})
    requests.require(read, "id")
    if ("text" in read) == ("choice" in read):
        raise Refused(400, "invalid_field", "A message has either text or choice.")
    client_id = requests.client_id(read["id"])
    text = requests.limited(read, "text", environment.MAX_CHARACTERS)
    choice = requests.limited(read, "choice", requests.MAX_CHOICE)
    if "choice" in read and not choice:
        raise UnknownChoice
    limits.limit_messages(_address(request))
    outcome = await serving().turns.take(conversation_id, client_id, text, choice)
    if isinstance(outcome, int):
        outcome = await database.read(_outcome_of, conversation_id, outcome)
    return Answer(
        {
            "message": selectors.message_as_json(outcome.message),
            "messages": [selectors.message_as_json(reply) for reply in outcome.said],
            "conversation": selectors.conversation_as_json(outcome.conversation),
        }
    )


@opened
async def read_messages(request: Request, conversation_id: str) -> Response:
    """The record, in order."""
    given = request.query_params.get("after", "")
    after = requests.position(given, "after") if "after" in request.query_params else 0
    return Answer(await database.read(_since, conversation_id, after))


@opened
async def tell_typing(request: Request, conversation_id: str) -> Response:
    """The visitor types, or has stopped."""
    read = await _read(request, {"typing": bool})
    requests.require(read, "typing")
    await database.read(selectors.conversation_of, conversation_id)
    serving().hub.typing(conversation_id, "visitor", is_typing=read["typing"])
    return nothing()


@opened
async def leave_contact(request: Request, conversation_id: str) -> Response:
    """Keeps how a visitor can be reached."""
    read = await _read(request, {"name": str, "phone": str, "email": str})
    name, phone, email = (
        requests.limited(read, "name", 100),
        requests.limited(read, "phone", 40),
        requests.limited(read, "email", 254),
    )
    clinic, _, _ = await database.read(_clinic_now)
    before = (await database.read(selectors.conversation_of, conversation_id)).last_position
    try:
        details = contact.details(name, phone, email, clinic.country)
    except contact.InvalidContact as error:
        raise Refused(422, error.code, words.say(error.code, (await database.read(_language, conversation_id)))) from error
    await database.write(services.contact_leave, conversation_id, details)
    return Answer(await database.read(_since, conversation_id, before))


@opened
async def rate_answer(request: Request, conversation_id: str) -> Response:
    """A thumb for one answer."""
    fields: dict[str, type | tuple[type, ...]] = {"message": str, "helpful": (bool, type(None)), "comment": str}
    read = await _read(request, fields)
    requests.require(read, "message", "helpful")
    comment = requests.limited(read, "comment", 500)
    position = requests.position(read["message"], "message")
    await database.read(selectors.conversation_of, conversation_id)
    await database.write(services.feedback_set, conversation_id, position, read["helpful"], comment)
    return nothing()


@opened
async def end_conversation(request: Request, conversation_id: str) -> Response:
    """The visitor ends the conversation."""
    before = (await database.read(selectors.conversation_of, conversation_id)).last_position
    await database.write(services.conversation_close, conversation_id, StateChange.By.VISITOR, "ended")
    return Answer(await database.read(_since, conversation_id, before))


@opened
async def delete_conversation(request: Request, conversation_id: str) -> Response:
    """The visitor deletes the conversation, with everything in it."""
    await database.write(conversation_erase, conversation_id)
    return nothing()


def _clinic_now() -> tuple[Any, bool, datetime | None]:
    clinic = the_clinic()
    return clinic, *opening_times(clinic, timezone.now())


def _language(conversation_id: str) -> str:
    return selectors.conversation_of(conversation_id).language


def _since(conversation_id: str, after: int) -> dict[str, Any]:
    conversation = selectors.conversation_of(conversation_id)
    return {
        "messages": [selectors.message_as_json(message) for message in selectors.messages_of(conversation_id, after)],
        "conversation": selectors.conversation_as_json(conversation),
    }


def _outcome_of(conversation_id: str, message_id: int) -> Outcome:
    conversation = selectors.conversation_of(conversation_id)
    try:
        message = selectors.message_of(message_id)
    except Message.DoesNotExist as error:
        raise services.ConversationDeleted from error
    return Outcome(conversation, message, selectors.replies_to(message_id))


async def _read(request: Request, fields: Mapping[str, type | tuple[type, ...]]) -> dict[str, Any]:
    return requests.read_object(await request.body(), request.headers.get("Content-Type", ""), fields)


def _address(request: Request) -> str:
    return request.client.host if request.client else ""

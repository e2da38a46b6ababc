"""Reads what a visitor's page sends. An unknown field is refused, not ignored."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from frontdesk import environment
from frontdesk.chat.errors import Refused

LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
POSITION = re.compile(r"[0-9]{1,18}")  # nineteen digits may be more than a database's whole number
UUID_FORM = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
UNPAIRED = re.compile("[\ud800-\udfff]")  # half a character: JSON can say it, UTF-8 cannot
MAX_CHOICE = 100  # characters


def read_object(body: bytes, content_type: str, fields: Mapping[str, type | tuple[type, ...]]) -> dict[str, Any]:
    """The body as JSON.

    Args:
        body: At most 16 KB.
        content_type: Of the request.
        fields: The fields that there are, with their types.

    Raises:
        Refused: If it is not JSON, not an object, or has a field that there is not or of another type.
    """
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise Refused(415, "not_json", "Send JSON, with Content-Type: application/json.")
    try:
        read = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "not_json", "The body must be JSON.") from error
    if not isinstance(read, dict):
        raise Refused(400, "not_json", "The body must be a JSON object.")
    unknown = sorted(read.keys() - fields.keys())
    if unknown:
        raise Refused(400, "unknown_field", f"There are no fields but these: {', '.join(sorted(fields))}.")
    for name, value in read.items():
        expected = fields[name]
        kinds = expected if isinstance(expected, tuple) else (expected,)
        if type(value) not in kinds:  # not isinstance: true is no number
            raise Refused(400, "invalid_field", f"{name} has the wrong type.")
        if isinstance(value, str) and (UNPAIRED.search(value) or "\0" in value):
            raise Refused(400, "invalid_field", f"{name} has a character that is none.")
    return read


def require(read: dict[str, Any], *names: str) -> None:
    """Refuses a body without one of the fields.

    Raises:
        Refused: If one is missing.
    """
    for name in names:
        if name not in read:
            raise Refused(400, "invalid_field", f"{name} is missing.")


def limited(read: dict[str, Any], name: str, most: int) -> str:
    """A text of at most so many characters; empty where it is not there.

    Raises:
        Refused: If it is longer.
    """
    value: str = read.get(name, "")
    if len(value) > most:
        raise Refused(413, "too_long", f"{name} has at most {most} characters.")
    return value


def client_id(value: str) -> UUID:
    """The client's id of a message.

    Raises:
        Refused: If it is no UUID.
    """
    if not UUID_FORM.fullmatch(value):
        raise Refused(400, "invalid_field", "id must be a UUID, new for each message.")
    return UUID(value)


def position(value: str, name: str) -> int:
    """A message's id.

    Raises:
        Refused: If it cannot be one.
    """
    if not POSITION.fullmatch(value):
        raise Refused(400, "invalid_field", f"{name} must be the id of a message.")
    return int(value)


def language(value: str | None) -> str:
    """A language tag; English where there is none.

    Raises:
        Refused: If it has not the form of one.
    """
    if value is None:
        return "en"
    if not LANGUAGE.fullmatch(value) or len(value) > environment.MAX_LANGUAGE:
        raise Refused(400, "invalid_field", "language must be a language tag such as en or pt-BR.")
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(name)

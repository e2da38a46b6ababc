"""A visitor's token: the conversation's id, signed; it opens this one and nothing else, for a while."""

from __future__ import annotations

from datetime import timedelta

from django.core import signing

from frontdesk import environment
from frontdesk.chat.errors import Refused

SALT = "frontdesk.chat"
LIFE = timedelta(days=environment.TOKEN_DAYS)


def mint(conversation_id: str) -> str:
    """A new token."""
    return signing.TimestampSigner(salt=SALT).sign(conversation_id)


def conversation_of(authorization: str) -> str:
    """The conversation that an Authorization header opens.

    Raises:
        Refused: If it opens none.
    """
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refused(401, "token_required", "Send the conversation's token: Authorization: Bearer <token>.")
    try:
        return signing.TimestampSigner(salt=SALT).unsign(token.strip(), max_age=LIFE)
    except signing.SignatureExpired as error:
        raise Refused(401, "expired_token", "This chat can no longer be opened. Please start a new one.") from error
    except signing.BadSignature as error:
        raise Refused(401, "invalid_token", "This token opens no conversation.") from error

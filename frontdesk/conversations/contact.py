"""How a visitor can be reached: checked as people write it, and encrypted before it is kept."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import phonenumbers
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from frontdesk import environment

if TYPE_CHECKING:
    from frontdesk.conversations.models import Conversation


class InvalidContact(Exception):
    """Contact details that cannot be used; the code says which."""

    def __init__(self, code: str) -> None:
        """`invalid_phone`, `invalid_email` or `phone_or_email`."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Details:
    """Checked: a number in international form, an address that can be one."""

    name: str
    phone: str
    email: str


def details(name: str, phone: str, email: str, country: str) -> Details:
    """Contact details as given.

    Args:
        name: May be empty.
        phone: With or without the country's prefix; may be empty if there is an e-mail address.
        email: May be empty if there is a number.
        country: Whose numbers are written without a prefix; ISO 3166.

    Raises:
        InvalidContact: If one cannot be right, or neither is there.
    """
    name, phone, email = name.strip(), phone.strip(), email.strip()
    if not phone and not email:
        raise InvalidContact("phone_or_email")
    if phone:
        try:
            number = phonenumbers.parse(phone, country.upper() or None)
        except phonenumbers.NumberParseException as error:
            raise InvalidContact("invalid_phone") from error
        if not phonenumbers.is_possible_number(number):
            raise InvalidContact("invalid_phone")
        phone = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    if email:
        try:
            validate_email(email)
        except ValidationError as error:
            raise InvalidContact("invalid_email") from error
    return Details(name, phone, email)


def email_of(conversation: Conversation) -> str:
    """The e-mail address that a visitor left last; empty where there is none, or none that can still be read."""
    for kept in conversation.contacts.order_by("-at"):
        try:
            email = unseal(kept.sealed).email
        except InvalidToken:
            continue
        if email:
            return email
    return ""


def seal(given: Details) -> bytes:
    """Encrypts."""
    return _box().encrypt(json.dumps(asdict(given)).encode())


def unseal(sealed: bytes | memoryview) -> Details:
    """Decrypts.

    Raises:
        cryptography.fernet.InvalidToken: If no key that is known opens it.
    """
    return Details(**json.loads(_box().decrypt(bytes(sealed))))


def _box() -> MultiFernet:
    return MultiFernet([Fernet(urlsafe_b64encode(sha256(key.encode()).digest())) for key in environment.contact_keys()])

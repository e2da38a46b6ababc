"""Codes of an authenticator app (TOTP, RFC 6238), and recovery codes: made, drawn and compared. What is kept, `services.py` keeps."""

from __future__ import annotations

import secrets
import time
from base64 import b32encode, urlsafe_b64encode
from hashlib import sha256

import segno
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.contrib.auth.models import User
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.safestring import SafeString, mark_safe

from frontdesk import environment

DIGITS, STEP = 6, 30  # what every authenticator app takes; a code is good for so many seconds
DRIFT = 1  # steps that a phone's clock may be wrong, either way
SECRET_BYTES = 20  # as RFC 4226 recommends
CODES, CODE_LETTERS = 10, 10  # recovery codes, and letters of one: fifty bits
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that are taken for others


def secret_make() -> bytes:
    """A new shared secret."""
    return secrets.token_bytes(SECRET_BYTES)


def seal(secret: bytes) -> bytes:
    """Encrypts, with the keys of contact details: they are not in the database."""
    return _box().encrypt(secret)


def unseal(sealed: bytes | memoryview) -> bytes | None:
    """Decrypts; None where the key is gone."""
    try:
        return _box().decrypt(bytes(sealed))
    except InvalidToken:
        return None


def in_letters(secret: bytes) -> str:
    """As it is typed into an app that cannot see."""
    text = b32encode(secret).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def picture(secret: bytes, user: User, issuer: str) -> SafeString:
    """The QR code that an app reads, as SVG; black on white in dark mode too, as cameras want it."""
    address = _codes(secret).get_provisioning_uri(user.get_username(), issuer)
    drawn = segno.make(address, error="m").svg_inline(scale=5, border=4, light="#fff", dark="#000", omitsize=True)
    return mark_safe(drawn)  # noqa: S308 - drawn by us: the user's name is in it as squares only


def code_at(secret: bytes, at: float) -> str:
    """What the app shows at a time."""
    return _codes(secret).generate(int(at)).decode()


def step_of(secret: bytes, code: str, after: int) -> int | None:
    """The step of a code that is right now and newer than the step `after`; None for any other."""
    given = "".join(code.split())
    now = int(time.time()) // STEP
    found = None
    for step in range(now - DRIFT, now + DRIFT + 1):
        if constant_time_compare(code_at(secret, step * STEP), given) and step > after:
            found = step
    return found


def recovery_code_make() -> str:
    """A new recovery code, as it is shown: `abcde-fghjk`."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(CODE_LETTERS))
    return f"{letters[: CODE_LETTERS // 2]}-{letters[CODE_LETTERS // 2 :]}"


def recovery_digest(user: User, code: str) -> str:
    """What is kept of a recovery code, however it was typed."""
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return salted_hmac(f"recovery code of {user.pk}", plain, algorithm="sha256").hexdigest()


def _codes(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), STEP)  # noqa: S303 - HMAC-SHA-1, the only one that every app knows


def _box() -> MultiFernet:
    keys = [sha256(b"second factor" + key.encode()).digest() for key in environment.contact_keys()]
    return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in keys])

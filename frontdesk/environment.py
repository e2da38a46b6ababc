"""The one place where the front desk reads its environment. Each variable has a default with which one machine works."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

ROOT = Path(__file__).parents[1]


class InvalidEnvironment(SystemExit):
    """A variable whose value cannot be used: the process ends with that sentence, since nothing of it can begin."""


def _path(name: str, default: str) -> Path:
    return ROOT / os.environ.get(name, default)


def _number(name: str, default: float) -> float:
    given = os.environ.get(name, "")
    try:
        return float(given) if given else default
    except ValueError as error:
        raise InvalidEnvironment(f"{name} is {given!r}: it must be a number.") from error


def _count(name: str, default: int) -> int:
    return int(_number(name, default))


def _words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def kept_secret(variable: str, file: Path) -> str:
    """A secret from the environment, else from a file that is made at the first start, readable by its owner alone.

    Raises:
        OSError: If the file can neither be read nor made.
    """
    given = os.environ.get(variable, "").strip()
    if given:
        return given
    kept = file.read_text().strip() if file.is_file() else ""
    if kept:
        return kept
    # A file that a full disk left empty is made anew: an empty secret would let everybody in.
    file.unlink(missing_ok=True)
    file.parent.mkdir(parents=True, exist_ok=True)
    made = secrets.token_urlsafe(48)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(made)
    return made


VAR = _path("FRONTDESK_VAR", "var")
DATABASE = _path("FRONTDESK_DATABASE", str(VAR / "frontdesk.sqlite3"))
DATABASE_WAIT = _number("FRONTDESK_DATABASE_WAIT", 5.0)  # seconds that a write waits for another before it is refused
CONTENT = _path("FRONTDESK_CONTENT", ".")  # the folder in which `data/` and the editors' tests are
GIT = (
    os.environ.get("FRONTDESK_GIT", "yes") == "yes"
)  # whether editors' changes are committed, where the files are in a repository
CLINIC_FILE = _path("ASSISTANT_CLINIC_FILE", "clinic.yml")  # what a new front desk takes its settings from

HOST = os.environ.get("FRONTDESK_HOST", "127.0.0.1")
PORT = _count("FRONTDESK_PORT", 8000)
PUBLIC_ADDRESS = os.environ.get("FRONTDESK_ADDRESS", f"http://127.0.0.1:{PORT}").rstrip("/")  # as visitors and staff reach it
HOSTS = _words("FRONTDESK_HOSTS", "127.0.0.1,localhost")  # names under which it answers
ORIGINS = _words("FRONTDESK_ORIGINS")  # sites that may embed the chat, exactly, such as https://www.clinic.example
SECURE = PUBLIC_ADDRESS.startswith("https://")
DEMO = os.environ.get("FRONTDESK_DEMO", "no" if SECURE else "yes") == "yes"  # whether the demonstration page is shown

ASSISTANT = os.environ.get("FRONTDESK_ASSISTANT", "http://127.0.0.1:5005").rstrip("/")
HOST_OF_ASSISTANTS = "127.0.0.1"  # it serves nobody but this machine
ASSISTANTS_FILE = VAR / "assistants.json"  # which assistants the supervisor is to run
ASSISTANT_KEY_FILE = _path("ASSISTANT_KEY_FILE", "var/assistant.key")
ASSISTANT_SECONDS = _number("FRONTDESK_ASSISTANT_SECONDS", 4.0)  # after these a visitor is told that a person will follow up
EMERGENCY_SECONDS = _number(
    "FRONTDESK_EMERGENCY_SECONDS", 1.5
)  # and these, where the rules already know that somebody is in danger

MAX_CHARACTERS = _count("FRONTDESK_MAX_CHARACTERS", 1000)  # of a message
MAX_BODY = _count("FRONTDESK_MAX_BODY", 16 * 1024)  # bytes of a request
MAX_UPLOAD = _count(
    "FRONTDESK_MAX_UPLOAD", 5 * 1024 * 1024 + 64 * 1024
)  # and of an editor's: a spreadsheet, and what is around it
MAX_PASTED = _count("FRONTDESK_MAX_PASTED", 256 * 1024)  # of these, what is no file
MESSAGES_A_MINUTE = _count("FRONTDESK_MESSAGES_A_MINUTE", 20)  # of one visitor
MESSAGES_A_MINUTE_FROM_ADDRESS = _count("FRONTDESK_MESSAGES_A_MINUTE_FROM_ADDRESS", 120)
CONVERSATIONS_AN_HOUR_FROM_ADDRESS = _count("FRONTDESK_CONVERSATIONS_AN_HOUR_FROM_ADDRESS", 60)
OPEN_FROM_ADDRESS = _count(
    "FRONTDESK_OPEN_FROM_ADDRESS", 400
)  # requests at once, streams included: a clinic's waiting room is one address
TOKEN_DAYS = _number("FRONTDESK_TOKEN_DAYS", 30)  # how long a visitor can come back to a conversation
IDLE_HOURS = _number("FRONTDESK_IDLE_HOURS", 24)  # without a message, after which a conversation with the bot is closed
ALERT_AGAIN_SECONDS = _number(
    "FRONTDESK_ALERT_AGAIN_SECONDS", 120
)  # an emergency that nobody has opened is told again after these

SMTP_HOST = os.environ.get("FRONTDESK_SMTP_HOST", "")
SMTP_PORT = _count("FRONTDESK_SMTP_PORT", 587)
SMTP_USER = os.environ.get("FRONTDESK_SMTP_USER", "")
SMTP_PASSWORD = os.environ.get("FRONTDESK_SMTP_PASSWORD", "")
SMTP_TLS = os.environ.get("FRONTDESK_SMTP_TLS", "starttls")  # starttls, tls or none
MAIL_FROM = os.environ.get("FRONTDESK_MAIL_FROM", "front-desk@localhost")

MAX_LANGUAGE = 35  # characters of a language tag: the longest that RFC 5646 asks to be taken
LOG_LEVEL = os.environ.get("FRONTDESK_LOG_LEVEL", "WARNING")


def secret_key() -> str:
    """Signs visitors' tokens and staff's sessions."""
    return kept_secret("FRONTDESK_SECRET_KEY", VAR / "frontdesk.key")


def contact_keys() -> list[str]:
    """Encrypt contact details: the first is used for new ones, the others still open older ones."""
    given = _words("FRONTDESK_CONTACT_KEYS")
    return given or [kept_secret("FRONTDESK_CONTACT_KEY", VAR / "contact.key")]


def assistant_key() -> str:
    """What the front desk shows the assistant; both read the same file, made by whichever starts first."""
    return kept_secret("ASSISTANT_KEY", ASSISTANT_KEY_FILE)

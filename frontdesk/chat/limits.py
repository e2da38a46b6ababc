"""How much one address may ask for. The counters live in Django's cache and are forgotten with the hour: no address is kept."""

from __future__ import annotations

import ipaddress
import time

from django.core.cache import cache

from frontdesk import environment
from frontdesk.chat.errors import Refused

MINUTE, HOUR = 60, 3600  # seconds


def limit_messages(address: str) -> None:
    """Counts a message.

    Raises:
        Refused: If the address has sent as many as are taken in a minute.
    """
    _limit("messages", address, MINUTE, environment.MESSAGES_A_MINUTE_FROM_ADDRESS, "too_many_from_address")


def limit_conversations(address: str) -> None:
    """Counts a new conversation.

    Raises:
        Refused: If the address has begun as many as are taken in an hour.
    """
    _limit("conversations", address, HOUR, environment.CONVERSATIONS_AN_HOUR_FROM_ADDRESS, "too_many_conversations")


def too_many_messages() -> Refused:
    """A visitor has sent as many as are taken in a minute."""
    return Refused(429, "too_many_messages", "That was a lot at once. Please wait a moment, then go on.", after=10)


def _limit(what: str, address: str, seconds: int, most: int, code: str) -> None:
    now = time.time()
    key = f"{what}:{network(address)}:{int(now // seconds)}"
    cache.add(key, 0, timeout=seconds)
    try:
        count = cache.incr(key)
    except ValueError:  # its time ended between the two lines
        return
    if count > most:
        rest = int(seconds - now % seconds) + 1
        raise Refused(429, code, "There is a lot from where you are just now. Please wait a moment.", after=rest)


def network(address: str) -> str:
    """An address as far as it is one visitor's: of IPv6, the 64 bits that a household or a phone is given."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network(f"{parsed}/64", strict=False).network_address)
    return address

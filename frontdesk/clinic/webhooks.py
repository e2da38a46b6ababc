"""Posts to webhooks, and to nothing else: an address that an administrator typed must not lead into the clinic's own network.

A name is looked up once; the connection goes to the address that was found and checked, so that a second look-up cannot lead elsewhere.
Redirects are not followed, and no proxy of the environment is used.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit

import httpx

from frontdesk import environment

SECONDS = 10.0
NAT64 = ipaddress.ip_network("64:ff9b::/96")  # IPv6 addresses that stand for IPv4 ones (RFC 6052)
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressRefused(Exception):
    """An address that nothing is sent to; the code says why."""

    def __init__(self, code: str) -> None:
        """`webhook_address`, `webhook_https`, `webhook_unknown` or `webhook_private`."""
        super().__init__(code)
        self.code = code


def post(address: str, body: dict[str, Any]) -> None:
    """Sends JSON.

    Raises:
        AddressRefused: If it must not be sent there.
        httpx.HTTPError: If it did not arrive, or was not answered with success.
    """
    number = resolve(address)
    url = httpx.URL(address)
    host = url.netloc.decode("ascii")
    with httpx.Client(timeout=SECONDS, trust_env=False, follow_redirects=False) as client:
        response = client.post(
            url.copy_with(host=str(number)),
            json=body,
            headers={"Host": host},
            extensions={"sni_hostname": url.raw_host.decode("ascii")},
        )
    response.raise_for_status()


def resolve(address: str) -> Address:
    """Where a webhook is, once it is clear that something may be sent there.

    Raises:
        AddressRefused: If not.
    """
    found = numbers_of(address)
    if urlsplit(address).scheme.lower() == "http" and not all(one.is_loopback for one in found):
        raise AddressRefused("webhook_https")
    return found[0]


def numbers_of(address: str) -> list[Address]:
    """Where an address of the web leads: to the internet, and nowhere within the clinic's own network.

    Raises:
        AddressRefused: If it is none, is not known, or leads elsewhere.
    """
    try:
        parts = urlsplit(address)
        url, port = httpx.URL(address), parts.port
    except (ValueError, httpx.InvalidURL) as error:
        raise AddressRefused("webhook_address") from error
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or address != address.strip():
        raise AddressRefused("webhook_address")
    found = _look_up(url.raw_host.decode("ascii").strip("[]"), port or (443 if url.scheme == "https" else 80))
    if not all(_may_be_reached(one) for one in found):
        raise AddressRefused("webhook_private")
    return found


def _look_up(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressRefused("webhook_unknown") from error
    return [_plain(ipaddress.ip_address(str(one[4][0]).partition("%")[0])) for one in found]


def _plain(number: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, where it does."""
    if isinstance(number, ipaddress.IPv6Address) and number.ipv4_mapped:
        return number.ipv4_mapped
    return number


def _may_be_reached(number: Address) -> bool:
    if number.is_loopback:
        return environment.DEMO  # on one's own machine, to try it
    if isinstance(number, ipaddress.IPv6Address):
        inner = number.sixtofour or (ipaddress.IPv4Address(int(number) & 0xFFFFFFFF) if number in NAT64 else None)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
    return number.is_global and not number.is_multicast

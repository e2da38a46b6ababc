"""The sites that may show the chat, as people paste them and as browsers name them."""

from __future__ import annotations

from urllib.parse import urlsplit

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
PORTS = {"http": 80, "https": 443}


class NoSite(ValueError):
    """What was given names no site that could show the chat; the code says why."""


def origin_of(given: str) -> str:
    """A page's address, with whatever follows its name, as a browser names its site: `https://www.clinic.example`.

    Raises:
        NoSite: `site_address` if it is none, `site_https` if visitors' words would go there unprotected.
    """
    address = given.strip()
    if "://" not in address:
        address = f"https://{address}"
    try:
        parts = urlsplit(address)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except (ValueError, UnicodeError) as error:
        raise NoSite("site_address") from error
    is_name = host and all(character.isalnum() or character in ".-:" for character in host)
    if parts.scheme not in PORTS or not is_name or parts.username is not None:
        raise NoSite("site_address")
    host = f"[{host}]" if ":" in host else host
    is_here = host in LOOPBACK
    if not is_here and "." not in host:
        raise NoSite("site_address")
    if parts.scheme == "http" and not is_here:
        raise NoSite("site_https")
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != PORTS[parts.scheme] else "")

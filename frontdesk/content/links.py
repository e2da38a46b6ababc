"""Links in answers: whether they are written right, and whether something is there. Nothing is asked within the clinic's own network."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import cache as made_once
from urllib.parse import urljoin, urlsplit

import httpx
from django.core.cache import cache

from frontdesk.clinic import webhooks
from frontdesk.content.notes import Level, Note

SECONDS = 3.0
KEPT = 600  # seconds
MOST = 5  # of an answer that are looked at
HOPS = 3
LINK = re.compile(r"https?://[^\s<>\"“”]+", re.IGNORECASE)
# What was meant to be a link and is none: www without what comes before, one slash, no colon, a space after the slashes.
ALMOST = re.compile(
    r"(?<![\w/.@])(?:www\.[\w.-]+\S*|https?:/(?!/)\S*|https?//\S+|https?:(?!/)\S+|https?;//\S*|https?://(?=\s|$))",
    re.IGNORECASE,
)
NAME = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,}\.?")
END = ".,;:!?'’…"
NOT_FOR_PROGRAMS = frozenset({401, 403, 405, 406, 429, 451, 501, 999})  # there is something, which programs are kept from
ASK_AGAIN = frozenset({400, 403, 404, 405, 406, 501})  # some sites answer HEAD with these where GET is served
GONE = frozenset({404, 410})
FINE = "fine"
REFUSED = {"webhook_unknown": "link_no_site", "webhook_private": "link_private"}


def links_in(text: str) -> list[str]:
    """The links in a text, without the marks by which the sentence around them ends, each once."""
    return list(dict.fromkeys(_trimmed(found[0]) for found in LINK.finditer(text)))


def written_wrong(text: str) -> list[str]:
    """What was meant to be a link and leads nowhere, as it is written."""
    return [_trimmed(found[0]) for found in ALMOST.finditer(text)] + [link for link in links_in(text) if not _is_right(link)]


def to_look_at(text: str) -> list[str]:
    """The links that somebody could follow, of which it is not known yet whether something is there."""
    return [link for link in _followed(text) if cache.get(_name(link)) is None]


def link_notes(text: str) -> list[Note]:
    """What is known of a text's links by now."""
    found = {link: cache.get(_name(link)) for link in _followed(text)}
    return [Note(Level.WARN, code, {"link": link}, {"link": link}) for link, code in found.items() if code not in (None, FINE)]


def look_at(links: Sequence[str]) -> None:
    """Finds out whether something is there; takes `SECONDS` at the most. What is found out is kept for ten minutes."""
    asked: dict[Future[str], str] = {_threads().submit(_look, link): link for link in links[:MOST]}
    _, late = wait(asked, timeout=SECONDS)
    for one in late:  # a name that is being looked up; what comes of it is kept once it is there
        cache.add(_name(asked[one]), "link_unreachable", KEPT)


def _look(link: str) -> str:
    """The code of a note; empty where there is nothing to say."""
    found = _answer(link)
    cache.set(_name(link), found or FINE, KEPT)
    return found


def _answer(link: str) -> str:
    address = link
    try:
        for _ in range(HOPS):
            response = _asked("HEAD", address)
            if response.status_code in ASK_AGAIN:
                response = _asked("GET", address)
            if not response.is_redirect or "location" not in response.headers:
                break
            address = urljoin(address, response.headers["location"])
        else:
            return ""  # it leads on and on, and so does a browser
    except webhooks.AddressRefused as error:
        return REFUSED.get(error.code, "link_unreachable")
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError, ValueError):
        return "link_unreachable"
    if response.status_code in GONE:
        return "link_gone"
    return "link_unreachable" if response.is_error and response.status_code not in NOT_FOR_PROGRAMS else ""


def _asked(method: str, address: str) -> httpx.Response:
    """The head of what is answered; the connection goes to the number that was looked up and checked, as a webhook's does."""
    number, url = _public(address), httpx.URL(address)
    request = httpx.Request(
        method,
        url.copy_with(host=str(number)),
        headers={"Host": url.netloc.decode("ascii"), "User-Agent": "Mozilla/5.0 (compatible; front desk)", "Accept": "*/*"},
        extensions={"sni_hostname": url.raw_host.decode("ascii"), "timeout": httpx.Timeout(SECONDS).as_dict()},
    )
    with httpx.Client(timeout=SECONDS, trust_env=False, follow_redirects=False) as client:
        response = client.send(request, stream=True)
        response.close()  # nobody reads what stands there
        return response


def _public(address: str) -> webhooks.Address:
    numbers = webhooks.numbers_of(address)
    if any(
        number.is_loopback for number in numbers
    ):  # a webhook on one's own machine is for trying out; a link there is for nobody
        raise webhooks.AddressRefused("webhook_private")
    return numbers[0]


def _followed(text: str) -> list[str]:
    return [link for link in links_in(text) if _is_right(link) and "{" not in link][:MOST]


def _is_right(link: str) -> bool:
    if "{" in link:  # a place in it, of which another rule speaks
        return True
    try:
        parts = urlsplit(link)
        host, port = parts.hostname or "", parts.port
        httpx.URL(link)
    except (ValueError, httpx.InvalidURL):
        return False
    return bool(NAME.fullmatch(host)) and not parts.username and port != 0


def _trimmed(link: str) -> str:
    while link and (
        link[-1] in END or (link[-1] in ")]" and link.count(link[-1]) > link.count({")": "(", "]": "["}[link[-1]]))
    ):
        link = link[:-1]
    return link


def _name(link: str) -> str:
    return "link:" + hashlib.sha256(link.encode()).hexdigest()


@made_once
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=MOST, thread_name_prefix="links")

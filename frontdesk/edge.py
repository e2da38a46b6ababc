"""Around everything that is served: who may ask, from which sites, and how much may be sent."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Container, Iterable
from pathlib import Path

from django.conf import settings
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from frontdesk import environment
from frontdesk.chat import database
from frontdesk.chat.errors import Refused
from frontdesk.chat.limits import network
from frontdesk.clinic.models import Clinic
from frontdesk.clinic.selectors import clinic_at_hand, the_clinic
from frontdesk.people.roles import Right, has_right
from frontdesk.people.sessions import person_of

WIDGET = environment.ROOT / "widget"
DESK_FILES = Path(__file__).parent / "static"
BODY_SECONDS = 10.0  # within which a request must have arrived: sixteen kilobytes take less on any line
UPLOAD_SECONDS = 60.0  # as above: five megabytes at 0.7 Mbit/s, the upload of a slow line
PREFLIGHT_SECONDS = 24 * 3600  # a browser need not ask again before each message
CHAT = "/chat/"
EDITORS = "/desk/content/"  # pages to which spreadsheets are sent
DEMO_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)


class KnownHosts(TrustedHostMiddleware):
    """Answers only under its own names: no other name that points here is served."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        """The names, without ports."""
        super().__init__(app, allowed_hosts=list(hosts), www_redirect=False)


class ExactOrigins:
    """Lets pages of these sites use the visitors' API, and refuses those of others; a client that is no browser names no site."""

    def __init__(self, app: ASGIApp, origins: Iterable[str], more: Callable[[], Awaitable[Container[str]]]) -> None:
        """Sites as a browser names them: `https://www.clinic.example`; those of the environment, and those that are set at the desk."""
        self._origins = set(origins)
        self._more = more
        self._app = app
        self._with_headers = CORSMiddleware(
            app,
            allow_origin_regex=".*",  # the answer names the site that asked: who may not ask has been refused before
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Last-Event-ID"],
            expose_headers=["Retry-After"],
            max_age=PREFLIGHT_SECONDS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http" or not scope["path"].startswith(CHAT):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        own = f"{scope['scheme']}://{headers.get('host')}"  # a page of our own, under whichever of our names it was opened
        is_known = origin is None or origin == own or origin in self._origins
        if not is_known and origin not in await self._more():
            refusal = Refused(403, "origin_not_allowed", "The chat may not be used from this site.")
            await refusal.as_response({"Vary": "Origin"})(scope, receive, send)
            return
        await self._with_headers(scope, receive, send)


class OpenLimit:
    """How many requests one address may have open at once, streams included: nobody keeps everybody else out."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        """At once, from one address (of IPv6, from what one visitor is given)."""
        self._app, self._most = app, most
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http" or not scope.get("client"):
            await self._app(scope, receive, send)
            return
        address = network(scope["client"][0])
        if self._open[address] >= self._most:
            refusal = Refused(
                429, "too_many_open", "There is a lot from where you are just now. Please wait a moment.", after=10
            )
            await refusal.as_response({"Connection": "close"})(scope, receive, send)
            return
        self._open[address] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address]


class BodyLimit:
    """Refuses a request that sends more than is taken, before it is held anywhere."""

    def __init__(
        self, app: ASGIApp, limit: int, uploads: int = 0, may_upload: Callable[[HTTPConnection], Awaitable[bool]] | None = None
    ) -> None:
        """Bytes that anybody may send, and those that may be sent to the editors' pages by who `may_upload`."""
        self._app, self._limit = app, limit
        self._uploads, self._may_upload = uploads, may_upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        limit, seconds = await self._room(scope)
        if not declared.isdigit() or int(declared) > limit:
            await self._refuse(scope, receive, send)
            return
        body, more = b"", True
        until = time.monotonic() + seconds
        while more:
            try:
                async with asyncio.timeout(until - time.monotonic()):
                    message = await receive()
            except TimeoutError:
                await self._refuse(scope, receive, send, Refused(408, "too_slow", "The request did not arrive in time."))
                return
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > limit:
                await self._refuse(scope, receive, send)
                return
        given: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive_again() -> Message:
            return given.pop() if given else await receive()

        await self._app(scope, receive_again, send)

    async def _room(self, scope: Scope) -> tuple[int, float]:
        """How many bytes a request may send, and in how many seconds."""
        if scope["method"] != "POST" or not scope["path"].startswith(EDITORS) or self._may_upload is None:
            return self._limit, BODY_SECONDS
        declared = Headers(scope=scope).get("content-length", "")
        is_small = declared.isdigit() and int(declared) <= self._limit
        if is_small or not await self._may_upload(HTTPConnection(scope)):
            return self._limit, BODY_SECONDS
        return self._uploads, UPLOAD_SECONDS

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, refusal: Refused | None = None) -> None:
        refusal = refusal or Refused(413, "too_large", f"A request has at most {self._limit} bytes.")
        await refusal.as_response({"Connection": "close"})(scope, receive, send)


def desk_files() -> ASGIApp:
    """What the staff's pages look like."""
    return _Files(directory=DESK_FILES)


async def sites_of_clinic() -> Container[str]:
    """The sites that administrators have set; at most two seconds old, and none before the first start."""
    clinic = clinic_at_hand()
    if clinic is None:
        try:
            clinic = await database.read(the_clinic)
        except Clinic.DoesNotExist:
            return ()
    return clinic.origins


async def is_editor(connection: HTTPConnection) -> bool:
    """Whether somebody is signed in who may change questions and answers."""
    return await database.read(_is_editor, connection.cookies.get(settings.SESSION_COOKIE_NAME, ""))


def _is_editor(session_key: str) -> bool:
    user = person_of(session_key)
    return user is not None and has_right(user, Right.EDIT)


async def demo_page(request: Request) -> Response:
    """A page that looks like a clinic's site, with the widget on it."""
    return FileResponse(
        WIDGET / "demo/index.html", headers={"Content-Security-Policy": DEMO_POLICY, "Cache-Control": "no-cache"}
    )


class _Files(StaticFiles):
    """Files that a browser asks for again each time, and is told that they are the same."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """See parent class."""
        response = await super().get_response(path, scope)
        response.headers.setdefault("Cache-Control", "no-cache")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        return response

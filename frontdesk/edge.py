"""Around everything that is served: who may ask, from which sites, and how much may be sent."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from frontdesk import environment
from frontdesk.chat.errors import Refused

WIDGET = environment.ROOT / "widget"
DESK_FILES = Path(__file__).parent / "static"
PREFLIGHT_SECONDS = 24 * 3600  # a browser need not ask again before each message
CHAT = "/chat/"
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

    def __init__(self, app: ASGIApp, origins: Iterable[str]) -> None:
        """Sites as a browser names them: `https://www.clinic.example`."""
        self._origins = set(origins)
        self._app = app
        self._with_headers = CORSMiddleware(
            app,
            allow_origins=sorted(self._origins),
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
        if origin is not None and origin != own and origin not in self._origins:
            refusal = Refused(403, "origin_not_allowed", "The chat may not be used from this site.")
            await JSONResponse(refusal.as_json(), refusal.status, {"Vary": "Origin"})(scope, receive, send)
            return
        await self._with_headers(scope, receive, send)


class BodyLimit:
    """Refuses a request that sends more than is taken, before it is held anywhere."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        """In bytes."""
        self._app, self._limit = app, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isdigit() or int(declared) > self._limit:
            await self._refuse(scope, receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self._limit:
                await self._refuse(scope, receive, send)
                return
        given: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive_again() -> Message:
            return given.pop() if given else await receive()

        await self._app(scope, receive_again, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = Refused(413, "too_large", f"A request has at most {self._limit} bytes.")
        await JSONResponse(refusal.as_json(), refusal.status, {"Connection": "close"})(scope, receive, send)


def desk_files() -> ASGIApp:
    """What the staff's pages look like."""
    return _Files(directory=DESK_FILES)


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

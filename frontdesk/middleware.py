"""What surrounds every page. The staff's sessions and forms are theirs alone: the visitors' API has neither."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.deprecation import MiddlewareMixin

DESK = "/desk/"
NO_CONTENT = 204
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
# Pages bring nothing from elsewhere, run no script that is not a file of ours, and are shown in no other site's frame.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class DeskOnly(MiddlewareMixin):
    """A middleware of Django's that lets requests pass which are not for the staff's pages."""

    def __call__(self, request: HttpRequest) -> Any:
        """See parent class."""
        if self.async_mode or request.path_info.startswith(DESK):
            return super().__call__(request)
        return self.get_response(request)

    async def __acall__(self, request: HttpRequest) -> Any:
        """See parent class."""
        if request.path_info.startswith(DESK):
            return await super().__acall__(request)
        return await self.get_response(request)  # type: ignore[misc]


class DeskSessions(DeskOnly, SessionMiddleware):
    """Sessions."""


class DeskCsrf(DeskOnly, CsrfViewMiddleware):
    """Forms are sent from our own pages."""

    def process_view(self, request: HttpRequest, *rest: Any) -> Any:
        """See parent class."""
        return super().process_view(request, *rest) if request.path_info.startswith(DESK) else None


class DeskAuthentication(DeskOnly, AuthenticationMiddleware):
    """Who is signed in."""


class DeskMessages(DeskOnly, MessageMiddleware):
    """What a page tells after a form was sent."""


class ResponseHeaders(MiddlewareMixin):
    """The headers by which a browser protects who looks at a page."""

    async def __acall__(self, request: HttpRequest) -> Any:
        """See parent class; without the detour through a thread, since nothing here waits."""
        return self.process_response(request, await self.get_response(request))  # type: ignore[misc]

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Adds what the response does not have yet."""
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
            response.headers.setdefault("X-Frame-Options", "DENY")
        if request.path_info.startswith((DESK, "/chat/")):
            response.headers.setdefault("Cache-Control", "no-store")
        if not response.streaming and response.status_code != NO_CONTENT and "Content-Length" not in response.headers:
            response.headers["Content-Length"] = str(len(response.content))  # type: ignore[attr-defined] # not streaming: it has one
        return response

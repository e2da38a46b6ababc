"""What surrounds the staff's pages besides Django's own."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from frontdesk.headers import NOT_KEPT, PAGE_POLICY, PROTECTING


class ResponseHeaders(MiddlewareMixin):
    """The headers by which a browser protects who looks at a page."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Adds what the response does not have yet."""
        for name, value in {**PROTECTING, **NOT_KEPT}.items():
            response.headers.setdefault(name, value)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
            response.headers.setdefault("X-Frame-Options", "DENY")
        return response

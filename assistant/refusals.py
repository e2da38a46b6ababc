"""What the front desk gets instead of an answer."""

from __future__ import annotations

from sanic import response
from sanic.response import HTTPResponse


class RequestRefused(Exception):
    """A request that is not answered, and why."""

    def __init__(self, status: int, code: str, message: str) -> None:
        """An HTTP status with the error's name and its sentence."""
        super().__init__(message)
        self.status, self.code = status, code

    def as_response(self) -> HTTPResponse:
        """The refusal in JSON."""
        return response.json({"error": {"code": self.code, "message": str(self)}}, status=self.status)

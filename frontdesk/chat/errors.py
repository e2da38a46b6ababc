"""How the visitors' API refuses: a status, a name and a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from frontdesk.chat.answers import Answer


class Refused(Exception):
    """A request that is not served, and why."""

    def __init__(self, status: int, code: str, message: str, *, after: int | None = None) -> None:
        """`after`: seconds after which it may be tried again."""
        super().__init__(message)
        self.status, self.code, self.after = status, code, after

    def as_json(self) -> dict[str, dict[str, str]]:
        """The body."""
        return {"error": {"code": self.code, "message": str(self)}}

    def as_response(self, headers: Mapping[str, str] | None = None) -> Answer:
        """With these headers besides its own."""
        own = {"Retry-After": str(self.after)} if self.after is not None else {}
        return Answer(self.as_json(), self.status, {**own, **(headers or {})})


def deleted() -> Refused:
    """There is no such conversation any more."""
    return Refused(410, "conversation_deleted", "This chat has been deleted.")


def busy() -> Refused:
    """The database cannot be written to now: nothing was kept, and the client sends it again."""
    return Refused(503, "busy", "We cannot take your message just now. Please try again in a moment.", after=2)

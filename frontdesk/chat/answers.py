"""What the visitors' API answers: JSON that no browser guesses at and nothing on its way keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse, Response

from frontdesk.headers import NOT_KEPT, PROTECTING


class Answer(JSONResponse):
    """JSON."""

    def __init__(self, content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        """`content`: anything that JSON can say."""
        super().__init__(content, status, {**PROTECTING, **NOT_KEPT, **(headers or {})})


def nothing() -> Response:
    """Done, and there is nothing to tell."""
    return Response(status_code=204, headers={**PROTECTING, **NOT_KEPT})

"""Serves the widget's files, to any site: scripts without their comments, and packed as the browser takes it.

The files are written to be read and have no build step; what goes over the line is made of them here, once for each state of a file.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

import brotli
import rjsmin
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

# The same for everybody, and of nobody: any page may load them, which for modules means to say so.
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "public, max-age=300, stale-while-revalidate=86400",  # a new release is there after five minutes
    "Vary": "Accept-Encoding",
}
PACKED = (".js", ".css", ".html", ".svg")
METHODS = ("GET", "HEAD")


@dataclass(frozen=True)
class _File:
    """A file as it is sent."""

    made: int  # nanoseconds: when the file was last written
    kind: str
    tag: str
    plain: bytes
    brotli: bytes
    gzip: bytes


class WidgetFiles:
    """An ASGI application for one folder."""

    def __init__(self, folder: Path) -> None:
        """Files that are added or changed later are served too."""
        self._folder = folder.resolve()
        self._files: dict[Path, _File] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        response = self._respond(scope)
        await response(scope, receive, send)

    def _respond(self, scope: Scope) -> Response:
        if scope["method"] not in METHODS:
            return PlainTextResponse("", 405, {"Allow": ", ".join(METHODS)})
        path = (self._folder / scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/")).resolve()
        if not path.is_relative_to(self._folder) or not path.is_file():
            return PlainTextResponse("There is no such file.", 404)
        file = self._read(path)
        asked = Headers(scope=scope)
        if file.tag in asked.get("if-none-match", ""):
            return Response(status_code=304, headers={**HEADERS, "ETag": file.tag})
        accepted = asked.get("accept-encoding", "")
        headers = {**HEADERS, "ETag": file.tag}
        body = file.plain
        for name, packed in (("br", file.brotli), ("gzip", file.gzip)):
            if packed and name in accepted:
                headers["Content-Encoding"], body = name, packed
                break
        return Response(body, headers=headers, media_type=file.kind)

    def _read(self, path: Path) -> _File:
        made = path.stat().st_mtime_ns
        known = self._files.get(path)
        if known and known.made == made:
            return known
        plain = path.read_bytes()
        if path.suffix == ".js":
            plain = rjsmin.jsmin(plain)
        packs = path.suffix in PACKED
        file = _File(
            made,
            mimetypes.guess_type(path.name)[0] or "application/octet-stream",
            f'"{hashlib.sha256(plain).hexdigest()[:16]}"',
            plain,
            brotli.compress(plain) if packs else b"",
            gzip.compress(plain, 9, mtime=0) if packs else b"",
        )
        self._files[path] = file
        return file

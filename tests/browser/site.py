"""A clinic's site, to put the widget on: another origin than the front desk, and a policy that forbids what the widget does not need."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

PAGE = """<!doctype html>
<html lang="{lang}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>A clinic</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="/site.css?{css}">
  <script type="module" src="{desk}/widget/clinic-chat.js"></script>
</head>
<body>
  <main>
    <h1>A clinic</h1>
    <p><a href="#end">Where to find us</a></p>
    <p id="end">Nowhere: this is a page for tests.</p>
  </main>
  <clinic-chat {attributes}></clinic-chat>
</body>
</html>"""
# To the widget what its README says, to the page's own style sheet and icon, and to nothing else.
POLICY = (
    "default-src 'none'; script-src {desk}; connect-src {desk}; style-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)


class Site:
    """Serves one page, as its address says."""

    def __init__(self) -> None:
        """On a free port of loopback."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def origin(self) -> str:
        """As a browser names it."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def page(self, desk: str, *, lang: str = "en", attributes: str = "", css: str = "") -> str:
        """The address of a page with a front desk's widget."""
        return f"{self.origin}/?{urlencode({'desk': desk, 'lang': lang, 'attributes': attributes, 'css': css})}"

    def start(self) -> Site:
        """In a thread of its own."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Waits until nothing is served any more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        address = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(address.query, keep_blank_values=True).items()}
        headers = {"Content-Type": "text/css"}
        if address.path == "/":
            filled = {"attributes": "", **asked, "css": urlencode({"css": asked.get("css", "")})}
            body = PAGE.format(**filled)
            headers = {"Content-Type": "text/html", "Content-Security-Policy": POLICY.format(**asked)}
        else:
            body = asked.get("css", "")
        self.send_response(200)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *arguments: object) -> None:
        """Says nothing."""

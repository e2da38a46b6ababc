"""The headers by which a browser protects who looks at a page or uses the chat."""

from __future__ import annotations

PROTECTING = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
NOT_KEPT = {"Cache-Control": "no-store"}
# Pages bring nothing from elsewhere, run no script that is not a file of ours, and are shown in no other site's frame.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

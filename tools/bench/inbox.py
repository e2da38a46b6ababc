"""How soon a hand-off is on the inbox's screen: `python -m tools.bench.inbox <address> <name> <password>`.

Prints the milliseconds of each as JSON: from a visitor's sending of the message to its row on an inbox that is open in a browser. Runs
in the front desk's environment, where the browser is driven from.
"""

from __future__ import annotations

import json
import sys
import time
import urllib.request
import uuid
from typing import Any

from playwright.sync_api import sync_playwright

from tools.bench.widget import ARGUMENTS, CHROMIUM

HANDOFFS = 20
TEXT = "my throat is closing up and i cant breathe"
ON_THE_SCREEN = """
() => {
  window.seen = {};
  const look = () => {
    for (const link of document.querySelectorAll('a[href^="/desk/conversations/"]')) window.seen[link.getAttribute("href")] ??= Date.now();
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
}
"""


def main() -> None:
    """Signs in, opens the inbox, and lets one visitor after the other need a person."""
    address, name, password = sys.argv[1:]
    took = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page()
        page.goto(f"{address}/desk/sign-in")
        page.fill("[name=username]", name)
        page.fill("[name=password]", password)
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/desk/inbox")
        page.evaluate(ON_THE_SCREEN)
        for _ in range(HANDOFFS):
            consent = _asked(f"{address}/chat/config")["consent"]["version"]
            begun = _asked(f"{address}/chat/conversations", {"consent": consent})
            row = f"/desk/conversations/{begun['conversation']['id']}"
            sent = time.time() * 1000
            _asked(f"{address}/chat/messages", {"id": str(uuid.uuid4()), "text": TEXT}, begun["token"])
            while not (shown := page.evaluate("row => window.seen[row]", row)):
                page.wait_for_timeout(20)
            took.append(shown - sent)
        browser.close()
    print(json.dumps(took))


def _asked(address: str, body: dict[str, Any] | None = None, token: str = "") -> dict[str, Any]:
    """One request of the visitors' API."""
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    request = urllib.request.Request(address, json.dumps(body).encode() if body else None, headers)  # noqa: S310 - our own server
    with urllib.request.urlopen(request) as response:  # noqa: S310
        return dict(json.load(response))


if __name__ == "__main__":
    main()

"""How soon the widget can be used after its script arrived, in a browser: `python -m tools.bench.widget <address of a page with it>`.

Prints the milliseconds of each load as JSON. Runs in the front desk's environment, where the browser is driven from.
"""

from __future__ import annotations

import json
import sys

from playwright.sync_api import sync_playwright

LOADS = 10
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
# The launcher is there and takes a press once the element has drawn itself: the first frame after which it is found.
WATCH = """
(() => {
  const look = () => {
    const buttons = document.querySelector("clinic-chat")?.shadowRoot?.querySelectorAll("button") ?? [];
    if ([...buttons].some(button => button.getBoundingClientRect().width > 0)) window.interactiveAt = performance.now();
    else requestAnimationFrame(look);
  };
  look();
})();
"""
ARRIVED = """performance.getEntriesByType("resource").find(entry => entry.name.endsWith("/clinic-chat.js")).responseEnd"""


def main() -> None:
    """Loads the page several times with an empty cache."""
    took = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for _ in range(LOADS):
            page = browser.new_context().new_page()
            page.add_init_script(WATCH)
            page.goto(sys.argv[1])
            while not page.evaluate(
                "window.interactiveAt"
            ):  # waiting inside the page would need a policy without 'unsafe-eval'
                page.wait_for_timeout(20)
            took.append(page.evaluate(f"window.interactiveAt - {ARRIVED}"))
            page.context.close()
        browser.close()
    print(json.dumps(took))


if __name__ == "__main__":
    main()

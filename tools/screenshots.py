"""Makes the pictures of the README and the guides from the running program: `make screenshots`. Into docs/screenshots/."""

from __future__ import annotations

import sys
from typing import Any

from playwright.sync_api import sync_playwright

from tools.bench.stack import Stack, running_stack
from tools.bench.widget import ARGUMENTS, CHROMIUM
from tools.content_pictures import content
from tools.desk_pictures import desk
from tools.insight_pictures import insight
from tools.pictures import DESKTOP, FOLDER, PHONE, picture, says, visitor


def main() -> int:
    """Plays visitors and members of staff, and takes a picture of each page; returns the exit code."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        with running_stack() as stack:
            _chat(browser, stack, "desktop", DESKTOP)
            _chat(browser, stack, "phone", PHONE)
            _emergency(browser, stack)
            _chat(browser, stack, "phone-dark", PHONE, color_scheme="dark")
            desk(browser, stack)
        insight(browser)
        content(browser)
        browser.close()
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER}.")
    return 0


def _chat(browser: Any, stack: Stack, name: str, size: dict[str, int], **options: Any) -> None:
    page = visitor(browser, stack, size, **options)
    says(page, "can i wear makeup after?")
    picture(page, f"chat-{name}")
    page.context.close()


def _emergency(browser: Any, stack: Stack) -> None:
    page = visitor(browser, stack, PHONE)
    says(page, "my throat feels tight and i cant breathe properly")
    picture(page, "emergency-phone")
    page.context.close()


if __name__ == "__main__":
    sys.exit(main())

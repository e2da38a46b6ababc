"""Takes pictures of the program's pages, into docs/screenshots/; and plays the visitors who are on them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from PIL import Image

from tools.bench.servers import HOST
from tools.bench.stack import Stack

FOLDER = Path(__file__).parents[1] / "docs/screenshots"
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
COLOURS = 256  # of a picture: pages have few, and a picture with a palette is a third as large


def picture(page: Any, name: str, *, full_page: bool = False) -> None:
    """What a page shows now; or all of it."""
    taken = Image.open(io.BytesIO(page.screenshot(full_page=full_page))).convert("RGB")
    taken.quantize(COLOURS, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)


def visitor(browser: Any, stack: Stack, size: dict[str, int], **options: Any) -> Any:
    """A visitor's page with the chat open, after consent."""
    page = browser.new_context(viewport=size, locale="en-GB", **options).new_page()
    page.goto(f"http://{HOST}:{stack.port}/")
    page.locator("clinic-chat .launcher").click()
    page.get_by_role("button", name="I agree").click()
    page.locator("clinic-chat textarea").wait_for()
    return page


def says(page: Any, text: str) -> None:
    """A visitor sends a text; the answer has come, and all is still."""
    answers = page.locator("clinic-chat .bot, clinic-chat .system")
    count = answers.count()
    page.locator("clinic-chat textarea").fill(text)
    page.keyboard.press("Enter")
    answers.nth(count).wait_for()
    page.wait_for_timeout(400)  # what moves has come to rest

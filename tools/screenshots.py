"""Makes the pictures of the README and the guides from the running program: `make screenshots`. Into docs/screenshots/."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tools.bench.servers import HOST
from tools.bench.stack import PASSWORD, Stack, running_stack
from tools.bench.widget import ARGUMENTS, CHROMIUM

FOLDER = Path(__file__).parents[1] / "docs/screenshots"
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
MAKE_STAFF = f"""
from django.contrib.auth.models import User
from frontdesk.people.models import Profile
user = User.objects.create_superuser("demo", password={PASSWORD!r})
Profile.objects.create(user=user, name="Demo nurse", role="nurse")
"""


def main() -> int:
    """Plays a visitor and a member of staff, and takes a picture of each step; returns the exit code."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running_stack() as stack, sync_playwright() as playwright:
        stack.run(MAKE_STAFF)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        _chat(browser, stack, "desktop", DESKTOP)
        _chat(browser, stack, "phone", PHONE)
        _emergency(browser, stack)
        _chat(browser, stack, "phone-dark", PHONE, color_scheme="dark")
        _desk(browser, stack)
        browser.close()
    print(f"{len(list(FOLDER.glob('*')))} pictures in {FOLDER}.")
    return 0


def _visitor(browser: Any, stack: Stack, size: dict[str, int], **options: Any) -> Any:
    """A visitor's page with the chat open, after consent."""
    page = browser.new_context(viewport=size, locale="en-GB", **options).new_page()
    page.goto(f"http://{HOST}:{stack.port}/")
    page.locator("clinic-chat .launcher").click()
    page.get_by_role("button", name="I agree").click()
    page.locator("clinic-chat textarea").wait_for()
    return page


def _says(page: Any, text: str) -> None:
    answers = page.locator("clinic-chat .bot")
    count = answers.count()
    page.locator("clinic-chat textarea").fill(text)
    page.keyboard.press("Enter")
    answers.nth(count).wait_for()
    page.wait_for_timeout(400)  # what moves has come to rest


def _picture(page: Any, name: str) -> None:
    page.screenshot(path=FOLDER / f"{name}.png")


def _chat(browser: Any, stack: Stack, name: str, size: dict[str, int], **options: Any) -> None:
    page = _visitor(browser, stack, size, **options)
    _says(page, "can i wear makeup after?")
    _picture(page, f"chat-{name}")
    page.context.close()


def _emergency(browser: Any, stack: Stack) -> None:
    page = _visitor(browser, stack, PHONE)
    _says(page, "my throat feels tight and i cant breathe properly")
    _picture(page, "emergency-phone")
    page.context.close()


def _desk(browser: Any, stack: Stack) -> None:
    waiting = _visitor(browser, stack, PHONE)
    _says(waiting, "can I talk to somebody please")
    page = browser.new_context(viewport=DESKTOP, locale="en-GB").new_page()
    page.goto(f"http://{HOST}:{stack.port}/desk/")
    page.locator("input[name=username]").fill("demo")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()
    _picture(page, "inbox-desktop")
    page.locator(".inbox a").last.click()
    page.get_by_role("button", name="Take this conversation").click()
    page.locator("#reply textarea").fill("Hello, I am here now. How can I help?")
    page.get_by_role("button", name="Send").click()
    waiting.locator("clinic-chat .message.staff").first.wait_for()
    page.locator(".from-staff").wait_for()
    page.evaluate("scrollTo(0, 0)")
    _picture(page, "conversation-desktop")
    page.set_viewport_size(PHONE)
    page.evaluate("scrollTo(0, 0)")
    _picture(page, "conversation-phone")
    waiting.wait_for_timeout(400)
    _picture(waiting, "staff-phone")


if __name__ == "__main__":
    sys.exit(main())

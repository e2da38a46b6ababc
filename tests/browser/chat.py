"""The chat as a visitor uses it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.held import held
from tests.stack import Stack, Staff, until

# At which of an element's centre, corners and middles of its sides something else is pressed; its corners may be round.
_COVERED = """element => {
  const { left, top, right, bottom, height } = element.getBoundingClientRect();
  const round = Math.min(parseFloat(getComputedStyle(element).borderTopLeftRadius), height / 2) * .3 + 1;
  const across = [left + round, (left + right) / 2, right - round], down = [top + round, (top + bottom) / 2, bottom - round];
  return across.flatMap(x => down.map(y => [x, y])).filter(([x, y]) => !element.contains(element.getRootNode().elementFromPoint(x, y)));
}"""


class Chat:
    """`<clinic-chat>` on a page."""

    def __init__(self, page: Page, stack: Stack) -> None:
        """The page must have been opened."""
        self.page, self.stack = page, stack
        self.id = ""  # of the conversation, as the record knows it
        self.element = page.locator("clinic-chat")
        self.launcher = self.find(".launcher")
        self.badge = self.find(".badge")
        self.panel = self.find(".panel")
        self.head = self.find(".head")
        self.strip = self.find(".strip")
        self.banner = self.find(".banner")
        self.state = self.find(".state")
        self.log = self.find("[role=log]")
        self.messages = self.find(".message")
        self.bubbles = self.find(".bubble")
        self.composer = self.find("#composer")
        self.choices = self.find(".current .choice")
        self.dots = self.find(".dots")
        self.agree = self.find(".consent .primary")
        self.person = self.find(".foot .person")
        self.menu = self.find(".menu-holder > button")
        self.confirm = self.find(".confirm")

    def find(self, selector: str) -> Locator:
        """In the chat."""
        return self.page.locator(f"clinic-chat {selector}")

    def said_by(self, sender: str) -> Locator:
        """The messages of one side: `visitor`, `bot`, `staff` or `system`."""
        return self.find(f".message.{sender}")

    def opens(self) -> Chat:
        """Presses the button in the corner; there is something to agree to."""
        self.launcher.click()
        self.agree.wait_for()
        return self

    def begins(self) -> Chat:
        """Opens the chat and agrees."""
        return self.opens().agrees()

    def agrees(self) -> Chat:
        """Presses *I agree*; there is a greeting."""
        with self.page.expect_response(lambda response: response.url.endswith("/chat/conversations") and response.ok) as begun:
            self.agree.click()
        self.id = begun.value.json()["conversation"]["id"]
        self.said_by("bot").wait_for()
        return self

    def writes(self, text: str) -> Locator:
        """Sends a text; returns the visitor's messages with it."""
        self.composer.fill(text)
        self.composer.press("Enter")
        return self.said_by("visitor").filter(has_text=text)

    def asks(self, text: str) -> Locator:
        """Sends a text and waits for what the assistant says to it, which is returned."""
        before = self.said_by("bot").count()
        self.writes(text)
        answer = self.said_by("bot").nth(before)
        answer.wait_for()
        expect(self.dots).to_be_hidden()
        return answer

    def calls_person(self) -> Chat:
        """Presses *Talk to a person*."""
        self.person.click()
        self.said_by("system").first.wait_for()
        expect(self.dots).to_be_hidden()
        return self

    def meets(self, nurse: Staff) -> Chat:
        """A nurse takes the conversation."""
        nurse.takes(self.id)
        expect(self.head).to_contain_text("Nora, nurse")
        return self

    def picks(self, item: str) -> None:
        """Chooses from the menu: `download`, `end` or `delete`."""
        self.menu.click()
        self.find(f".menu-item.{item}").click()

    def confirms(self) -> None:
        """Means it."""
        self.confirm.locator(".danger").click()

    def texts(self) -> list[str]:
        """What the log shows, from top to bottom."""
        return self.bubbles.all_inner_texts()

    def in_record(self) -> list[dict[str, Any]]:
        """What the front desk has written down, in order."""
        return self.stack.rows(
            "SELECT sender, text, choice FROM conversations_message WHERE conversation_id = ? ORDER BY position", self.id
        )

    def kept_texts(self, sender: str = "visitor") -> list[str]:
        """What one side said, in the record."""
        return [message["text"] for message in self.in_record() if message["sender"] == sender]

    def waits_for_texts(self, *texts: str) -> None:
        """Until the record has exactly these of the visitor's."""
        until(lambda: self.kept_texts() == list(texts), f"the record has {texts}, it has {self.kept_texts()}")

    def style(self, selector: str, name: str) -> str:
        """A computed property of the first element found; with `::before` and the like not supported."""
        return str(
            self.find(selector).first.evaluate("(element, name) => getComputedStyle(element).getPropertyValue(name)", name)
        )

    def focused(self) -> str:
        """What has the focus, by its accessible words."""
        return str(
            self.page.evaluate(
                """() => {
                  let element = document.activeElement;
                  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
                  const label = element.labels?.[0]?.textContent ?? element.getAttribute("aria-label");
                  const by = element.getAttribute("aria-labelledby");
                  const named = by && element.getRootNode().getElementById(by).textContent;
                  const written = [...element.childNodes].filter(node => !node.ariaHidden).map(node => node.textContent).join("");
                  return label ?? named ?? written.trim();
                }"""
            )
        )

    def covered(self, element: Locator) -> list[list[float]]:
        """Where a press would not reach it, covered or out of sight: of its centre, corners and sides' middles, in px from the top left."""
        points: list[list[float]] = element.evaluate(_COVERED)
        return points

    @contextlib.contextmanager
    def held(self, path: str) -> Iterator[None]:
        """Requests of a path do not reach the front desk before the end of the block."""
        with held(self.page, path):
            yield

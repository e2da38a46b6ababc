"""The desk as staff use it."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, Response, expect

from tests.stack import PASSWORD, Stack

TABS = 60  # more than any page of the desk has before what a test looks for


class Desk:
    """The staff's pages in a browser."""

    def __init__(self, page: Page, stack: Stack) -> None:
        """On no page yet."""
        self.page, self.stack = page, stack
        self.heading = page.locator("h1")
        self.notice = page.locator(".notice")
        # The inbox.
        self.waiting = page.locator(".inbox > li:has(button)")
        # A conversation.
        self.record = page.locator("#record")
        self.take = page.get_by_role("button", name="Take this conversation")
        self.reply = page.get_by_label("Your reply")
        self.typing = page.locator("#visitor-typing")

    def opens(self, path: str = "inbox") -> Response:
        """Goes to a page."""
        response = self.page.goto(f"{self.stack.address}/desk/{path}")
        assert response is not None
        return response

    def opens_conversation(self, conversation_id: str) -> Desk:
        """Goes to a conversation, and waits until the page is told what happens: it has looked again."""
        with self.page.expect_request(lambda request: "x-look" in request.headers):
            self.opens(f"conversations/{conversation_id}")
        return self

    def has_taken(self, conversation_id: str) -> Desk:
        """Goes to a conversation and takes it."""
        self.opens_conversation(conversation_id).take.click()
        self.reply.wait_for()
        return self

    def hears_keys(self) -> Desk:
        """Waits until the scripts of a page that is shown already have been run."""
        self.page.wait_for_load_state()
        return self

    def row(self, conversation_id: str) -> Locator:
        """A conversation in the inbox, whoever has it."""
        return self.page.locator(f".inbox > li:has(a[href$='{conversation_id}'])")

    def says(self, sender: str) -> Locator:
        """What one side said: `visitor`, `bot`, `staff` or `system`."""
        return self.record.locator(f".from-{sender}")

    def writes(self, text: str) -> None:
        """Sends a reply."""
        self.reply.fill(text)
        self.page.get_by_role("button", name="Send").click()

    def notes(self, text: str) -> None:
        """Leaves a note for colleagues."""
        self.page.get_by_label("Note for colleagues").fill(text)
        self.page.get_by_role("button", name="Add note").click()
        expect(self.record.locator(".note").filter(has_text=text)).to_be_visible()

    def gives_back(self) -> None:
        """The assistant answers again."""
        self.page.get_by_role("button", name="Give back to the assistant").click()
        expect(self.heading).to_contain_text("with the assistant")

    def closes(self, outcome: str) -> None:
        """Ends a conversation, and says what came of it."""
        self.page.get_by_label("What came of it").select_option(label=outcome)
        self.page.get_by_role("button", name="Close", exact=True).click()
        expect(self.heading).to_contain_text("ended")

    def signs_in(self, name: str) -> None:
        """Fills in the form that is open."""
        self.page.get_by_label("Name").fill(name.lower())
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()

    def goes_to(self, target: Locator) -> None:
        """Presses Tab until something has the focus, which must be seen at each step."""
        for _ in range(TABS):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
            assert self.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", self.focused()
        raise AssertionError(f"not reached by Tab: {target}")

    def focused(self) -> str:
        """What has the focus."""
        return str(self.page.evaluate("document.activeElement.outerHTML.slice(0, 200)"))

    def stays(self) -> None:
        """From here on, `was_reloaded` knows whether the page was."""
        self.page.evaluate("document.body.dataset.stays = 'yes'")

    def was_reloaded(self) -> bool:
        """Whether it is another page than when it was told to stay."""
        return not self.page.evaluate("document.body.dataset.stays === 'yes'")

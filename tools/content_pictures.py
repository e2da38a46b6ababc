"""Takes the pictures of the editors' pages: a question is added, tried and checked. The release in them was really trained and checked."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from tools.bench.stack import ROOT, running_stack
from tools.desk_pictures import MAKE_CLINIC, both, new_browser, open_page, sign_in

WAIT = 600_000  # ms in which a draft is trained, started and checked, on a machine that others use
EXAMPLES = """can i wear my earrings afterwards
when can i put my necklace back on
is jewellery ok after the treatment
do i have to leave my rings off
how long without jewellery
my piercing is near the injections, can i put it back in
jewelry after mesotherapy??
may i wear a chain round my neck the same day
when are studs and hoops allowed again
can i have my nose ring in after my session
wedding tomorrow, can i wear my pearls
should bracelets stay off the hand that was treated"""
ANSWER = "Leave jewellery off the treated area for now. Ask your provider when you can wear it again."
FACT = "Avoid any contact with the treated area."
ASKED = "how soon can my hoop earrings go back in"


def content(browser: Any) -> None:
    """An editor's first half hour, and a picture of each page of it."""
    with tempfile.TemporaryDirectory(prefix="pictures-") as folder:
        shutil.copytree(ROOT / "data", Path(folder) / "data")
        with running_stack(content=Path(folder)) as stack:
            stack.run(MAKE_CLINIC)
            page = new_browser(browser)
            page.set_default_timeout(WAIT)
            open_page(page, stack, "sign-in")
            sign_in(page, "demo-editor")
            open_page(page, stack, "content")
            both(page, "content")
            open_page(page, stack, "content/questions/aftercare/makeup")
            both(page, "content-question")
            _adds(page)
            _tries(page)
            _checks(page)
            page.context.close()


def _adds(page: Any) -> None:
    """A question that visitors ask and that nothing answers yet."""
    page.get_by_role("link", name="Questions", exact=True).click()
    page.get_by_role("link", name="Add a question").click()
    page.locator("[name=title]").fill("Jewellery after")
    page.locator("[name=topic]").select_option(label="Aftercare")
    page.locator("[name=examples]").fill(EXAMPLES)
    page.locator("[name=text]").fill(ANSWER)
    page.locator("summary", has_text="Facts that it rests on").click()
    page.get_by_label("Find a fact").fill(FACT)
    page.get_by_role("checkbox", name=FACT).check()
    page.locator("[data-guidance=answer]").get_by_text("Reading grade").wait_for()
    both(page, "content-new")
    page.get_by_role("button", name="Add it to the draft").click()
    page.locator(".notice.undo").wait_for()


def _tries(page: Any) -> None:
    """The draft answers it, what is live does not."""
    page.get_by_role("link", name="Try it", exact=True).click()
    page.locator("#draft .ready").wait_for()
    page.locator("#text").fill(ASKED)
    page.get_by_role("button", name="Try it").click()
    page.locator(".sides .bubble").nth(1).wait_for()
    both(page, "content-try")


def _checks(page: Any) -> None:
    """A release that has passed."""
    page.get_by_role("link", name="Releases", exact=True).click()
    page.get_by_label("Why").fill("Visitors ask about jewellery.")
    page.get_by_role("button", name="Check the draft").click()
    page.locator("#checks").wait_for()
    both(page, "content-release", full_page=True)

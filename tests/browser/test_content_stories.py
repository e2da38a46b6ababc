"""Whole stories of an editor, with nothing played: real pages, a real training, real checks, and visitors who ask in the chat.

What follows docs/editors.md word by word finds the pages as they are described there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.site import Site
from tests.browser.visits import DESKTOP, Visit
from tests.stack import PASSWORD, Stack, until

Sees = Callable[..., Page]
TRAINED = 300_000  # ms in which a draft is trained and started, on a machine that others use; 15 to 60 s where it is quiet
CHECKED = 480_000  # ms in which it is trained, started and checked
SWITCHED = 10_000  # ms in which visitors get an earlier release; 5 s for what is worded otherwise
WORDED = 5_000
MAKEUP, EMERGENCY = "content/questions/aftercare/makeup", "content/questions/safety/emergency"
JEWELLERY = """can i wear my earrings afterwards
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
JEWELLERY_ANSWER = "Leave jewellery off the treated area for now. Ask your provider when you can wear it again."
OTHER_WORDS = "how soon can i wear my necklace and earrings again"  # which is none of the examples
NOT_KNOWN = "is a ceilidh on thursday a goer"
REWORDED = "Please leave make-up off for 10 to 15 hours, then begin with a clean sponge."


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, site: Site, content: Path) -> Iterator[Stack]:
    """The whole, with that copy, an editor, a clinician and a member of staff."""
    given = {"FRONTDESK_CONTENT": str(content), "FRONTDESK_GIT": "no", "FRONTDESK_ORIGINS": site.origin}
    running = Stack(tmp_path_factory.mktemp("stories"), given).start()
    try:
        running.wait_until_ready()
        running.make_people({"Edda": ("editor", "editor"), "Erin": ("doctor", "clinician"), "Ines": ("nurse", "staff")})
        until(lambda: running.rows("SELECT 1 FROM content_live"), "what answers has become release 1", 60)
        yield running
    finally:
        left = running.stop()
    assert left == []


@pytest.fixture
def sees(stack: Stack, browser: Browser, new_visitor: Callable[..., BrowserContext]) -> Sees:
    """Signs somebody in, each in a browser of their own, and opens a page of the desk."""

    def open_page(path: str = "content", *, who: str = "edda") -> Page:
        page = new_visitor(viewport=DESKTOP).new_page()
        page.goto(f"{stack.address}/desk/sign-in")
        page.locator("input[name=username]").fill(who)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("main button").click()
        page.wait_for_url(lambda address: "sign-in" not in address)
        page.goto(f"{stack.address}/desk/{path}")
        return page

    return open_page


def tab(page: Page, name: str) -> None:
    """Goes to another part of *Content*."""
    page.get_by_role("navigation", name="Content", exact=True).get_by_role("link", name=name, exact=True).click()


def looked_at(page: Page) -> None:
    """Axe finds nothing on a page that the story passes."""
    assert [{one["id"]: [node["target"] for node in one["nodes"]]} for one in Axe().run(page).response["violations"]] == []


def check(page: Page, why: str) -> int:
    """Has the draft checked, and waits for what comes of it; returns the release's number."""
    tab(page, "Releases")
    page.get_by_label("Why").fill(why)
    page.get_by_role("button", name="Check the draft").click()
    page.wait_for_url(re.compile(r"/releases/\d+$"))
    expect(page.locator("#checks, .stopped-card").first).to_be_visible(timeout=CHECKED)
    return int(page.url.rpartition("/")[2])


def approve(page: Page, number: int) -> None:
    """A clinician opens the release from the list, reads its medical wording and approves it."""
    page.get_by_role("link", name=f"release {number}", exact=True).click()
    looked_at(page)
    page.get_by_role("button", name="Approve the wording").click()
    expect(page.get_by_text("Approved by Erin")).to_be_visible()


def put_live(page: Page) -> None:
    """Puts a release live that has passed, and waits until it is."""
    page.reload()
    page.get_by_role("button", name="Put it live").click()
    expect(page.locator("h1 .is-live")).to_be_visible(timeout=TRAINED)


def go_back(page: Page, number: int) -> None:
    """Gives visitors an earlier release."""
    tab(page, "Releases")
    page.get_by_role("link", name=f"Go back to release {number}", exact=True).click()
    looked_at(page)
    page.get_by_role("button", name=f"Go back to release {number}").click()


def asks_until(visit: Visit, text: str, found: str, milliseconds: int) -> None:
    """Visitors, each of them new, ask until one reads something: within a time."""
    until(
        lambda: found in " ".join(visit().begins().asks(text).all_inner_texts()),
        f"a visitor reads “{found}”",
        milliseconds / 1000,
    )


def side(page: Page, name: str) -> Locator:
    """What the draft or what is live makes of a message that was tried."""
    return page.get_by_role("region", name=name, exact=True)


def examples(content: Path, key: str) -> list[str]:
    """As they stand in the file."""
    read = yaml.load((content / f"data/{key.partition('/')[0]}.yml").read_text(), Loader=yaml.CSafeLoader)
    blocks = [block["examples"] for block in read["nlu"] if block["intent"] == key]
    return [line.removeprefix("- ") for block in blocks for line in block.splitlines()]


def test_the_first_half_hour_and_a_colleagues_correction(visit: Visit, sees: Sees, stack: Stack, content: Path) -> None:
    # A visitor is not understood, and a colleague says what was meant.
    chat = visit().begins()
    chat.asks(NOT_KNOWN)
    understood = "SELECT u.answers FROM conversations_understanding u JOIN conversations_message m ON m.id = u.message_id WHERE m.text = ?"
    assert "aftercare/exercise" not in stack.rows(understood, NOT_KNOWN)[0]["answers"]
    staff = sees(f"review/{chat.id}", who="ines")
    correct = staff.locator(".correct").first
    correct.locator("summary").click()
    correct.get_by_label("What it asks").fill("aftercare/exercise")
    correct.get_by_role("button", name="This is the right question").click()
    expect(staff.get_by_text("Sent to the editors.")).to_be_visible()

    # The first half hour: looking around, and a question of one's own.
    page = sees()
    looked_at(page)
    page.get_by_role("link", name="Makeup after").first.click()
    expect(page.get_by_role("heading", name="What we answer")).to_be_visible()
    expect(page.get_by_role("heading", name="How visitors ask it")).to_be_visible()
    looked_at(page)
    tab(page, "Questions")
    page.get_by_role("link", name="Add a question").click()
    page.get_by_role("textbox", name=re.compile("^Title")).fill("Jewellery after")
    page.get_by_label("Topic").select_option(label="Aftercare")
    page.get_by_label("How visitors ask it").fill(JEWELLERY)
    page.get_by_label("Text").fill(JEWELLERY_ANSWER)
    page.locator("summary", has_text="Facts that it rests on").click()
    page.get_by_label("Find a fact").fill("contact with the treated area")
    page.get_by_role("checkbox", name="Avoid any contact with the treated area.").check()
    expect(page.locator("[data-guidance=answer]")).to_contain_text("Reading grade")
    looked_at(page)
    page.get_by_role("button", name="Add it to the draft").click()
    expect(page.get_by_text("“Jewellery after” is in the draft.")).to_be_visible()
    assert examples(content, "aftercare/jewellery_after") == JEWELLERY.splitlines()

    # The colleague's correction is accepted with one key.
    tab(page, "From visitors")
    group = page.locator(".group").filter(has=page.get_by_role("checkbox", name=NOT_KNOWN))
    expect(group).to_contain_text("Staff say: Exercise after")
    expect(group.get_by_label("Question")).to_have_value("Exercise after")
    looked_at(page)
    page.keyboard.press("j")
    expect(page.get_by_role("checkbox", name=NOT_KNOWN)).to_be_focused()
    page.keyboard.press("a")
    expect(page.get_by_text("Examples added to “Exercise after”: 1.")).to_be_visible()

    # Tried: the draft answers, what is live does not; and kept.
    tab(page, "Try it")
    expect(page.locator("#draft .ready")).to_be_visible(timeout=TRAINED)
    page.get_by_label("What would a visitor say?").fill(OTHER_WORDS)
    page.get_by_role("button", name="Try it").click()
    expect(side(page, "Draft").locator(".bubble").first).to_contain_text("Leave jewellery off")
    expect(side(page, "Live").locator(".said")).to_be_visible()
    expect(side(page, "Live").locator(".said")).not_to_contain_text("jewellery off")
    looked_at(page)
    page.get_by_text("Keep as a test").first.click()
    expect(page.get_by_label("It must be answered with the question")).to_have_value("Jewellery after")
    page.get_by_role("button", name="Keep as a test").click()
    expect(page.get_by_text("Kept as a test.")).to_be_visible()

    # Released: checked, approved by a clinician in another browser, put live.
    number = check(page, "Visitors ask about jewellery.")
    expect(page.get_by_role("heading", name="A clinician approves the medical wording")).to_be_visible()
    expect(page.get_by_role("button", name="Put it live")).to_have_count(0)
    looked_at(page)
    approve(sees("content/releases", who="erin"), number)
    put_live(page)
    looked_at(page)

    expect(visit().begins().asks(OTHER_WORDS)).to_contain_text("Leave jewellery off the treated area")
    visit().begins().asks(NOT_KNOWN)
    assert "aftercare/exercise" in stack.rows(f"{understood} ORDER BY m.id DESC", NOT_KNOWN)[0]["answers"]

    # Back: visitors get the earlier release, the draft keeps the question; and forth.
    go_back(page, number - 1)
    until(lambda: _live(stack) == number + 1, "the earlier release is live", SWITCHED / 1000)
    expect(visit().begins().asks(OTHER_WORDS)).not_to_contain_text("Leave jewellery off")
    assert examples(content, "aftercare/jewellery_after") == JEWELLERY.splitlines()
    tab(page, "Questions")
    expect(page.get_by_role("link", name="Jewellery after").first).to_be_visible()
    go_back(page, number)
    until(lambda: _live(stack) == number + 2, "the newer release is live again", SWITCHED / 1000)
    expect(visit().begins().asks(OTHER_WORDS)).to_contain_text("Leave jewellery off the treated area")


def test_an_answer_in_other_words_is_read_within_seconds_and_taken_back(
    visit: Visit, sees: Sees, content: Path, stack: Stack
) -> None:
    live = _live(stack)
    page = sees(f"{MAKEUP}/answer")
    page.locator("#text-0").fill(REWORDED)
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.get_by_text("Answer saved in the draft.")).to_be_visible()
    number = check(page, "")
    approve(sees("content/releases", who="erin"), number)
    chat = visit().begins()
    page.reload()

    page.get_by_role("button", name="Put it live").click()
    until(lambda: _live(stack) == number, "it is live", WORDED / 1000)
    expect(chat.asks("can i wear makeup after?")).to_contain_text("begin with a clean sponge")

    go_back(page, live)
    asks_until(visit, "can i wear makeup after?", "10 to 15 hours", SWITCHED)
    expect(visit().begins().asks("can i wear makeup after?")).not_to_contain_text("clean sponge")
    assert REWORDED in (content / "data/aftercare.yml").read_text()
    page.get_by_role("button", name="Make the draft say this too").click()
    until(lambda: REWORDED not in (content / "data/aftercare.yml").read_text(), "the draft says what is live")


def test_a_change_that_loses_an_emergency_is_stopped(visit: Visit, sees: Sees, content: Path, stack: Stack) -> None:
    live, before = _live(stack), examples(content, "safety/emergency")
    page = sees(f"{EMERGENCY}?e=weeks#examples")
    moved = 0
    while shown := page.locator(".examples > li").count():
        page.get_by_label("All shown").check()
        page.get_by_label("Move to the question").fill("Pregnancy (Contraindications)")
        page.get_by_role("button", name="Move", exact=True).click()
        expect(page.get_by_text(f"Examples moved to “Pregnancy”: {shown}.")).to_be_visible()
        moved += 1
    number = check(page, "They are all about pregnancy.")

    expect(page.get_by_role("heading", name="Its checks have stopped it")).to_be_visible()
    danger = page.locator(".danger")
    expect(danger.locator(".loud")).to_contain_text("would no longer be recognised")
    lost = danger.locator("tbody strong").first.inner_text()
    expect(page.get_by_role("button", name="Put it live")).to_have_count(0)
    looked_at(page)
    assert _live(stack) == live
    expect(visit().begins().asks(lost).locator(".alarm")).to_have_text("Emergency")

    # Sent as the button would, it is not put live either.
    token = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    page.request.post(f"{page.url}/live", form={"csrfmiddlewaretoken": token}, headers={"Referer": page.url})
    assert stack.rows("SELECT state FROM content_release WHERE number = ?", number) == [{"state": "stopped"}]

    tab(page, "Changes")
    for _ in range(moved):
        page.locator(".change:not(.is-undone)").filter(has_not_text="Undone").first.get_by_role("button").click()
        expect(page.get_by_text("Taken back.", exact=True)).to_be_visible()
        page.goto(page.url)
    assert sorted(examples(content, "safety/emergency")) == sorted(before)


def _live(stack: Stack) -> int:
    return int(stack.rows("SELECT r.number FROM content_live l JOIN content_release r ON r.id = l.release_id")[0]["number"])

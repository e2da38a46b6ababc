"""On every page of the desk axe-core finds nothing, at both widths, light and dark; and no page is wider than a phone."""

from __future__ import annotations

import re
import time
from base64 import b32decode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import BrowserContext, expect

from tests.browser.desk import Desk
from tests.browser.visits import DESKTOP, PHONE, Staffed
from tests.stack import Stack, Staff, until

SHORTLY = {"resultTypes": ["violations"]}  # nothing of what is well
COLOURS = {**SHORTLY, "runOnly": ["color-contrast", "link-in-text-block"]}  # the rules that dark makes a difference to


@dataclass(frozen=True)
class Clinic:
    """What the pages show: conversations by what is with them, somebody of the team, a link for signing in."""

    bot: str
    waiting: str
    mine: str
    closed: str
    piet: int
    welcome: str


@dataclass(frozen=True)
class Shown:
    """A page: who looks at it, its address, and what is done there first."""

    path: str
    who: str = "Nora"
    then: Callable[[Desk], object] = lambda desk: desk.heading.first.wait_for()


def unfold(desk: Desk) -> None:
    """Opens everything that can be folded out."""
    for summary in desk.page.locator("main summary:visible").all():
        summary.click()


def press_for_keys(desk: Desk) -> None:
    desk.page.keyboard.press("?")
    desk.page.locator("dialog").wait_for()


PAGES = {
    "inbox": Shown("inbox"),
    "waiting": Shown("conversations/{waiting}", then=unfold),
    "mine": Shown("conversations/{mine}", then=unfold),
    "closed": Shown("conversations/{closed}", who="Astrid", then=unfold),
    "review": Shown("review", then=unfold),
    "review filtered": Shown("review?fallback=yes&q=football", then=unfold),
    "review of nothing": Shown("review?q=nosuchword"),
    "review keys": Shown("review", then=press_for_keys),
    "review conversation": Shown("review/{bot}", then=unfold),
    "review emergency": Shown("review/{waiting}", then=unfold),
    "insight": Shown("insight"),
    "account": Shown("account", then=unfold),
    "second step": Shown("account/second-factor", then=unfold),
    "people": Shown("people", who="Astrid"),
    "person": Shown("people/{piet}", who="Astrid"),
    "invite": Shown("people/invite", who="Astrid"),
    "settings": Shown("settings", who="Astrid"),
    "clinic": Shown("settings/clinic", who="Astrid", then=unfold),
    "hours": Shown("settings/hours", who="Astrid", then=unfold),
    "alerts": Shown("settings/alerts", who="Astrid"),
    "recipient": Shown("settings/alerts/new", who="Astrid"),
    "consent": Shown("settings/consent", who="Astrid"),
    "consent text": Shown("settings/consent/ar", who="Astrid", then=unfold),
    "replies": Shown("settings/replies", who="Astrid"),
    "reply": Shown("settings/replies/new", who="Astrid"),
    "widget": Shown("settings/widget", who="Astrid"),
    "audit": Shown("audit", who="Astrid"),
    "audit of nothing": Shown("audit?person=nobody", who="Astrid"),
    "erase": Shown("conversations/{bot}/erase", who="Astrid"),
    "erase a person": Shown("erase", who="Astrid"),
    "refused": Shown("conversations/{bot}", who="Edda"),
    "signing in": Shown("sign-in", who=""),
    "welcome": Shown("{welcome}", who=""),
    "welcome too late": Shown("welcome/MQ/none/", who=""),
}


@pytest.fixture(scope="module")
def clinic(stack: Stack, team: dict[str, Staff]) -> Clinic:
    """A clinic in use."""
    said = {
        "bot": ["can i wear makeup after?", "who won the football?"],
        "waiting": ["my throat feels tight and i cant breathe properly"],
        "mine": ["i have a rash since yesterday", "can I talk to somebody please"],
        "closed": ["can I talk to somebody please"],
    }
    visitors = {kind: stack.visitor().begins() for kind in said}
    for kind, texts in said.items():
        for text in texts:
            visitors[kind].says(text)
    ids = {kind: visitor.conversation_id for kind, visitor in visitors.items()}
    nora, astrid = team["Nora"], team["Astrid"]
    for kind in ("mine", "closed"):
        nora.takes(ids[kind])
        nora.replies(ids[kind], "Good morning, how can I help?")
        nora.does(f"/desk/conversations/{ids[kind]}/note", text="Was here before.")
    nora.does(f"/desk/conversations/{ids['closed']}/close", outcome="answered")
    for action, form in {
        "tag": {"tag": "football"},
        "flag": {"flagged": "yes"},
        "reviewed": {"reviewed": "yes"},
        "correct": {"position": "2", "kind": "out_of_scope"},
    }.items():
        nora.does(f"/desk/review/{ids['bot']}/{action}", **form)
    nora.does("/desk/review/filters", name="Not understood", query="fallback=yes")
    astrid.does("/desk/settings/replies/new", title="Parking", text="There is a car park behind the house.")
    astrid.does("/desk/settings/alerts/new", channel="email", recipient="reception@clinic.example", from_level="urgent")
    astrid.does("/desk/settings/hours/closed", first_day="2030-12-24", last_day="2030-12-26", holiday="Christmas")
    [piet] = stack.rows("SELECT id FROM auth_user WHERE username = 'piet'")
    page = astrid.does(f"/desk/people/{piet['id']}/link").text
    link = re.search(r"/desk/(welcome/[^\"]+)", page)
    assert link, page
    written = "SELECT 1 FROM review_summary WHERE conversation_id IN (?, ?, ?, ?)"
    until(lambda: len(stack.rows(written, *ids.values())) == len(ids), "the worker has written the summaries")
    return Clinic(**ids, piet=piet["id"], welcome=link[1])


@pytest.fixture(params=PAGES)
def shown(
    request: pytest.FixtureRequest, stack: Stack, staffed: Staffed, new_visitor: Callable[..., BrowserContext], clinic: Clinic
) -> Desk:
    """Each page of the desk in turn."""
    page = PAGES[request.param]
    desk = staffed(page.who, reduced_motion="reduce") if page.who else Desk(new_visitor().new_page(), stack)
    desk.opens(page.path.format_map(vars(clinic)))
    page.then(desk)
    return desk


def violations(desk: Desk) -> list[dict[str, Any]]:
    """What axe finds at both widths, light and dark, shortly; and where a page is wider than its window."""
    found: list[dict[str, Any]] = []
    for scheme, options in (("light", SHORTLY), ("dark", COLOURS)):
        desk.page.emulate_media(color_scheme=scheme)
        for size in (DESKTOP, PHONE):
            desk.page.set_viewport_size(size)
            at = {"at": (scheme, size["width"])}
            for one in Axe().run(desk.page, options=options).response["violations"]:
                found.append({one["id"]: [node["target"] for node in one["nodes"]], **at})
            if (width := desk.page.evaluate("document.documentElement.scrollWidth")) > size["width"]:
                found.append({"scrolls sideways": width, **at})
    return found


def test_nothing_is_found_on_any_page(shown: Desk) -> None:
    assert violations(shown) == []


def test_nothing_is_found_on_the_way_to_a_second_step(
    stack: Stack, new_visitor: Callable[..., BrowserContext], clinic: Clinic
) -> None:
    stack.make_people({"Sven": ("nurse", "staff"), "Ole": ("trainee",)})
    desk = Desk(new_visitor().new_page(), stack)
    page = desk.page

    desk.opens("account/second-factor")
    desk.signs_in("Sven")
    page.get_by_text("I cannot scan it").click()
    letters = page.locator("#key").inner_text().replace(" ", "")
    secret = b32decode(letters + "=" * (-len(letters) % 8))
    page.get_by_label("Six-digit code").fill("000000")
    page.get_by_role("button", name="Check the code").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert violations(desk) == []

    page.get_by_label("Six-digit code").fill(TOTP(secret, 6, SHA1(), 30).generate(int(time.time())).decode())
    page.get_by_role("button", name="Check the code").click()
    expect(page.locator("#codes li")).to_have_count(10)
    assert violations(desk) == []

    page.get_by_role("link", name="I have kept them").click()
    desk.opens("account")
    unfold(desk)
    assert violations(desk) == []

    page.get_by_role("button", name="Sign out", exact=True).click()
    desk.signs_in("Sven")
    page.get_by_text("I do not have my phone").click()
    assert violations(desk) == []

    desk.opens("sign-in")
    desk.signs_in("Ole")
    expect(desk.heading).to_have_text("Signed in")
    assert violations(desk) == []

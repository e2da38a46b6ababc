"""How the browser tests come to a chat: a clinic's site on another origin, a browser, the whole behind it, and staff at the desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.chat import Chat
from tests.browser.desk import Desk
from tests.browser.site import Site
from tests.faults.listeners import Webhook
from tests.stack import Stack, Staff, until
from tools.bench.widget import ARGUMENTS, CHROMIUM

DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
# Two with the keyboard open.
LITTLE_PHONES = [{"width": 390, "height": 480}, {"width": 320, "height": 480}, {"width": 360, "height": 640}]
PATIENCE = 15_000  # ms: as much as a machine that others use needs; where all is well nothing waits so long
expect.set_options(timeout=PATIENCE)

Visit = Callable[..., Chat]
Staffed = Callable[..., Desk]
# Who works at the clinic, besides Nora: title and roles.
TEAM = {"Piet": ("reception", "staff"), "Astrid": ("manager", "administrator"), "Edda": ("editor", "editor")}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes `size` is run on a desktop and on a phone, one that takes `little` on phones that have little room."""
    if "size" in metafunc.fixturenames:
        metafunc.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
    if "little" in metafunc.fixturenames:
        metafunc.parametrize("little", LITTLE_PHONES, ids=["390x480", "320x480", "360x640"])


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """A clinic's site, on an origin of its own and with a strict policy."""
    serving = Site().start()
    yield serving
    serving.stop()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Iterator[Stack]:
    """As in `tests/stack.py`, for a front desk that knows the clinic's site."""
    running = Stack(tmp_path_factory.mktemp("stack"), {"FRONTDESK_ORIGINS": site.origin}).start()
    try:
        yield running.wait_until_ready()
    finally:
        left = running.stop()
    assert left == []


@pytest.fixture(scope="session")
def nurse(stack: Stack) -> Staff:
    """Nora, nurse, signed in at the desk."""
    stack.make_person("Nora", "nurse")
    return stack.staff("Nora")


@pytest.fixture(scope="session")
def team(stack: Stack, nurse: Staff) -> dict[str, Staff]:
    """Who works at the clinic, each signed in at the desk, by name."""
    stack.make_people(TEAM)
    return {"Nora": nurse} | {name: stack.staff(name) for name in TEAM}


@pytest.fixture(scope="module")
def closed_clinic(stack: Stack) -> Iterator[Stack]:
    """Nobody is at the clinic for as long as a module's tests run."""
    stack.change("DELETE FROM clinic_openinghours")
    _until_open(stack, is_open=False)
    yield stack
    stack.open_always()
    _until_open(stack, is_open=True)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Of pytest-playwright: which Chromium."""
    return {"executable_path": CHROMIUM, "args": ARGUMENTS}


@pytest.fixture
def new_visitor(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browsers of visitors who have never been here."""
    made: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        context = browser.new_context(**{"viewport": DESKTOP, "locale": "en-GB", **options})
        context.set_default_timeout(PATIENCE)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def visit(stack: Stack, site: Site, new_visitor: Callable[..., BrowserContext]) -> Visit:
    """Opens a page of the clinic's site.

    `page_lang`, `attributes` and `css` shape the page; `context` is the browser of somebody who was here before; `prepare` is called with
    the page before it is loaded; what else is given shapes the browser, such as `color_scheme`.
    """

    def open_page(
        size: dict[str, int] = DESKTOP,
        *,
        context: BrowserContext | None = None,
        page_lang: str = "en",
        attributes: str = "",
        css: str = "",
        prepare: Callable[[Any], None] = lambda page: None,
        **options: Any,
    ) -> Chat:
        page = (context or new_visitor(viewport=size, **options)).new_page()
        prepare(page)
        page.goto(site.page(stack.address, lang=page_lang, attributes=attributes, css=css))
        return Chat(page, stack)

    return open_page


@pytest.fixture
def staffed(stack: Stack, team: dict[str, Staff], new_visitor: Callable[..., BrowserContext]) -> Staffed:
    """Opens a browser in which somebody of the team is signed in, on no page yet; what else is given shapes the browser."""

    def sit_down(name: str = "Nora", size: dict[str, int] = DESKTOP, **options: Any) -> Desk:
        context = new_visitor(viewport=size, **options)
        context.add_cookies(
            [{"name": kept, "value": value, "url": stack.address} for kept, value in team[name].client.cookies.items()]
        )
        return Desk(context.new_page(), stack)

    return sit_down


@pytest.fixture
def empty_inbox(stack: Stack) -> None:
    """Nobody waits and nobody is being helped: what other tests left has ended."""
    stack.change("UPDATE conversations_conversation SET state = 'closed', staff_id = NULL WHERE state IN ('waiting', 'staff')")


@pytest.fixture
def chat(visit: Visit) -> Chat:
    """A chat on a desktop, open and agreed to."""
    return visit().begins()


@pytest.fixture(scope="module")
def webhook(stack: Stack) -> Iterator[Webhook]:
    """Where the clinic's staff are told of a hand-off."""
    listening: Webhook = Webhook().start()
    stack.alert(listening.address)
    yield listening
    stack.change("DELETE FROM clinic_alertrecipient")
    listening.stop()


def _until_open(stack: Stack, *, is_open: bool) -> None:
    """Front desks know of new settings after two seconds."""
    visitor = stack.visitor()
    until(lambda: visitor.client.get("/chat/config").json()["open"] is is_open, f"open is {is_open}")

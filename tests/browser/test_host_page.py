"""On a clinic's own site: another origin, a strict policy, and a page that is left as it was."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.site import POLICY, Site
from tests.browser.test_talking import MAKEUP
from tests.browser.visits import Visit
from tests.stack import ROOT, Stack

RECORD_EVENTS = """
window.heard = [];
for (const name of ["ready", "open", "close", "message", "state", "reset"])
  document.addEventListener(`clinic-chat:${name}`, ({ type, detail }) => window.heard.push([type.slice(12), detail]));
window.violated = [];
document.addEventListener("securitypolicyviolation", event => window.violated.push(event.violatedDirective));
window.before = new Set(Object.getOwnPropertyNames(window));
"""


def test_a_whole_story_under_a_strict_policy(visit: Visit, site: Site, stack: Stack) -> None:
    troubles: list[str] = []

    def prepare(page: Any) -> None:
        page.add_init_script(RECORD_EVENTS)
        page.on("console", lambda message: troubles.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))

    chat = visit(prepare=prepare).begins()
    chat.asks(MAKEUP)
    with chat.page.expect_download():
        chat.picks("download")
    chat.picks("delete")
    chat.confirms()
    expect(chat.find(".notice")).to_have_text("Your chat was deleted.")

    assert site.origin != stack.address
    assert chat.page.evaluate("window.violated") == []
    assert troubles == []


def test_the_readme_says_what_a_policy_needs() -> None:
    readme = (ROOT / "widget/README.md").read_text()

    for directive in ("script-src", "connect-src"):
        assert f"{directive} {{desk}};" in POLICY
        assert f"{directive} https://desk.example" in readme


def test_events_tell_the_page_without_anybodys_words(visit: Visit) -> None:
    chat = visit(prepare=lambda page: page.add_init_script(RECORD_EVENTS)).begins()
    chat.asks(MAKEUP)
    chat.calls_person()
    chat.page.keyboard.press("Escape")
    chat.launcher.click()
    chat.picks("delete")
    chat.confirms()
    expect(chat.find(".notice")).to_be_visible()

    heard = chat.page.evaluate("window.heard")
    # A message and the state that it leads to come over two lines, the answer's and the stream's: either may be first.
    assert [detail["from"] for name, detail in heard if name == "message"] == ["bot", "bot", "bot", "system"]
    assert [detail["state"] for name, detail in heard if name == "state"] == ["bot", "waiting"]
    assert [[name, detail] for name, detail in heard if name not in ("message", "state")] == [
        ["ready", {}],
        ["open", {}],
        ["close", {}],
        ["open", {}],
        ["reset", {"reason": "deleted"}],
    ]


def test_the_page_gets_no_new_names_and_no_new_elements(visit: Visit) -> None:
    chat = visit(prepare=lambda page: page.add_init_script(RECORD_EVENTS)).begins()

    left = chat.page.evaluate(
        "Object.getOwnPropertyNames(window).filter(name => !window.before.has(name) && name !== 'before')"
    )
    elements = chat.page.evaluate("[...document.querySelectorAll('*')].map(element => element.localName)")

    assert left == []
    assert elements == [
        "html",
        "head",
        "meta",
        "meta",
        "title",
        "link",
        "link",
        "script",
        "body",
        "main",
        "h1",
        "p",
        "a",
        "p",
        "clinic-chat",
    ]


def test_a_site_that_is_not_known_cannot_use_the_chat(visit: Visit, stack: Stack) -> None:
    stranger = Site().start()
    chat = visit()
    try:
        chat.page.goto(stranger.page(stack.address))
        chat.launcher.click()

        expect(chat.find(".unreached")).to_contain_text("We cannot connect right now.")
    finally:
        chat.page.close()
        stranger.stop()


def test_it_is_opened_and_closed_by_attribute_and_by_call(visit: Visit) -> None:
    chat = visit(attributes="open")
    expect(chat.agree).to_be_visible()

    chat.element.evaluate("chat => chat.removeAttribute('open')")
    expect(chat.panel).to_be_hidden()
    chat.element.evaluate("chat => chat.open()")
    expect(chat.panel).to_be_visible()
    chat.element.evaluate("chat => chat.close()")

    expect(chat.panel).to_be_hidden()
    expect(chat.element).not_to_have_attribute("open", "")


def test_taken_from_the_page_and_put_back_it_works(visit: Visit) -> None:
    chat = visit().begins()

    chat.page.evaluate(
        "() => { const chat = document.querySelector('clinic-chat'); chat.remove(); document.body.append(chat); }"
    )

    expect(chat.bubbles).to_have_count(1)
    chat.asks(MAKEUP)


def test_the_demo_page_is_marked_and_finds_all_its_files(visit: Visit, stack: Stack) -> None:
    missing: list[str] = []
    page = visit().page
    page.on("response", lambda response: missing.append(response.url) if response.status >= 400 else None)
    page.on("console", lambda message: missing.append(message.text) if message.type == "error" else None)

    for path in ("/", "/widget/demo/index.html"):
        page.goto(f"{stack.address}{path}")
        expect(page.get_by_text("This is a demonstration.")).to_be_in_viewport()
        page.get_by_role("button", name="Ask a question").click()
        expect(page.locator("clinic-chat .consent .primary")).to_be_visible()
        page.locator("clinic-chat .head .close").click()
    links = page.locator(":is(link, script, a)").evaluate_all("all => all.map(one => one.href || one.src)")

    assert missing == []
    for link in {link.split("#")[0] for link in links if link.startswith("http")}:
        assert page.request.get(link).ok, link

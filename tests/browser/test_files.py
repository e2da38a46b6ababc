"""What is served: small, in two steps, without markup made of text, with the same words in every language."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.visits import Visit
from tests.stack import ROOT, Stack

WIDGET = ROOT / "widget"
SOURCES = sorted(file for file in WIDGET.rglob("*.js") if file.parent.name != "demo")
LANGUAGES = sorted(file.stem for file in (WIDGET / "words").glob("*.js"))
MOST = 25_000  # bytes as transferred: issue 4, point 6
FIRST = {"dom.js", "style.js", "view/launcher.js", "words/en.js"}  # what the button needs, besides the element
MARKUP = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|setHTML|srcdoc|\beval\(|new Function"
    r"|set(Timeout|Interval)\([\"'`]|javascript:|\.style\s*=|[\"']style[\"']"
)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.relative_to(WIDGET).as_posix())
def test_no_text_becomes_markup_or_code(source: object) -> None:
    assert MARKUP.findall(source.read_text()) == []


def test_a_visit_in_english_loads_less_than_25_kb(visit: Visit, stack: Stack) -> None:
    loaded: set[str] = set()
    chat = visit(prepare=lambda page: page.on("request", lambda request: loaded.add(request.url))).begins()
    chat.asks("what does it cost?")
    files = sorted(address for address in loaded if urlsplit(address).path.startswith("/widget/"))

    sizes = {urlsplit(file).path: _transferred(file) for file in files}

    assert set(sizes) == {f"/widget/{name}" for name in _all_files("en")}
    assert sum(sizes.values()) < MOST, json.dumps(sizes, indent=1)


def test_the_files_are_served_without_their_comments(stack: Stack) -> None:
    for source in SOURCES:
        served = httpx.get(f"{stack.address}/widget/{source.relative_to(WIDGET).as_posix()}").text
        assert "/**" not in served
        assert "@ts-check" not in served


def test_what_the_button_needs_is_asked_for_at_once(visit: Visit) -> None:
    chat = visit()
    expect(chat.panel).to_be_attached()

    with _one_file_waits(chat.page, "words/en.js", FIRST) as asked:
        expect(chat.launcher).to_have_count(0)
        assert not asked & {f"{name}.js" for name in _listed()}  # the button comes first

    expect(chat.launcher).to_be_visible()


def test_what_the_button_opens_is_asked_for_at_once(visit: Visit) -> None:
    chat = visit()
    expect(chat.panel).to_be_attached()

    with _one_file_waits(chat.page, "view/panel.js", {f"{name}.js" for name in _listed()}):
        expect(chat.launcher).to_be_visible()

    expect(chat.panel).to_be_attached()


def test_the_list_of_the_second_step_is_complete() -> None:
    assert {f"{name}.js" for name in _listed()} == set(_all_files("en")) - FIRST - {"clinic-chat.js"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_words(language: str) -> None:
    english, words = _words("en"), _words(language)

    assert list(words) == list(english)
    assert all(words.values())
    assert {key: _places(text) for key, text in words.items()} == {key: _places(text) for key, text in english.items()}


def test_every_language_is_known() -> None:
    listed = re.search(r"const LANGUAGES = (\[.*\]);", (WIDGET / "clinic-chat.js").read_text())[1]

    assert sorted(json.loads(listed)) == LANGUAGES == ["ar", "de", "en", "es", "fr", "pt"]


def test_every_word_is_used() -> None:
    source = "\n".join(file.read_text() for file in SOURCES if file.parent.name != "words")
    made = {
        "endTitle",
        "endText",
        "deleteTitle",
        "deleteText",
        "offline",
        "reconnecting",
        "consentChanged",
        "expired",
        "deleted",
    }

    unused = [key for key in _words("en") if not re.search(rf"\b(words\.{key}\b|{key}:|[\"']{key}[\"'])", source)]

    assert set(unused) <= made | {
        "download",
        "end",
        "delete",
        "name",
        "phone",
        "email",
        "inEmergency",
        "inEmergencyLocal",
        "noAdvice",
    }


@contextlib.contextmanager
def _one_file_waits(page: Page, waits: str, until: set[str]) -> Iterator[set[str]]:
    """Loads the page again; one file does not arrive before all others were asked for and the block has ended."""
    asked: set[str] = set()
    held: list[Route] = []

    def have_been_asked_for(request: Request) -> bool:
        asked.add(urlsplit(request.url).path.removeprefix("/widget/"))
        return until <= asked

    page.route(f"**/widget/{waits}", lambda route: held.append(route))
    with page.expect_event("request", have_been_asked_for):
        page.reload()
    yield asked
    for route in held:
        route.continue_()


def _transferred(address: str) -> int:
    """A file's size on the line."""
    with httpx.stream("GET", address, headers={"Accept-Encoding": "br"}) as response:
        assert response.headers["Content-Encoding"] == "br"
        return sum(len(piece) for piece in response.iter_raw())


def _all_files(language: str) -> list[str]:
    names = [source.relative_to(WIDGET).as_posix() for source in SOURCES]
    return [name for name in names if not name.startswith("words/") or name == f"words/{language}.js"]


def _listed() -> list[str]:
    return re.search(r'const REST = "(.*)";', (WIDGET / "clinic-chat.js").read_text())[1].split()


def _words(language: str) -> dict[str, str]:
    """Read by Node, as a browser reads them."""
    code = f"import('{(WIDGET / 'words' / f'{language}.js').as_uri()}').then(read => console.log(JSON.stringify(read.default)))"
    return dict(json.loads(subprocess.run(["node", "-e", code], capture_output=True, text=True, check=True).stdout))


def _places(text: str) -> list[str]:
    return sorted(re.findall(r"\{\w+\}", text))

"""Motion, contrast, dark, right to left, languages, and a site's own colours."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.test_talking import MAKEUP
from tests.browser.visits import DESKTOP, PHONE, Visit

LANGUAGES = {"en": "I agree", "es": "Acepto", "fr": "J’accepte", "de": "Einverstanden", "pt": "Aceito", "ar": "أوافق"}


def contrast(one: str, other: str) -> float:
    """By WCAG 2, of two colours as a browser computes them."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("wish", "moves"), [("reduce", False), ("no-preference", True)])
def test_motion_as_the_visitor_wishes(visit: Visit, wish: str, moves: bool) -> None:
    chat = visit(reduced_motion=wish).begins()

    animations = [chat.style(selector, "animation-name") for selector in (".panel", ".dots i")]

    assert animations == (["rise", "beat"] if moves else ["none", "none"])


def test_with_forced_colours_everything_still_has_an_edge(visit: Visit, size: dict[str, int]) -> None:
    chat = visit(size, forced_colors="active").begins()
    chat.asks("my throat feels tight and i cant breathe properly")

    for selector in (".bot .bubble", ".visitor .bubble", ".send", ".call", ".launcher"):
        assert chat.style(selector, "border-top-style") == "solid", selector
        assert chat.style(selector, "border-top-width") != "0px", selector
    assert chat.style(".emergency .bubble", "border-top-width") == "3px"


def test_more_contrast_as_the_visitor_wishes(visit: Visit) -> None:
    plain, strong = visit().begins(), visit(contrast="more").begins()

    shades = [contrast(chat.style(".meta", "color"), chat.style(".page.talk", "background-color")) for chat in (plain, strong)]

    assert 4.5 <= shades[0] < shades[1]


@pytest.mark.parametrize(
    ("scheme", "theme", "dark"),
    [("light", "", False), ("dark", "", True), ("light", 'theme="dark"', True), ("dark", 'theme="light"', False)],
)
def test_dark_as_the_visitor_or_the_site_wishes(visit: Visit, scheme: str, theme: str, dark: bool) -> None:
    chat = visit(color_scheme=scheme, attributes=theme).opens()

    text, ground = chat.style(".consent-text", "color"), chat.style(".consent", "background-color")

    assert (_luminance(text) > _luminance(ground)) is dark
    assert contrast(text, ground) >= 7


def test_dark_follows_the_visitors_system_at_once(visit: Visit) -> None:
    chat = visit(color_scheme="light").opens()
    before = chat.style(".consent", "background-color")

    chat.page.emulate_media(color_scheme="dark")

    expect(chat.find(".consent")).not_to_have_css("background-color", before)


def test_arabic_goes_from_right_to_left(visit: Visit, size: dict[str, int]) -> None:
    chat = visit(size, page_lang="ar")
    expect(chat.launcher).to_be_visible()
    assert chat.launcher.bounding_box()["x"] < size["width"] / 2
    chat.begins()
    chat.asks("what does it cost?")

    assert chat.style(".root", "direction") == "rtl"
    own, theirs = chat.find(".visitor .bubble").bounding_box(), chat.find(".bot .bubble").last.bounding_box()
    assert own["x"] < theirs["x"]
    assert chat.menu.bounding_box()["x"] < chat.find(".names").bounding_box()["x"]
    assert chat.find(".send").bounding_box()["x"] < chat.composer.bounding_box()["x"]


def test_a_latin_name_stands_beside_the_emblem_in_arabic(visit: Visit) -> None:
    chat = visit(page_lang="ar").opens()

    assert chat.find("#title").evaluate(
        "title => { const words = document.createRange(); words.selectNodeContents(title);"
        " return Math.abs(words.getBoundingClientRect().right - title.getBoundingClientRect().right) < 2; }"
    )


@pytest.mark.parametrize(("language", "agree"), LANGUAGES.items())
def test_it_speaks_the_language_of_the_page(visit: Visit, language: str, agree: str) -> None:
    chat = visit(page_lang=language).opens()

    expect(chat.agree).to_have_text(agree)
    expect(chat.strip.get_by_role("link", name="999")).to_have_attribute("href", "tel:999")
    expect(chat.find(".root")).to_have_attribute("lang", language)


@pytest.mark.parametrize(
    ("page_lang", "attributes", "locale", "spoken"),
    [
        ("de-AT", "", "en-GB", "de"),
        ("de", 'language="fr"', "en-GB", "fr"),
        ("", "", "es-MX", "es"),
        ("fi", "", "en-GB", "en"),
        ("not a language", "", "pt-BR", "pt"),
    ],
)
def test_which_language_it_speaks(visit: Visit, page_lang: str, attributes: str, locale: str, spoken: str) -> None:
    chat = visit(page_lang=page_lang, attributes=attributes, locale=locale)

    expect(chat.find(".root")).to_have_attribute("lang", spoken)


def test_the_language_can_be_changed_and_the_conversation_goes_on(visit: Visit) -> None:
    chat = visit().begins()
    chat.asks(MAKEUP)

    chat.element.evaluate("chat => chat.setAttribute('language', 'de')")

    expect(chat.find(".root")).to_have_attribute("lang", "de")
    expect(chat.bubbles).to_have_count(3)


@pytest.mark.parametrize(
    ("accent", "scheme"),
    [
        ("#7a2e5d", "light"),
        ("#7a2e5d", "dark"),
        ("#ffd400", "light"),
        ("rgb(255 255 255)", "light"),
        ("oklch(0.7 0.2 140)", "dark"),
    ],
)
def test_one_line_gives_it_a_sites_colour_and_it_can_be_read(visit: Visit, accent: str, scheme: str) -> None:
    chat = visit(css=f"clinic-chat {{ --clinic-chat-accent: {accent}; }}", color_scheme=scheme).begins()

    ground, words = (
        chat.find(".head").evaluate(f"head => {_AS_RGB}(getComputedStyle(head).{name})")
        for name in ("backgroundColor", "color")
    )
    wished = chat.page.evaluate(f"{_AS_RGB}({accent!r})")

    assert ground == wished
    assert contrast(words, ground) >= 4.5
    chosen = chat.style(".current .choice", "color")
    assert contrast(chosen, chat.style(".current .choice", "background-color")) >= 4.5


def test_other_variables(visit: Visit) -> None:
    css = """clinic-chat {
      --clinic-chat-font: monospace; --clinic-chat-radius: 3px; --clinic-chat-surface: #fffff0; --clinic-chat-text: #101010;
      --clinic-chat-ground: #eeeee0;
    }"""

    chat = visit(css=css).begins()

    assert chat.style(".bubble", "font-family") == "monospace"
    assert chat.style(".panel", "border-top-left-radius") == "3px"
    assert chat.style(".bubble", "background-color") == "rgb(255, 255, 240)"
    assert chat.style(".bubble", "color") == "rgb(16, 16, 16)"
    assert chat.style(".page.talk", "background-color") == "rgb(238, 238, 224)"


@pytest.mark.parametrize(
    ("position", "left"), [("", False), ('position="left"', True), ('position="right"', False), ('position="up"', False)]
)
def test_its_side(visit: Visit, position: str, left: bool) -> None:
    chat = visit(DESKTOP, attributes=position).opens()

    for box in (chat.launcher.bounding_box(), chat.panel.bounding_box()):
        assert (box["x"] < 640) is left


def test_the_sites_style_stays_outside(visit: Visit) -> None:
    css = "* { color: red !important; font-size: 5px !important; } button { display: none !important; } clinic-chat { color: lime; }"

    chat = visit(PHONE, css=css).begins()

    assert chat.style(".bot .bubble p", "font-size") == "16px"
    assert chat.style(".bot .bubble p", "color") == "rgb(29, 43, 42)"


_AS_RGB = """(colour => {
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  return `rgb(${[...context.getImageData(0, 0, 1, 1).data.slice(0, 3)].join(", ")})`;
})"""


def _luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in colour[4:-1].replace(",", " ").split()[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

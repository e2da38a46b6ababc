"""A visitor without a mouse: everything can be reached, in an order that makes sense, and the focus is never lost."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from tests.browser.chat import Chat
from tests.browser.visits import PHONE, Visit


def press(chat: Chat, *keys: str) -> None:
    for key in keys:
        chat.page.keyboard.press(key)


def until_focused(chat: Chat, name: str, key: str = "Tab") -> None:
    """Presses a key until something has the focus."""
    passed = []
    for _ in range(30):
        press(chat, key)
        passed.append(chat.focused())
        if passed[-1] == name:
            return
    raise AssertionError(f"{name!r} is not among {passed}")


def test_a_whole_story(visit: Visit, size: dict[str, int]) -> None:
    chat = visit(size)
    expect(chat.launcher).to_be_visible()
    until_focused(chat, "Open the chat")
    press(chat, "Enter")
    expect(chat.agree).to_be_visible()
    assert chat.focused() == "Before we start"

    until_focused(chat, "I agree")
    with chat.page.expect_response(lambda response: response.url.endswith("/chat/conversations") and response.ok) as begun:
        press(chat, "Enter")
    chat.id = begun.value.json()["conversation"]["id"]
    expect(chat.composer).to_be_focused()

    chat.page.keyboard.type("can i wear makeup after?")
    press(chat, "Enter")
    expect(chat.said_by("bot")).to_have_count(2)
    expect(chat.composer).to_be_focused()

    until_focused(chat, "Helpful", "Shift+Tab")
    press(chat, "Space")
    expect(chat.find(".thumb.up")).to_have_attribute("aria-pressed", "true")
    until_focused(chat, "Anything to add? (optional)")
    chat.page.keyboard.type("Clear.")
    press(chat, "Enter")
    expect(chat.find(".thumb.up")).to_be_focused()

    until_focused(chat, "When can I wash my face?", "Shift+Tab")
    press(chat, "Enter")
    expect(chat.said_by("bot")).to_have_count(3)

    until_focused(chat, "Talk to a person")
    press(chat, "Enter")
    expect(chat.said_by("system")).to_have_count(1)

    until_focused(chat, "More", "Shift+Tab")
    press(chat, "Enter", "ArrowDown", "Enter")
    expect(chat.confirm).to_be_visible()
    assert chat.focused() == "Go back"
    press(chat, "Tab", "Enter")
    expect(chat.find(".ended")).to_be_visible()
    expect(chat.confirm).to_be_hidden()  # what happened may be seen before the question has its answer
    assert chat.page.evaluate("document.activeElement.localName") == "clinic-chat"

    press(chat, "Escape")
    expect(chat.panel).to_be_hidden()
    expect(chat.launcher).to_be_focused()
    assert chat.kept_texts()[0] == "can i wear makeup after?"


def test_the_focus_goes_from_top_to_bottom(chat: Chat) -> None:
    chat.asks("what does it cost?")
    chat.composer.focus()
    passed = ["Your message"]
    while passed[-1] != "More" and len(passed) < 30:
        press(chat, "Shift+Tab")
        passed.append(chat.focused())

    middle = passed[passed.index("Talk to a person") + 1 : -2]

    assert passed[-3:] == ["999", "Close the chat", "More"]
    assert middle[:2] == ["Not helpful", "Helpful"]
    assert middle[2:5] == ["Ask the team for a quote", "Do I pay per session?", "Does insurance cover it?"]


def test_escape_closes_the_menu_first(chat: Chat) -> None:
    chat.menu.focus()
    press(chat, "Enter")
    expect(chat.find(".menu-item.download")).to_be_focused()

    press(chat, "Escape")
    expect(chat.find(".menu")).to_be_hidden()
    expect(chat.menu).to_be_focused()
    expect(chat.panel).to_be_visible()
    press(chat, "Escape")

    expect(chat.panel).to_be_hidden()
    expect(chat.launcher).to_be_focused()


def test_escape_closes_a_question_first(chat: Chat) -> None:
    chat.picks("delete")
    expect(chat.confirm).to_be_visible()

    press(chat, "Escape")

    expect(chat.confirm).to_have_count(0)
    expect(chat.panel).to_be_visible()
    expect(chat.menu).to_be_focused()
    expect(chat.messages).to_have_count(1)


def test_the_menu_is_gone_through_with_arrows_and_round(chat: Chat) -> None:
    chat.menu.focus()
    press(chat, "Enter")

    passed = []
    for _ in range(4):
        passed.append(chat.focused())
        press(chat, "ArrowDown")

    assert passed == ["Save as text", "End the chat", "Delete my chat", "Save as text"]


def test_a_menu_that_is_left_closes(chat: Chat) -> None:
    chat.menu.focus()
    press(chat, "Enter", "Tab", "Tab", "Tab")

    expect(chat.find(".menu")).to_be_hidden()
    assert chat.focused() == "Close the chat"


def test_on_a_phone_the_focus_stays_in_the_chat(visit: Visit) -> None:
    chat = visit(PHONE).begins()

    passed = set()
    for _ in range(25):
        press(chat, "Tab")
        passed.add(chat.focused())

    assert "Your message" in passed
    assert not passed & {"Where to find us", "Open the chat"}


def test_on_a_desktop_the_page_stays_in_reach(chat: Chat) -> None:
    chat.launcher.focus()

    until_focused(chat, "Where to find us", "Shift+Tab")

    expect(chat.panel).to_be_visible()


def test_a_button_that_goes_away_leaves_the_focus_in_the_chat(chat: Chat) -> None:
    chat.person.focus()
    press(chat, "Enter")
    expect(chat.person).to_be_hidden()

    expect(chat.composer).to_be_focused()


def test_every_focus_can_be_seen(chat: Chat) -> None:
    chat.asks("what does it cost?")
    chat.composer.focus()

    for _ in range(12):
        press(chat, "Shift+Tab")
        outline = chat.page.evaluate(
            "() => { const focused = document.querySelector('clinic-chat').shadowRoot.activeElement;"
            " const { outlineStyle, outlineWidth } = getComputedStyle(focused);"
            " return outlineStyle + parseFloat(outlineWidth); }"
        )
        assert outline == "solid3", chat.focused()


def test_opened_by_the_page_it_leaves_the_focus_where_it_is(visit: Visit) -> None:
    no_gesture = "Object.defineProperty(navigator, 'userActivation', { value: { isActive: false } })"  # Playwright's own looks are gestures
    chat = visit(attributes="open", prepare=lambda page: page.add_init_script(no_gesture))

    expect(chat.agree).to_be_visible()

    assert chat.page.evaluate("document.activeElement.localName") == "body"


def test_opened_before_it_is_loaded_it_takes_the_focus_when_it_is(visit: Visit) -> None:
    held: list[Route] = []
    pressed = False

    def hold(route: Route) -> None:
        if pressed:
            route.continue_()
        else:
            held.append(route)

    chat = visit(prepare=lambda page: page.route("**/widget/view/panel.js", hold))
    until_focused(chat, "Open the chat")
    press(chat, "Enter")

    with chat.page.expect_response("**/chat/config?*"):
        pressed = True
        for route in held:
            route.continue_()

    expect(chat.agree).to_be_visible()
    expect(chat.find(".consent")).to_be_focused()

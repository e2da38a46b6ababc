"""That it is a program, that it gives no medical advice and whom to call in an emergency is said all the time."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.visits import Visit
from tests.stack import Staff


def says_what_it_is(chat: Chat, who: str = "Assistant, not a person") -> None:
    expect(chat.head).to_contain_text(who)
    expect(chat.head).to_be_in_viewport(ratio=1)
    expect(chat.strip).to_have_text("No medical advice. In an emergency call 999")
    number = chat.strip.get_by_role("link", name="999")
    expect(number).to_have_attribute("href", "tel:999")
    expect(number).to_be_in_viewport(ratio=1)


def test_before_consent(visit: Visit, size: dict[str, int]) -> None:
    chat = visit(size).opens()

    says_what_it_is(chat)


def test_in_a_long_conversation(visit: Visit, size: dict[str, int]) -> None:
    chat = visit(size).begins()

    for _ in range(3):
        chat.asks("what are the side effects?")

    says_what_it_is(chat)


def test_with_a_person_whose_name_it_says_instead(visit: Visit, size: dict[str, int], nurse: Staff) -> None:
    chat = visit(size).begins().calls_person()

    chat.meets(nurse)

    says_what_it_is(chat, "Nora, nurse")


def test_when_it_has_ended(visit: Visit, size: dict[str, int]) -> None:
    chat = visit(size).begins()

    chat.picks("end")
    chat.confirms()
    chat.find(".ended").wait_for()

    says_what_it_is(chat)


def test_when_nothing_can_be_reached(visit: Visit, size: dict[str, int]) -> None:
    """Once the number was read, it is known."""
    before = visit(size).opens()

    chat = visit(size, context=before.page.context, prepare=lambda page: page.route("**/chat/**", lambda route: route.abort()))
    chat.launcher.click()
    expect(chat.find(".unreached")).to_contain_text("We cannot connect right now")

    says_what_it_is(chat)


def test_when_nothing_was_ever_reached(visit: Visit) -> None:
    chat = visit(prepare=lambda page: page.route("**/chat/**", lambda route: route.abort()))

    chat.launcher.click()

    expect(chat.strip).to_have_text("No medical advice. In an emergency call your local emergency number")

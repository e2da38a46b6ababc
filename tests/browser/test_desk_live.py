"""An open page of the desk brings itself up to date, and takes nothing out of the hands of who uses it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.visits import Staffed, Visit
from tests.stack import Stack, Staff, until


@pytest.mark.usefixtures("empty_inbox")
def test_the_focus_stays_where_it_was_when_somebody_comes(staffed: Staffed, stack: Stack) -> None:
    waits, comes = stack.visitor().begins(), stack.visitor().begins()
    waits.says("can I talk to somebody please")
    desk = staffed("Nora")
    desk.opens()
    link = desk.row(waits.conversation_id).get_by_role("link")
    link.focus()

    comes.says("my throat feels tight and i cant breathe properly")

    expect(desk.waiting.first.locator("a")).to_have_attribute("href", f"/desk/conversations/{comes.conversation_id}")
    expect(link).to_be_focused()


def test_a_button_that_is_being_pressed_is_still_there(visit: Visit, staffed: Staffed) -> None:
    chat = visit().begins().calls_person()
    desk = staffed("Nora").opens_conversation(chat.id)

    desk.take.hover()
    desk.page.mouse.down()
    staffed("Piet").opens_conversation(chat.id)
    expect(desk.page.get_by_text("Also looking: Piet")).to_be_visible()
    desk.page.mouse.up()

    expect(desk.reply).to_be_visible()


def test_what_was_unfolded_stays_so(visit: Visit, staffed: Staffed) -> None:
    chat = visit().begins()
    chat.asks("can i wear makeup after?")
    desk = staffed("Nora").opens_conversation(chat.id)
    desk.says("visitor").first.locator("summary").click()

    chat.calls_person()

    expect(desk.says("system").last).to_be_visible()
    expect(desk.says("visitor").first.get_by_text("Alternatives:")).to_be_visible()


def test_a_reply_that_was_begun_is_still_there_when_a_note_was_added(visit: Visit, staffed: Staffed) -> None:
    chat = visit().begins().calls_person()
    desk = staffed("Nora").has_taken(chat.id)
    desk.reply.fill("Let me look whether")

    desk.notes("asks about makeup")

    expect(desk.reply).to_have_value("Let me look whether")
    assert desk.page.evaluate("sessionStorage.length") == 0
    desk.gives_back()
    assert desk.page.evaluate("sessionStorage.length") == 0


def test_the_reply_and_what_was_said_last_are_in_sight(visit: Visit, staffed: Staffed, size: dict[str, int]) -> None:
    chat = visit().begins()
    for question in ("can i wear makeup after?", "what does it cost?", "does it hurt?"):
        chat.asks(question)
    chat.calls_person()
    desk = staffed("Nora", size).has_taken(chat.id)
    expect(desk.reply).to_be_in_viewport()

    chat.writes("are you there?")

    said = desk.says("visitor").last
    expect(said).to_contain_text("are you there?")
    expect(desk.reply).to_be_in_viewport(ratio=1)
    form = desk.page.locator("#reply")

    def is_above() -> bool:
        message, reply = said.bounding_box(), form.bounding_box()
        return bool(message and reply and message["y"] >= 0 and message["y"] + message["height"] <= reply["y"])

    until(is_above, "the message is in sight, above the reply")


STAND_IN = """
window.told = []; window.tones = 0;
window.Notification = class {
  static permission = "granted";
  static async requestPermission() { return "granted"; }
  constructor(title) { window.told.push(title); }
};
const Audio = window.AudioContext;
window.AudioContext = class extends Audio { createOscillator() { window.tones++; return super.createOscillator(); } };
"""


@pytest.mark.usefixtures("empty_inbox")
def test_who_wants_it_is_told_with_a_sound_and_a_notification(staffed: Staffed, team: dict[str, Staff], stack: Stack) -> None:
    waits, urgent = stack.visitor().begins(), stack.visitor().begins()
    desk = staffed("Nora")
    desk.page.add_init_script(STAND_IN)  # a browser without a screen shows none
    desk.opens()
    desk.page.get_by_label("Sound").check()
    desk.page.get_by_label("Notifications").check()
    tried = desk.page.evaluate("window.tones")  # one hears what it is like

    waits.says("can I talk to somebody please")
    expect(desk.waiting).to_have_count(1)
    urgent.says("my throat feels tight and i cant breathe properly")
    expect(desk.waiting).to_have_count(2)
    [nora] = stack.rows("SELECT id FROM auth_user WHERE username = 'nora'")
    team["Piet"].does(f"/desk/conversations/{waits.conversation_id}/assign", colleague=str(nora["id"]))
    expect(desk.page.get_by_role("heading", name="With you")).to_be_visible()

    told = ["A visitor needs a person", "Emergency: a visitor needs a person", "A conversation is with you now"]
    until(lambda: desk.page.evaluate("window.told") == told, "three notifications, and no word of a visitor's")
    assert desk.page.evaluate("window.tones") == tried + 3


@pytest.mark.usefixtures("empty_inbox")
def test_who_does_not_want_it_is_not_told(staffed: Staffed, stack: Stack) -> None:
    visitor = stack.visitor().begins()
    desk = staffed("Nora")
    desk.page.add_init_script(STAND_IN)
    desk.opens()

    visitor.says("can I talk to somebody please")

    expect(desk.waiting).to_have_count(1)
    assert desk.page.evaluate("[window.told.length, window.tones]") == [0, 0]

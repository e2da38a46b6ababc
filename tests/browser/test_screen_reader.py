"""What a screen reader is told: each new message once, what is there already never, and a name for everything."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.test_staff_joins import HIDE
from tests.browser.visits import Visit
from tests.stack import Staff, until

# Notes whatever is added to the log or below it, with whether the log was live just then.
OBSERVE = """log => {
  window.added = [];
  new MutationObserver(changes => {
    for (const { addedNodes } of changes)
      for (const node of addedNodes)
        if (node.nodeType === 1 && node.matches(".message, .bubble, .bubble *"))
          window.added.push([node.querySelector?.(".bubble")?.textContent ?? node.textContent, log.getAttribute("aria-live")]);
  }).observe(log, { childList: true, subtree: true });
}"""
# The log is drawn for the first time after the page was loaded: the observer is there before.
OBSERVE_FROM_THE_START = f"""
  const observe = {OBSERVE};
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {{
    const root = attach.call(this, options);
    const look = new MutationObserver(() => {{
      const log = root.querySelector("[role=log]");
      if (log) {{ look.disconnect(); observe(log); }}
    }});
    look.observe(root, {{ childList: true, subtree: true }});
    return root;
  }};
"""


def added(chat: Chat) -> list[Any]:
    return list(chat.page.evaluate("window.added"))


def test_each_new_message_is_added_once_whatever_is_drawn_again(chat: Chat, nurse: Staff) -> None:
    chat.log.evaluate(OBSERVE)
    before = len(chat.in_record())

    chat.asks("what does it cost?")
    chat.find(".thumb.up").click()
    chat.calls_person().meets(nurse)
    nurse.replies(chat.id, "Hello.")
    chat.said_by("staff").wait_for()
    for hidden in (True, False):
        chat.page.evaluate(HIDE, hidden)
    chat.page.keyboard.press("Escape")
    chat.launcher.click()
    chat.page.context.set_offline(True)
    expect(chat.banner).not_to_be_empty()
    chat.page.context.set_offline(False)
    expect(chat.banner).to_be_empty()

    # A pressed button's words may be put as the front desk keeps them: in place, which is no addition.
    said = [message["text"] for message in chat.in_record()[before:]]
    shown = ["Talk to a person" if message["choice"] else message["text"] for message in chat.in_record()[before:]]
    assert len(said) == 7
    assert [live for _, live in added(chat)] == ["polite"] * 7
    assert [text for text, _ in added(chat)] == shown
    expect(chat.bubbles.nth(3)).to_have_text("Ask the team for a quote")


def test_a_message_written_offline_is_added_once(chat: Chat) -> None:
    chat.log.evaluate(OBSERVE)
    chat.page.context.set_offline(True)

    chat.writes("what does it cost?")
    chat.page.context.set_offline(False)
    expect(chat.said_by("bot")).to_have_count(2)

    assert [text for text, _ in added(chat)].count("what does it cost?") == 1
    assert len(added(chat)) == 2


def test_what_was_there_before_is_not_read_out(chat: Chat) -> None:
    chat.asks("what does it cost?")

    chat.page.add_init_script(OBSERVE_FROM_THE_START)
    chat.page.reload()
    expect(chat.bubbles).to_have_count(3)

    assert [live for _, live in added(chat)] == ["off"] * 3
    expect(chat.log).to_have_attribute("aria-live", "polite")  # a second later, for what comes now


def test_the_log_says_what_it_is(chat: Chat) -> None:
    expect(chat.log).to_have_accessible_name("Messages")
    expect(chat.log).to_have_attribute("aria-live", "polite")
    expect(chat.log).to_have_attribute("aria-relevant", "additions")
    expect(chat.panel).to_have_role("dialog")
    expect(chat.panel).to_have_accessible_name("Demonstration Clinic")


def test_every_message_says_who_said_it(chat: Chat, nurse: Staff) -> None:
    chat.asks("what does it cost?")
    chat.meets(nurse)
    nurse.replies(chat.id, "Hello.")
    chat.said_by("staff").wait_for()

    senders = chat.find(".message > p").all_text_contents()

    assert senders == ["Assistant", "You", "Assistant", "Nora, nurse", "Nora, nurse"]


def test_everything_has_a_name(chat: Chat) -> None:
    chat.asks("what does it cost?")
    chat.find(".thumb.up").click()
    chat.menu.click()

    found = [one for role in ("button", "textbox", "link") for one in chat.element.get_by_role(role).all()]

    assert len(found) > 20
    for one in found:
        expect(one).to_have_accessible_name(re.compile(r"\w"))


def test_the_dots_are_not_read_out_but_a_sentence_is(chat: Chat) -> None:
    expect(chat.dots).to_have_attribute("aria-hidden", "true")

    with chat.held("/chat/messages"):
        chat.writes("what does it cost?")
        expect(chat.find(".panel > [role=status].sr")).to_have_text("The assistant is writing")

    expect(chat.find(".panel > [role=status].sr")).to_be_empty()


def test_news_in_a_closed_chat_is_told(visit: Visit, nurse: Staff) -> None:
    chat = visit().begins().meets(nurse)
    chat.page.keyboard.press("Escape")

    nurse.replies(chat.id, "Are you there?")

    expect(chat.find(".launcher ~ [role=status]")).to_have_text("New messages: 1")


def test_the_regions_that_speak_are_there_before_they_have_something_to_say(chat: Chat) -> None:
    regions = chat.find(".panel > :is([role=status], [role=alert])")

    expect(regions).to_have_count(4)
    until(lambda: all(not text for text in regions.all_text_contents()), "all are empty")


def test_its_language_is_said(visit: Visit) -> None:
    chat = visit(page_lang="de").opens()

    expect(chat.find(".root")).to_have_attribute("lang", "de")
    expect(chat.launcher).to_have_attribute("aria-expanded", "true")

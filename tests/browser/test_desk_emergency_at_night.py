"""A story: an emergency at night. The visitor is told to call; staff are told, and call back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.visits import Staffed, Visit
from tests.faults.listeners import Webhook
from tests.stack import Stack, until

TROUBLE = "I had the injection this evening, my tongue is swollen and I have trouble breathing"
NUMBER = "+44 20 7946 0033"
WORDS = ("injection", "evening", "tongue", "swollen", "trouble", "breathing", "7946")


@pytest.mark.usefixtures("closed_clinic", "empty_inbox")
def test_from_the_first_word_to_the_outcome(
    visit: Visit, staffed: Staffed, size: dict[str, int], stack: Stack, webhook: Webhook
) -> None:
    asked_before = stack.visitor().begins()
    asked_before.says("can I talk to somebody please")
    desk = staffed("Nora", size)
    desk.opens()
    expect(desk.waiting).to_have_count(1)
    desk.stays()

    # The visitor is told to call at once, and may leave a number for later.
    chat = visit(size).begins()
    advice = chat.asks(TROUBLE)
    expect(advice).to_contain_text("Call 999 now")
    expect(advice.get_by_role("link", name="Call 999")).to_be_visible()
    form = chat.find("form.contact")
    form.get_by_label("Phone").fill(NUMBER)
    form.get_by_role("button", name="Send to the team").click()
    expect(chat.said_by("system").last).to_contain_text("Thank you. The team has your details")

    # At the desk it stands above who has waited longer, without a reload, with level and reason in words.
    expect(desk.waiting).to_have_count(2)
    expect(desk.waiting.first).to_contain_text("Emergency")
    expect(desk.waiting.first).to_contain_text("The message reads like a medical concern.")
    expect(desk.waiting.first.locator("a")).to_have_attribute("href", f"/desk/conversations/{chat.id}")
    expect(desk.page).to_have_title("(2) Inbox")
    assert not desk.was_reloaded()

    # Who is alerted is told how serious it is and where to look, and no word of the visitor's.
    told = until(lambda: webhook.told_of(chat.id), "staff are alerted")
    assert "EMERGENCY" in told[0]
    assert [word for word in WORDS if word in " ".join(told)] == []
    kept = stack.rows("SELECT a.* FROM conversations_alert a JOIN conversations_handoff h ON h.id = a.handoff_id"
                      " WHERE h.conversation_id = ?", chat.id)  # fmt: skip
    assert kept
    assert [word for word in WORDS if word in str(kept)] == []

    # Opened, taken, called back, closed.
    desk.waiting.first.locator("a").click()
    expect(desk.says("visitor").last).to_contain_text(TROUBLE)
    expect(desk.page.get_by_role("link", name=NUMBER)).to_have_count(0)
    desk.take.click()
    expect(desk.page.get_by_role("link", name=NUMBER)).to_have_attribute("href", f"tel:{NUMBER}")
    desk.notes("Called back: the ambulance is with her.")
    desk.closes("Sent to a doctor or the emergency services")

    expect(chat.find(".ended")).to_be_visible()
    assert stack.rows("SELECT state, outcome FROM conversations_conversation WHERE id = ?", chat.id) == [
        {"state": "closed", "outcome": "sent_on"}
    ]
    desk.opens()
    expect(desk.waiting).to_have_count(1)
    expect(desk.row(chat.id)).to_have_count(0)

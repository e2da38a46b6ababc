"""A story: an editor opens a conversation's address, is refused in words, and the administrator reads of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.visits import Staffed, Visit
from tests.stack import Stack

SAID = "i had a rash after the second time"


def test_an_editor_is_refused_and_the_administrator_reads_of_it(visit: Visit, staffed: Staffed, size: dict[str, int]) -> None:
    chat = visit(size).begins()
    chat.asks(SAID)
    editor = staffed("Edda", size)

    response = editor.opens(f"conversations/{chat.id}")

    assert response.status == 403
    expect(editor.heading).to_have_text("This page is not for your role")
    expect(editor.page.locator("main")).to_contain_text("If you should have it, ask an administrator.")
    assert SAID not in editor.page.content()

    administrator = staffed("Astrid", size)
    administrator.opens("inbox")
    administrator.page.get_by_role("link", name="Audit").click()
    administrator.page.get_by_role("combobox", name="Person").fill("edda")
    administrator.page.get_by_label("What was done").select_option(label="Was refused")
    administrator.page.get_by_label("Conversation", exact=True).fill(chat.id)
    administrator.page.get_by_role("button", name="Show", exact=True).click()
    entry = administrator.page.locator(".log tbody tr")
    expect(entry).to_have_count(1)
    expect(entry).to_contain_text("edda")
    expect(entry).to_contain_text(f"/desk/conversations/{chat.id}")
    assert SAID not in administrator.page.content()


@pytest.mark.parametrize("path", ["review/{}", "conversations/{}/export.json", "conversations/{}/erase"])
def test_by_no_other_address_either(staffed: Staffed, stack: Stack, path: str) -> None:
    visitor = stack.visitor().begins()
    visitor.says(SAID)
    editor = staffed("Edda")

    response = editor.opens(path.format(visitor.conversation_id))

    assert response.status == 403
    assert SAID not in editor.page.content()
    assert stack.rows(
        "SELECT username, action FROM audit_entry WHERE conversation_id = ? AND action = 'refused'", visitor.conversation_id
    ) == [{"username": "edda", "action": "refused"}]

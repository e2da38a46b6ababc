"""A story: two of the staff press *take* at the same moment."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.held import held
from tests.browser.visits import Staffed, Visit
from tests.stack import Stack


def test_one_has_it_and_the_other_is_told_who(visit: Visit, staffed: Staffed, size: dict[str, int], stack: Stack) -> None:
    chat = visit(size).begins().calls_person()
    desks = {name: staffed(name, size).opens_conversation(chat.id) for name in ("Nora", "Piet")}

    with held(desks["Nora"].page, "/take"), held(desks["Piet"].page, "/take"):
        for desk in desks.values():
            with desk.page.expect_request("**/take"):
                desk.take.click(no_wait_after=True)

    for desk in desks.values():
        expect(desk.take).to_have_count(0)
    [has_it] = stack.rows(
        "SELECT p.name FROM conversations_conversation c JOIN people_profile p ON p.user_id = c.staff_id WHERE c.id = ?",
        chat.id,
    )
    winner, loser = (has_it["name"], next(name for name in desks if name != has_it["name"]))
    expect(desks[winner].heading).to_contain_text("with you")
    expect(desks[winner].reply).to_be_visible()
    expect(desks[loser].notice).to_have_text(f"{winner} has this conversation.")
    expect(desks[loser].heading).to_contain_text(f"with {winner}")
    expect(desks[loser].reply).to_have_count(0)

    # Nothing was done twice: in the record, in the audit log, for the visitor.
    assert stack.rows("SELECT why FROM conversations_statechange WHERE conversation_id = ? AND after = 'staff'", chat.id) == [
        {"why": "taken"}
    ]
    assert stack.rows("SELECT username FROM audit_entry WHERE conversation_id = ? AND action = 'take'", chat.id) == [
        {"username": winner.lower()}
    ]
    expect(chat.said_by("system").filter(has_text="has joined the chat.")).to_have_count(1)
    expect(chat.head).to_contain_text(winner)

"""Who may open which page of the desk: nobody who has not signed in, whatever else they hold.

The table says it of every page. Pages are read from the URLs themselves: one that is added and not in the table is a failure, and so is
one that does not say what it needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from frontdesk.audit.models import Entry
from frontdesk.chat import tokens
from frontdesk.conftest import Served
from frontdesk.conversations import selectors, services
from frontdesk.conversations.models import Conversation
from frontdesk.people import access
from frontdesk.people.roles import Right

# By the pages' names. "in": let through to the page. "no": refused, and it stands in the audit log. "sign in": led to where one does.
# "open": there for everybody, since nobody is known there yet.
TABLE = """
page                       nobody   staff  editor  clinician  administrator

sign_in                    open     open   open    open       open
sign_in_code               open     open   open    open       open
sign_out                   open     open   open    open       open
welcome                    open     open   open    open       open

home                       sign-in  in     in      in         in
account                    sign-in  in     in      in         in
change_password            sign-in  in     in      in         in
second_factor              sign-in  in     in      in         in
remove_second_factor       sign-in  in     in      in         in
recovery_codes             sign-in  in     in      in         in
sign_out_everywhere        sign-in  in     in      in         in

inbox                      sign-in  in     no      in         in
conversation               sign-in  in     no      in         in
take                       sign-in  in     no      in         in
assign                     sign-in  in     no      in         in
reply                      sign-in  in     no      in         in
add_note                   sign-in  in     no      in         in
hand_over                  sign-in  in     no      in         in
typing                     sign-in  in     no      in         in
give_back                  sign-in  in     no      in         in
close                      sign-in  in     no      in         in

people                     sign-in  no     no      no         in
set_policy                 sign-in  no     no      no         in
invite                     sign-in  no     no      no         in
person                     sign-in  no     no      no         in
new_link                   sign-in  no     no      no         in
switch_off                 sign-in  no     no      no         in
switch_on                  sign-in  no     no      no         in
take_second_factor         sign-in  no     no      no         in

review                     sign-in  in     no      in         in
review_selected            sign-in  in     no      in         in
review_save_filter         sign-in  in     no      in         in
review_delete_filter       sign-in  in     no      in         in
review_conversation        sign-in  in     no      in         in
review_next                sign-in  in     no      in         in
review_previous            sign-in  in     no      in         in
review_tag                 sign-in  in     no      in         in
review_untag               sign-in  in     no      in         in
review_flag                sign-in  in     no      in         in
review_mark                sign-in  in     no      in         in
review_note                sign-in  in     no      in         in
review_correct             sign-in  in     no      in         in
review_withdraw            sign-in  in     no      in         in

insight                    sign-in  in     in      in         in
insight_csv                sign-in  in     in      in         in
insight_not_understood     sign-in  in     in      in         in
insight_not_understood_csv  sign-in  in     in      in         in

content                    sign-in  no     in      in         no
content_new                sign-in  no     in      in         no
content_question           sign-in  no     in      in         no
content_answer             sign-in  no     in      in         no
content_examples_add       sign-in  no     in      in         no
content_example_change     sign-in  no     in      in         no
content_examples_selected  sign-in  no     in      in         no
content_question_move      sign-in  no     in      in         no
content_question_delete    sign-in  no     in      in         no
content_changes            sign-in  no     in      in         no
content_undo               sign-in  no     in      in         no

reveal                     sign-in  in     no      in         in
conceal                    sign-in  in     no      in         in
export_pdf                 sign-in  in     no      in         in
export_json                sign-in  in     no      in         in
export_csv                 sign-in  in     no      in         in

erase                      sign-in  no     no      no         in
erase_person               sign-in  no     no      no         in
audit                      sign-in  no     no      no         in
audit_csv                  sign-in  no     no      no         in

content_guide_examples     sign-in  no     in      in         no
content_guide_answer       sign-in  no     in      in         no

settings                   sign-in  no     no      no         in
settings_clinic            sign-in  no     no      no         in
settings_hours             sign-in  no     no      no         in
settings_minutes           sign-in  no     no      no         in
settings_closed_add        sign-in  no     no      no         in
settings_closed_delete     sign-in  no     no      no         in
settings_alerts            sign-in  no     no      no         in
settings_recipient_new     sign-in  no     no      no         in
settings_recipient         sign-in  no     no      no         in
settings_recipient_test    sign-in  no     no      no         in
settings_recipient_delete  sign-in  no     no      no         in
settings_consent           sign-in  no     no      no         in
settings_consent_text      sign-in  no     no      no         in
settings_replies           sign-in  no     no      no         in
settings_reply_new         sign-in  no     no      no         in
settings_reply             sign-in  no     no      no         in
settings_reply_delete      sign-in  no     no      no         in
settings_widget            sign-in  no     no      no         in
settings_sites             sign-in  no     no      no         in
settings_preview           sign-in  no     no      no         in
settings_undo              sign-in  no     no      no         in

content_sheets             sign-in  no     in      in         no
content_sheets_export      sign-in  no     in      in         no
content_sheets_send        sign-in  no     in      in         no
content_sheets_plan        sign-in  no     in      in         no
content_sheets_import      sign-in  no     in      in         no
content_sheets_drop        sign-in  no     in      in         no
content_visitors           sign-in  no     in      in         no
content_try                sign-in  no     in      in         no
content_tests              sign-in  no     in      in         no
content_test_add           sign-in  no     in      in         no
content_test_delete        sign-in  no     in      in         no
content_tests_run          sign-in  no     in      in         no

content_releases           sign-in  no     in      in         no
content_release_prepare    sign-in  no     in      in         no
content_release            sign-in  no     in      in         no
content_release_progress   sign-in  no     in      in         no
content_release_approve    sign-in  no     no      in         no
content_release_live       sign-in  no     in      in         no
content_release_withdraw   sign-in  no     in      in         no
content_release_back       sign-in  no     in      in         no
content_release_take       sign-in  no     in      in         no
"""
HEAD, *ROWS = [line.split() for line in TABLE.splitlines() if line]
ROLES = HEAD[1:]
EXPECTED = {page: dict(zip(ROLES, outcomes, strict=True)) for page, *outcomes in ROWS}
CAST = {"staff": "alice", "editor": "dave", "clinician": "erin", "administrator": "carol"}

PAGES = [("GET", "/desk/inbox"), ("GET", "/desk/conversations/{id}")]
FORMS = ("take", "reply", "note", "hand-over", "give-back", "close")
ACTIONS = [("POST", f"/desk/conversations/{{id}}/{form}") for form in FORMS]
TYPING = ("POST", "/desk/conversations/{id}/typing")
ALL = [*PAGES, *ACTIONS, TYPING]
MAY = ["alice", "erin", "carol"]  # staff, a clinician, an administrator
MAY_NOT = ["dave"]  # an editor


@pytest.fixture(autouse=True)
def serves(server: Served) -> None:
    """The desk's pages say who else is there."""


def _asks(client: Client, method: str, path: str, conversation: Conversation, **headers: str) -> int:
    path = path.format(id=conversation.pk)
    if method == "GET":
        answered = client.get(path, headers=headers)
    else:
        answered = client.post(path, {"text": "hello", "outcome": "answered", "colleague": _bob()}, headers=headers)
    location: str = answered.headers.get("Location", "")
    return 401 if location.startswith("/desk/sign-in") else answered.status_code


def _bob() -> str:
    return str(User.objects.filter(username="bob").values_list("pk", flat=True).first() or "")


def _pages(
    patterns: Iterable[Any], converters: dict[str, Any], path: str = ""
) -> Iterator[tuple[URLPattern, str, dict[str, Any]]]:
    """Each page, with its path and what stands in it."""
    for one in patterns:
        here = path + str(one.pattern)
        inside = {**converters, **one.pattern.converters}
        if isinstance(one, URLResolver):
            yield from _pages(one.url_patterns, inside, here)
        else:
            yield one, here, inside


def _desk() -> list[tuple[URLPattern, str, dict[str, Any]]]:
    return [page for page in _pages(get_resolver().url_patterns, {}) if page[1].startswith("desk/")]


def _outcome(client: Client, path: str, method: str = "GET") -> str:
    answered = client.generic(method, path)
    if answered.headers.get("Location", "").startswith("/desk/sign-in?next="):
        return "sign-in"
    return "no" if answered.status_code == 403 else "in"


def test_every_page_of_the_desk_says_what_it_needs() -> None:
    allowed = {*Right, access.SIGNED_IN, access.NOTHING}

    assert [path for page, path, _ in _desk() if getattr(page.callback, "needs", None) not in allowed] == []


def test_every_page_of_the_desk_is_in_the_table_and_no_other() -> None:
    assert {page.name for page, _, _ in _desk()} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_each_page_lets_in_whom_the_table_says(
    conversation: Conversation, request: pytest.FixtureRequest, bob: User, name: str
) -> None:
    [(page, _, inside)] = [found for found in _desk() if found[0].name == name]
    known = {"conversation_id": conversation.pk, "user_id": bob.pk}
    path = reverse(name, kwargs={key: known.get(key, "1") for key in inside})
    if page.callback.needs == access.NOTHING:  # type: ignore[attr-defined]
        assert set(EXPECTED[name].values()) == {"open"}
        assert _outcome(Client(), path) == "in"
        return

    found: dict[str, str] = {}
    for role in ROLES:
        client = Client()
        if role in CAST:
            client.force_login(request.getfixturevalue(CAST[role]))
        found[role] = _outcome(client, path)
        if found[role] != "in":  # then with a form neither
            assert _outcome(client, path, "POST") == found[role]

    assert found == EXPECTED[name]
    refused = {CAST[role] for role in CAST if found[role] == "no"}
    assert set(Entry.objects.filter(action="refused").values_list("username", flat=True)) == refused


@pytest.mark.parametrize(("method", "path"), ALL)
def test_nobody_comes_in_without_signing_in(conversation: Conversation, client: Client, method: str, path: str) -> None:
    assert _asks(client, method, path, conversation) == 401


@pytest.mark.parametrize(("method", "path"), ALL)
def test_a_visitors_token_does_not_open_the_desk(conversation: Conversation, client: Client, method: str, path: str) -> None:
    token = tokens.mint(conversation.pk)

    assert _asks(client, method, path, conversation, Authorization=f"Bearer {token}") == 401


@pytest.mark.parametrize(("method", "path"), ACTIONS)
def test_whoever_may_not_act_changes_nothing(conversation: Conversation, client: Client, method: str, path: str) -> None:
    _asks(client, method, path, conversation)

    after = Conversation.objects.get()
    assert (after.state, after.last_position) == (conversation.state, conversation.last_position)


@pytest.mark.parametrize("who", MAY)
@pytest.mark.parametrize(("method", "path"), PAGES)
def test_who_answers_conversations_opens_every_page(
    conversation: Conversation, client: Client, request: pytest.FixtureRequest, who: str, method: str, path: str
) -> None:
    client.force_login(request.getfixturevalue(who))

    assert _asks(client, method, path, conversation) == 200


@pytest.mark.parametrize("who", MAY)
@pytest.mark.parametrize(("method", "path"), ACTIONS)
def test_who_answers_conversations_can_do_everything(
    conversation: Conversation, client: Client, bob: User, request: pytest.FixtureRequest, who: str, method: str, path: str
) -> None:
    user = request.getfixturevalue(who)
    client.force_login(user)
    if not path.endswith("/take"):
        services.conversation_take(conversation.pk, user)
    before = len(selectors.record_of(conversation.pk))

    assert _asks(client, method, path, conversation) == 302
    assert len(selectors.record_of(conversation.pk)) > before


@pytest.mark.parametrize("who", MAY_NOT)
@pytest.mark.parametrize(("method", "path"), ALL)
def test_who_does_not_is_refused_and_changes_nothing(
    conversation: Conversation, client: Client, request: pytest.FixtureRequest, who: str, method: str, path: str
) -> None:
    client.force_login(request.getfixturevalue(who))
    before = len(selectors.record_of(conversation.pk))

    assert _asks(client, method, path, conversation) == 403
    assert len(selectors.record_of(conversation.pk)) == before


def test_one_without_any_role_is_refused(conversation: Conversation, client: Client) -> None:
    client.force_login(User.objects.create_user("nobody"))

    assert {_asks(client, method, path, conversation) for method, path in ALL} == {403}


def test_a_refusal_stands_in_the_audit_log(conversation: Conversation, client: Client, dave: User) -> None:
    client.force_login(dave)

    _asks(client, "GET", "/desk/conversations/{id}", conversation)

    entry = Entry.objects.get()
    assert (entry.username, entry.action, entry.conversation_id) == ("dave", "refused", conversation.pk)


@pytest.mark.parametrize(("method", "path"), ALL)
def test_one_who_has_left_does_not_come_in(
    conversation: Conversation, client: Client, alice: User, method: str, path: str
) -> None:
    client.force_login(alice)
    alice.is_active = False
    alice.save()

    assert _asks(client, method, path, conversation) == 401


@pytest.mark.parametrize(("method", "path"), ACTIONS)
def test_a_form_of_another_site_is_refused(conversation: Conversation, alice: User, method: str, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)

    assert _asks(client, method, path, conversation) == 403
    assert Conversation.objects.get().state == "bot"


def test_a_form_of_another_site_signs_nobody_in(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)

    refused = client.post("/desk/sign-in", {"username": "alice", "password": "correct horse battery staple"})

    assert refused.status_code == 403


@pytest.mark.parametrize(("method", "path"), ACTIONS)
def test_an_action_is_no_link(conversation: Conversation, client: Client, alice: User, method: str, path: str) -> None:
    client.force_login(alice)

    assert _asks(client, "GET", path, conversation) == 405


@pytest.mark.parametrize("path", ["/admin/", "/desk/admin/", "/accounts/login/"])
def test_there_is_no_other_way_in(conversation: Conversation, client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_session_of_staff_opens_no_chat(conversation: Conversation, served: Served, client: Client, alice: User) -> None:
    client.force_login(alice)
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}

    assert httpx.get(f"{served.address}/chat/messages", cookies=cookies).status_code == 401

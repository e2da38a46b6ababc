"""Who may open which page of the desk: nobody who has not signed in, whatever else they hold."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, get_resolver

from frontdesk.audit.models import Entry
from frontdesk.chat import tokens
from frontdesk.conftest import Served
from frontdesk.conversations import selectors, services
from frontdesk.conversations.models import Conversation

PAGES = [("GET", "/desk/inbox"), ("GET", "/desk/conversations/{id}")]
FORMS = ("take", "reply", "note", "hand-over", "give-back", "close")
ACTIONS = [("POST", f"/desk/conversations/{{id}}/{form}") for form in FORMS]
TYPING = ("POST", "/desk/conversations/{id}/typing")
ALL = [*PAGES, *ACTIONS, TYPING]
OPEN = [
    "/desk/",
    "/desk/sign-in",
    "/desk/sign-out",
    "/desk/welcome/x/y/",
]  # what one needs who has not signed in, or has no right yet
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


def test_every_page_of_the_desk_is_in_these_tables() -> None:
    tested = [path.format(id="x") for _, path in ALL] + OPEN
    found = [
        pattern
        for included in get_resolver().url_patterns
        if str(included.pattern) == "desk/"
        for pattern in included.url_patterns
        if isinstance(pattern, URLPattern)
    ]

    untested = [p for p in found if not any(p.resolve(path.removeprefix("/desk/")) for path in tested)]
    assert found
    assert untested == []


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


@pytest.mark.parametrize("path", ["/chat/messages", "/chat/config"])
def test_a_session_of_staff_opens_no_chat(conversation: Conversation, client: Client, alice: User, path: str) -> None:
    client.force_login(alice)

    assert client.get("/chat/messages").status_code == 401

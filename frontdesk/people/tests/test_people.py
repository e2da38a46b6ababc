"""What an administrator does with people: invites, changes, switches off; and what cannot be done."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

from frontdesk import environment, words
from frontdesk.audit.models import Entry
from frontdesk.clinic.models import Clinic
from frontdesk.conftest import Served, Settings
from frontdesk.conversations import services as conversations
from frontdesk.conversations.models import Conversation, HandOff
from frontdesk.people import services
from frontdesk.people.models import SignInPolicy
from frontdesk.people.roles import Role, roles_of, roles_set

PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def serves(server: Served, clinic: Clinic) -> None:
    """The first page after signing in says who else is there."""


@pytest.fixture
def desk(carol: User) -> Client:
    """Carol's browser."""
    client = Client()
    client.force_login(carol)
    return client


def _invites(desk: Client, **fields: Any) -> Any:
    form = {"name": "Zoë O'Hara", "title": "nurse", "email": "", "roles": ["staff"], **fields}
    return desk.post("/desk/people/invite", form, follow=True)


def _link_on(page: Any) -> str:
    found = re.search(rf'value="{re.escape(environment.PUBLIC_ADDRESS)}(/desk/welcome/[^"]+)"', page.content.decode())
    assert found
    return found[1]


def _changes(desk: Client, user: User, *roles: str, **fields: str) -> Any:
    form = {"name": "Somebody", "title": "", "email": "", "roles": roles, **fields}
    return desk.post(f"/desk/people/{user.pk}", form, follow=True)


def _again(user: User) -> User:
    return User.objects.get(pk=user.pk)


# Invited.


def test_who_is_invited_chooses_a_password_and_is_in(desk: Client, client: Client) -> None:
    link = _link_on(_invites(desk))

    page = client.get(link, follow=True)
    assert "zoe.o.hara" in page.content.decode()
    client.post(page.redirect_chain[-1][0], {"new_password1": PASSWORD, "new_password2": PASSWORD})

    assert client.get("/desk/inbox").status_code == 200
    invited = User.objects.get(username="zoe.o.hara")
    assert (invited.profile.name, invited.profile.role, roles_of(invited)) == ("Zoë O'Hara", "nurse", {Role.STAFF})


def test_before_that_nobody_signs_in_as_them(desk: Client, client: Client) -> None:
    _invites(desk)

    for password in ("", "!", "None"):
        client.post("/desk/sign-in", {"username": "zoe.o.hara", "password": password})

    assert "_auth_user_id" not in client.session


def test_the_link_is_shown_once(desk: Client) -> None:
    page = _invites(desk)

    assert "/desk/welcome/" not in desk.get(page.redirect_chain[-1][0]).content.decode()


def test_the_link_goes_by_mail_where_that_can_be(desk: Client, environment_with: Settings) -> None:
    environment_with(SMTP_HOST="mail.example")

    page = _invites(desk, email="zoe@example.org")

    [sent] = mail.outbox
    assert (sent.to, "/desk/welcome/" in sent.body, "zoe.o.hara" in sent.body) == (["zoe@example.org"], True, True)
    assert words.staff("link_sent", email="zoe@example.org") in page.content.decode()


def test_a_mail_that_does_not_go_is_told_and_the_link_is_there(
    desk: Client, environment_with: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise ConnectionRefusedError

    environment_with(SMTP_HOST="mail.example")
    monkeypatch.setattr(services, "send_mail", fails)

    page = _invites(desk, email="zoe@example.org")

    assert words.staff("link_not_sent", email="zoe@example.org") in page.content.decode()
    assert _link_on(page)


def test_without_a_mail_server_nothing_is_sent(desk: Client) -> None:
    page = _invites(desk, email="zoe@example.org")

    assert mail.outbox == []
    assert "No mail server is set" in page.content.decode()


@pytest.mark.parametrize(
    ("name", "username"),
    [
        ("Jane", "jane"),
        ("Dr. Jürgen Groß", "dr.jurgen.groß"),
        ("ليلى حداد", "ليلى.حداد"),
        ("!!", "person"),
        ("Alice", "alice2"),
    ],
)
def test_a_name_for_signing_in_is_made_of_the_name(carol: User, alice: User, name: str, username: str) -> None:
    made = services.person_invite(carol, name=name, title="", email="", roles=[Role.STAFF])

    assert made.username == username


@pytest.mark.parametrize("wrong", [{"name": " "}, {"roles": []}, {"roles": ["god"]}, {"email": "no"}, {"name": "x" * 61}])
def test_what_is_missing_or_wrong_is_told_and_nobody_is_made(desk: Client, wrong: dict[str, Any]) -> None:
    page = _invites(desk, **wrong)

    assert 'role="alert"' in page.content.decode()
    assert User.objects.count() == 1


# Changed.


def test_other_roles_hold_from_the_next_page_on(desk: Client, alice: User) -> None:
    alices = Client()
    alices.force_login(alice)

    _changes(desk, alice, "editor")

    assert alices.get("/desk/inbox").status_code == 403
    assert roles_of(_again(alice)) == {Role.EDITOR}


def test_a_change_stands_in_the_audit_log(desk: Client, alice: User) -> None:
    _changes(desk, alice, "staff", "editor")

    entry = Entry.objects.get(action="person_changed")
    assert entry.username == "carol"
    assert entry.details == {"person": "alice", "roles_before": ["staff"], "roles": ["editor", "staff"]}


def test_the_last_administrator_keeps_the_role(desk: Client, carol: User) -> None:
    page = _changes(desk, carol, "staff")

    assert words.staff("last_administrator") in page.content.decode()
    assert roles_of(_again(carol)) == {Role.ADMINISTRATOR}


def test_the_first_administrator_can_give_up_the_role_once_there_is_another(desk: Client) -> None:
    first = User.objects.create_superuser("administrator", password=PASSWORD)

    _changes(desk, first, "staff")

    assert roles_of(_again(first)) == {Role.STAFF}


def test_one_who_has_not_chosen_a_password_is_no_other_administrator(desk: Client, carol: User) -> None:
    services.person_invite(carol, name="Zoë", title="", email="", roles=[Role.ADMINISTRATOR])

    _changes(desk, carol, "staff")

    assert roles_of(_again(carol)) == {Role.ADMINISTRATOR}


def test_one_who_was_switched_off_is_no_other_administrator(desk: Client, carol: User, alice: User) -> None:
    roles_set(alice, {Role.ADMINISTRATOR})
    services.person_switch_off(carol, alice)

    _changes(desk, carol, "staff")

    assert roles_of(_again(carol)) == {Role.ADMINISTRATOR}


# Switched off.


def test_who_is_switched_off_is_out_at_once_and_does_not_come_in(desk: Client, client: Client, alice: User) -> None:
    client.force_login(alice)

    desk.post(f"/desk/people/{alice.pk}/switch-off")

    assert client.get("/desk/account").status_code == 302
    client.post("/desk/sign-in", {"username": "alice", "password": PASSWORD})
    assert client.get("/desk/account").status_code == 302


def test_a_link_of_who_is_switched_off_opens_nothing(desk: Client, client: Client, alice: User) -> None:
    link = services.sign_in_link(alice).removeprefix(environment.PUBLIC_ADDRESS)
    desk.post(f"/desk/people/{alice.pk}/switch-off")

    assert "too old" in client.get(link, follow=True).content.decode()
    assert desk.post(f"/desk/people/{alice.pk}/link").status_code == 404


def test_who_is_switched_on_signs_in_again(desk: Client, client: Client, alice: User) -> None:
    desk.post(f"/desk/people/{alice.pk}/switch-off")
    desk.post(f"/desk/people/{alice.pk}/switch-on")

    client.post("/desk/sign-in", {"username": "alice", "password": PASSWORD})

    assert client.get("/desk/inbox").status_code == 200


def test_the_roles_of_who_is_switched_off_stay(desk: Client, alice: User) -> None:
    desk.post(f"/desk/people/{alice.pk}/switch-off")

    assert 'value="staff" checked' in desk.get(f"/desk/people/{alice.pk}").content.decode()


def test_nobody_switches_themselves_off(desk: Client, carol: User, alice: User) -> None:
    roles_set(alice, {Role.ADMINISTRATOR})

    desk.post(f"/desk/people/{carol.pk}/switch-off")

    assert _again(carol).is_active


def test_the_last_administrator_is_not_switched_off(carol: User, alice: User) -> None:
    with pytest.raises(services.LastAdministrator):
        services.person_switch_off(alice, carol)

    assert _again(carol).is_active


@pytest.mark.parametrize("how", ["off", "role"])
def test_what_they_had_waits_for_a_colleague_who_is_told(
    desk: Client, alice: User, conversation: Conversation, how: str
) -> None:
    conversations.conversation_take(conversation.pk, alice)

    if how == "off":
        desk.post(f"/desk/people/{alice.pk}/switch-off")
    else:
        _changes(desk, alice, "editor")

    now = Conversation.objects.get()
    assert (now.state, now.staff) == ("waiting", None)
    assert HandOff.objects.latest("pk").why == "colleague_gone"


def test_the_page_of_a_conversation_says_that_they_are_gone(desk: Client, alice: User, conversation: Conversation) -> None:
    conversations.conversation_take(conversation.pk, alice)
    services.person_switch_off(User.objects.get(username="carol"), alice)

    page = desk.get(f"/desk/conversations/{conversation.pk}").content.decode()

    assert "Alice no longer answers" in page


# A new link, and a lost phone.


def test_a_new_link_is_for_who_forgot_the_password(desk: Client, client: Client, alice: User) -> None:
    link = _link_on(desk.post(f"/desk/people/{alice.pk}/link", follow=True))
    page = client.get(link, follow=True)

    new = "another long passphrase"
    client.post(page.redirect_chain[-1][0], {"new_password1": new, "new_password2": new})

    assert _again(alice).check_password(new)
    assert Entry.objects.filter(username="carol", action="link_made", details__person="alice").exists()


def test_who_locked_themselves_out_comes_in_by_a_new_link(desk: Client, client: Client, alice: User) -> None:
    for _ in range(5):
        client.post("/desk/sign-in", {"username": "alice", "password": "wrong"})
    link = _link_on(desk.post(f"/desk/people/{alice.pk}/link", follow=True))
    page = client.get(link, follow=True)

    new = "another long passphrase"
    client.post(page.redirect_chain[-1][0], {"new_password1": new, "new_password2": new})

    assert client.get("/desk/inbox").status_code == 200
    assert Client().post("/desk/sign-in", {"username": "alice", "password": new}).status_code == 302


def test_a_lost_phone_is_taken_off_and_its_sessions_end(
    desk: Client, client: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("frontdesk.people.second_factor.step_of", lambda *_: 1)
    services.second_factor_set(alice, b"1" * 20, "")
    client.force_login(alice)

    desk.post(f"/desk/people/{alice.pk}/second-factor/remove")

    assert client.get("/desk/account").status_code == 302
    assert client.post("/desk/sign-in", {"username": "alice", "password": PASSWORD}).headers["Location"] == "/desk/"


# The list, and what is asked of everybody.


def test_the_list_says_who_is_what(desk: Client, alice: User, bob: User, carol: User) -> None:
    services.person_invite(carol, name="Zoë", title="", email="", roles=[Role.EDITOR])
    services.person_switch_off(carol, bob)

    page = re.sub(r"<[^>]+>|\s+", " ", desk.get("/desk/people").content.decode())

    assert re.search(r"Alice\W+nurse, signs in as alice\W+staff\W+never\W+off\W+active", page)
    assert re.search(r"Bob .*switched off", page)
    assert re.search(r"Zoë\W+signs in as zoe\W+editor\W+never\W+off\W+invited", page)


def test_the_list_takes_as_many_questions_for_many_people(
    desk: Client, carol: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        services.person_invite(carol, name=f"Person {number}", title="", email="", roles=[Role.STAFF])

    with django_assert_max_num_queries(15):
        desk.get("/desk/people")


def test_what_is_asked_of_everybody_is_set(desk: Client) -> None:
    desk.post("/desk/people/sign-in-policy", {"required_of": ["staff", "clinician"], "idle_minutes": "30"})

    kept = SignInPolicy.objects.get()
    assert (kept.required_of, kept.idle_minutes) == (["clinician", "staff"], 30)
    assert Entry.objects.filter(action="sign_in_policy_changed", username="carol").exists()


@pytest.mark.parametrize(
    "wrong", [{"idle_minutes": "1"}, {"idle_minutes": "721"}, {"idle_minutes": "x"}, {"required_of": ["god"]}]
)
def test_what_cannot_be_asked_is_refused(desk: Client, wrong: dict[str, Any]) -> None:
    page = desk.post("/desk/people/sign-in-policy", {"required_of": [], "idle_minutes": "60", **wrong})

    assert 'role="alert"' in page.content.decode()
    assert not SignInPolicy.objects.exists()

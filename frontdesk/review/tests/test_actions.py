"""What is done in review: marks, tags, flags, corrections, saved filters; from the list and in a conversation."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from frontdesk.audit.models import Entry
from frontdesk.conversations import services as conversations
from frontdesk.conversations.models import Conversation
from frontdesk.review import selectors, services
from frontdesk.review.models import Correction, Flag, Reviewed, SavedFilter, Tag
from frontdesk.review.tests.conftest import Chats, summary


@pytest.fixture
def chat(chats: Chats) -> Conversation:
    """Of two questions, at 2 and 4."""
    return chats("can i wear makeup", "and water?")


def _post(client: Client, chat: Conversation, act: str, **data: str) -> str:
    answered = client.post(f"/desk/review/{chat.pk}/{act}", data)
    assert answered.status_code == 302
    return str(answered.headers["Location"])


def test_marked_conversations_are_tagged(reviewer: Client, chats: Chats) -> None:
    ids = [chats("one").pk, chats("two").pk]

    reviewer.post("/desk/review/selected", {"conversation": ids, "act": "tag", "tag": " Refund  wanted "})

    assert [tag.name for tag in Tag.objects.all()] == ["Refund wanted"]
    assert len(selectors.page_of(services.from_query(f"tag={Tag.objects.get().pk}")).rows) == 2
    assert set(Entry.objects.filter(action="tagged").values_list("conversation_id", flat=True)) == set(ids)


def test_marked_conversations_are_reviewed_and_the_list_stays(reviewer: Client, chats: Chats, alice: User) -> None:
    ids = [chats("one").pk, chats("two").pk]

    answered = reviewer.post("/desk/review/selected", {"conversation": ids, "act": "reviewed", "query": "state=bot&sort=level"})

    assert answered.headers["Location"] == f"/desk/review?state=bot&sort=level#c{ids[0]}"
    assert Reviewed.objects.filter(user=alice).count() == 2


def test_marked_conversations_are_not_reviewed_after_all(reviewer: Client, chat: Conversation, alice: User) -> None:
    services.reviewed_set([chat.pk], alice, reviewed=True)

    reviewer.post("/desk/review/selected", {"conversation": [chat.pk], "act": "not_reviewed"})

    assert not summary(chat).reviewed


def test_nothing_marked_is_said(reviewer: Client, chat: Conversation) -> None:
    told = reviewer.post("/desk/review/selected", {"act": "reviewed"}, follow=True)

    assert b"Mark one or more conversations first." in told.content


def test_a_form_leads_nowhere_else(reviewer: Client, chat: Conversation) -> None:
    location = _post(reviewer, chat, "flag", flagged="yes", query="//evil.example/?q=a#b")

    assert location == f"/desk/review/{chat.pk}"


def test_a_tag_in_other_letters_is_the_same(chat: Conversation, alice: User) -> None:
    services.tag_add([chat.pk], alice, "Refund")

    services.tag_add([chat.pk], alice, "refund")

    assert Tag.objects.count() == 1


def test_a_tag_that_nothing_has_is_gone(reviewer: Client, chat: Conversation, alice: User) -> None:
    tag = services.tag_add([chat.pk], alice, "Refund")

    _post(reviewer, chat, "untag", tag=str(tag.pk))

    assert not Tag.objects.exists()


@pytest.mark.parametrize("name", ["", "  ", "x" * 41])
def test_a_tag_has_a_name(reviewer: Client, chat: Conversation, name: str) -> None:
    _post(reviewer, chat, "tag", tag=name)

    assert not Tag.objects.exists()


def test_a_conversation_is_flagged_and_no_longer(reviewer: Client, chat: Conversation, alice: User) -> None:
    _post(reviewer, chat, "flag", flagged="yes")
    assert (Flag.objects.get().user, summary(chat).flagged) == (alice, True)

    _post(reviewer, chat, "flag", flagged="no")
    assert (Flag.objects.exists(), summary(chat).flagged) == (False, False)


def test_reviewed_leads_to_the_next(reviewer: Client, chat: Conversation) -> None:
    location = _post(reviewer, chat, "reviewed", reviewed="yes", then="next", query="sort=begun")

    assert location == f"/desk/review/{chat.pk}/next?sort=begun"
    assert summary(chat).reviewed


def test_next_is_the_one_after_it_in_the_filter(reviewer: Client, chats: Chats) -> None:
    first, _, last = chats("one"), chats("two"), chats("one")

    answered = reviewer.get(f"/desk/review/{last.pk}/next?q=one")

    assert answered.headers["Location"] == f"/desk/review/{first.pk}?q=one"


def test_at_the_end_of_the_list_it_is_said(reviewer: Client, chat: Conversation) -> None:
    told = reviewer.get(f"/desk/review/{chat.pk}/next", follow=True)

    assert b"This is the last conversation of the list." in told.content


def test_a_note_is_for_colleagues(reviewer: Client, chat: Conversation, alice: User) -> None:
    _post(reviewer, chat, "note", text="Look at the second one.")

    assert chat.notes.get().author == alice


@pytest.mark.parametrize("question", ["aftercare/water", "Water and showers after"])
def test_the_right_question_is_said_by_key_or_title(reviewer: Client, chat: Conversation, alice: User, question: str) -> None:
    _post(reviewer, chat, "correct", position="2", kind="question", question=question)

    made = Correction.objects.get()
    assert (made.message.position, made.key, made.understood, made.user) == (2, "aftercare/water", "aftercare/makeup", alice)
    assert list(selectors.corrections_open()) == [made]
    assert summary(chat).corrected


def test_an_alternative_is_chosen_in_one_step(reviewer: Client, chat: Conversation) -> None:
    location = _post(reviewer, chat, "correct", position="4", choice="aftercare/water")

    assert Correction.objects.get().key == "aftercare/water"
    assert location.endswith("#m4")


@pytest.mark.parametrize("kind", ["out_of_scope", "should_hand_over", "should_not_hand_over"])
def test_what_else_was_wrong_is_said(reviewer: Client, chat: Conversation, kind: str) -> None:
    _post(reviewer, chat, "correct", position="2", kind=kind, question="aftercare/water")

    assert (Correction.objects.get().kind, Correction.objects.get().key) == (kind, "")


@pytest.mark.parametrize("question", ["", "aftercare/quux", "Zebedee"])
def test_a_question_that_is_not_known_is_not_taken(reviewer: Client, chat: Conversation, question: str) -> None:
    _post(reviewer, chat, "correct", position="2", kind="question", question=question)

    assert not Correction.objects.exists()


@pytest.mark.parametrize(
    ("position", "kind"), [("3", "out_of_scope"), ("99", "out_of_scope"), ("2", "quux"), ("x", "question")]
)
def test_only_a_visitor_s_message_is_corrected(reviewer: Client, chat: Conversation, position: str, kind: str) -> None:
    answered = reviewer.post(f"/desk/review/{chat.pk}/correct", {"position": position, "kind": kind})

    assert answered.status_code == 404


def test_a_correction_replaces_the_one_before(chat: Conversation, alice: User, bob: User) -> None:
    services.correction_make(chat.pk, 2, alice, kind="question", question="aftercare/water")
    services.correction_make(chat.pk, 2, alice, kind="should_hand_over")

    services.correction_make(chat.pk, 2, bob, kind="out_of_scope")

    assert set(Correction.objects.values_list("kind", flat=True)) == {"out_of_scope", "should_hand_over"}


def test_a_correction_is_taken_back(reviewer: Client, chat: Conversation, alice: User) -> None:
    made = services.correction_make(chat.pk, 2, alice, kind="out_of_scope")

    _post(reviewer, chat, "withdraw", correction=str(made.pk))

    assert not Correction.objects.exists()
    assert not summary(chat).corrected


def test_a_correction_that_editors_decided_on_stays(reviewer: Client, chat: Conversation, alice: User, dave: User) -> None:
    made = services.correction_make(chat.pk, 2, alice, kind="out_of_scope")
    services.correction_decide(made.pk, dave, accepted=True)

    _post(reviewer, chat, "withdraw", correction=str(made.pk))

    assert Correction.objects.get().state == "accepted"


def test_a_correction_of_another_conversation_is_not_reached(reviewer: Client, chats: Chats, alice: User) -> None:
    here, there = chats("one"), chats("two")
    made = services.correction_make(there.pk, 2, alice, kind="out_of_scope")

    _post(reviewer, here, "withdraw", correction=str(made.pk))

    assert Correction.objects.exists()


def test_editors_decide_once(chat: Conversation, alice: User, dave: User) -> None:
    made = services.correction_make(chat.pk, 2, alice, kind="out_of_scope")
    services.correction_decide(made.pk, dave, accepted=False)

    with pytest.raises(services.Decided):
        services.correction_decide(made.pk, dave, accepted=True)

    assert not selectors.corrections_open()


def test_corrections_go_with_the_conversation(chat: Conversation, alice: User) -> None:
    services.correction_make(chat.pk, 2, alice, kind="out_of_scope")
    services.flag_set(chat.pk, alice, flagged=True)

    conversations.conversation_delete(chat.pk)

    assert (Correction.objects.count(), Flag.objects.count()) == (0, 0)


def test_a_filter_is_saved_without_the_words(reviewer: Client, chat: Conversation, alice: User) -> None:
    reviewer.post("/desk/review/filters", {"name": "Urgent ones", "query": "q=zebedee&level=urgent&x=y", "shared": "yes"})

    saved = SavedFilter.objects.get()
    assert (saved.owner, saved.name, saved.query, saved.shared) == (alice, "Urgent ones", "level=urgent", True)


def test_a_shared_filter_is_there_for_colleagues(chat: Conversation, alice: User, bob: User) -> None:
    services.filter_save(alice, "Ours", "level=urgent", shared=True)
    services.filter_save(alice, "Mine", "level=none", shared=False)

    assert [one.name for one in selectors.filters_of(bob)] == ["Ours"]


def test_a_colleague_s_filter_is_not_deleted(reviewer: Client, chat: Conversation, bob: User) -> None:
    saved = services.filter_save(bob, "Ours", "level=urgent", shared=True)

    reviewer.post(f"/desk/review/filters/{saved.pk}/delete")

    assert SavedFilter.objects.exists()


def test_own_filters_are_deleted(reviewer: Client, chat: Conversation, alice: User) -> None:
    saved = services.filter_save(alice, "Ours", "level=urgent", shared=True)

    reviewer.post(f"/desk/review/filters/{saved.pk}/delete")

    assert not SavedFilter.objects.exists()

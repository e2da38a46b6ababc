"""From visitors: which messages wait, how they are shown, and that each is decided on once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from frontdesk.audit.models import Entry
from frontdesk.content import files, services, suggestion_services
from frontdesk.content.decisions import AlreadyDecided
from frontdesk.content.models import Change, Suggestion
from frontdesk.content.operations import DoesNotFit
from frontdesk.content.questions import content
from frontdesk.content.services import CannotBeDone
from frontdesk.content.suggestions import OUT_OF_SCOPE, Waiting, texts_for
from frontdesk.conversations.models import Conversation, Message
from frontdesk.insight.group_models import Miss
from frontdesk.insight.likeness import packed
from frontdesk.insight.misses import groups_find, groups_write
from frontdesk.review import services as review
from frontdesk.review.models import Correction
from frontdesk.review.tests.conftest import Chats, chats

__all__ = ["chats"]

PAGE = "/desk/content/visitors"
ENCODER = "an encoder"
PARKING, PRICE, PETS = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]
MAKEUP = "aftercare/makeup"
Asked = Callable[..., list[int]]

pytestmark = pytest.mark.usefixtures("files_of_content")


@pytest.fixture
def asked(chats: Chats) -> Asked:
    """Texts of one meaning, which were not understood; grouped, as the worker does it. Gives the messages."""

    def ask(meaning: list[float], *texts: str, **rest: Any) -> list[int]:
        made = chats(*texts, **{"key": MAKEUP, "confidence": 0.2, "answers": ["system/not_understood"], **rest})
        Miss.objects.filter(message__conversation=made).update(vector=packed(meaning), encoder=ENCODER)
        groups_write(groups_find(ENCODER))
        return _of_visitor(made)

    return ask


@pytest.fixture
def editor(client: Client, dave: User) -> Client:
    """Dave's browser."""
    client.force_login(dave)
    return client


def _of_visitor(conversation: Conversation) -> list[int]:
    return list(conversation.messages.filter(sender=Message.Sender.VISITOR).values_list("pk", flat=True))


def _corrected(pk: int, user: User, kind: str = "question", question: str = "") -> Correction:
    message = Message.objects.get(pk=pk)
    return review.correction_make(message.conversation_id, message.position, user, kind=kind, question=question)


def _page(client: Client, query: str = "") -> str:
    answered = client.get(PAGE + query)
    assert answered.status_code == 200
    return answered.content.decode()


def _sends(client: Client, act: str, ids: list[int], **fields: str) -> Any:
    return client.post(PAGE, {"act": act, "message": [str(pk) for pk in ids], **fields}, follow=True)


def _groups(show: str = "") -> list[list[str]]:
    groups, _ = Waiting().groups(show, 0)
    return [[line.text for line in group.lines] for group in groups]


def test_like_messages_are_one_group_and_the_largest_comes_first(asked: Asked) -> None:
    asked(PRICE, "what is the tariff of your car park", "car park tariff")
    asked(PARKING, "where do i leave my van", "a place for my van", "van parking there?")

    assert [len(lines) for lines in _groups()] == [3, 2]


def test_the_same_words_are_one_line(asked: Asked, editor: Client) -> None:
    asked(PARKING, "van parking there", "Van parking there?", "where do i leave my van")

    page = _page(editor)

    assert page.count('class="line"') == 2
    assert "2 times" in page


def test_a_group_has_what_it_was_taken_for_and_how_surely(asked: Asked, editor: Client) -> None:
    asked(PARKING, "van parking there")

    assert "taken for Makeup after, 20% sure" in _page(editor)


def test_what_staff_say_is_the_question_that_is_offered(asked: Asked, alice: User) -> None:
    ids = asked(PARKING, "van parking there", "where do i leave my van")
    _corrected(ids[0], alice, question="aftercare/water")

    [group], _ = Waiting().groups("", 0)

    assert group.question == content().questions["aftercare/water"].title


def test_without_them_it_is_the_assistants_guess(asked: Asked) -> None:
    asked(PARKING, "van parking there")

    [group], _ = Waiting().groups("", 0)

    assert group.question == content().questions[MAKEUP].title


@pytest.mark.parametrize("by", ["staff", "assistant"])
def test_where_it_is_nothing_that_we_answer_no_question_is_offered(asked: Asked, alice: User, by: str) -> None:
    [pk] = asked(PARKING, "van parking there", key=MAKEUP if by == "staff" else OUT_OF_SCOPE)
    if by == "staff":
        _corrected(pk, alice, "out_of_scope")

    [group], _ = Waiting().groups("", 0)

    assert (group.question, group.is_nothing) == ("", True)


def test_a_corrected_message_waits_though_it_was_understood(chats: Chats, alice: User) -> None:
    conversation = chats("may i paint my face")
    assert _groups() == []

    _corrected(_of_visitor(conversation)[0], alice, question="aftercare/water")

    assert _groups() == [["may i paint my face"]]
    assert _groups("corrected") == [["may i paint my face"]]


def test_what_was_understood_does_not_wait(chats: Chats) -> None:
    chats("may i paint my face")

    assert _groups() == []


def test_personal_details_are_hidden_and_so_is_the_conversation(asked: Asked, editor: Client, chats: Chats) -> None:
    asked(PARKING, "my van is big, call me on 07700 900123")

    page = _page(editor)

    assert "call me on [phone]" in page
    assert "07700" not in page
    assert "/desk/review/" not in page


def test_who_may_review_finds_the_conversation(asked: Asked, client: Client, erin: User) -> None:
    asked(PARKING, "van parking there")
    client.force_login(erin)

    assert "/desk/review/" in _page(client)


def test_looking_and_deciding_stand_in_the_audit_log_without_words(asked: Asked, editor: Client) -> None:
    ids = asked(PARKING, "van parking there")
    _page(editor)

    _sends(editor, "dismiss", ids)

    assert Entry.objects.filter(action="visitor_words_read").exists()
    decided = Entry.objects.get(action="visitor_words_decided")
    assert decided.details == {"decision": "dismissed", "messages": 1}


def test_accepted_words_are_an_example_and_do_not_come_again(asked: Asked, editor: Client) -> None:
    ids = asked(PARKING, "van parking there", "where do i leave my van")

    page = _sends(editor, "accept", ids, **{"question-": "Makeup after"}).content.decode()

    assert content().by_words["van parking there"][0] == MAKEUP
    assert content().by_words["where do i leave my van"][0] == MAKEUP
    assert Change.objects.get().kind == Change.Kind.SUGGESTION
    assert "Examples added to “Makeup after”: 2." in page
    assert _groups() == []


def test_the_undo_of_it_takes_the_examples_away_and_the_messages_come_back(asked: Asked, editor: Client) -> None:
    ids = asked(PARKING, "van parking there", "where do i leave my van")
    _sends(editor, "accept", ids, **{"question-": MAKEUP})

    editor.post(f"/desk/content/changes/{Change.objects.get().pk}/undo")

    assert "van parking there" not in content().by_words
    assert len(_groups()[0]) == 2


def test_and_the_correction_is_open_again(asked: Asked, dave: User, alice: User) -> None:
    [pk] = asked(PARKING, "van parking there")
    correction = _corrected(pk, alice, question=MAKEUP)
    made = suggestion_services.accept(dave, MAKEUP, [pk], {})
    assert made.change is not None

    services.change_undo(dave, made.change)

    correction.refresh_from_db()
    assert (correction.state, correction.decided_by, correction.decided_at) == ("open", None, None)


def test_an_undo_keeps_no_words_of_visitors_and_is_not_undone_itself(asked: Asked, dave: User) -> None:
    [pk] = asked(PARKING, "van parking there")
    made = suggestion_services.accept(dave, MAKEUP, [pk], {})
    assert made.change is not None

    undone = services.change_undo(dave, made.change)

    assert not any("van parking" in str(change.operations) for change in Change.objects.all())
    undone.refresh_from_db()
    with pytest.raises(CannotBeDone, match="erased"):
        services.change_undo(dave, undone)


def test_of_a_group_the_ticked_lines_are_taken(asked: Asked, editor: Client) -> None:
    first, second = asked(PARKING, "van parking there", "where do i leave my van")

    _sends(editor, f"accept:{first}", [second], **{f"lines-{first}": f"{first};{second}", f"question-{first}": MAKEUP})

    assert list(Suggestion.objects.values_list("pk", flat=True)) == [second]


def test_and_all_where_none_is_ticked(asked: Asked, editor: Client) -> None:
    first, second = asked(PARKING, "van parking there", "where do i leave my van")

    _sends(editor, f"dismiss:{first}", [], **{f"lines-{first}": f"{first};{second}"})

    assert Suggestion.objects.count() == 2


def test_a_personal_detail_must_be_taken_out_first_and_nothing_typed_is_lost(asked: Asked, editor: Client) -> None:
    [pk] = asked(PARKING, "my van is big, call me on 07700 900123")

    answered = _sends(editor, "accept", [pk], **{"question-": MAKEUP, f"text-{pk}": "my van is big, call [phone] or not"})

    assert answered.status_code == 422
    page = answered.content.decode()
    assert "still has a word in [brackets]" in page
    assert "my van is big, call [phone] or not</textarea>" in page
    assert not Suggestion.objects.exists()
    assert not Change.objects.exists()


def test_nor_can_one_be_written_into_it(asked: Asked, editor: Client) -> None:
    [pk] = asked(PARKING, "my van is big, call me on 07700 900123")

    answered = _sends(editor, "accept", [pk], **{"question-": MAKEUP, f"text-{pk}": "my van is big, call 07700 900124"})

    assert answered.status_code == 422
    assert "seems to be a personal detail" in answered.content.decode()


def test_mended_in_place_it_is_accepted(asked: Asked, editor: Client) -> None:
    [pk] = asked(PARKING, "my van is big, call me on 07700 900123")

    _sends(editor, "accept", [pk], **{"question-": MAKEUP, f"text-{pk}": "my van is big"})

    assert content().by_words["my van is big"][0] == MAKEUP
    assert Suggestion.objects.get().example == "my van is big"


def test_words_that_are_an_example_already_are_decided_without_adding(asked: Asked, editor: Client) -> None:
    example = content().questions["aftercare/water"].examples[0]
    ids = asked(PARKING, example.upper())

    page = _sends(editor, "accept", ids, **{"question-": MAKEUP}).content.decode()

    assert "nothing was added: 1" in page
    assert not Change.objects.exists()
    assert _groups() == []


@pytest.mark.parametrize(("question", "sentence"), [("", "is no question"), ("nonsense", "is no question")])
def test_without_a_question_nothing_is_accepted(asked: Asked, editor: Client, question: str, sentence: str) -> None:
    ids = asked(PARKING, "van parking there")

    answered = _sends(editor, "accept", ids, **{"question-": question})

    assert answered.status_code == 422
    assert sentence in answered.content.decode()


def test_out_of_scope_is_taught(asked: Asked, editor: Client) -> None:
    ids = asked(PARKING, "van parking there")

    _sends(editor, "out", ids, teach="yes")

    assert content().by_words["van parking there"][0] == OUT_OF_SCOPE
    assert Suggestion.objects.get().decision == Suggestion.Decision.OUT_OF_SCOPE


def test_or_only_decided(asked: Asked, editor: Client) -> None:
    ids = asked(PARKING, "van parking there")

    _sends(editor, "out", ids)

    assert "van parking there" not in content().by_words
    assert Suggestion.objects.get().decision == Suggestion.Decision.OUT_OF_SCOPE


def test_what_was_dismissed_can_be_brought_back_at_once(asked: Asked, editor: Client) -> None:
    ids = asked(PARKING, "van parking there")
    page = _sends(editor, "dismiss", ids).content.decode()
    assert "Dismissed: 1." in page
    assert 'value="take_back"' in page

    _sends(editor, "take_back", ids)

    assert _groups() == [["van parking there"]]


def test_what_was_dismissed_comes_again_when_a_colleague_says_that_a_person_was_needed(
    asked: Asked, dave: User, alice: User
) -> None:
    [pk] = asked(PARKING, "van parking there")
    suggestion_services.dismiss(dave, [pk])
    message = Message.objects.get(pk=pk)

    review.correction_make(message.conversation_id, message.position, alice, kind=Correction.Kind.SHOULD_HAND_OVER)

    assert Waiting().counts().person == 1


def test_nobody_brings_back_what_another_has_dismissed(asked: Asked, editor: Client, erin: User) -> None:
    ids = asked(PARKING, "van parking there")
    suggestion_services.dismiss(erin, ids)

    _sends(editor, "take_back", ids)

    assert Suggestion.objects.get().user == erin


@pytest.mark.parametrize(
    ("kind", "said", "act", "state"),
    [
        ("question", MAKEUP, "accept", "accepted"),
        ("question", "aftercare/water", "accept", "refused"),
        ("question", MAKEUP, "out", "refused"),
        ("question", MAKEUP, "dismiss", "refused"),
        ("out_of_scope", "", "out", "accepted"),
        ("out_of_scope", "", "accept", "refused"),
        ("should_hand_over", "", "accept", "accepted"),
        ("should_hand_over", "", "dismiss", "refused"),
    ],
)
def test_staff_are_told_what_became_of_a_correction(
    asked: Asked, editor: Client, alice: User, dave: User, kind: str, said: str, act: str, state: str
) -> None:
    [pk] = asked(PARKING, "van parking there")
    correction = _corrected(pk, alice, kind, said)

    _sends(editor, act, [pk], **{"question-": MAKEUP})

    correction.refresh_from_db()
    assert (correction.state, correction.decided_by) == (state, dave)
    assert correction.decided_at is not None


def test_whether_a_person_is_called_is_shown_apart_and_teaches_nothing_else(asked: Asked, editor: Client, alice: User) -> None:
    [pk] = asked(PARKING, "van parking there")
    _corrected(pk, alice, "should_hand_over")

    page = _page(editor, "?show=person")

    assert "A person should have been called" in page
    assert f'name="question-{pk}" list="questions" value=""' in page
    assert "for a clinician to say" in page
    assert 'value="out:' not in page
    assert _groups() == []


def test_the_second_of_two_editors_is_told_and_the_first_ones_decision_stands(asked: Asked, editor: Client, erin: User) -> None:
    first, second = asked(PARKING, "van parking there", "where do i leave my van")
    suggestion_services.accept(erin, MAKEUP, [first], {})

    page = _sends(editor, "accept", [first, second], **{"question-": "aftercare/water"}).content.decode()

    assert "A colleague has decided on 1 of them meanwhile" in page
    assert content().by_words["van parking there"][0] == MAKEUP
    assert content().by_words["where do i leave my van"][0] == "aftercare/water"


def test_also_in_the_very_same_moment(asked: Asked, dave: User, erin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    [pk] = asked(PARKING, "van parking there")
    looked = suggestion_services._texts

    def and_meanwhile(*args: Any) -> dict[int, str]:
        seen = looked(*args)
        Suggestion.objects.create(message_id=pk, decision="dismissed", user=erin, at=timezone.now())
        return seen

    monkeypatch.setattr(suggestion_services, "_texts", and_meanwhile)

    with pytest.raises(AlreadyDecided):
        suggestion_services.accept(dave, MAKEUP, [pk], {})

    assert "van parking there" not in content().by_words
    assert not Change.objects.exists()
    assert Suggestion.objects.get().user == erin


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), DoesNotFit(MAKEUP, "question_gone")])
def test_where_the_files_cannot_be_written_nothing_is_decided(
    asked: Asked, editor: Client, alice: User, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    [pk] = asked(PARKING, "van parking there")
    correction = _corrected(pk, alice, question=MAKEUP)

    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(files, "apply", fail)

    answered = _sends(editor, "accept", [pk], **{"question-": MAKEUP})

    assert answered.status_code == 422
    correction.refresh_from_db()
    assert correction.state == "open"
    assert _groups() == [["van parking there"]]


def test_what_was_begun_when_the_machine_died_is_decided_when_it_is_finished(asked: Asked, dave: User) -> None:
    [pk] = asked(PARKING, "van parking there")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "apply", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        patch.setattr(services, "_give_up", lambda _: None)  # nobody is left to do it
        with pytest.raises(KeyboardInterrupt):
            suggestion_services.accept(dave, MAKEUP, [pk], {})
    assert "van parking there" not in content().by_words

    services.changes_finish()

    assert content().by_words["van parking there"][0] == MAKEUP
    assert Suggestion.objects.get().change == Change.objects.get()


def test_a_new_question_is_begun_with_the_masked_words(asked: Asked, dave: User, editor: Client) -> None:
    ids = asked(PARKING, "van parking there", "Van parking there?", "call 07700 900123 about the van")

    answered = editor.post(PAGE, {"act": "new", "message": [",".join(map(str, ids))]})

    assert answered.headers["Location"] == f"/desk/content/new?message={ids[0]}&message={ids[1]}&message={ids[2]}"
    assert texts_for(ids, dave) == ["van parking there", "call [phone] about the van"]


def test_and_when_it_is_made_the_messages_are_decided(asked: Asked, dave: User) -> None:
    ids = asked(PARKING, "van parking there", "call 07700 900123 about the van")
    examples = ["van parking there", "call about the van", "something that i thought of"]

    change = suggestion_services.accept_as_new(dave, "aftercare/vans", ids, examples, [{"text": "Behind the house."}])

    assert set(Suggestion.objects.values_list("example", flat=True)) == {"van parking there", "call about the van"}
    services.change_undo(dave, change)
    assert len(_groups()) == 1


def test_where_a_colleague_has_just_decided_no_question_is_made(asked: Asked, dave: User, erin: User) -> None:
    ids = asked(PARKING, "van parking there")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(suggestion_services, "_texts", lambda *_: dict.fromkeys(ids, "van parking there"))  # in this moment
        suggestion_services.dismiss(erin, ids)
        with pytest.raises(AlreadyDecided):
            suggestion_services.accept_as_new(
                dave, "aftercare/vans", ids, ["van parking there"], [{"text": "Behind the house."}]
            )

    assert "aftercare/vans" not in content().questions
    assert not Change.objects.exists()


def test_messages_that_are_none_for_an_editor_are_left_alone(chats: Chats, dave: User) -> None:
    ids = _of_visitor(chats("i am understood"))

    made = suggestion_services.accept(dave, MAKEUP, ids, {})

    assert made.ids == ()
    assert texts_for(ids, dave) == []


def test_figures_say_how_many_wait_and_were_decided(asked: Asked, editor: Client) -> None:
    first, *_ = asked(PARKING, "van parking there", "where do i leave my van", "van?")
    _sends(editor, "dismiss", [first])

    page = re.sub(r"<[^>]+>", "", _page(editor))

    assert "2 messages wait" in page
    assert "1 decided this month" in page


def test_a_large_group_comes_in_parts(asked: Asked, editor: Client) -> None:
    asked(PARKING, *(f"van number {word} parks where" for word in "abcdefghijklmnopq"))

    page = _page(editor)

    assert page.count('class="line"') == 12
    assert "5 more like these come when these are decided" in page


@pytest.mark.parametrize("act", ["", "nonsense", "accept:9:9", "new:"])
def test_what_makes_no_sense_does_nothing(asked: Asked, editor: Client, act: str) -> None:
    asked(PARKING, "van parking there")

    answered = editor.post(PAGE, {"act": act, "message": ["x", "-1", "9" * 30, "1,,2"], "text-abc": "x", "question-": ""})

    assert answered.status_code in (200, 302, 422)
    assert not Suggestion.objects.exists()

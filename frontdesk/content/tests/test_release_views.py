"""The pages of releases: what is live, what a release changes, what its checks found, and who may do what with it when."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from frontdesk import words
from frontdesk.audit.models import Entry
from frontdesk.clinic.models import Clinic
from frontdesk.clinic.selectors import forget_clinic
from frontdesk.content import releases, services
from frontdesk.content.builds import build_now
from frontdesk.content.facts import facts
from frontdesk.content.models import Change, Live, Release
from frontdesk.content.questions import content
from frontdesk.content.releases import NotAllowed
from frontdesk.content.reports import CHECKING
from frontdesk.conversations.models import Conversation, Message
from frontdesk.people.roles import Role, roles_set

State = Release.State
MAKEUP, WATER = "aftercare/makeup", "aftercare/water"
NEW = "could i put some lipstick on the day after"


@pytest.fixture(autouse=True)
def folder(files_of_content: Path, clinic: Clinic) -> Path:
    """The editors' files: two topics, so that they are read in no time."""
    for path in (files_of_content / "data").glob("*.yml"):
        if path.stem not in ("aftercare", "side_effects"):  # the second: buttons of the first lead there
            path.unlink()
    return files_of_content


@pytest.fixture
def live() -> Release:
    """What the files said in the beginning, as visitors get it."""
    return releases.first_release(build_now(), "http://127.0.0.1:1")


@pytest.fixture
def editor(client: Client, dave: User) -> Client:
    """Dave's browser."""
    client.force_login(dave)
    return client


@pytest.fixture
def clinician(erin: User) -> Client:
    """Erin's browser."""
    made = Client()
    made.force_login(erin)
    return made


def _read(page: Any) -> str:
    """A page as it is read: without tags, in one line."""
    text = re.sub(r"<head>.*?</head>", "", page.content.decode(), flags=re.DOTALL)
    text = re.sub(r"</(li|td|th|p|h[1-6]|summary)>", " ", text)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", text)).split())


def _reword(user: User, key: str = MAKEUP, add: str = "And keep it clean.") -> None:
    question = content().questions[key]
    raws = [dict(wording.raw) for wording in question.wordings]
    raws[0]["text"] += f" {add}"
    services.answer_change(user, key, question.answer_version, raws)


def _release(user: User, state: State = State.CHECKED, **fields: Any) -> Release:
    """A release of the draft, as far as a test needs it."""
    made = releases.release_prepare(user, "Makeup was asked often.")
    values = {"state": state, "checked_at": timezone.now(), "report": _report(), "progress": {}, **fields}
    Release.objects.filter(pk=made.pk).update(**values)
    made.refresh_from_db()
    return made


def _check(name: str, lines: list[dict[str, Any]] | None = None, **rest: Any) -> dict[str, Any]:
    found = {
        "name": name,
        "passed": not lines,
        "stops": name != "visitors",
        "looked_at": 40,
        "lines": lines or [],
        "left_out": 0,
    }
    return {**found, **rest}


def _report(*checks: dict[str, Any]) -> dict[str, Any]:
    given = {one["name"]: one for one in checks}
    every = [
        _check("wording"), _check("kept_tests"), _check("emergencies", asked=4), _check("concerns", share=0.983),
        _check("topics", topics=[{"topic": "aftercare", "asked": 20, "before": 18, "after": 19}]), _check("visitors"),
    ]  # fmt: skip
    return {"checks": [given.get(one["name"], one) for one in every], "seconds": 41.0}


def test_before_anything_is_live_that_is_said(editor: Client) -> None:
    page = _read(editor.get("/desk/content/releases"))

    assert "Nothing is live yet." in page
    assert "Check the draft" not in page


def test_a_draft_that_is_live_needs_no_release(editor: Client, live: Release) -> None:
    page = _read(editor.get("/desk/content/releases"))

    assert "Live: release 1" in page
    assert "The draft says what is live." in page
    assert "Check the draft" not in page


def test_what_is_not_live_yet_is_told_in_words(editor: Client, live: Release, dave: User) -> None:
    _reword(dave)
    services.examples_add(dave, WATER, [NEW])
    gone = content().questions[WATER].examples[0]
    services.examples_delete(dave, WATER, [gone])

    answered = editor.get("/desk/content/releases")

    page = _read(answered)
    assert "2 changes are not live yet" in page
    assert "1 answer reworded 1 example added 1 example removed" in page
    assert "Medical wording in 1 of them" in page
    assert f"1 example added {NEW}" in page
    assert f"1 example removed {gone}" in page
    assert "<ins>And keep it clean.</ins>" in answered.content.decode()


def test_a_new_and_a_deleted_question_are_told(editor: Client, live: Release, dave: User) -> None:
    services.question_add(dave, "aftercare/lipstick", [NEW], [{"text": "Wait a day.", "metadata": {"title": "Lipstick after"}}])
    services.question_delete(dave, WATER)

    page = _read(editor.get("/desk/content/releases"))

    assert "1 new question 1 deleted question" in page
    assert "Lipstick after" in page
    assert "Answer Wait a day." in page
    assert "Answer that goes" in page


def test_ten_examples_are_shown_and_the_others_are_one_step_away(editor: Client, live: Release, dave: User) -> None:
    services.examples_add(dave, WATER, [f"{NEW} {word}" for word in "abcdefghijkl"])

    page = editor.get("/desk/content/releases").content.decode()

    shown, _, folded = page.partition("<summary>2 more</summary>")
    assert (shown.count(NEW), folded.count(NEW)) == (10, 2)


def test_checking_the_draft_makes_a_release_with_the_reason(editor: Client, live: Release, dave: User) -> None:
    _reword(dave)

    answered = editor.post("/desk/content/releases/prepare", {"why": "Asked often."})

    made = Release.objects.get(number=2)
    assert answered.headers["Location"] == "/desk/content/releases/2"
    assert (made.state, made.why, made.name) == (State.CHECKING, "Asked often.", "Dave")


def test_where_nothing_differs_none_is_made(editor: Client, live: Release) -> None:
    page = _read(editor.post("/desk/content/releases/prepare", follow=True))

    assert words.staff("release_cannot_nothing") in page
    assert Release.objects.count() == 1


def test_while_another_is_on_its_way_one_is_led_to_it(editor: Client, live: Release, dave: User) -> None:
    _reword(dave)
    _release(dave)

    listed = _read(editor.get("/desk/content/releases"))
    answered = editor.post("/desk/content/releases/prepare", follow=True)

    assert "On its way: release 2" in listed
    assert "Check the draft" not in listed
    assert answered.redirect_chain[-1][0] == "/desk/content/releases/2"
    assert words.staff("release_cannot_open") in _read(answered)


def test_a_draft_that_cannot_be_read_hides_nothing_of_what_is_live(editor: Client, live: Release, folder: Path) -> None:
    (folder / "data" / "aftercare.yml").write_text("nlu: [", encoding="utf-8")

    page = _read(editor.get("/desk/content/releases"))
    refused = _read(editor.post("/desk/content/releases/prepare", follow=True))

    assert "Live: release 1" in page
    assert "The draft cannot be read just now" in page
    assert "data/aftercare.yml" in refused


@pytest.mark.parametrize("code", re.findall(r"`(\w+)`", NotAllowed.__doc__ or ""))
def test_each_reason_why_not_has_its_words(code: str) -> None:
    assert code == "code" or words.staff(f"release_cannot_{code}")


@pytest.mark.parametrize(
    ("state", "fields", "buttons"),
    [
        (State.CHECKING, {"report": {}, "checked_at": None}, {"withdraw"}),
        (State.CHECKED, {"medical": False}, {"live", "withdraw"}),
        (State.CHECKED, {"approved_at": timezone.now(), "approved_name": "Erin"}, {"live", "withdraw"}),
        (State.CHECKED, {}, {"withdraw"}),
        (State.STOPPED, {}, {"prepare"}),
        (State.GOING_LIVE, {}, set()),
        (State.REPLACED, {"live_at": timezone.now()}, set()),
        (State.WITHDRAWN, {}, set()),
    ],
)
def test_an_editor_can_do_what_is_to_be_done_next(
    editor: Client, live: Release, dave: User, state: State, fields: dict[str, Any], buttons: set[str]
) -> None:
    _reword(dave)
    _release(dave, state, **fields)

    answered = editor.get("/desk/content/releases/2")

    assert set(re.findall(r'action="/desk/content/releases/(?:2/)?(\w+)"', answered.content.decode())) == buttons


def test_a_release_says_what_it_changes_and_why(editor: Client, live: Release, dave: User) -> None:
    _reword(dave)
    _release(dave)

    page = _read(editor.get("/desk/content/releases/2"))

    assert "Makeup was asked often." in page
    assert "Live until now" in page
    assert "And keep it clean." in page
    assert "nothing has to be learnt" not in page  # that is said when it can go live


def test_wording_alone_needs_no_training_and_that_is_said(editor: Client, live: Release, dave: User) -> None:
    _reword(dave)
    _release(dave, approved_at=timezone.now(), approved_name="Erin")

    page = _read(editor.get("/desk/content/releases/2"))

    assert "Only answers are worded otherwise: nothing has to be learnt" in page
    assert "Messages are read exactly as before" in page


def test_what_is_medical_is_read_in_one_go_with_the_facts_it_rests_on(
    clinician: Client, live: Release, dave: User, erin: User
) -> None:
    _reword(dave)
    _release(dave)

    page = _read(clinician.get("/desk/content/releases/2"))

    medical = page[page.index("Medical wording 1 answer, written by Dave") :]
    for fact in content().questions[MAKEUP].facts:
        assert facts()[fact].text in medical
    assert "Approve the wording" in medical


def test_a_clinician_who_did_not_write_it_approves_it(clinician: Client, live: Release, dave: User) -> None:
    _reword(dave)
    _release(dave)

    page = _read(clinician.post("/desk/content/releases/2/approve", follow=True))

    assert words.staff("release_done_approve", number="2") in page
    assert Release.objects.get(number=2).approved_name == "Erin"
    assert "Put it live" in page


def test_one_who_wrote_it_is_told_that_a_second_must(clinician: Client, live: Release, erin: User) -> None:
    _reword(erin)
    _release(erin)
    second = User.objects.create_user("frida")
    roles_set(second, {Role.CLINICIAN})

    page = _read(clinician.get("/desk/content/releases/2"))
    refused = _read(clinician.post("/desk/content/releases/2/approve", follow=True))

    assert "a second clinician must approve it. frida can do that on this page." in page
    assert "Approve the wording" not in page
    assert words.staff("release_cannot_own") in refused
    assert Release.objects.get(number=2).approved_at is None


def test_where_the_clinic_wants_no_second_person_ones_own_wording_is_approved(
    clinician: Client, live: Release, erin: User
) -> None:
    Clinic.objects.update(second_person=False)
    forget_clinic()
    _reword(erin)
    _release(erin)

    clinician.post("/desk/content/releases/2/approve")

    assert Release.objects.get(number=2).approved_name == "Erin"


def test_an_editor_is_told_who_approves_and_cannot(editor: Client, live: Release, dave: User, erin: User) -> None:
    _reword(dave)
    _release(dave)

    page = _read(editor.get("/desk/content/releases/2"))
    refused = editor.post("/desk/content/releases/2/approve")

    assert "Erin can read and approve it on this page." in page
    assert "Approve the wording" not in page
    assert refused.status_code == 403


def test_medical_wording_does_not_go_live_without_a_clinician(editor: Client, live: Release, dave: User) -> None:
    _reword(dave)
    _release(dave)

    page = _read(editor.post("/desk/content/releases/2/live", follow=True))

    assert words.staff("release_cannot_approval") in page
    assert Live.objects.get().release == live


def test_wording_alone_is_live_at_once(editor: Client, live: Release, dave: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(releases, "has_model", lambda _: True)
    _reword(dave)
    _release(dave, approved_at=timezone.now(), approved_name="Erin")

    page = _read(editor.post("/desk/content/releases/2/live", follow=True))

    assert Live.objects.get().release.number == 2
    assert "Release 2 ● Live" in page


def test_one_that_is_withdrawn_leaves_the_draft(editor: Client, live: Release, dave: User) -> None:
    _reword(dave)
    _release(dave)

    page = _read(editor.post("/desk/content/releases/2/withdraw", follow=True))

    assert words.staff("release_done_withdraw", number="2") in page
    assert "And keep it clean." in content().questions[MAKEUP].wordings[0].text


@pytest.mark.parametrize("path", ["prepare", "1/approve", "1/live", "1/withdraw", "1/take"])
def test_what_changes_something_is_no_link(clinician: Client, live: Release, path: str) -> None:
    assert clinician.get(f"/desk/content/releases/{path}").status_code == 405


@pytest.mark.parametrize("path", ["", "/progress", "/back"])
def test_a_release_that_there_is_not_is_not_found(editor: Client, live: Release, path: str) -> None:
    assert editor.get(f"/desk/content/releases/7{path}").status_code == 404


@pytest.mark.parametrize("name", ["", *CHECKING])
def test_each_step_of_the_checks_has_its_words(editor: Client, live: Release, dave: User, name: str) -> None:
    services.examples_add(dave, WATER, [NEW])
    _release(dave, State.CHECKING, progress={"step": name, "done": 7, "of": 40} if name else {}, report={}, checked_at=None)

    page = _read(editor.get("/desk/content/releases/2/progress"))

    assert ("Waiting for its turn" in page) is not name
    assert ("7 of 40." in page) is bool(name)
    assert (f"Step {CHECKING.index(name) + 1} of {len(CHECKING)}" in page) if name else "Step" not in page


def test_a_release_that_goes_live_says_so(editor: Client, live: Release, dave: User) -> None:
    _reword(dave)
    _release(dave, State.GOING_LIVE, progress={"step": "warming"})

    page = _read(editor.get("/desk/content/releases/2"))

    assert "Release 2 goes live Step 3 of 3 Asking it a few questions before visitors do" in page


def test_the_part_that_is_looked_at_again_says_when_it_is_over(editor: Client, live: Release, dave: User) -> None:
    _reword(dave)
    _release(dave)

    assert 'data-state="checked"' in editor.get("/desk/content/releases/2/progress").content.decode()


@pytest.mark.parametrize(
    ("progress", "said"),
    [
        ({"step": "training", "problem": "data/aftercare.yml:12"}, "The examples could not be learnt"),
        ({"step": "starting", "problem": ""}, "did not start"),
        ({"step": "checking", "problem": "unreachable"}, "The checks could not be finished"),
    ],
)
def test_what_stopped_and_what_to_do_is_said(
    editor: Client, live: Release, dave: User, progress: dict[str, str], said: str
) -> None:
    _reword(dave)
    _release(dave, State.STOPPED, progress=progress, report={}, checked_at=None)

    page = _read(editor.get("/desk/content/releases/2"))

    assert said in page
    assert progress["problem"] in page
    assert "Visitors are not affected" in page
    assert "Check the draft again" in page


def test_lost_emergencies_come_first_with_what_would_be_answered(editor: Client, live: Release, dave: User) -> None:
    services.examples_add(dave, WATER, [NEW])
    lost = {
        "text": "i cant swallow", "before": "emergency", "after": "none", "said": [MAKEUP], "confidence": 0.8, "concern": "none",
    }  # fmt: skip
    failed = {"text": "lipstick?", "wanted": MAKEUP, "said": [WATER], "confidence": 0.5, "concern": "none"}
    _release(dave, State.STOPPED, report=_report(_check("kept_tests", [failed]), _check("emergencies", [lost], asked=4)))

    page = _read(editor.get("/desk/content/releases/2"))

    assert "Its checks have stopped it" in page
    assert page.index("1 emergency would no longer be recognised.") < page.index("Your own tests")
    titles = {key: content().questions[key].title for key in (MAKEUP, WATER)}
    assert f"i cant swallow ⚠ Emergency ○ No concern {titles[MAKEUP]}" in page
    assert f"lipstick? {titles[MAKEUP]} {titles[WATER]}" in page
    assert "Fixed rules recognise 36 of them" in page


def test_a_test_of_a_level_says_which_it_must_get(editor: Client, live: Release, dave: User) -> None:
    services.examples_add(dave, WATER, [NEW])
    failed = {"text": "my lips are blue", "wanted": "emergency", "said": [WATER], "confidence": 0.5, "concern": "routine"}
    _release(dave, State.STOPPED, report=_report(_check("kept_tests", [failed])))

    page = _read(editor.get("/desk/content/releases/2"))

    assert "my lips are blue ⚠ Emergency" in page
    assert "● Medical" in page


def test_topics_are_beside_what_is_live(editor: Client, live: Release, dave: User) -> None:
    services.examples_add(dave, WATER, [NEW])
    worse = {"text": "can i swim", "wanted": WATER, "before": [WATER], "said": [MAKEUP], "confidence": 0.5, "concern": "none"}
    table = [
        {"topic": "aftercare", "asked": 20, "before": 18, "after": 19},
        {"topic": "basics", "asked": 9, "before": 9, "after": 7},
    ]
    _release(dave, report=_report(_check("topics", [worse], passed=True, topics=table)))

    page = _read(editor.get("/desk/content/releases/2"))

    assert "Questions that it was not taught ✓ Passed" in page
    assert "Aftercare 20 18 19 +1 What it is 9 9 7 -2 All 29 27 26 -1" in page
    assert "1 that was right, and is not now" in page
    assert "can i swim" in page


def test_notes_on_wording_are_told_with_the_question(editor: Client, live: Release, dave: User) -> None:
    _reword(dave)
    noted = {"key": MAKEUP, "text": "Leave it off.", "code": "long", "sentence": "This is long.", "stops": False}
    _release(dave, report=_report(_check("wording", [noted], passed=True)))

    page = _read(editor.get("/desk/content/releases/2"))

    assert "Wording of answers ▲ To look at" in page
    assert f"{content().questions[MAKEUP].title}: This is long." in page


def _message(conversation: Conversation, text: str) -> Message:
    return Message.objects.create(
        conversation=conversation, position=conversation.messages.count() + 1, sender=Message.Sender.VISITOR, text=text,
        sent_at=timezone.now(),
    )  # fmt: skip


def _of_visitors(*messages: int) -> dict[str, Any]:
    lines = [
        {"message": pk, "before": [WATER], "after": [MAKEUP], "concern_before": "none", "concern_after": "routine"}
        for pk in messages
    ]
    return _report(_check("visitors", lines))


def test_visitors_words_are_masked_and_the_answers_side_by_side(
    editor: Client, clinician: Client, live: Release, dave: User, conversation: Conversation
) -> None:
    services.examples_add(dave, WATER, [NEW])
    message = _message(conversation, "can i wear lipstick, mail jo.bloggs@example.org")
    _release(dave, report=_of_visitors(message.pk))

    answered = editor.get("/desk/content/releases/2")

    page = _read(answered)
    assert "can i wear lipstick, mail [e-mail]" in page
    assert "bloggs" not in answered.content.decode()
    known = content().questions
    assert f"Live: {known[WATER].title} This release: {known[MAKEUP].title}" in page
    assert "Taken for: ○ No concern →, then ● Medical" in page
    assert " ".join(known[MAKEUP].wordings[0].text.split()) in page
    assert "/desk/review/" not in answered.content.decode()
    assert (
        f'href="/desk/review/{conversation.pk}#m{message.position}"'
        in clinician.get("/desk/content/releases/2").content.decode()
    )
    assert set(Entry.objects.filter(action="release_read").values_list("username", flat=True)) == {"dave", "erin"}


def test_a_message_that_was_erased_meanwhile_is_left_out(
    editor: Client, live: Release, dave: User, conversation: Conversation
) -> None:
    services.examples_add(dave, WATER, [NEW])
    kept, erased = (_message(conversation, text) for text in ("can i wear lipstick", "is rouge fine"))
    _release(dave, report=_of_visitors(kept.pk, erased.pk))
    erased.delete()

    page = _read(editor.get("/desk/content/releases/2"))

    assert "can i wear lipstick" in page
    assert "1 of those whose answer would be another was erased since, and is left out." in page


def test_what_is_taken_for_less_serious_comes_first(
    editor: Client, live: Release, dave: User, conversation: Conversation
) -> None:
    services.examples_add(dave, WATER, [NEW])
    messages = [_message(conversation, text) for text in ("can i wear lipstick", "my face is swollen")]
    found = _of_visitors(*(message.pk for message in messages))
    found["checks"][-1]["lines"][1] |= {"concern_before": "urgent", "concern_after": "none"}
    _release(dave, report=found)

    page = _read(editor.get("/desk/content/releases/2"))

    assert page.index("my face is swollen") < page.index("can i wear lipstick")
    assert page.count("less serious than before") == 1


def test_without_visitors_words_nothing_is_noted(editor: Client, live: Release, dave: User) -> None:
    _reword(dave)
    _release(dave)

    editor.get("/desk/content/releases/2")

    assert not Entry.objects.filter(action="release_read").exists()


@pytest.fixture
def second_is_live(live: Release, dave: User, monkeypatch: pytest.MonkeyPatch) -> Release:
    """Release 2 is live: an answer is worded otherwise."""
    monkeypatch.setattr(releases, "has_model", lambda _: True)
    _reword(dave)
    made = _release(dave, approved_at=timezone.now(), approved_name="Erin")
    releases.release_go_live(dave, made)
    made.refresh_from_db()
    return made


def test_going_back_first_says_what_visitors_get_otherwise(editor: Client, second_is_live: Release) -> None:
    listed = editor.get("/desk/content/releases").content.decode()
    page = _read(editor.get("/desk/content/releases/1/back"))

    assert 'href="/desk/content/releases/1/back"' in listed
    assert "Go back to release 1?" in page
    assert "Live now" in page
    assert "And keep it clean." in page
    assert Live.objects.get().release == second_is_live


def test_going_back_leaves_the_draft_and_offers_to_take_it_along(editor: Client, second_is_live: Release) -> None:
    page = _read(editor.post("/desk/content/releases/1/back", {"why": "It was wrong."}, follow=True))

    now = Live.objects.get().release
    assert (now.number, now.goes_back_to.number if now.goes_back_to else 0, now.why) == (3, 1, "It was wrong.")
    assert "The draft still holds what came after release 1" in page
    assert "And keep it clean." in content().questions[MAKEUP].wordings[0].text

    taken = editor.post("/desk/content/releases/3/take", follow=True)

    assert words.staff("release_done_take", number="3") in _read(taken)
    assert f'action="/desk/content/changes/{Change.objects.latest("pk").pk}/undo"' in taken.content.decode()
    assert "And keep it clean." not in content().questions[MAKEUP].wordings[0].text
    assert "The draft still holds" not in _read(taken)


def test_a_draft_that_says_it_already_is_not_changed(editor: Client, live: Release) -> None:
    page = _read(editor.post("/desk/content/releases/1/take", follow=True))

    assert words.staff("release_take_same", number="1") in page
    assert not Change.objects.exists()


def test_going_back_withdraws_what_is_on_its_way_and_says_so_first(editor: Client, second_is_live: Release, dave: User) -> None:
    services.examples_add(dave, WATER, [NEW])
    _release(dave)

    page = _read(editor.get("/desk/content/releases/1/back"))
    editor.post("/desk/content/releases/1/back")

    assert "Release 3, which is on its way, is withdrawn by that." in page
    assert Release.objects.get(number=3).state == State.WITHDRAWN


@pytest.mark.parametrize("method", ["get", "post"])
def test_one_that_is_live_or_never_was_is_none_to_go_back_to(
    editor: Client, second_is_live: Release, dave: User, method: str
) -> None:
    services.examples_add(dave, WATER, [NEW])
    _release(dave, State.WITHDRAWN)

    for number in (2, 3):
        page = _read(getattr(editor, method)(f"/desk/content/releases/{number}/back", follow=True))
        assert words.staff("release_cannot_state") in page
    assert Live.objects.get().release == second_is_live


def test_an_erased_example_that_is_live_is_told_until_the_draft_is_released(editor: Client, live: Release, dave: User) -> None:
    gone = content().questions[WATER].examples[0]
    services.examples_delete(None, WATER, [gone], kind=Change.Kind.ERASED)

    before = _read(editor.get("/desk/content/releases"))
    Release.objects.update(up_to=Change.objects.latest("pk").pk)
    after = _read(editor.get("/desk/content/releases"))

    assert "An erased example is still live." in before
    assert "An erased example is still live." not in after


def test_a_release_whose_files_are_gone_says_so_and_offers_the_rest(
    editor: Client, second_is_live: Release, tmp_path: Path
) -> None:
    (tmp_path / "var" / "content" / second_is_live.build_id / "data").rename(tmp_path / "elsewhere")

    page = _read(editor.get("/desk/content/releases/2"))
    listed = _read(editor.get("/desk/content/releases"))
    back = editor.get("/desk/content/releases/1/back")

    assert "cannot be read any more" in page
    assert words.staff("release_unreadable", number="2") in listed
    assert "cannot be read" in _read(back)


def test_ten_releases_are_on_a_page(editor: Client, live: Release) -> None:
    first = Release.objects.get()
    for number in range(2, 13):
        first.pk, first.number = None, number
        first.state = State.WITHDRAWN
        first.save()

    newest = _read(editor.get("/desk/content/releases"))
    older = _read(editor.get("/desk/content/releases?page=2"))

    assert "Release 12" in newest
    assert "Release 2 " not in newest
    assert "Release 2 " in older
    assert "Release 12" not in older

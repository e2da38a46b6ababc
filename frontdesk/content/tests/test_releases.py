"""What people decide about releases: when it is refused, what a clinician must approve, and what is live in one step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from frontdesk.audit.models import Entry
from frontdesk.clinic.models import Clinic
from frontdesk.clinic.selectors import forget_clinic
from frontdesk.content import builds, releases, services
from frontdesk.content.builds import build_now
from frontdesk.content.draft import content_of, draft_differences, live_release
from frontdesk.content.live import served
from frontdesk.content.models import Build, Change, Live, Process, Release
from frontdesk.content.operations import Operation
from frontdesk.content.questions import content, digest_of
from frontdesk.content.releases import NotAllowed
from frontdesk.content.services import CannotBeDone
from frontdesk.people.roles import Role, roles_set

State = Release.State
MAKEUP, WATER = "aftercare/makeup", "aftercare/water"
NEW = "could i put some lipstick on the day after"
ADDRESS = "http://127.0.0.1:1"


@pytest.fixture(autouse=True)
def folder(files_of_content: Path, clinic: Clinic) -> Path:
    """The editors' files: two topics, so that they are read in no time."""
    for path in (files_of_content / "data").glob("*.yml"):
        if path.stem not in ("aftercare", "side_effects"):  # the second: buttons of the first lead there
            path.unlink()
    return files_of_content


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where models are."""
    made = tmp_path / "models"
    made.mkdir()
    monkeypatch.setattr(builds, "MODELS", made)
    return made


@pytest.fixture
def live(models: Path) -> Release:
    """What the files said in the beginning, as visitors get it."""
    return releases.first_release(_trained(build_now(), models), ADDRESS)


def _trained(build: Build, models: Path) -> Build:
    build.model = f"{build.digest}.tar.gz"
    build.state = Build.State.READY
    build.save()
    (models / build.model).touch()
    return build


def _reword(user: User, key: str = MAKEUP, text: str = "Keep it off today.") -> None:
    question = content().questions[key]
    raws = [{**dict(wording.raw), "text": text} for wording in question.wordings]
    services.answer_change(user, key, question.answer_version, raws)


def _checked(user: User, **fields: Any) -> Release:
    """A release of the draft that has passed its checks."""
    made = releases.release_prepare(user, "It was asked often.")
    Release.objects.filter(pk=made.pk).update(**{"state": State.CHECKED, "checked_at": timezone.now(), **fields})
    made.refresh_from_db()
    return made


def _is_live(release: Release, models: Path) -> Release:
    """As the worker does it, once its assistant is warm."""
    _trained(release.read_by, models)
    process = Process.objects.create(port=7000 + release.number, model=release.read_by.model, since=timezone.now())
    release.refresh_from_db()
    releases.switch(release, process)
    return release


def _refused(code: str) -> Any:
    return pytest.raises(NotAllowed, match=f"^{code}$")


def _noted() -> list[tuple[str, str, dict[str, Any]]]:
    """The audit log's lines on releases, in order."""
    rows = Entry.objects.filter(action__startswith="release_").order_by("pk")
    return [(row.action, row.username, row.details) for row in rows]


# The first one.


def test_what_stands_there_in_the_beginning_is_the_first_release(live: Release) -> None:
    assert (live.number, live.state, live.follows, live.name) == (1, State.LIVE, None, "Front desk")
    assert live.live_at is not None
    assert live_release() == live
    assert served().address == ADDRESS
    assert draft_differences() == []


# Prepared.


def test_without_anything_live_nothing_is_prepared(dave: User) -> None:
    with _refused("no_live"):
        releases.release_prepare(dave, "")


def test_a_draft_that_says_what_is_live_is_not_prepared(live: Release, dave: User) -> None:
    with _refused("nothing"):
        releases.release_prepare(dave, "")


@pytest.mark.parametrize("state", [State.CHECKING, State.CHECKED, State.GOING_LIVE])
def test_while_one_is_on_its_way_no_other_is_prepared(live: Release, dave: User, state: State) -> None:
    services.examples_add(dave, MAKEUP, [NEW])
    _checked(dave, state=state)

    with _refused("open"):
        releases.release_prepare(dave, "")
    assert releases.open_release() is not None
    assert Release.objects.count() == 2


@pytest.mark.parametrize("state", [State.STOPPED, State.WITHDRAWN])
def test_after_one_that_came_to_nothing_the_next_is_prepared(live: Release, dave: User, state: State) -> None:
    services.examples_add(dave, MAKEUP, [NEW])
    _checked(dave, state=state)

    assert releases.release_prepare(dave, "").number == 3


def test_a_release_says_what_it_is_of(live: Release, dave: User) -> None:
    change = services.examples_add(dave, MAKEUP, [NEW])

    made = releases.release_prepare(dave, f"  {'x' * 400} ")

    assert (made.number, made.state, made.user, made.name, made.follows) == (2, State.CHECKING, dave, "Dave", live)
    assert (made.up_to, len(made.why)) == (change.pk, 300)
    assert made.read_by == made.build != live.build
    assert not made.is_wording_alone
    assert not made.medical
    [one] = releases.release_differences(made)
    assert (one.question.key, one.added) == (MAKEUP, (NEW,))


def test_a_release_is_the_draft_of_that_moment(live: Release, dave: User) -> None:
    services.examples_add(dave, MAKEUP, [NEW])
    made = releases.release_prepare(dave, "")

    services.examples_add(dave, MAKEUP, ["and a bit of mascara that evening"])

    assert [one.added for one in releases.release_differences(made)] == [(NEW,)]


def test_a_release_that_words_answers_otherwise_is_read_by_the_model_that_is_there(live: Release, dave: User) -> None:
    _reword(dave)

    made = releases.release_prepare(dave, "")

    assert made.is_wording_alone
    assert made.read_by == live.read_by
    assert list(made.responses) == [f"utter_{MAKEUP}"]
    assert made.wording == digest_of(made.responses)
    assert made.medical


def test_answers_that_say_nothing_of_health_need_no_clinician(folder: Path, models: Path, dave: User) -> None:
    (folder / "data/smalltalk.yml").write_text(
        'version: "3.1"\nnlu:\n  - intent: smalltalk/greet\n    examples: |\n      - hi there\n'
        'responses:\n  utter_smalltalk/greet:\n    - text: "Hello."\n'
    )
    releases.first_release(_trained(build_now(), models), ADDRESS)
    _reword(dave, "smalltalk/greet", "Good day.")

    assert not releases.release_prepare(dave, "").medical


def test_a_build_that_could_not_be_trained_is_tried_again(live: Release, dave: User) -> None:
    services.examples_add(dave, MAKEUP, [NEW])
    failed = build_now()
    Build.objects.filter(pk=failed.pk).update(state=Build.State.FAILED)

    assert releases.release_prepare(dave, "").build == failed
    failed.refresh_from_db()
    assert failed.state == Build.State.DUE


# Approved.


def test_a_clinician_approves(live: Release, dave: User, erin: User) -> None:
    _reword(dave)

    approved = releases.release_approve(erin, _checked(dave))

    assert (approved.approved_by, approved.approved_name) == (erin, "Erin")
    assert approved.approved_at is not None


def test_an_editor_does_not_approve(live: Release, dave: User) -> None:
    _reword(dave)

    with _refused("not_clinician"):
        releases.release_approve(dave, _checked(dave))


@pytest.mark.parametrize("state", [one for one in State if one != State.CHECKED])
def test_what_is_not_checked_is_not_approved(live: Release, dave: User, erin: User, state: State) -> None:
    _reword(dave)

    with _refused("state"):
        releases.release_approve(erin, _checked(dave, state=state))


def test_what_is_approved_is_not_approved_again(live: Release, dave: User, erin: User) -> None:
    _reword(dave)
    made = releases.release_approve(erin, _checked(dave))

    with _refused("state"):
        releases.release_approve(erin, made)


def test_who_wrote_it_approves_it_where_the_clinic_asks_for_no_other(live: Release, erin: User) -> None:
    Clinic.objects.update(second_person=False)
    forget_clinic()
    _reword(erin)

    assert releases.release_approve(erin, _checked(erin)).approved_by == erin


def test_a_second_person_must_approve_where_the_clinic_asks_for_one(live: Release, dave: User, erin: User) -> None:
    roles_set(dave, {Role.EDITOR, Role.CLINICIAN})
    dave = User.objects.get(pk=dave.pk)
    _reword(dave)
    made = _checked(erin)  # who asks for the release has written nothing of it

    with _refused("own"):
        releases.release_approve(dave, made)
    assert releases.release_approve(erin, made).approved_by == erin


def test_who_wrote_what_is_live_already_may_approve_what_another_wrote_since(live: Release, dave: User, erin: User) -> None:
    _reword(erin, WATER)
    releases.release_go_live(erin, _checked(erin, approved_at=timezone.now()))
    _reword(dave)

    made = _checked(dave)

    assert releases.authors(made) == {dave.pk}
    assert releases.release_approve(erin, made).approved_by == erin


def test_what_was_written_outside_of_the_editor_is_of_whoever_asks_for_the_release(
    live: Release, folder: Path, erin: User
) -> None:
    file = folder / "data/aftercare.yml"
    file.write_text(file.read_text().replace(content().questions[MAKEUP].examples[0], NEW))

    assert releases.authors(releases.release_prepare(erin, "")) == {erin.pk}


# Live.


def test_wording_alone_is_live_at_once(live: Release, dave: User, erin: User) -> None:
    _reword(dave)
    made = releases.release_approve(erin, _checked(dave))
    before = served()

    made = releases.release_go_live(dave, made)

    assert made.state == State.LIVE
    assert live_release() == made
    assert (served().address, served().wording, served().release) == (before.address, made.wording, made.number)
    live.refresh_from_db()
    assert live.state == State.REPLACED
    assert live.ended_at is not None


def test_what_is_trained_goes_live_once_its_assistant_runs(live: Release, models: Path, dave: User) -> None:
    services.examples_add(dave, MAKEUP, [NEW])
    made = releases.release_go_live(dave, _checked(dave))
    answers_meanwhile = served().release

    assert made.state == State.GOING_LIVE
    assert answers_meanwhile == 1
    _is_live(made, models)
    assert (served().release, served().address) == (2, "http://127.0.0.1:7002")


def test_the_assistant_that_answered_before_ends_when_it_has_finished(live: Release, models: Path, dave: User) -> None:
    old = Process.objects.create(port=1, model=live.read_by.model, since=timezone.now())
    services.examples_add(dave, MAKEUP, [NEW])

    _is_live(releases.release_go_live(dave, _checked(dave)), models)

    old.refresh_from_db()
    assert old.until is not None
    assert Process.objects.get(port=7002).until is None


def test_wording_whose_model_is_gone_waits_for_it(live: Release, models: Path, dave: User) -> None:
    _reword(dave)
    made = _checked(dave, approved_at=timezone.now())
    (models / live.read_by.model).unlink()

    assert releases.release_go_live(dave, made).state == State.GOING_LIVE


def test_medical_wording_that_nobody_approved_does_not_go_live(live: Release, dave: User) -> None:
    _reword(dave)
    made = _checked(dave)

    with _refused("approval"):
        releases.release_go_live(dave, made)
    assert live_release() == live


def test_what_its_checks_stopped_does_not_go_live(live: Release, dave: User) -> None:
    services.examples_add(dave, MAKEUP, [NEW])

    with _refused("stopped"):
        releases.release_go_live(dave, _checked(dave, state=State.STOPPED))


@pytest.mark.parametrize("state", [State.CHECKING, State.GOING_LIVE, State.LIVE, State.REPLACED, State.WITHDRAWN])
def test_what_is_not_checked_does_not_go_live(live: Release, dave: User, state: State) -> None:
    services.examples_add(dave, MAKEUP, [NEW])

    with _refused("state"):
        releases.release_go_live(dave, _checked(dave, state=state))


# Withdrawn.


@pytest.mark.parametrize("state", [State.CHECKING, State.CHECKED, State.STOPPED])
def test_a_release_is_withdrawn_and_the_draft_stays(live: Release, dave: User, state: State) -> None:
    services.examples_add(dave, MAKEUP, [NEW])

    gone = releases.release_withdraw(dave, _checked(dave, state=state))

    assert gone.state == State.WITHDRAWN
    assert gone.ended_at is not None
    assert NEW in content().questions[MAKEUP].examples
    assert live_release() == live


@pytest.mark.parametrize("state", [State.GOING_LIVE, State.LIVE, State.REPLACED, State.WITHDRAWN])
def test_what_goes_live_is_not_withdrawn(live: Release, dave: User, state: State) -> None:
    services.examples_add(dave, MAKEUP, [NEW])

    with _refused("state"):
        releases.release_withdraw(dave, _checked(dave, state=state))


# Back.


@pytest.fixture
def second(live: Release, models: Path, dave: User) -> Release:
    """The second release is live: it was trained."""
    services.examples_add(dave, MAKEUP, [NEW])
    return _is_live(releases.release_go_live(dave, _checked(dave)), models)


def test_back_to_an_earlier_model_is_a_release_that_is_not_checked_again(live: Release, second: Release, dave: User) -> None:
    back = releases.release_back(dave, live, "Too many wrong answers.")

    assert (back.number, back.state, back.follows, back.goes_back_to) == (3, State.GOING_LIVE, second, live)
    assert (back.build, back.read_by, back.why) == (live.build, live.read_by, "Too many wrong answers.")
    assert live_release() == second


def test_back_to_an_earlier_wording_is_live_at_once(live: Release, dave: User) -> None:
    _reword(dave)
    releases.release_go_live(dave, _checked(dave, approved_at=timezone.now()))

    back = releases.release_back(dave, live)

    assert back.state == State.LIVE
    assert (served().wording, served().release) == ("", 3)
    assert len(draft_differences()) == 1  # the draft still says what was written


def test_back_to_one_that_went_back_is_back_to_what_it_says(live: Release, second: Release, models: Path, dave: User) -> None:
    first = _is_live(releases.release_back(dave, live), models)
    second.refresh_from_db()
    forth = _is_live(releases.release_back(dave, second), models)

    again = releases.release_back(dave, first)

    assert (forth.goes_back_to, again.goes_back_to) == (second, live)


def test_what_is_live_is_not_gone_back_to(live: Release, dave: User) -> None:
    with _refused("state"):
        releases.release_back(dave, live)


def test_what_never_was_live_is_not_gone_back_to(live: Release, dave: User) -> None:
    services.examples_add(dave, MAKEUP, [NEW])

    with _refused("state"):
        releases.release_back(dave, _checked(dave, state=State.STOPPED))


def test_without_anything_live_there_is_no_way_back(second: Release, live: Release, dave: User) -> None:
    Live.objects.all().delete()

    with _refused("no_live"):
        releases.release_back(dave, live)


def test_the_way_back_withdraws_what_is_on_its_way(live: Release, second: Release, dave: User) -> None:
    services.examples_add(dave, WATER, ["is a long hot bath alright the next day"])
    open_one = _checked(dave)

    releases.release_back(dave, live)

    open_one.refresh_from_db()
    assert open_one.state == State.WITHDRAWN


# The draft says what a release says.


def test_the_draft_takes_what_a_release_says_and_that_can_be_undone(live: Release, folder: Path, dave: User) -> None:
    _reword(dave)
    gone = content().questions[WATER].examples[0]
    services.examples_delete(dave, WATER, [gone])
    services.examples_add(dave, MAKEUP, [NEW])
    raws = [dict(wording.raw) for wording in content().questions[MAKEUP].wordings]
    services.question_add(dave, "aftercare/jewellery", ["when can my earrings go back in"], raws)
    services.question_delete(dave, "aftercare/touch")
    was = content().responses

    taken = releases.draft_take(dave, live)

    assert draft_differences() == []
    assert content().questions.keys() == content_of(live).questions.keys()
    assert taken.kind == Change.Kind.TAKEN_BACK
    services.change_undo(dave, taken)
    assert content().responses == was
    assert NEW in content().questions[MAKEUP].examples
    assert gone not in content().questions[WATER].examples


def test_a_draft_that_says_it_already_is_not_changed(live: Release, dave: User) -> None:
    with pytest.raises(CannotBeDone, match="nothing"):
        releases.draft_take(dave, live)


def test_a_draft_that_cannot_be_written_is_as_it_was(
    live: Release, folder: Path, dave: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.examples_add(dave, MAKEUP, [NEW])

    def full(operations: list[Operation]) -> list[Path]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("frontdesk.content.files.apply", full)
    with pytest.raises(OSError, match="No space"):
        releases.draft_take(dave, live)

    assert NEW in content().questions[MAKEUP].examples
    assert Change.objects.count() == 1


# What is written down.


def test_who_decided_what_is_in_the_audit_log(live: Release, dave: User, erin: User) -> None:
    _reword(dave)
    releases.release_withdraw(erin, _checked(dave))
    made = _checked(dave)
    releases.release_approve(erin, made)
    releases.release_go_live(dave, made)
    releases.release_back(erin, live)

    assert _noted() == [
        ("release_prepared", "dave", {"number": 2}),
        ("release_withdrawn", "erin", {"number": 2}),
        ("release_prepared", "dave", {"number": 3}),
        ("release_approved", "erin", {"number": 3}),
        ("release_going_live", "dave", {"number": 3}),
        ("release_live", "", {"number": 3}),
        ("release_back", "erin", {"number": 4, "to": 1}),
        ("release_live", "", {"number": 4}),
    ]


def test_what_was_refused_is_not_in_the_audit_log(live: Release, dave: User) -> None:
    with _refused("nothing"):
        releases.release_prepare(dave, "")
    with _refused("state"):
        releases.release_back(dave, live)

    assert _noted() == []

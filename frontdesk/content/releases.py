"""Releases: from the draft, over checks and approval, to visitors; and back.

What is to be done next is what the rows say, so a release goes on where it was, whichever process dies when; and what is live stays so
until one transaction says otherwise. The worker advances releases (`advance.py`); here is what people decide.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from frontdesk.audit.services import note
from frontdesk.clinic.selectors import the_clinic
from frontdesk.content.builds import build_now, has_model
from frontdesk.content.draft import Difference, build_folder, content_of, differences, is_wording_alone, live_release
from frontdesk.content.live import forget_served
from frontdesk.content.models import Build, Change, Live, Process, Release, Trial
from frontdesk.content.operations import Added, Answer, Deleted, Examples, Operation
from frontdesk.content.processes import process_end, process_of_live
from frontdesk.content.questions import Content, content, digest_of
from frontdesk.content.services import change_make, name_of
from frontdesk.people.roles import Right, has_right

State = Release.State
OPEN = (State.CHECKING, State.CHECKED, State.GOING_LIVE)


class NotAllowed(Exception):
    """Something that cannot be done with a release now; `code` says why, for the words in which it is read.

    Attributes:
        code: `nothing` (the draft is what is live), `open` (another is on its way), `no_live` (nothing is live yet), `state` (it is not at
            that point), `approval` (a clinician must approve it first), `not_clinician`, `own` (a second person must), `stopped`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def release_prepare(user: User | None, why: str) -> Release:
    """Makes a release of the draft as it is this moment; its checks begin.

    Raises:
        NotAllowed: `no_live`, `nothing`, `open`.
        UnreadableContent, OSError: If the draft cannot be read, or kept.
    """
    live = live_release()
    if live is None:
        raise NotAllowed("no_live")
    build = build_now()
    found = differences(content_of(live), content(build_folder(build.digest)))
    if not found:
        raise NotAllowed("nothing")
    wording_alone = is_wording_alone(found)
    read_by = live.read_by if wording_alone else build
    responses = reworded(content(build_folder(read_by.digest)), content(build_folder(build.digest))) if wording_alone else {}
    with transaction.atomic():
        if Release.objects.filter(state__in=OPEN).exists():
            raise NotAllowed("open")
        if build.state == Build.State.FAILED and not wording_alone:
            Build.objects.filter(pk=build.pk).update(state=Build.State.DUE)
        release = _new(
            user, build, read_by, responses, why, follows=live, medical=any(one.is_medical for one in found),
            state=State.CHECKING,
        )  # fmt: skip
        note(user, "release_prepared", number=release.number)
    return release


def release_approve(user: User, release: Release) -> Release:
    """A clinician says that the wording is right.

    Raises:
        NotAllowed: `state`, `not_clinician`, or `own` where a second person must approve and they have written some of it.
    """
    with transaction.atomic():
        release = _locked(release)
        if release.state != State.CHECKED or release.approved_at:
            raise NotAllowed("state")
        if not has_right(user, Right.APPROVE):
            raise NotAllowed("not_clinician")
        if the_clinic().second_person and user.pk in authors(release):
            raise NotAllowed("own")
        release.approved_by, release.approved_name, release.approved_at = user, name_of(user), timezone.now()
        release.save(update_fields=["approved_by", "approved_name", "approved_at"])
        note(user, "release_approved", number=release.number)
    return release


def release_go_live(user: User | None, release: Release) -> Release:
    """Gives it to visitors: of wording alone at once, else as soon as an assistant has its model.

    Raises:
        NotAllowed: `state`, `stopped`, `approval`.
    """
    with transaction.atomic():
        release = _locked(release)
        if release.state == State.STOPPED:
            raise NotAllowed("stopped")
        if release.state != State.CHECKED:
            raise NotAllowed("state")
        if release.medical and not release.approved_at:
            raise NotAllowed("approval")
        note(user, "release_going_live", number=release.number)
        return _go(release)


def release_withdraw(user: User | None, release: Release) -> Release:
    """It does not go live; the draft stays.

    Raises:
        NotAllowed: `state`.
    """
    with transaction.atomic():
        release = _locked(release)
        if release.state not in (State.CHECKING, State.CHECKED, State.STOPPED):
            raise NotAllowed("state")
        release.state, release.ended_at = State.WITHDRAWN, timezone.now()
        release.save(update_fields=["state", "ended_at"])
        note(user, "release_withdrawn", number=release.number)
    return release


def release_back(user: User | None, to: Release, why: str = "") -> Release:
    """Visitors get what an earlier release said. It has passed its checks in its time, and nothing is asked again.

    A release that is on its way is withdrawn: it was compared with what is live no more.

    Raises:
        NotAllowed: `no_live`, or `state` where it was never live, or is.
    """
    with transaction.atomic():
        to = _locked(to)
        live = live_release()
        if live is None:
            raise NotAllowed("no_live")
        if to.live_at is None or to.pk == live.pk:
            raise NotAllowed("state")
        Release.objects.filter(state__in=OPEN).update(state=State.WITHDRAWN, ended_at=timezone.now())
        release = _new(
            user, to.build, to.read_by, to.responses, why, follows=live, goes_back_to=to.goes_back_to or to, medical=False,
            state=State.CHECKED, report=to.report, checked_at=to.checked_at, approved_by=to.approved_by,
            approved_name=to.approved_name, approved_at=to.approved_at, up_to=to.up_to,
        )  # fmt: skip
        note(user, "release_back", number=release.number, to=to.number)
        return _go(release)


def draft_take(user: User, release: Release) -> Change:
    """Makes the draft say what a release says; one change, which can be undone.

    Raises:
        CannotBeDone: `nothing`, if it does already. DoesNotFit, UnreadableContent, OSError: nothing was changed.
    """
    operations: list[Operation] = []
    for one in differences(content(), content_of(release)):
        key = one.question.key
        if one.before is None and one.after is not None:
            operations.append(Added(key, one.after.examples, tuple(dict(wording.raw) for wording in one.after.wordings)))
        elif one.after is None and one.before is not None:
            operations.append(Deleted(key, one.before.examples, tuple(dict(wording.raw) for wording in one.before.wordings)))
        elif one.before is not None and one.after is not None:
            operations += [Examples(key, removed=one.removed)] if one.removed else []
            operations += [Examples(key, added=one.added)] if one.added else []
            if one.is_reworded:
                raws = [tuple(dict(wording.raw) for wording in side.wordings) for side in (one.before, one.after)]
                operations.append(Answer(key, raws[0], raws[1]))
    return change_make(user, Change.Kind.TAKEN_BACK, operations)


def switch(release: Release, process: Process | None) -> None:
    """From here on visitors get this release; in the caller's transaction.

    Args:
        release: What they get.
        process: The assistant that has its model; None where it is the one that answers now.
    """
    now = timezone.now()
    live = Live.objects.select_related("release").first()
    before = live.release if live else None
    if before is not None and before.pk != release.pk:
        Release.objects.filter(pk=before.pk).update(state=State.REPLACED, ended_at=now)
    if process is not None:
        old = process_of_live()
        if old is not None and old.pk != process.pk:
            process_end(old)
        Process.objects.filter(pk=process.pk).update(until=None)
    release.state, release.live_at, release.progress = State.LIVE, now, {}
    release.save(update_fields=["state", "live_at", "progress"])
    Trial.objects.all().delete()  # whoever still tries asks anew, and gets the draft beside this
    address = process.address if process else (live.address if live else "")
    Live.objects.update_or_create(pk=1, defaults={"release": release, "address": address, "wording": release.wording})
    note(None, "release_live", number=release.number)
    transaction.on_commit(forget_served)


def first_release(build: Build, address: str) -> Release:
    """What the files say when nothing is live yet becomes the first release: so it was delivered, or edited by hand."""
    with transaction.atomic():
        release = _new(None, build, build, {}, "", follows=None, medical=False, state=State.CHECKED)
        release.state, release.live_at = State.LIVE, timezone.now()
        release.save(update_fields=["state", "live_at"])
        Live.objects.update_or_create(pk=1, defaults={"release": release, "address": address, "wording": ""})
    return release


def authors(release: Release) -> set[int]:
    """Who has written something of what a release changes; where that was done outside of the editor, whoever asked for the release."""
    after = release.follows.up_to if release.follows else 0
    changes = Change.objects.filter(pk__gt=after, pk__lte=release.up_to, user__isnull=False)
    return set(changes.values_list("user_id", flat=True)) or ({release.user_id} if release.user_id else set())


def release_differences(release: Release) -> list[Difference]:
    """What it changes of what it follows."""
    return differences(content_of(release.follows), content_of(release)) if release.follows else []


def open_release() -> Release | None:
    """The one that is on its way."""
    return Release.objects.filter(state__in=OPEN).first()


def _go(release: Release) -> Release:
    live = live_release()
    if live is not None and live.read_by_id == release.read_by_id and has_model(release.read_by):
        switch(release, None)
    else:
        release.state = State.GOING_LIVE
        release.progress = {"step": "starting"}
        release.save(update_fields=["state", "progress"])
    return release


def _new(user: User | None, build: Build, read_by: Build, responses: dict[str, Any], why: str, **fields: Any) -> Release:
    number = (Release.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    fields.setdefault("up_to", Change.objects.filter(written=True).aggregate(last=Max("pk"))["last"] or 0)
    return Release.objects.create(
        number=number, build=build, read_by=read_by, responses=responses, wording=digest_of(responses) if responses else "",
        why=why.strip()[:300], user=user, name=name_of(user), at=timezone.now(), **fields,
    )  # fmt: skip


def _locked(release: Release) -> Release:
    return Release.objects.select_for_update().get(pk=release.pk)


def reworded(trained: Content, said: Content) -> dict[str, Any]:
    """The answers that are worded otherwise than in the model that was trained."""
    return {name: wordings for name, wordings in said.responses.items() if trained.responses.get(name) != wordings}

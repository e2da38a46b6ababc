"""Releases: what is live, what the draft would make another, and each release on its way from the draft to visitors."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from frontdesk import words
from frontdesk.audit.services import note
from frontdesk.clinic.selectors import the_clinic
from frontdesk.content import releases as services
from frontdesk.content.changed import Changed, counts, counts_of, kept_content, shown
from frontdesk.content.draft import Difference, differences, live_release
from frontdesk.content.erased_examples import erased_still_live
from frontdesk.content.models import Change, Release
from frontdesk.content.operations import DoesNotFit
from frontdesk.content.pages import editors_page, refusal, tell
from frontdesk.content.questions import Content, UnreadableContent, content
from frontdesk.content.releases import NotAllowed, authors, open_release
from frontdesk.content.reports import report_of, stages_of, step_of
from frontdesk.content.services import CannotBeDone
from frontdesk.people.access import needs, person
from frontdesk.people.roles import Right, has_right
from frontdesk.people.selectors import name_of

PAGE = 10  # releases
MOST_PAGES = 1000
State = Release.State
Act = Callable[[User, Release], object]


@editors_page
def releases(request: HttpRequest) -> HttpResponse:
    """What is live, what is not yet, and all releases, the newest first."""
    live, page = live_release(), _page(request)
    rows = list(Release.objects.select_related("build", "follows", "goes_back_to")[page * PAGE : (page + 1) * PAGE + 1])
    found, changes, problem = _draft(live)
    context = {
        "live": live,
        "open": open_release(),
        "problem": problem,
        "changes": changes,
        "counts": counts(found),
        "is_wording_alone": bool(found) and not any(one.is_retrained for one in found),
        "releases": [(one, counts_of(one)) for one in rows[:PAGE]],
        "newer": page if page > 0 else None,  # pages count from one in an address
        "older": page + 2 if len(rows) > PAGE else None,
        "erased_is_live": erased_still_live(),
        "draft_is_newer": bool(live and live.goes_back_to_id and found),
        "warns_own": the_clinic().second_person and has_right(person(request), Right.APPROVE),
    }
    return render(request, "desk/content/releases.html", context)


@editors_page
@require_POST
def prepare(request: HttpRequest) -> HttpResponse:
    """Makes a release of the draft, and its checks begin."""
    try:
        made = services.release_prepare(person(request), request.POST.get("why", ""))
    except NotAllowed as refused:
        messages.error(request, _why_not(refused))
        other = open_release() if refused.code == "open" else None
        return redirect("content_release", other.number) if other else redirect("content_releases")
    except (UnreadableContent, OSError) as error:
        messages.error(request, refusal(error))
        return redirect("content_releases")
    return redirect("content_release", made.number)


@editors_page
def release(request: HttpRequest, number: int) -> HttpResponse:
    """One release: how far it is, what its checks found, what it changes, and what can be done with it now."""
    the, user = _release(number), person(request)
    before, after = _contents(the)
    changes = shown(differences(before, after), before, after) if before and after else []
    report = report_of(the, before, after)
    if report.shows_visitors:
        note(user, "release_read", number=the.number)
    live = live_release()
    by = authors(the) if the.follows else set()
    context = {
        "release": the,
        "live": live,
        "is_live": live is not None and live.pk == the.pk,
        "stages": stages_of(the),
        "step": step_of(the),
        "report": report,
        "medical": [one for one in changes if one.difference.is_medical] if the.medical else [],
        "others": [one for one in changes if not (the.medical and one.difference.is_medical)],
        "counts": counts([one.difference for one in changes]),
        "is_unreadable": the.follows is not None and (before is None or after is None),
        "writers": _writers(the),
        "may_approve": has_right(user, Right.APPROVE),
        "is_own": the_clinic().second_person and user.pk in by,
        "approvers": _approvers(by if the_clinic().second_person else set()),
        "draft_is_newer": the.state in (*services.OPEN, State.LIVE) and _draft_differs(after),
        "erased_is_live": erased_still_live(),
        "next": open_release(),
    }
    return render(request, "desk/content/release.html", context)


@editors_page
def progress(request: HttpRequest, number: int) -> HttpResponse:
    """How far a release is that is on its way: the part of its page that is looked at again every second."""
    the = _release(number)
    return render(request, "desk/content/release_progress.html", {"release": the, "step": step_of(the)})


def _action(name: str, right: Right, act: Act) -> Callable[..., HttpResponse]:
    """A button on a release's page: done, or said why not; then back to the page."""

    @needs(right)
    @require_POST
    def view(request: HttpRequest, number: int) -> HttpResponse:
        the = _release(number)
        try:
            act(person(request), the)
        except NotAllowed as refused:
            messages.error(request, _why_not(refused))
        else:
            messages.success(request, words.staff(f"release_done_{name}", number=str(number)))
        return redirect("content_release", number)

    return view


approve = _action("approve", Right.APPROVE, services.release_approve)
go_live = _action("go_live", Right.EDIT, services.release_go_live)
withdraw = _action("withdraw", Right.EDIT, services.release_withdraw)


@editors_page
def back(request: HttpRequest, number: int) -> HttpResponse:
    """Goes back to an earlier release: first says what visitors get otherwise."""
    to, live = _release(number), live_release()
    if request.method == "POST":
        try:
            made = services.release_back(person(request), to, request.POST.get("why", ""))
        except NotAllowed as refused:
            messages.error(request, _why_not(refused))
            return redirect("content_release", number)
        messages.success(request, words.staff("release_done_back", number=str(number)))
        return redirect("content_release", made.number)
    if live is None or to.live_at is None or to.pk == live.pk:
        messages.error(request, words.staff("release_cannot_state"))
        return redirect("content_release", number)
    try:
        now, then = kept_content(live), kept_content(to)
        found = differences(now, then)
        changes: list[Changed] | None = shown(found, now, then)
    except UnreadableContent:
        found, changes = [], None
    context = {
        "release": to,
        "live": live,
        "changes": changes,
        "counts": counts(found),
        "open": open_release(),
        "erased_comes_back": Change.objects.filter(kind=Change.Kind.ERASED, pk__gt=to.up_to).exists(),
    }
    return render(request, "desk/content/release_back.html", context)


@editors_page
@require_POST
def take(request: HttpRequest, number: int) -> HttpResponse:
    """Makes the draft say what a release says."""
    the = _release(number)
    try:
        change = services.draft_take(person(request), the)
    except (CannotBeDone, DoesNotFit, UnreadableContent, OSError) as error:
        is_same = isinstance(error, CannotBeDone) and error.code == "nothing"
        messages.error(request, words.staff("release_take_same", number=str(number)) if is_same else refusal(error))
    else:
        tell(request, words.staff("release_done_take", number=str(number)), change)
    return redirect("content_release", number)


def _release(number: int) -> Release:
    return get_object_or_404(Release.objects.select_related("build", "follows", "goes_back_to", "user__profile"), number=number)


def _page(request: HttpRequest) -> int:
    """How many pages come before."""
    given = request.GET.get("page", "")
    return min(max(int(given) - 1, 0), MOST_PAGES) if given.isascii() and given.isdigit() and len(given) < 6 else 0


def _why_not(refused: NotAllowed) -> str:
    return words.staff(f"release_cannot_{refused.code}")


def _draft(live: Release | None) -> tuple[list[Difference], list[Changed], str]:
    """What the draft would make another; or why it cannot be read, for then what is live is shown all the same."""
    if live is None:
        return [], [], ""
    try:
        before = kept_content(live)
    except UnreadableContent:
        return [], [], words.staff("release_unreadable", number=str(live.number))
    try:
        after = content()
    except (UnreadableContent, OSError) as error:
        return [], [], refusal(error)
    found = differences(before, after)
    return found, shown(found, before, after), ""


def _draft_differs(said: Content | None) -> bool:
    try:
        return said is not None and bool(differences(said, content()))
    except (UnreadableContent, OSError):
        return False


def _contents(the: Release) -> tuple[Content | None, Content | None]:
    """What was live before a release, and what it says; None where that is not known any more."""
    said: list[Content | None] = []
    for one in (the.follows, the):
        try:
            said.append(kept_content(one) if one else None)
        except UnreadableContent:
            said.append(None)
    return said[0], said[1]


def _writers(the: Release) -> list[str]:
    """Who wrote something of what a release changes, as they were called then."""
    if the.follows is None or the.goes_back_to_id:
        return []
    changes = Change.objects.filter(pk__gt=the.follows.up_to, pk__lte=the.up_to, user__isnull=False)
    return list(changes.order_by("name").values_list("name", flat=True).distinct())


def _approvers(without: set[int]) -> list[str]:
    """Who may approve medical wording, by name."""
    people = User.objects.filter(is_active=True).exclude(pk__in=without).select_related("profile").prefetch_related("groups")
    return sorted(name_of(one) for one in people if has_right(one, Right.APPROVE))

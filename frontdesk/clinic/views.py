"""The settings, for administrators: each page reads what is set, calls the service, and says what came of it."""

from __future__ import annotations

import datetime as dt
import re
import secrets
import time
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from frontdesk import environment, words
from frontdesk.clinic import forms, selectors, services
from frontdesk.clinic.colour import BUILT_IN, reading
from frontdesk.clinic.countries import countries, country_of
from frontdesk.clinic.models import AlertRecipient, Clinic, ClosedDays
from frontdesk.conversations.models import CannedReply
from frontdesk.headers import PAGE_POLICY
from frontdesk.people.access import needs, person
from frontdesk.people.roles import Right

UNDO_SECONDS = 15 * 60
DAYS_AHEAD = 7  # shown of the opening hours
UNFIT = 422  # what was filled in cannot be used
RIGHT_TO_LEFT = ("ar",)
# The preview is the one page that is shown in a frame, and the page around it the one that shows a frame: each in our own.
WITH_FRAME = PAGE_POLICY + "; frame-src 'self'"


@needs(Right.SETTINGS)
def overview(request: HttpRequest) -> HttpResponse:
    """What is set, and what is missing."""
    the = selectors.clinic_as_set()
    is_open, opens_at = selectors.opening_times(the, timezone.now())
    recipients = list(the.recipients.all())
    return _page(
        request, "overview", clinic=the, country=country_of(the.country), is_open=is_open, opens_at=opens_at, recipients=recipients,
        reached=[one for one in recipients if _is_reached(one)], replies=CannedReply.objects.count(),
        own_consents=len(the.consent_texts.all()), sites=[*environment.ORIGINS, *sorted(the.origins)], here=_is_only_here(),
    )  # fmt: skip


@needs(Right.SETTINGS)
def clinic(request: HttpRequest) -> HttpResponse:
    """Who the clinic is, and whom visitors call."""
    the = selectors.clinic_as_set()
    form = forms.ClinicForm(the, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        _saved(request, services.clinic_change(person(request), "clinic", **form.cleaned_data))
        return redirect("settings_clinic")
    shown = country_of(str(form["country"].value() or ""))
    return _page(request, "clinic", form, form=form, clinic=the, countries=countries(), country=shown)


@needs(Right.SETTINGS)
def hours(request: HttpRequest) -> HttpResponse:
    """When somebody is there."""
    if request.method != "POST":
        return _hours(request)
    week = forms.WeekForm(selectors.clinic_as_set(), request.POST)
    if not week.is_valid():
        return _hours(request, week=week)
    _saved(request, services.opening_hours_set(person(request), week.spans))
    return redirect("settings_hours")


@needs(Right.SETTINGS)
@require_POST
def minutes(request: HttpRequest) -> HttpResponse:
    """What visitors are promised."""
    form = forms.MinutesForm(selectors.clinic_as_set(), request.POST)
    if not form.is_valid():
        return _hours(request, minutes=form)
    _saved(request, services.clinic_change(person(request), "hours", **form.cleaned_data))
    return redirect("settings_hours")


@needs(Right.SETTINGS)
@require_POST
def add_closed_days(request: HttpRequest) -> HttpResponse:
    """A day, or several, on which nobody is there."""
    form = forms.ClosedDaysForm(request.POST)
    if not form.is_valid():
        return _hours(request, closed=form)
    given = form.cleaned_data
    services.closed_days_add(person(request), given["first_day"], given["last_day"], given["holiday"])
    _saved(request, True)
    return redirect("settings_hours")


@needs(Right.SETTINGS)
@require_POST
def delete_closed_days(request: HttpRequest, key: int) -> HttpResponse:
    """They are days like others again."""
    return _delete(request, get_object_or_404(ClosedDays, pk=key), "hours")


@needs(Right.SETTINGS)
def alerts(request: HttpRequest) -> HttpResponse:
    """Who is told that a person is needed."""
    recipients = list(AlertRecipient.objects.order_by("pk"))
    return _page(
        request, "alerts", recipients=[(one, _address_shown(one), words.staff(f"from_level_{one.from_level}")) for one in recipients],
        mail=bool(environment.SMTP_HOST), mail_from=environment.MAIL_FROM, reached=any(map(_is_reached, recipients)),
        again_minutes=round(environment.ALERT_AGAIN_SECONDS / 60, 1),
    )  # fmt: skip


@needs(Right.SETTINGS)
def recipient(request: HttpRequest, key: int | None = None) -> HttpResponse:
    """One of them; without a key a new one."""
    kept = get_object_or_404(AlertRecipient, pk=key) if key else None
    form = forms.RecipientForm(kept, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        services.recipient_save(
            person(request), kept, channel=given["channel"], address=given["recipient"], from_level=given["from_level"],
            only_again=given["only_again"],
        )  # fmt: skip
        _saved(request, True)
        return redirect("settings_alerts")
    return _page(request, "recipient", form, section="alerts", form=form, kept=kept, mail=bool(environment.SMTP_HOST))


@needs(Right.SETTINGS)
@require_POST
def test_recipient(request: HttpRequest, key: int) -> HttpResponse:
    """Sends a test, and says whether it arrived."""
    kept = get_object_or_404(AlertRecipient, pk=key)
    outcome = services.recipient_test(person(request), kept)
    code, _, status = outcome.partition(" ")
    said = words.staff(f"test_{code}_{kept.channel}" if code == "delivered" else f"test_{code}", status=status)
    (messages.success if code == "delivered" else messages.error)(request, f"{_address_shown(kept)}: {said}")
    return redirect("settings_alerts")


@needs(Right.SETTINGS)
@require_POST
def delete_recipient(request: HttpRequest, key: int) -> HttpResponse:
    """Nobody is told there any more."""
    return _delete(request, get_object_or_404(AlertRecipient, pk=key), "alerts")


@needs(Right.SETTINGS)
def consent(request: HttpRequest) -> HttpResponse:
    """What visitors agree to, and for how long conversations are kept."""
    the = selectors.clinic_as_set()
    form = forms.RetentionForm(the, request.POST if request.method == "POST" else None)
    deleted = 0
    if form.is_bound and form.is_valid():
        days = form.cleaned_data["kept_days"]
        deleted = selectors.older_than(days, timezone.now()) if days < the.kept_days else 0
        if not deleted or form.cleaned_data["deletion_known"]:
            _saved(request, services.clinic_change(person(request), "consent", kept_days=days))
            return redirect("settings_consent")
    own = {one.language for one in the.consent_texts.all()}
    return _page(
        request, "consent", None if deleted else form, form=form, clinic=the, deleted=deleted, many=selectors.MANY,
        version=selectors.consent(the, "en")[0],
        texts=[(language, words.staff(f"widget_language_{language}"), selectors.consent(the, language)[1], language in own)
               for language in words.LANGUAGES],
    )  # fmt: skip


@needs(Right.SETTINGS)
def consent_text(request: HttpRequest, language: str) -> HttpResponse:
    """The clinic's own text in one language."""
    if language not in words.LANGUAGES:
        raise Http404
    the = selectors.clinic_as_set()
    kept = next((one.text for one in the.consent_texts.all() if one.language == language), "")
    form = forms.ConsentForm(request.POST if request.method == "POST" else None, initial={"consent_text": kept})
    is_fit = form.is_bound and form.is_valid()
    if is_fit and "preview" not in request.POST:
        _saved(request, services.consent_text_set(person(request), language, form.cleaned_data["consent_text"]))
        return redirect("settings_consent")
    form.fields["consent_text"].widget.attrs.update(lang=language, dir="auto")
    typed = form.cleaned_data["consent_text"] if is_fit else kept
    return _page(
        request, "consent_text", form, section="consent", form=form, clinic=the, language=language, kept=kept,
        language_name=words.staff(f"widget_language_{language}"), preview=selectors.consent_text(the, language, typed),
        is_preview=is_fit, built_in=words.as_written("consent", language), direction=_direction(language),
    )  # fmt: skip


@needs(Right.SETTINGS)
def replies(request: HttpRequest) -> HttpResponse:
    """What staff say often."""
    return _page(request, "replies", replies=CannedReply.objects.all())


@needs(Right.SETTINGS)
def canned_reply(request: HttpRequest, key: int | None = None) -> HttpResponse:
    """One of them; without a key a new one."""
    kept = get_object_or_404(CannedReply, pk=key) if key else None
    form = forms.ReplyForm(kept, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        services.canned_reply_save(person(request), kept, **form.cleaned_data)
        _saved(request, True)
        return redirect("settings_replies")
    return _page(request, "reply", form, section="replies", form=form, kept=kept)


@needs(Right.SETTINGS)
@require_POST
def delete_reply(request: HttpRequest, key: int) -> HttpResponse:
    """It is not offered any more."""
    return _delete(request, get_object_or_404(CannedReply, pk=key), "replies")


@needs(Right.SETTINGS)
def widget(request: HttpRequest) -> HttpResponse:
    """How the chat looks on the clinic's site, and which sites may show it."""
    the = selectors.clinic_as_set()
    form = forms.LookForm(the, request.POST if request.method == "POST" else None)
    is_fit = form.is_bound and form.is_valid()
    if is_fit and "preview" not in request.POST:
        _saved(request, services.clinic_change(person(request), "widget", **form.cleaned_data), "saved_widget")
        return redirect("settings_widget")
    return _widget(request, the, form, is_fit=is_fit)


@needs(Right.SETTINGS)
@require_POST
def sites(request: HttpRequest) -> HttpResponse:
    """Which sites may show the chat."""
    the = selectors.clinic_as_set()
    form = forms.SitesForm(the, request.POST)
    if not form.is_valid():
        return _widget(request, the, forms.LookForm(the), sites_form=form)
    _saved(request, services.clinic_change(person(request), "sites", **form.cleaned_data))
    return redirect("settings_widget")


@needs(Right.SETTINGS)
def preview(request: HttpRequest) -> HttpResponse:
    """A page with the widget on it as it would look, for the frame in the settings."""
    the = selectors.clinic_as_set()
    form = forms.LookForm(the, request.GET)
    if not form.is_valid():
        raise Http404
    nonce = secrets.token_urlsafe(16)
    look = form.cleaned_data
    language = look["widget_language"]
    response = render(
        request, "desk/settings/preview.html", {"look": look, "nonce": nonce, "clinic": the, "direction": _direction(language)}
    )
    policy = PAGE_POLICY.replace("style-src 'self'", f"style-src 'self' 'nonce-{nonce}'")
    response.headers["Content-Security-Policy"] = policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@needs(Right.SETTINGS)
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Brings back what was deleted last."""
    kept = _undo_kept(request)
    if kept is None:
        messages.error(request, words.staff("undo_gone"))
        return redirect("settings")
    del request.session["undo"]
    if services.entry_restore(person(request), kept["entry"]):
        messages.success(request, words.staff("undone", name=kept["name"]))
    return redirect(f"settings_{kept['section']}")


def _page(request: HttpRequest, name: str, bound: Any = None, /, *, section: str = "", **context: Any) -> HttpResponse:
    """A page of the settings; where its form could not be used, with a status that says so."""
    section = section or name
    kept = _undo_kept(request)
    shown = {"section": section, "undo": kept if kept and kept["section"] == section else None, **context}
    status = UNFIT if bound is not None and bound.is_bound and not bound.is_valid() else 200
    return render(request, f"desk/settings/{name}.html", shown, status=status)


def _hours(
    request: HttpRequest,
    *,
    week: forms.WeekForm | None = None,
    minutes: forms.MinutesForm | None = None,
    closed: forms.ClosedDaysForm | None = None,
) -> HttpResponse:
    the = selectors.clinic_as_set()
    zone = ZoneInfo(the.time_zone)
    now = timezone.now().astimezone(zone)
    at = _moment(request.GET.get("at", ""), zone) or now
    is_open, _ = selectors.opening_times(the, at)
    days = list(the.holidays.all())
    response = _page(
        request, "hours", clinic=the, week=week or forms.WeekForm(the), minutes=minutes or forms.MinutesForm(the),
        closed=closed or forms.ClosedDaysForm(), now=now, at=at, at_other_time=at is not now, is_open=is_open,
        glance=_glance(the, now), next_opening=the.schedule().opens_at(at),
        coming=[day for day in days if (day.last_day or day.first_day) >= now.date()],
        past=[day for day in days if (day.last_day or day.first_day) < now.date()],
        told=[(language, words.staff(f"widget_language_{language}"), _direction(language), selectors.promised(the, language, at)[0])
              for language in words.LANGUAGES],
    )  # fmt: skip
    if week or minutes or closed:
        response.status_code = UNFIT
    return response


def _glance(the: Clinic, now: datetime) -> list[dict[str, Any]]:
    """The days to come, as bars over 24 hours; each with what it is called where nobody is there."""
    by_weekday: dict[int, list[Any]] = {}
    for one in the.opening_hours.all():
        by_weekday.setdefault(one.weekday, []).append(one)
    shown = []
    for ahead in range(DAYS_AHEAD):
        day = now.date() + timedelta(days=ahead)
        closed = next((one for one in the.holidays.all() if one.first_day <= day <= (one.last_day or one.first_day)), None)
        spans = [] if closed else by_weekday.get(day.weekday(), [])
        bars = [
            {
                "x": _x(one.opens),
                "width": round(_x(one.closes) - _x(one.opens), 1),
                "text": f"{forms.shown(one.opens)}–{forms.shown(one.closes)}",
            }
            for one in spans
        ]
        top = 18 + ahead * 24
        shown.append(
            {
                "day": day,
                "top": top,
                "text_y": top + 12,
                "bars": bars,
                "closed": closed,
                "now": None if ahead else _x(now.time()),
            }
        )
    return shown


def _x(at: dt.time) -> float:
    """Where a time of day is in the picture: 24 hours are 288 wide."""
    return round(72 + (at.hour * 60 + at.minute + (at.second > 0)) / 5, 1)


def _widget(
    request: HttpRequest, the: Clinic, form: forms.LookForm, *, is_fit: bool = False, sites_form: forms.SitesForm | None = None
) -> HttpResponse:
    look = {name: getattr(the, name) for name in form.fields}
    if is_fit:
        look = form.cleaned_data
    response = _page(
        request, "widget", sites_form or form, form=form, sites_form=sites_form or forms.SitesForm(the), look=look,
        reading=reading(look["accent"] or BUILT_IN), address=environment.PUBLIC_ADDRESS, here=_is_only_here(), listed=environment.ORIGINS,
        preview=urlencode(look), is_preview=is_fit,
    )  # fmt: skip
    response.headers["Content-Security-Policy"] = WITH_FRAME
    return response


def _saved(request: HttpRequest, changed: object, said: str = "saved") -> None:
    messages.success(request, words.staff(said if changed else "saved_nothing"))


def _delete(request: HttpRequest, entry: CannedReply | ClosedDays | AlertRecipient, section: str) -> HttpResponse:
    """Deletes, and keeps what was deleted in the session for a while, to be brought back."""
    name = _address_shown(entry) if isinstance(entry, AlertRecipient) else str(entry)
    kept = services.entry_delete(person(request), entry)
    request.session["undo"] = {"section": section, "name": name, "entry": kept, "at": time.time()}
    return redirect(f"settings_{section}")


def _undo_kept(request: HttpRequest) -> dict[str, Any] | None:
    kept: dict[str, Any] | None = request.session.get("undo")
    return kept if kept and time.time() - kept["at"] < UNDO_SECONDS else None


def _address_shown(recipient: AlertRecipient) -> str:
    """Where alerts go, without what makes a webhook's address a secret."""
    if recipient.channel == AlertRecipient.EMAIL:
        return recipient.address
    return f"{urlsplit(recipient.address).hostname or '?'} … {re.sub(r'[^a-zA-Z0-9]', '', recipient.address)[-4:]}"


def _is_reached(recipient: AlertRecipient) -> bool:
    """Whether alerts go there at the first time: by mail only where there is a mail server."""
    return not recipient.only_again and (recipient.channel != AlertRecipient.EMAIL or bool(environment.SMTP_HOST))


def _is_only_here() -> bool:
    """Whether the front desk is known by an address that only this machine can open."""
    return urlsplit(environment.PUBLIC_ADDRESS).hostname in ("127.0.0.1", "localhost", "::1")


def _moment(given: str, zone: ZoneInfo) -> datetime | None:
    try:
        return datetime.fromisoformat(given).replace(tzinfo=zone) if given else None
    except ValueError:
        return None


def _direction(language: str) -> str:
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"

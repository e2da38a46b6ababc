"""What administrators fill in. Labels, hints and what is wrong with an entry are words of `words/staff.yml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.http import QueryDict

from frontdesk import words
from frontdesk.clinic import sites, webhooks
from frontdesk.clinic.colour import BUILT_IN
from frontdesk.clinic.countries import countries, country_of
from frontdesk.clinic.models import WEEKDAYS, AlertRecipient, Clinic
from frontdesk.conversations.models import CannedReply

MOST_SPANS = 4  # of one day
MOST_CLOSED = 400  # days at once: `hours.LOOK_AHEAD`
MOST_SITES = 50
MOST_DAYS = 3650
MOST_MINUTES = 240
MIDNIGHT = time(23, 59, 59)  # what "until 00:00" is kept as: hours close after they open
CALLABLE = re.compile(r"[0-9+*#() .-]{2,40}")  # a number as people write it
COLOUR = re.compile(r"#[0-9a-f]{6}")
PLACEHOLDER = re.compile(r"\{[^{}]*\}")
REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def wrong(code: str, **names: str) -> ValidationError:
    """What is wrong with an entry, in words for staff."""
    return ValidationError(words.staff(f"wrong_{code}", **names), code=code)


class SettingsForm(forms.Form):
    """A form whose labels and hints are words for staff."""

    hints: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """See parent class."""
        super().__init__(*args, **kwargs)
        for name, one in self.fields.items():
            one.label = words.staff(f"field_{name}")
            one.help_text = words.staff(f"hint_{name}") if name in self.hints else ""
            one.widget.attrs.setdefault("autocomplete", "off")


def _url() -> forms.CharField:
    return forms.CharField(max_length=200, required=False, widget=forms.URLInput)


class ClinicForm(SettingsForm):
    """Who the clinic is and how it is reached."""

    hints = ("crisis_line", "booking_url", "privacy_url", "time_zone", "numbers_checked", "second_person")

    name = forms.CharField(max_length=100)
    country = forms.ChoiceField(required=False)
    emergency_number = forms.CharField(max_length=40, required=False)
    crisis_line = forms.CharField(max_length=100, required=False)
    numbers_checked = forms.BooleanField(required=False)
    phone = forms.CharField(max_length=40, required=False, widget=forms.TextInput({"type": "tel"}))
    email = forms.EmailField(required=False)
    address = forms.CharField(max_length=200, required=False)
    booking_url = _url()
    privacy_url = _url()
    time_zone = forms.ChoiceField()
    second_person = forms.BooleanField(required=False)

    def __init__(self, clinic: Clinic, data: QueryDict | None = None) -> None:
        """With what is set now."""
        self._clinic = clinic
        super().__init__(data, initial={name: getattr(clinic, name) for name in self.base_fields if name != "numbers_checked"})
        self.fields["country"].choices = [("", ""), *((one.code, one.name) for one in countries())]  # type: ignore[attr-defined]
        self.fields["time_zone"].choices = _zones(clinic.time_zone)  # type: ignore[attr-defined]

    def clean_emergency_number(self) -> str:
        """A number that can be dialled."""
        return _number(self.cleaned_data["emergency_number"], 2)

    def clean_phone(self) -> str:
        """A number that can be dialled."""
        return _number(self.cleaned_data["phone"], 3)

    def clean_booking_url(self) -> str:
        """A page on the web."""
        return _page(self.cleaned_data["booking_url"])

    def clean_privacy_url(self) -> str:
        """A page on the web."""
        return _page(self.cleaned_data["privacy_url"])

    def clean(self) -> dict[str, Any]:
        """Numbers of one's own are as the country's, or somebody says that they were checked: a life may hang on them."""
        given = dict(super().clean() or {})
        country = country_of(given.get("country", ""))
        for name, of_country in (("emergency_number", "emergency"), ("crisis_line", "crisis")):
            if country and given.get(name) == getattr(country, of_country):
                given[name] = ""
        checked = given.pop("numbers_checked", False)
        changed = any(
            given.get(name) and given[name] != getattr(self._clinic, name) for name in ("emergency_number", "crisis_line")
        )
        if changed and not checked:
            self.add_error("numbers_checked", wrong("numbers_unchecked"))
        return given


@dataclass
class Span:
    """From when to when, as typed."""

    opens: str = ""
    closes: str = ""
    error: str = ""


@dataclass
class Day:
    """One weekday of the week's form."""

    number: int
    spans: list[Span] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Of the weekday."""
        return WEEKDAYS[self.number]

    @property
    def rows(self) -> list[Span]:
        """The spans, and an empty one to add another."""
        return self.spans if len(self.spans) >= MOST_SPANS else [*self.spans, Span()]


class WeekForm:
    """The hours of a week, several spans a day; an empty span is none."""

    def __init__(self, clinic: Clinic, data: QueryDict | None = None) -> None:
        """With what is set now, or what was typed: `opens-<weekday>` and `closes-<weekday>`, each as often as there are spans."""
        self.days = [Day(number) for number in range(len(WEEKDAYS))]
        self.spans: list[tuple[int, time, time]] = []
        if data is None:
            for hours in clinic.opening_hours.all():
                self.days[hours.weekday].spans.append(Span(shown(hours.opens), shown(hours.closes)))
            return
        for day in self.days:
            self._read(day, data)

    def _read(self, day: Day, data: QueryDict) -> None:
        typed = zip(data.getlist(f"opens-{day.number}")[:MOST_SPANS], data.getlist(f"closes-{day.number}")[:MOST_SPANS])
        day.spans = [Span(opens.strip(), closes.strip()) for opens, closes in typed if opens.strip() or closes.strip()]
        read: list[tuple[time, time]] = []
        for span in day.spans:
            opens, closes = _time(span.opens), _time(span.closes)
            if opens is None or closes is None:
                span.error = words.staff("wrong_span_half")
            elif (closes := MIDNIGHT if closes == time(0) else closes) <= opens:
                span.error = words.staff("wrong_span_order")
            elif any(opens < other_closes and other_opens < closes for other_opens, other_closes in read):
                span.error = words.staff("wrong_span_overlap")
            else:
                read.append((opens, closes))
        self.spans += [(day.number, opens, closes) for opens, closes in sorted(read)]

    def is_valid(self) -> bool:
        """Whether nothing is wrong."""
        return not any(span.error for day in self.days for span in day.spans)


def shown(at: time) -> str:
    """A time as the form has it."""
    return "00:00" if at == MIDNIGHT else f"{at:%H:%M}"


class MinutesForm(SettingsForm):
    """What visitors are promised, and for how long they wait."""

    hints = ("answer_minutes", "patience_minutes")

    answer_minutes = forms.IntegerField(min_value=1, max_value=MOST_MINUTES)
    patience_minutes = forms.IntegerField(min_value=1, max_value=MOST_MINUTES)

    def __init__(self, clinic: Clinic, data: QueryDict | None = None) -> None:
        """With what is set now."""
        super().__init__(data, initial={name: getattr(clinic, name) for name in self.base_fields})


class ClosedDaysForm(SettingsForm):
    """A day, or several, on which nobody is there."""

    hints = ("last_day",)

    first_day = forms.DateField(widget=forms.DateInput({"type": "date"}))
    last_day = forms.DateField(required=False, widget=forms.DateInput({"type": "date"}))
    holiday = forms.CharField(max_length=100, required=False)

    def clean(self) -> dict[str, Any]:
        """The last is not before the first."""
        given = dict(super().clean() or {})
        first, last = given.get("first_day"), given.get("last_day")
        if isinstance(first, date) and isinstance(last, date):
            if last < first:
                self.add_error("last_day", wrong("days_order"))
            elif (last - first).days > MOST_CLOSED:
                self.add_error("last_day", wrong("days_many", most=str(MOST_CLOSED)))
            elif last == first:
                given["last_day"] = None
        return given


class RecipientForm(SettingsForm):
    """Who is told that a person is needed, of what, and how."""

    hints = ("recipient", "only_again")

    channel = forms.ChoiceField()
    recipient = forms.CharField(max_length=500)
    from_level = forms.ChoiceField()
    only_again = forms.BooleanField(required=False)

    def __init__(self, kept: AlertRecipient | None, data: QueryDict | None = None) -> None:
        """With what is set now, or for a new one."""
        names = {"channel": "channel", "recipient": "address", "from_level": "from_level", "only_again": "only_again"}
        super().__init__(data, initial={name: getattr(kept, attribute) for name, attribute in names.items()} if kept else None)
        for name in ("channel", "from_level"):
            values = [value for value, _ in AlertRecipient._meta.get_field(name).flatchoices]  # type: ignore[union-attr] # a field
            self.fields[name].choices = [(value, words.staff(f"{name}_{value}")) for value in values]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """An address of its channel."""
        given = dict(super().clean() or {})
        address = given.get("recipient", "")
        if address and given.get("channel") == AlertRecipient.EMAIL:
            try:
                validate_email(address)
            except ValidationError:
                self.add_error("recipient", wrong("email"))
        elif address:
            try:
                webhooks.resolve(address)
            except webhooks.AddressRefused as refused:
                self.add_error("recipient", wrong(refused.code))
        return given


class RetentionForm(SettingsForm):
    """For how long conversations are kept."""

    hints = ("kept_days",)

    kept_days = forms.IntegerField(min_value=1, max_value=MOST_DAYS)
    deletion_known = forms.BooleanField(required=False)

    def __init__(self, clinic: Clinic, data: QueryDict | None = None) -> None:
        """With what is set now."""
        super().__init__(data, initial={"kept_days": clinic.kept_days})


class ConsentForm(SettingsForm):
    """What visitors of one language agree to."""

    hints = ("consent_text",)

    consent_text = forms.CharField(max_length=2000, required=False, widget=forms.Textarea({"rows": 7}))

    def clean_consent_text(self) -> str:
        """Says for how long, and has no braces that nothing is put into."""
        text = " ".join(str(self.cleaned_data["consent_text"]).split())
        unknown = [found for found in PLACEHOLDER.findall(text) if found not in ("{clinic}", "{days}")]
        if unknown:
            raise wrong("placeholder", found=unknown[0])
        if text and "{days}" not in text:
            raise wrong("days_missing")
        return text


class ReplyForm(SettingsForm):
    """What staff say often."""

    hints = ("title",)

    title = forms.CharField(max_length=80)
    text = forms.CharField(max_length=2000, widget=forms.Textarea({"rows": 6}))

    def __init__(self, kept: CannedReply | None, data: QueryDict | None = None) -> None:
        """With what is set now, or for a new one."""
        self._kept = kept
        super().__init__(data, initial={"title": kept.title, "text": kept.text} if kept else None)

    def clean_title(self) -> str:
        """Staff find a reply by its title: there is one of each."""
        title = str(self.cleaned_data["title"])
        others = CannedReply.objects.filter(title__iexact=title)
        if self._kept:
            others = others.exclude(pk=self._kept.pk)
        if others.exists():
            raise wrong("title_taken")
        return title


class LookForm(SettingsForm):
    """How the widget looks; what is empty, the widget decides."""

    hints = ("accent", "widget_position", "widget_language", "widget_theme")

    accent = forms.CharField(required=False, max_length=7, widget=forms.TextInput({"type": "color"}))
    widget_position = forms.ChoiceField(required=False)
    widget_language = forms.ChoiceField(required=False)
    widget_theme = forms.ChoiceField(required=False)

    def __init__(self, clinic: Clinic, data: Mapping[str, Any] | None = None) -> None:
        """With what is set now."""
        initial = {name: getattr(clinic, name) for name in self.base_fields}
        super().__init__(data, initial={**initial, "accent": clinic.accent or BUILT_IN})
        for name, values in (
            ("widget_position", ("", "left", "right")),
            ("widget_language", ("", *words.LANGUAGES)),
            ("widget_theme", ("", "light", "dark")),
        ):
            self.fields[name].choices = [(value, words.staff(f"{name}_{value or 'auto'}")) for value in values]  # type: ignore[attr-defined]

    def clean_accent(self) -> str:
        """As `#rrggbb`; empty for the widget's own."""
        accent = str(self.cleaned_data["accent"]).lower()
        if accent and not COLOUR.fullmatch(accent):
            raise wrong("accent")
        return "" if accent == BUILT_IN else accent


class SitesForm(SettingsForm):
    """Which sites may show the chat."""

    hints = ("sites",)

    sites = forms.CharField(required=False, max_length=6000, widget=forms.Textarea({"rows": 4, "spellcheck": "false"}))

    def __init__(self, clinic: Clinic, data: QueryDict | None = None) -> None:
        """With what is set now."""
        super().__init__(data, initial={"sites": clinic.sites})

    def clean_sites(self) -> str:
        """One a line, as browsers name them."""
        found: dict[str, None] = {}
        for given in str(self.cleaned_data["sites"]).split():
            try:
                found[sites.origin_of(given)] = None
            except sites.NoSite as error:
                raise wrong(str(error), given=given[:80]) from error
        if len(found) > MOST_SITES:
            raise wrong("sites_many", most=str(MOST_SITES))
        return "\n".join(found)


def _number(given: str, digits: int) -> str:
    if given and (not CALLABLE.fullmatch(given) or sum(character.isdigit() for character in given) < digits):
        raise wrong("number")
    return given


def _page(given: str) -> str:
    if not given:
        return ""
    address = given if "://" in given else f"https://{given}"
    try:
        URLValidator(schemes=["https", "http"])(address)
    except ValidationError as error:
        raise wrong("page") from error
    return address


def _time(given: str) -> time | None:
    try:
        return time.fromisoformat(given).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        return None


def _zones(current: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Time zones by region; the one that is set too, where it is of another kind."""
    others = ["UTC"] if current.partition("/")[0] in REGIONS or current == "UTC" else [current, "UTC"]
    return [*_regions(), ("", [(zone, zone) for zone in others])]


@cache
def _regions() -> list[tuple[str, list[tuple[str, str]]]]:
    known = sorted(available_timezones())  # reads many files
    return [
        (region, [(zone, zone.partition("/")[2].replace("_", " ")) for zone in known if zone.startswith(f"{region}/")])
        for region in REGIONS
    ]

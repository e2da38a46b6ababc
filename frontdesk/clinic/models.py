"""The clinic's settings, as staff edit them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import models

from frontdesk.clinic.hours import Holiday, Hours, Schedule
from safety.numbers import Numbers, emergency_numbers

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# What a visitor reads where neither the country nor the number is set.
LOCAL_NUMBER = "your local emergency number"


def _known_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(f"There is no time zone {name!r}. Europe/London is one.")


def _known_country(code: str) -> None:
    if code not in emergency_numbers():
        raise ValidationError(f"No emergency number is known for {code!r}: leave the country empty and set the number.")


class Clinic(models.Model):
    """The one clinic that this front desk is of."""

    name = models.CharField(max_length=100, default="The clinic")
    country = models.CharField(max_length=2, blank=True, validators=[_known_country], help_text="ISO 3166, such as GB")
    emergency_number = models.CharField(max_length=40, blank=True, help_text="Instead of the country's")
    crisis_line = models.CharField(max_length=100, blank=True, help_text="Instead of the country's")
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    address = models.CharField(max_length=200, blank=True)
    booking_url = models.URLField(blank=True)
    privacy_url = models.URLField(blank=True, help_text="Your privacy notice")
    time_zone = models.CharField(max_length=60, default="Europe/London", validators=[_known_zone])
    answer_minutes = models.PositiveSmallIntegerField(default=10, help_text="Within about how many minutes a person joins")
    patience_minutes = models.PositiveSmallIntegerField(
        default=15, help_text="After which a waiting visitor is offered another way"
    )
    kept_days = models.PositiveSmallIntegerField(default=90, help_text="For how long conversations are kept")
    second_person = models.BooleanField(
        default=True, help_text="A clinician other than those who wrote it approves medical wording"
    )
    # How the widget looks in the snippet that is pasted into the clinic's site; empty where the widget decides.
    accent = models.CharField(max_length=7, blank=True, default="", help_text="As #7a2e5d")
    widget_position = models.CharField(max_length=5, blank=True, default="")
    widget_language = models.CharField(max_length=35, blank=True, default="")
    widget_theme = models.CharField(max_length=5, blank=True, default="")
    sites = models.TextField(
        blank=True, default="", help_text="Sites that may show the chat besides those of the environment, one a line"
    )

    @property
    def origins(self) -> frozenset[str]:
        """The sites of `sites`, as browsers name them."""
        return frozenset(self.sites.split())

    @property
    def numbers(self) -> Numbers:
        """Whom a visitor in danger calls: as set, else of the country."""
        of_country = emergency_numbers().get(self.country.upper(), Numbers("", ""))
        return Numbers(self.emergency_number or of_country.emergency, self.crisis_line or of_country.crisis)

    @property
    def number_to_call(self) -> str:
        """The emergency number, in words where none is known."""
        return self.numbers.emergency or LOCAL_NUMBER

    def schedule(self) -> Schedule:
        """When somebody is there."""
        return Schedule(
            ZoneInfo(self.time_zone),
            [Hours(hours.weekday, hours.opens, hours.closes) for hours in self.opening_hours.all()],
            [Holiday(holiday.first_day, holiday.last_day or holiday.first_day) for holiday in self.holidays.all()],
        )

    def is_open(self, at: datetime) -> bool:
        """Whether somebody is there."""
        return self.schedule().is_open(at)

    def __str__(self) -> str:
        return self.name


class OpeningHours(models.Model):
    """On one weekday, from when to when somebody is there; a day with a break has two."""

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField(choices=list(enumerate(WEEKDAYS)))
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        ordering = ("weekday", "opens")
        constraints = (models.CheckConstraint(condition=models.Q(closes__gt=models.F("opens")), name="closes_after_it_opens"),)

    def __str__(self) -> str:
        return f"{WEEKDAYS[self.weekday]} {self.opens:%H:%M} to {self.closes:%H:%M}"


class ClosedDays(models.Model):
    """Days on which nobody is there, whatever the weekday."""

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="holidays")
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True, help_text="Left empty: one day")
    name = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ("first_day",)

    def __str__(self) -> str:
        return self.name or f"{self.first_day}"


class ConsentText(models.Model):
    """What visitors agree to, in the clinic's own words; in a language without one they read the built-in text."""

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="consent_texts")
    language = models.CharField(max_length=35)
    text = models.TextField(max_length=2000)

    class Meta:
        ordering = ("language",)
        constraints = (models.UniqueConstraint(fields=["clinic", "language"], name="one_consent_text_of_a_language"),)

    def __str__(self) -> str:
        return f"consent in {self.language}"


class AlertRecipient(models.Model):
    """Where it is told that a person is needed."""

    EMAIL, WEBHOOK = "email", "webhook"

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="recipients")
    channel = models.CharField(max_length=10, choices=[(EMAIL, "E-mail"), (WEBHOOK, "Webhook")])
    address = models.CharField(max_length=500, help_text="An e-mail address, or the address of a webhook such as Slack's")
    from_level = models.CharField(
        max_length=10,
        default="none",
        choices=[("none", "every hand-off"), ("routine", "routine"), ("urgent", "urgent"), ("emergency", "emergencies only")],
    )
    only_again = models.BooleanField(default=False, help_text="Only told of an emergency that nobody opened at the first alert")

    def __str__(self) -> str:
        return f"{self.channel}: {self.address}"


class Heartbeat(models.Model):
    """When a part last did what it is there for."""

    name = models.CharField(max_length=30, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

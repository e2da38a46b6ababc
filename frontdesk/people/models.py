"""Who staff are to visitors, and how they come in."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from frontdesk.people.roles import Role

EVERYBODY = "everybody"  # in `SignInPolicy.required_of`: whatever their role


class Profile(models.Model):
    """A member of staff, as visitors see them."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE)
    name = models.CharField(max_length=60, help_text="As visitors read it")
    role = models.CharField(max_length=60, blank=True, help_text="Such as nurse or reception")
    # A session remembers the number it began with. Counted up, all of a person's sessions have ended: none need be looked for.
    sessions = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class SecondFactor(models.Model):
    """A person's authenticator app."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="second_factor")
    sealed = models.BinaryField()  # the shared secret, encrypted: who reads the database makes no codes
    last_step = models.BigIntegerField(default=0)  # of the last code that was taken: each is good once
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user}, since {self.since:%Y-%m-%d}"


class RecoveryCode(models.Model):
    """A code that stands in once for the app; gone when it was used."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)  # keyed: without the front desk's key nobody finds a code by trying

    def __str__(self) -> str:
        return f"a recovery code of {self.user}"


class Tries(models.Model):
    """How often it was tried to come in, under a name or from an address. Neither is kept: only a keyed digest of it."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveSmallIntegerField(default=0)
    since = models.DateTimeField(db_index=True)
    locked_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.count} since {self.since:%H:%M}"


class SignInPolicy(models.Model):
    """What administrators ask of everybody who signs in; one row."""

    required_of = models.JSONField(default=list)  # roles that need a second factor, or EVERYBODY
    idle_minutes = models.PositiveSmallIntegerField(
        default=60,
        validators=[MinValueValidator(5), MaxValueValidator(720)],  # a session ends after twelve hours anyway
        help_text="After which a session ends in which nothing is done",
    )

    def requires_of(self, roles: set[Role]) -> bool:
        """Whether somebody with these roles needs a second factor."""
        return EVERYBODY in self.required_of or any(str(role) in self.required_of for role in roles)

    def __str__(self) -> str:
        return f"second factor of {', '.join(self.required_of) or 'nobody'}"

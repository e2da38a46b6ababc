"""What is counted, by day; and which days are to be counted anew. Numbers without a person: they outlive the conversations."""

from __future__ import annotations

from django.db import models

from frontdesk.insight.group_models import Miss

__all__ = ["Basis", "DueDay", "Miss", "Total"]


class Total(models.Model):
    """How often something was on a day; see `measures.py` for what is counted.

    A recount replaces what the record still has. What was counted of conversations that are erased is `kept`, and part of `number`.
    """

    day = models.DateField()  # of the conversations' last activity, in the clinic's time zone
    measure = models.CharField(max_length=20)
    key = models.CharField(
        max_length=100, blank=True
    )  # a question, a level, seconds …; empty where there is nothing to tell apart
    number = models.PositiveIntegerField()
    kept = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["day", "measure", "key"], name="one_total_of_a_key"),)
        # A year of one measure is read in the index alone.
        indexes = (models.Index(fields=["measure", "day", "key", "number", "kept"], name="totals_of_a_measure"),)

    def __str__(self) -> str:
        return f"{self.day} {self.measure} {self.key}: {self.number}"


class DueDay(models.Model):
    """Something of this day's conversations has changed."""

    day = models.DateField(unique=True)
    mark = models.CharField(
        max_length=16
    )  # another one with each change: who counts the day sees whether it was changed meanwhile

    def __str__(self) -> str:
        return f"{self.day} is due"


class Basis(models.Model):
    """By which clock, and which release's rules, the days were counted. When either is another, all of them are due."""

    time_zone = models.CharField(max_length=60)
    rules = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return f"rules {self.rules} in {self.time_zone}"

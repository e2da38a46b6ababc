"""The log's one table. The database itself refuses to change or delete a row that is not old enough to go."""

from __future__ import annotations

from django.conf import settings
from django.db import models

KEPT_DAYS = 6 * 366  # six years, however they fall


class Entry(models.Model):
    """One thing that somebody did. Holds no visitor's word: a conversation is named by its id, a search by that there was one."""

    at = models.DateTimeField(db_index=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False)
    username = models.CharField(max_length=150)  # stays when the account is gone; empty for the program itself and for visitors
    action = models.CharField(max_length=40, db_index=True)
    conversation_id = models.CharField(max_length=32, blank=True, db_index=True)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.username}: {self.action}"

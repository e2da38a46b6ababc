"""What was erased, until its words are gone from the database's files too."""

from __future__ import annotations

from django.db import models


class Erasure(models.Model):
    """A conversation that is no longer there. The row stays until what it left in the files is overwritten."""

    conversation_id = models.CharField(max_length=32)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"erasure of {self.conversation_id}"

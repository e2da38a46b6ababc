"""Messages that were not understood, and which of them are alike. Nothing here outlives the message that it is of."""

from __future__ import annotations

from django.db import models

from frontdesk.conversations.models import Message


class Miss(models.Model):
    """A visitor's message that was not understood. The words are the message's own; a vector of their meaning is kept beside them.

    Without a vector of the encoder in use, the vector is due; with one and without a centre, the grouping is.
    """

    message = models.OneToOneField(Message, models.CASCADE, primary_key=True, related_name="miss")
    at = models.DateTimeField()  # when it was sent
    vector = models.BinaryField(null=True)  # int8, see `likeness.py`
    encoder = models.CharField(max_length=64, blank=True, default="")  # digest of what made the vector
    # The message in the middle of its group; itself, where it is alone. When that one is erased, the others are to be grouped anew.
    centre = models.ForeignKey("self", models.SET_NULL, null=True, related_name="members")

    class Meta:
        indexes = (models.Index(fields=["at", "centre"], name="misses_by_time"),)

    def __str__(self) -> str:
        return f"not understood: {self.pk}"

"""Who staff are to visitors."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Profile(models.Model):
    """A member of staff, as visitors see them."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE)
    name = models.CharField(max_length=60, help_text="As visitors read it")
    role = models.CharField(max_length=60, blank=True, help_text="Such as nurse or reception")

    def __str__(self) -> str:
        return self.name

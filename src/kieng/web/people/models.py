"""The links by which people choose their first password."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models


class Activation(models.Model):
    """A link that opens once, until ``ends_at``. Only the hash of what stands in it is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="activations")
    hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def opens_at(self, moment: datetime) -> bool:
        return self.used_at is None and self.made_at <= moment < self.ends_at

"""Keys of those who may ask more of the API than a stranger."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class ApiKey(models.Model):
    """``hash`` is the SHA-256 of the key, which is shown once and kept nowhere; ``begins`` is what it begins
    with, for people to tell keys apart."""

    name = models.CharField(max_length=200)
    contact = models.CharField(max_length=200, blank=True)
    begins = models.CharField(max_length=12)
    hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-made_at",)

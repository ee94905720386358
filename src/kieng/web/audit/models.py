"""The audit trail's table. The database refuses to change or remove a row of it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models

from kieng.records.chain import moment_of, row_hash


class Event(models.Model):
    """One thing that was done. ``at`` is kept as text, as the hash covers it; ``by`` empty: a command.

    ``about`` names what it was done to ("user 3"); ``told`` is JSON with what the presenter needs.
    ``before`` is the hash of the event numbered one less, 64 zeros before the first.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.CharField(max_length=27)
    kind = models.CharField(max_length=60, db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    about = models.CharField(max_length=80, blank=True, db_index=True)
    agency = models.CharField(max_length=200, blank=True, db_index=True)
    why = models.CharField(max_length=500, blank=True)
    told = models.TextField(default="{}")
    before = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        # The migration makes the table; nothing of Django's may empty it afterwards.
        managed = False
        db_table = "audit_event"

    @property
    def moment(self) -> datetime:
        return moment_of(self.at)

    @property
    def parts(self) -> dict[str, Any]:
        """What was told about it."""
        parts: dict[str, Any] = json.loads(self.told)
        return parts

    def chained(self) -> str:
        """The hash that the row should have."""
        names = ("number", "at", "kind", "about", "agency", "why", "told", "before")
        return row_hash({name: getattr(self, name) for name in names} | {"by": self.by_id})

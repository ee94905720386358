"""What each person last saw of each agency they answer for."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class LastLook(models.Model):
    """``seen`` are the figures and standings of ``version``; ``before`` those of the version seen before
    it, which the page tells the changes from. Both as :func:`kieng.web.cockpit.changes.seen_now` makes them.
    ``first``: whether this very look is the first; it is not kept.
    """

    first = False

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    agency = models.CharField(max_length=200)
    version = models.CharField(max_length=20)
    seen_at = models.DateTimeField()
    seen = models.JSONField()
    before_at = models.DateTimeField(null=True)
    before = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "agency"], name="one_look_of_an_agency")]

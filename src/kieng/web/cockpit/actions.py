"""What the cockpit writes: only what somebody last saw. It says nothing of the plan, so it is not audited."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from kieng.web.accounts.models import User
from kieng.web.cockpit.models import LastLook


def look(*, by: User, agency: str, version: str, seen: dict[str, Any]) -> LastLook:
    """Remember that ``by`` sees ``seen`` of ``agency``. What was seen before moves back one step, but only
    when the data are others: reading a page twice does not wipe out what had changed."""
    last = LastLook.objects.filter(user=by, agency=agency).first()
    if last is not None and last.version == version:
        return last
    now = timezone.now()
    with transaction.atomic():
        if last is None:
            told = {"version": version, "seen_at": now, "seen": seen}
            made, is_new = LastLook.objects.get_or_create(user=by, agency=agency, defaults=told)
            made.first = is_new
            return made
        last.before, last.before_at = last.seen, last.seen_at
        last.seen, last.seen_at, last.version = seen, now, version
        last.save()
    return last

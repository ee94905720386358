"""The only writer of API keys."""

from __future__ import annotations

import secrets

from django.db import transaction
from django.utils import timezone

from kieng.web.accounts.models import User
from kieng.web.api.models import ApiKey
from kieng.web.api.reads import hash_of
from kieng.web.audit.actions import record

_MARK = "kieng_"


@transaction.atomic
def make_key(*, name: str, contact: str, by: User, why: str) -> tuple[ApiKey, str]:
    """A new key, and its text, which cannot be had again."""
    text = _MARK + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(name=name, contact=contact, begins=text[:10], hash=hash_of(text), made_by=by)
    record("api_key_made", by=by, about=key, why=why, name=name, begins=key.begins)
    return key, text


@transaction.atomic
def revoke_key(*, key: ApiKey, by: User, why: str) -> None:
    """End a key for ever; once more does nothing."""
    key = ApiKey.objects.select_for_update().get(pk=key.pk)
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
        record("api_key_revoked", by=by, about=key, why=why, name=key.name, begins=key.begins)

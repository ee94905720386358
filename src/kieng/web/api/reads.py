"""What is known of API keys."""

from __future__ import annotations

import hashlib

from django.db.models import QuerySet

from kieng.web.api.models import ApiKey


def hash_of(text: str) -> str:
    """A key is 256 random bits: nobody guesses it, so a quick hash is enough."""
    return hashlib.sha256(text.encode()).hexdigest()


def is_key(text: str) -> bool:
    """Whether ``text`` is a key that was not revoked."""
    return ApiKey.objects.filter(hash=hash_of(text), revoked_at=None).exists()


def keys() -> QuerySet[ApiKey]:
    """Every key, the newest first."""
    return ApiKey.objects.select_related("made_by")

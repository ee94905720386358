"""Sessions in the database, of which the database alone opens none.

A row is found by a hash of the key in the cookie, and what it holds is sealed: among it is the secret of a
second factor while somebody adds one.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, cast

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as InDatabase
from django.contrib.sessions.models import Session
from django.utils import timezone

from kieng.web.accounts import sealing


class SessionStore(InDatabase):
    """Django's store, which reads, writes and removes rows by the hash of their key."""

    def _get_session_from_db(self) -> Session | None:
        key = self.session_key
        rows = Session.objects.filter(session_key=row_key(key or ""), expire_date__gt=timezone.now())
        row = rows.first() if key else None
        if row is None:
            self._session_key = None
        return row

    def exists(self, session_key: str) -> bool:
        return super().exists(row_key(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast("Session", super().create_model_instance(data))
        row.session_key = row_key(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            super().delete(row_key(key))

    def encode(self, session_dict: dict[str, Any]) -> str:
        return sealing.seal(json.dumps(session_dict, separators=(",", ":")))

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Nothing of what cannot be opened: whoever it was logs in again."""
        try:
            told: dict[str, Any] = json.loads(sealing.unseal(str(session_data)))
        except sealing.Unreadable:
            return {}
        return told

    # By the ones above: Django's own would look for the key as it stands in the cookie.
    aload = SessionBase.aload
    aexists = SessionBase.aexists
    acreate = SessionBase.acreate
    asave = SessionBase.asave
    adelete = SessionBase.adelete


def row_key(key: str) -> str:
    """Where the session of a cookie lies. Keys are random (165 bits): a hash of one tells nothing of it."""
    return hashlib.sha256(b"kieng.session " + key.encode(errors="replace")).hexdigest()[:40]

"""The secret of the pages: it signs what they hand out, and seals sessions and second factors.

``KIENG_WEB_SECRET`` says it; else one is made and kept in ``.kieng/web-secret``. A backup takes the kept one
along; one that the environment says is kept by whoever set it. Databases hold its fingerprint alone, so that
it can be said whether it is the one they need.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from kieng.problems import refuse
from kieng.records.disk import writing_to
from kieng.records.verify import Finding
from kieng.stores.sql.people import sealed_in
from kieng.workspace.secret import make_once

SETTING, NAME, PEOPLE = "KIENG_WEB_SECRET", "web-secret", "web.db"
_LENGTH, _LEAST = 64, 50  # bytes made, characters that are enough
_REMEDY = "Restore it from a backup; without one remove it: people log in and make their second factor anew."
_NOTHING_SERVED = ("no page was served", "try again")


def kept_secret(folder: Path, name: str = NAME) -> str:
    """The secret of this name in ``folder`` (``.kieng``); made once, readable by its owner only.

    Raises UserError when it can be neither read nor made, or is not whole.
    """
    path = folder / name
    if not path.exists():
        with writing_to(folder, *_NOTHING_SERVED):
            make_once(path, secrets.token_urlsafe(_LENGTH).encode())
    try:
        found = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        why = f"The secret of the pages cannot be read: {error}."
        raise refuse(str(path), "unreadable-file", why, "Check who may read it.") from error
    if len(found) < _LEAST:
        why = f"The secret of the pages has {len(found)} characters instead of {_LEAST} or more."
        raise refuse(str(path), "web-secret-damaged", why, _REMEDY)
    return found


def fingerprint(secret: str) -> str:
    """What tells one secret from another and nothing of either."""
    return hmac.new(secret.encode(), b"kieng.web.fingerprint", hashlib.sha256).hexdigest()


def without_their_secret(people: Path, *known: str | None) -> int:
    """How many second factors in a ``web.db`` none of these secrets opens."""
    sealed = sealed_in(people)
    known_prints = {fingerprint(one) for one in known if one}
    return 0 if sealed.by in known_prints else sealed.factors


def secret_apart(folder: Path) -> bool:
    """Whether second factors of the people in ``folder`` are sealed with a secret that does not lie there."""
    return secret_missing(folder, {}) is not None


def secret_missing(folder: Path, environment: Mapping[str, str] = os.environ) -> Finding | None:
    """What is to be said of a ``.kieng`` whose people's second factors can no more be opened."""
    path = folder / NAME
    with suppress(OSError, UnicodeDecodeError):
        kept = path.read_text().strip() if path.is_file() else None
        lost = without_their_secret(folder / PEOPLE, environment.get(SETTING), kept)
        if lost:
            why = f"{lost} second factors are sealed with a secret that is neither here nor in {SETTING}"
            return Finding("secret-missing", None, str(path), why)
    return None

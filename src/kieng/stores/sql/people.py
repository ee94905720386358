"""What can be told of the pages' own database without the pages: read in a backup, before anybody logs in."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Sealed:
    """``factors`` (codes of apps, recovery codes) are sealed ``by`` the secret of this fingerprint."""

    factors: int
    by: str | None


def sealed_in(path: Path) -> Sealed:
    """Nothing, where there is no such database, or one of before anything was sealed."""
    if not path.is_file():
        return Sealed(0, None)
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            (factors,) = database.execute(
                "SELECT count(*) FROM mfa_authenticator WHERE type <> 'webauthn'"
            ).fetchone()
            by = database.execute("SELECT fingerprint FROM accounts_seal").fetchone()
    except sqlite3.Error:
        return Sealed(0, None)
    return Sealed(factors, by[0] if by else None)

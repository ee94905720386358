"""Where the pages keep their own tables: where KIENG_DATABASE says, else in a file beside the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kieng.workspace.server import server_parts

#: Readers never wait for the writer, writers wait for each other, and a commit survives a power cut.
_PRAGMAS = (
    "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA busy_timeout=20000;PRAGMA temp_store=MEMORY;"
)


def database_settings(workspace: Path) -> dict[str, Any]:
    """Django's settings of its database."""
    parts = server_parts()
    if parts:
        return _postgres(parts)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(workspace / ".kieng" / "web.db"),
        "CONN_MAX_AGE": None,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": _PRAGMAS},
    }


def _postgres(parts: dict[str, str]) -> dict[str, Any]:
    named = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{ours: parts.get(theirs, "") for ours, theirs in named.items()},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {name: value for name, value in parts.items() if name not in named.values()},
    }

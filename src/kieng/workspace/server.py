"""The PostgreSQL server that KIENG_DATABASE names, for who keeps tables of their own there."""

from __future__ import annotations

import os

from kieng.stores.sql.choose import SETTING, connection_parts


def server_parts() -> dict[str, str] | None:
    """User, password, host, port, dbname and further options as the setting says; None without it."""
    url = os.environ.get(SETTING)
    return connection_parts(url) if url else None

"""Make django.mo of locale/vi/LC_MESSAGES/django.po, without gettext's own tools. Run it after a change."""

from __future__ import annotations

import ast
import struct
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

FOLDER = Path(__file__).parents[3] / "locale" / "vi" / "LC_MESSAGES"
_MAGIC = 0x950412DE


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        (FOLDER / "django.mo").write_bytes(compiled((FOLDER / "django.po").read_text("utf-8")))


def messages(po: str) -> dict[str, str]:
    """What a catalogue translates. A plural is kept under both its forms, as gettext looks it up."""
    found: dict[str, str] = {}
    for entry in po.split("\n\n"):
        parts: dict[str, str] = {}
        name = ""
        for line in entry.splitlines():
            if line.startswith("#") or not line.strip():
                continue
            if not line.startswith('"'):
                name, line = line.split(" ", 1)
            parts[name] = parts.get(name, "") + ast.literal_eval(line)
        if "msgid" in parts:
            key = "\0".join(parts[one] for one in ("msgid", "msgid_plural") if one in parts)
            found[key] = parts.get("msgstr", parts.get("msgstr[0]", ""))
    return found


def compiled(po: str) -> bytes:
    """The catalogue in the form that gettext reads (GNU .mo, without its hash table)."""
    pairs = sorted((key.encode(), text.encode()) for key, text in messages(po).items())
    keys_at, texts_at = 28, 28 + 8 * len(pairs)
    at = texts_at + 8 * len(pairs)
    tables, body = [b"", b""], b""
    for side in (0, 1):
        for pair in pairs:
            tables[side] += struct.pack("<II", len(pair[side]), at + len(body))
            body += pair[side] + b"\0"
    head = struct.pack("<7I", _MAGIC, 0, len(pairs), keys_at, texts_at, 0, at)
    return head + tables[0] + tables[1] + body

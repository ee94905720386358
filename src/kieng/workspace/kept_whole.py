"""What lies in a workspace's ``.kieng``, and what a backup does with each: forgetting one is an error.

A name that stands here nowhere is copied as it is, and a test fails until it is declared.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

#: In the workspace's folder: all that is not text.
FOLDER = ".kieng"
#: What SQLite and a process that died leave beside a database or a file.
_BESIDE = ("-wal", "-shm", "-journal")
_PASSING = "."  # begins the name of what is being written


class Keeping(StrEnum):
    """How a backup keeps something."""

    LEDGER = "ledger"  # its tables and segments, by the ledger's own means
    FIRST = "first"  # copied before the tables: what comes meanwhile may be in them, never only here
    DATABASE = "database"  # a SQLite database of its own, copied as of one moment while others write
    COPY = "copy"  # a file or folder, copied
    MADE = "made"  # made again by whoever needs it


CONTENTS = {
    "kieng.db": Keeping.LEDGER,
    "segments": Keeping.LEDGER,
    "witness": Keeping.FIRST,
    # People, posts, keys, the audit trail, and acts that wait.
    "web.db": Keeping.DATABASE,
    "secret": Keeping.COPY,  # hashes of persons in the records
    "web-secret": Keeping.COPY,  # sessions, links, and what is encrypted of second factors
    "reorganisations": Keeping.COPY,
    "watch-token": Keeping.COPY,  # what watches would else have to be told another
    "counters": Keeping.MADE,
    "operations": Keeping.MADE,
    "backing-up": Keeping.MADE,
    "changing": Keeping.MADE,  # a change of several files, while it lasts
    "changing.lock": Keeping.MADE,
    "database": Keeping.MADE,  # where this workspace's ledger is
    "demo": Keeping.MADE,
    "drafts": Keeping.MADE,
    "files": Keeping.MADE,
    "limits": Keeping.MADE,
    "measuring": Keeping.MADE,
    "restoring": Keeping.MADE,
    "static": Keeping.MADE,
}


def named(folder: Path, *keepings: Keeping) -> Iterator[str]:
    """The names in ``folder`` that are kept in one of these ways, in the order of names."""
    return (name for name in _names(folder) if CONTENTS.get(name, Keeping.COPY) in keepings)


def undeclared(folder: Path) -> list[str]:
    """The names in ``folder`` that nobody has declared."""
    return [name for name in _names(folder) if name not in CONTENTS]


def _names(folder: Path) -> list[str]:
    names = sorted(path.name for path in folder.iterdir())
    return [name for name in names if not name.endswith(_BESIDE) and not name.startswith(_PASSING)]

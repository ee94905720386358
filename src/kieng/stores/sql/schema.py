"""Every table of the application's database.

Written so that PostgreSQL takes the same text but for BLOB (there BYTEA) and the ``?`` of parameters: plain
types, moments as text of one length in UTC, truth as 0 and 1.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from kieng import __version__
from kieng.problems import refuse
from kieng.records.chain import moment_text
from kieng.stores.sql.database import Database, Session

#: Raised by one with every change to the tables, which then has its step in :mod:`.upgrades`; a newer
#: database is refused, never guessed at.
SCHEMA_VERSION = 5

TABLES = (
    "CREATE TABLE schema_version (version BIGINT NOT NULL)",
    # How the tables came to be of this version: one row where they were made, one for each step since.
    "CREATE TABLE upgrades (version BIGINT PRIMARY KEY, made_at TEXT NOT NULL, kieng TEXT NOT NULL)",
    # Whose ledger this is: a workspace writes its id when it first comes, and others are refused.
    "CREATE TABLE ledger (id TEXT NOT NULL)",
    """
    CREATE TABLE batches (
        sequence BIGINT PRIMARY KEY,
        record_type TEXT NOT NULL,
        source TEXT NOT NULL,
        key TEXT NOT NULL,
        origin TEXT NOT NULL,
        "by" TEXT NOT NULL,
        mapping TEXT NOT NULL,
        mapping_hash TEXT NOT NULL,
        citation TEXT,
        file TEXT,
        recorded_at TEXT NOT NULL,
        committed_at TEXT NOT NULL,
        accepted BIGINT NOT NULL,
        superseded BIGINT NOT NULL,
        unchanged BIGINT NOT NULL,
        refused BIGINT NOT NULL,
        content_hash TEXT NOT NULL,
        previous TEXT NOT NULL UNIQUE,
        hash TEXT NOT NULL UNIQUE,
        known_from TEXT NOT NULL,
        delivery_hash TEXT NOT NULL,
        UNIQUE (source, key)
    )
    """,
    "CREATE INDEX batches_by_content ON batches (delivery_hash)",
    # What the content hash of a batch of version 1 was taken of; see kieng.records.carried.
    "CREATE TABLE carried (batch BIGINT PRIMARY KEY REFERENCES batches (sequence), content TEXT NOT NULL)",
    """
    CREATE TABLE rewrites (
        number BIGINT PRIMARY KEY,
        record_type TEXT NOT NULL,
        month TEXT NOT NULL,
        made_at TEXT NOT NULL,
        content_hash TEXT NOT NULL,
        previous TEXT NOT NULL UNIQUE,
        hash TEXT NOT NULL UNIQUE
    )
    """,
    """
    CREATE TABLE pieces (
        record_type TEXT NOT NULL,
        month TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        kind TEXT NOT NULL,
        rows BIGINT NOT NULL,
        bytes BIGINT NOT NULL,
        first_batch BIGINT NOT NULL,
        last_batch BIGINT NOT NULL,
        keys_sha256 TEXT,
        agencies TEXT,
        batch BIGINT REFERENCES batches (sequence),
        rewrite BIGINT REFERENCES rewrites (number),
        retired_by BIGINT REFERENCES rewrites (number),
        PRIMARY KEY (record_type, month, sha256)
    )
    """,
    "CREATE INDEX pieces_in_use ON pieces (record_type, month) WHERE retired_by IS NULL",
    "CREATE INDEX pieces_by_batch ON pieces (batch)",
    "CREATE INDEX pieces_by_rewrite ON pieces (rewrite)",
    "CREATE INDEX pieces_by_retirement ON pieces (retired_by)",
    """
    CREATE TABLE tail (
        record_type TEXT NOT NULL,
        month TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        content BLOB NOT NULL,
        PRIMARY KEY (record_type, month, sha256)
    )
    """,
    """
    CREATE TABLE tail_keys (
        record_type TEXT NOT NULL,
        key TEXT NOT NULL,
        batch BIGINT NOT NULL REFERENCES batches (sequence),
        month TEXT NOT NULL,
        PRIMARY KEY (record_type, key, batch)
    )
    """,
    "CREATE INDEX tail_keys_by_batch ON tail_keys (batch)",
    """
    CREATE TABLE plan_versions (
        sequence BIGINT PRIMARY KEY,
        fingerprint TEXT NOT NULL,
        recorded_at TEXT NOT NULL,
        archive BLOB NOT NULL,
        previous TEXT NOT NULL UNIQUE,
        hash TEXT NOT NULL UNIQUE
    )
    """,
    """
    CREATE TABLE measure_runs (
        run BIGINT PRIMARY KEY,
        as_of TEXT NOT NULL,
        plan_fingerprint TEXT NOT NULL,
        through_batch BIGINT NOT NULL,
        map_day TEXT NOT NULL,
        ground TEXT NOT NULL,
        indicators TEXT NOT NULL,
        known TEXT NOT NULL,
        seal TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE bases (
        record_type TEXT NOT NULL,
        way TEXT NOT NULL,
        month TEXT NOT NULL,
        key TEXT NOT NULL,
        cut_off TEXT NOT NULL,
        through BIGINT NOT NULL,
        seal TEXT NOT NULL,
        content BLOB NOT NULL,
        PRIMARY KEY (record_type, way, month)
    )
    """,
    """
    CREATE TABLE stale_periods (
        record_type TEXT NOT NULL,
        way TEXT NOT NULL,
        period BIGINT NOT NULL,
        agency TEXT NOT NULL,
        seal TEXT NOT NULL,
        PRIMARY KEY (record_type, way, period, agency)
    )
    """,
    # Figures in packs (kieng.measurement.packs); the agencies in UTF-8, since text has many orders.
    """
    CREATE TABLE measurements (
        indicator TEXT NOT NULL,
        reading TEXT NOT NULL,
        grain TEXT NOT NULL,
        start TEXT NOT NULL,
        breakdown TEXT NOT NULL,
        level TEXT NOT NULL,
        first_agency BLOB NOT NULL,
        last_agency BLOB NOT NULL,
        figures BIGINT NOT NULL,
        series BLOB NOT NULL,
        rest BLOB NOT NULL
    )
    """,
    """
    CREATE INDEX measurements_by_place
    ON measurements (indicator, reading, grain, start, breakdown, level, first_agency, last_agency, figures)
    """,
)


def make_tables(session: Session) -> None:
    """Every table, empty, of this version."""
    for statement in TABLES:
        session.define(statement)
    session.execute("INSERT INTO schema_version VALUES (?)", (SCHEMA_VERSION,))
    note_version(session, SCHEMA_VERSION)


def see_to_tables(database: Database, has_tables: Callable[[Session], bool], any_version: bool) -> None:
    """Make the tables where there are none, and unless ``any_version`` refuse those of another Kiềng.

    Whoever only reads shall not wait for a writer: the lock is taken only where tables are missing.
    """
    with database.snapshot() as session:
        there = has_tables(session)
    if not there:
        with database.transaction() as session:
            if not has_tables(session):  # else another process was quicker
                make_tables(session)
    if not any_version:
        with database.snapshot() as session:
            refuse_other_version(session, database.place)


def note_version(session: Session, version: int) -> None:
    """Write down that the tables are of this version from now on, and by which Kiềng."""
    row = (version, moment_text(datetime.now(UTC)), __version__)
    session.execute("INSERT INTO upgrades VALUES (?, ?, ?)", row)


def version_of(session: Session) -> int:
    """The version of the tables there are."""
    found: int = session.execute("SELECT version FROM schema_version").fetchone()[0]
    return found


def refuse_other_version(session: Session, place: str) -> None:
    """Raise UserError for tables of an older or a newer Kiềng."""
    version = version_of(session)
    if version < SCHEMA_VERSION:
        why = f"the database has tables of version {version}; this Kiềng works with version {SCHEMA_VERSION}"
        raise refuse(place, "older-database", why, "back it up, then run `kieng upgrade`", version)
    refuse_newer(version, place)


def refuse_newer(version: int, place: str) -> None:
    """Raise UserError for tables of a newer Kiềng."""
    if version > SCHEMA_VERSION:
        why = f"the database has tables of version {version}; this Kiềng knows version {SCHEMA_VERSION}"
        remedy = "use the Kiềng that wrote it, or a newer one"
        raise refuse(place, "other-database-version", why, remedy, version)

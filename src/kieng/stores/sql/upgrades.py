"""The way from the tables of every older version to those of this one, a step per version.

A step is never changed once a database may have gone it: what it makes is written out here, and later changes
of :data:`~kieng.stores.sql.schema.TABLES` come with a step of their own. What can be made again (stored
measurements) may be dropped by a step; the ledger never is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kieng.stores.sql.database import Database, Session
from kieng.stores.sql.schema import SCHEMA_VERSION, note_version, refuse_newer, version_of
from kieng.stores.sql.version_2 import to_version_2


@dataclass(frozen=True)
class Step:
    """Makes tables of ``version`` out of those of the version before. ``vi`` and ``en`` say what changes.

    ``run`` is given the open transaction and the ledger's folder.
    """

    version: int
    day: date
    vi: str
    en: str
    run: Callable[[Session, Path], None]


def upgrade(database: Database, folder: Path) -> list[Step]:
    """Bring the tables of the ledger in ``folder`` (``.kieng``) to this version, in one transaction; the
    steps that were gone. ``database`` was opened for any version.

    Raises UserError for a newer database, a damaged ledger and when something cannot be written; then
    everything is as it was.
    """
    with database.transaction() as session:
        version = version_of(session)
        refuse_newer(version, database.place)
        due = [step for step in STEPS if step.version > version]
        for step in due:
            step.run(session, folder)
            session.execute("UPDATE schema_version SET version = ?", (step.version,))
        for step in due:  # the table to note them in may itself be new
            note_version(session, step.version)
    return due


def pending(database: Database) -> list[Step]:
    """The steps that :func:`upgrade` would go. UserError for a newer database."""
    with database.snapshot() as session:
        version = version_of(session)
    refuse_newer(version, database.place)
    return [step for step in STEPS if step.version > version]


_FIGURES_OF_3 = (
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


def _to_version_3(session: Session, _: Path) -> None:
    session.define(
        "CREATE TABLE upgrades (version BIGINT PRIMARY KEY, made_at TEXT NOT NULL, kieng TEXT NOT NULL)"
    )
    session.define("CREATE TABLE ledger (id TEXT NOT NULL)")
    # Figures are kept otherwise now: they are measured again, from the bases, which stay.
    session.define("DROP TABLE measurements")
    for statement in _FIGURES_OF_3:
        session.define(statement)
    session.execute("DELETE FROM measure_runs")
    session.define(
        "CREATE TABLE IF NOT EXISTS carried"
        " (batch BIGINT PRIMARY KEY REFERENCES batches (sequence), content TEXT NOT NULL)"
    )


def _to_version_4(session: Session, _: Path) -> None:
    # Packs hold more of each figure now: they are measured again, from the bases, which stay.
    session.execute("DELETE FROM measurements")
    session.execute("DELETE FROM measure_runs")


_KEPT_OF_5 = (
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
)


def _to_version_5(session: Session, _: Path) -> None:
    # What is kept of a measuring bears seals now: it is all made again, from the ledger.
    session.execute("DELETE FROM measurements")
    for table in ("measure_runs", "bases", "stale_periods"):
        session.define(f"DROP TABLE {table}")
    for statement in _KEPT_OF_5:
        session.define(statement)


STEPS = (
    Step(
        2,
        date(2026, 11, 24),
        "Sổ ghi thành các mảnh có chỉ mục khoá; các con số phải đo lại",
        "The ledger in pieces with key indexes; figures are to be measured again",
        to_version_2,
    ),
    Step(
        3,
        date(2026, 11, 24),
        "Các con số xếp theo cách mới, phải đo lại; sổ ghi mang mã riêng",
        "Figures are kept in a new way and are to be measured again; the ledger bears an id",
        _to_version_3,
    ),
    Step(
        4,
        date(2026, 11, 30),
        "Các con số nói thêm ai để trống, ai im lặng, phải đo lại",
        "Figures also say who left a blank and who was silent, and are to be measured again",
        _to_version_4,
    ),
    Step(
        5,
        date(2026, 11, 30),
        "Các con số đã lưu mang dấu niêm phong, byte nào đổi đều bị phát hiện; phải đo lại từ đầu",
        "Kept figures bear seals, so that any changed byte is found; all is to be measured anew",
        _to_version_5,
    ),
)
if [step.version for step in STEPS] != list(range(2, SCHEMA_VERSION + 1)):
    raise AssertionError("every version needs its step")

"""The text, the database, the clock, and what was last measured, verified and backed up."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from kieng.measurement.store import MeasureRun
from kieng.problems import UserError
from kieng.records.ledger import Ledger
from kieng.stores.sql.choose import SETTING, open_database
from kieng.stores.sql.database import Database, Session
from kieng.stores.sql.manifest import SqlManifest
from kieng.stores.sql.measurements import SqlMeasurements
from kieng.stores.sql.schema import SCHEMA_VERSION, version_of
from kieng.workspace.alarms import CLOCKS_DIFFER, backup_hours, failed, last_moment
from kieng.workspace.doctor.checks import Patient, Result, bad, fine, refused, warn
from kieng.workspace.folder import check
from kieng.workspace.operations import Operations, Work, operations

_HOUR, _DAY = 3600.0, 86_400.0
#: Days after which a verifying is asked for again; hours after which figures may be a day behind.
_VERIFIED, _MEASURED = 8.0, 36.0
#: What a server must be set to, or a commit may be lost with its power: the value, and the fault else.
_SAFE = {"fsync": "on", "full_page_writes": "on"}


def text(patient: Patient) -> Iterator[Result]:
    problems = check(patient.root)
    if not problems:
        yield fine("text-fine")
        return
    first = problems[0]
    yield bad("text-faults", count=len(problems), place=str(first.place), code=first.code)


def database(patient: Patient) -> Iterator[Result]:
    """Reached, of this version, and the one this workspace belongs to."""
    if _missing(patient):
        yield warn("database-none")
        return
    try:
        with _opened(patient) as found:
            with found.snapshot() as session:
                version = version_of(session)
            told = {"place": found.place, "version": version, "ours": SCHEMA_VERSION}
    except UserError as error:
        yield refused("database-refused", error)
        return
    if version < SCHEMA_VERSION:
        yield bad("database-older", **told)
    elif version > SCHEMA_VERSION:
        yield bad("database-newer", **told)
    else:
        yield fine("database-fine", **told)


def server(patient: Patient) -> Iterator[Result]:
    """What PostgreSQL is set to, and what this role may do."""
    if SETTING not in os.environ:
        yield fine("server-sqlite")
        return
    with _opened(patient) as found, found.snapshot() as session:
        ill = list(_unsafe(session))
        yield from ill
        if not ill:
            yield fine("server-fine", version=_setting(session, "server_version"))
        yield _role(session)


def _unsafe(session: Session) -> Iterator[Result]:
    for name, safe in _SAFE.items():
        if (told := _setting(session, name)) != safe:
            yield bad("server-unsafe", name=name, value=told, safe=safe)
    if _setting(session, "data_checksums") != "on":
        yield warn("server-checksums")
    if _setting(session, "is_superuser") == "on":
        yield warn("server-superuser")


def _role(session: Session) -> Result:
    """Commands are run by the role that keeps the ledger, pages best by one that can only add to it."""
    row = session.execute("SELECT current_user, has_table_privilege('batches', 'DELETE')").fetchone()
    return fine("server-keeps", role=row[0]) if row[1] else fine("server-adds", role=row[0])


def _setting(session: Session, name: str) -> str:
    row = session.execute("SELECT current_setting(?)", (name,)).fetchone()
    return str(row[0])


def clock(patient: Patient) -> Iterator[Result]:
    """The clock stands after all that was ever noted."""
    known = [at for at in (last_moment(_noted(patient)), *_recorded(patient)) if at is not None]
    now = patient.now.timestamp()
    if known and max(known) - now > CLOCKS_DIFFER:
        newest = datetime.fromtimestamp(max(known), UTC)
        yield bad("clock-back", now=f"{patient.now:%d/%m/%Y %H:%M}", newest=f"{newest:%d/%m/%Y %H:%M}")
    else:
        yield fine("clock-fine", now=f"{patient.now:%d/%m/%Y %H:%M}")


def _recorded(patient: Patient) -> Iterator[float | None]:
    if _missing(patient):
        return
    with _opened(patient) as found:
        run = SqlMeasurements(found).run()
        yield None if run is None else run.as_of.timestamp()
        batches = Ledger(SqlManifest(found), patient.folder).batches()
        yield batches[-1].recorded_at.timestamp() if batches else None


def measured(patient: Patient) -> Iterator[Result]:
    last = _noted(patient).get(Work.MEASURE)
    if (why := failed(last, patient.now)) is not None:
        yield bad("measured-failed", why=why)
    if _missing(patient):
        yield warn("measured-never")
        return
    with _opened(patient) as found:
        run = SqlMeasurements(found).run()
        behind = 0 if run is None else _behind(found, patient.folder, run)
    if run is None:
        yield warn("measured-never")
        return
    hours = (patient.now.timestamp() - run.as_of.timestamp()) / _HOUR
    told = {"at": f"{run.as_of:%d/%m/%Y %H:%M}", "hours": round(hours), "batches": behind}
    if behind:
        yield warn("measured-behind", **told)
    elif hours > _MEASURED:
        yield warn("measured-old", **told)
    else:
        yield fine("measured-fine", **told)


def _behind(found: Database, folder: Path, run: MeasureRun) -> int:
    ledger = Ledger(SqlManifest(found), folder)
    return sum(one.sequence > run.through_batch for one in ledger.batches())


def verified(patient: Patient) -> Iterator[Result]:
    last = _noted(patient).get(Work.VERIFY)
    if last is not None and last.ended is not None and not last.fine:
        yield bad("verified-damage", kinds=last.told or "?")
    elif last is None or last.fine_at is None:
        yield warn("verified-never")
    elif (days := (patient.now.timestamp() - last.fine_at) / _DAY) > _VERIFIED:
        yield warn("verified-old", days=round(days))
    else:
        yield fine("verified-fine", days=round(days))


def backed_up(patient: Patient) -> Iterator[Result]:
    last = _noted(patient).get(Work.BACKUP)
    if (why := failed(last, patient.now)) is not None:
        yield bad("backup-failed", why=why)
        return
    if last is None or last.fine_at is None:
        yield bad("backup-never")
        return
    where, hours = Path(last.told), (patient.now.timestamp() - last.fine_at) / _HOUR
    if hours > backup_hours():
        yield bad("backup-old", hours=round(hours), limit=round(backup_hours()))
    elif not where.exists():
        yield warn("backup-gone", place=where)
    elif where.stat().st_dev == patient.root.stat().st_dev:
        yield warn("backup-same-disk", place=where)
    else:
        yield fine("backup-fine", hours=round(hours), place=where)
    if SETTING in os.environ:
        yield warn("backup-people")


def _noted(patient: Patient) -> Operations:
    """What is noted. PermissionError where that may not be seen, for it is not the same as nothing."""
    if patient.folder.exists() and not os.access(patient.folder, os.R_OK | os.X_OK):
        raise PermissionError(errno.EACCES, "may not be seen", str(patient.folder))
    return operations(patient.folder)


def _missing(patient: Patient) -> bool:
    """Whether opening would make a database where none is: a look makes nothing."""
    return not patient.folder.is_dir() or (
        SETTING not in os.environ
        and not any((patient.folder / name).exists() for name in ("kieng.db", "database"))
    )


@contextmanager
def _opened(patient: Patient) -> Iterator[Database]:
    """The database, of whatever version: a look claims none."""
    with closing(open_database(patient.folder, any_version=True)) as found:
        yield found

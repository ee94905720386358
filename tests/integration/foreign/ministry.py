"""The synthetic ministry: its text laid out, every file taken in, every figure measured."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from tests.integration.foreign import files
from tests.integration.foreign.facts import inspections, permits

from kieng.measurement.measure import measure
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import AS_WAS, LINEAGE, LINEAGE_SHARED, Engine, Reading
from kieng.plan.period import Period
from kieng.records.batch import Origin, VersionedRecords
from kieng.stores.duckdb.engine import DuckdbEngine
from kieng.workspace.folder import Loaded, Workspace

TEXT = Path(__file__).parent / "workspace"
TODAY = date(2026, 3, 15)
AS_OF = datetime(2026, 3, 15, 5, tzinfo=UTC)
FIRST_LOAD, CORRECTED = datetime(2026, 3, 11, tzinfo=UTC), datetime(2026, 3, 12, tzinfo=UTC)
MAP = Reading(TODAY)
MISREAD = "KT-0003"  # the old system sent 10 findings too many, and corrected it a day later

Key = tuple[str, str, Period, str, tuple[str, str | None] | None]


@dataclass(frozen=True)
class Ministry:
    workspace: Workspace
    loaded: dict[str, Loaded]
    first_bad: dict[str, int]
    figures: dict[Key, Measurement]

    def figure(
        self,
        indicator: str,
        agency: str,
        period: Period,
        reading: Reading = AS_WAS,
        breakdown: tuple[str, str] | None = None,
    ) -> Measurement:
        return self.figures[indicator, agency, period, str(reading), breakdown]

    def value(self, indicator: str, agency: str, period: Period, reading: Reading = AS_WAS) -> Decimal:
        value = self.figure(indicator, agency, period, reading).value
        assert value is not None
        return value


def made(root: Path) -> Ministry:
    """The ministry in ``root``, an empty folder."""
    shutil.copytree(TEXT, root / "text")
    workspace = Workspace(root / "text")
    loaded, first_bad = _load(workspace, root)
    return Ministry(workspace, loaded, first_bad, figures(workspace, DuckdbEngine()))


def figures(workspace: Workspace, engine: Engine) -> dict[Key, Measurement]:
    """Every figure known at ``AS_OF``, as it was and on today's map."""
    found = _measured(workspace, engine, AS_OF)
    return {(one.indicator, one.agency, one.period, one.reading, one.breakdown): one for one in found}


def _load(workspace: Workspace, root: Path) -> tuple[dict[str, Loaded], dict[str, int]]:
    old = [row for row in inspections() if not row.in_new_system]
    misread = [
        replace(row, findings=(row.findings or 0) + 10) if row.number == MISREAD else row for row in old
    ]
    first_bad = {"old": files.write_old(root / "thanh-tra.csv", misread)}
    files.write_old(root / "dinh-chinh.csv", [row for row in old if row.number == MISREAD], bad=False)
    files.write_new(root / "feed.parquet", [row for row in inspections() if row.in_new_system])
    first_bad["permits"] = files.write_permits(root / "ho-so.ndjson", permits())
    files.write_yearbook(root / "nien-giam.xlsx")
    deliveries = (
        ("old", "inspection", "thanh-tra.csv", "thanh-tra-cu", FIRST_LOAD),
        ("new", "inspection", "feed.parquet", "inspection-feed", FIRST_LOAD),
        ("permits", "permit", "ho-so.ndjson", "cong-quoc-gia", FIRST_LOAD),
        ("2024", "yearbook", "nien-giam.xlsx", "nien-giam-2024", FIRST_LOAD),
        ("2025", "yearbook", "nien-giam.xlsx", "nien-giam-2025", FIRST_LOAD),
        ("safety 2024", "safety_index", "nien-giam.xlsx", "an-toan-2024", FIRST_LOAD),
        ("safety 2025", "safety_index", "nien-giam.xlsx", "an-toan-2025", FIRST_LOAD),
        ("corrected", "inspection", "dinh-chinh.csv", "thanh-tra-cu", CORRECTED),
        ("again", "inspection", "thanh-tra.csv", "thanh-tra-cu", CORRECTED),
    )
    loaded = {
        name: workspace.take(
            kind, [root / file], mapping, origin=Origin.SYNTHETIC, by="test", recorded_at=moment
        )
        for name, kind, file, mapping, moment in deliveries
    }
    return loaded, first_bad


def _measured(workspace: Workspace, engine: Engine, as_of: datetime) -> Iterator[Measurement]:
    definitions = workspace.definitions

    def records_of(kind: str) -> VersionedRecords:
        return workspace.ledger.records(definitions.record_types[kind], as_of)

    return measure(definitions, engine, records_of, as_of, (AS_WAS, MAP, LINEAGE, LINEAGE_SHARED))

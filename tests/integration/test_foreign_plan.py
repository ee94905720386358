"""A plan nobody has seen and data from foreign systems go in by text files alone.

The ministry, its levels, record types, indicators, clocks and mappings stand in ``foreign/workspace``; the
files are written as their systems would (``foreign/files.py``) from made-up facts (``foreign/facts.py``).
Expected figures are counted from those facts here, without any engine.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from statistics import median

import pytest
from tests.integration.foreign import files
from tests.integration.foreign.facts import MERGER, Inspection, Permit, inspections, permits

from kieng.judgement.board import board
from kieng.measurement.measure import measure
from kieng.measurement.measurement import Measurement, Status
from kieng.measurement.request import AS_WAS, Engine, Reading
from kieng.plan.period import Grain, Period
from kieng.plan.target import TargetKind
from kieng.records.batch import Origin, VersionedRecords
from kieng.stores.duckdb.engine import DuckdbEngine
from kieng.stores.reference.engine import ReferenceEngine
from kieng.workspace.folder import Loaded, Workspace

TEXT = Path(__file__).parent / "foreign" / "workspace"
TODAY = date(2026, 3, 15)
AS_OF = datetime(2026, 3, 15, 5, tzinfo=UTC)
FIRST_LOAD, CORRECTED = datetime(2026, 3, 11, tzinfo=UTC), datetime(2026, 3, 12, tzinfo=UTC)
MAP = Reading(TODAY)
MISREAD = "KT-0003"  # the old system sent 10 findings too many, and corrected it a day later

INSPECTIONS = inspections()
PERMITS = [permit for permit in permits() if not permit.withdrawn]


@dataclass(frozen=True)
class Ministry:
    workspace: Workspace
    loaded: dict[str, Loaded]
    first_bad: dict[str, int]
    figures: dict[tuple[str, str, Period, str, tuple[str, str | None] | None], Measurement]

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


def year(number: int) -> Period:
    return Period(date(number, 1, 1), Grain.YEAR)


def quarter(number: int, of_year: int) -> Period:
    return Period(date(of_year, 3 * number - 2, 1), Grain.QUARTER)


Y24, Y25 = year(2024), year(2025)


@pytest.fixture(scope="module")
def ministry(tmp_path_factory: pytest.TempPathFactory) -> Ministry:
    root = tmp_path_factory.mktemp("ministry")
    shutil.copytree(TEXT, root / "text")
    workspace = Workspace(root / "text")
    loaded, first_bad = _load(workspace, root)
    figures = {
        (one.indicator, one.agency, one.period, one.reading, one.breakdown): one
        for one in _measured(workspace, DuckdbEngine(), AS_OF)
    }
    return Ministry(workspace, loaded, first_bad, figures)


def _load(workspace: Workspace, root: Path) -> tuple[dict[str, Loaded], dict[str, int]]:
    old = [row for row in INSPECTIONS if not row.in_new_system]
    misread = [
        replace(row, findings=(row.findings or 0) + 10) if row.number == MISREAD else row for row in old
    ]
    first_bad = {"old": files.write_old(root / "thanh-tra.csv", misread)}
    files.write_old(root / "dinh-chinh.csv", [row for row in old if row.number == MISREAD], bad=False)
    files.write_new(root / "feed.parquet", [row for row in INSPECTIONS if row.in_new_system])
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

    return measure(definitions, engine, records_of, as_of, (AS_WAS, MAP))


def test_forty_indicators_and_every_kind_of_target(ministry: Ministry) -> None:
    definitions = ministry.workspace.definitions
    assert len(definitions.indicators) == 44
    assert {target.kind for target in definitions.plans["bien"].targets} == set(TargetKind)


def test_the_ledger_is_whole(ministry: Ministry) -> None:
    assert ministry.workspace.ledger.verify() == []
    batches = ministry.workspace.ledger.batches()
    assert len(batches) == len(ministry.loaded) - 1  # the file sent again is no batch
    assert {batch.mapping for batch in batches} == set(ministry.workspace.mappings)


def test_both_engines_give_the_same_figures(ministry: Ministry) -> None:
    reference = {
        (one.indicator, one.agency, one.period, one.reading, one.breakdown): one
        for one in _measured(ministry.workspace, ReferenceEngine(), AS_OF)
    }
    assert len(reference) > 5000
    assert reference == ministry.figures


# --- what went in -----------------------------------------------------------------------------


def _named(loaded: Loaded) -> list[tuple[int, str]]:
    return [(problem.place.line, problem.code) for problem in loaded.problems]


def test_bad_rows_are_refused_and_named_and_the_others_go_in(ministry: Ministry) -> None:
    old, new = ministry.loaded["old"], ministry.loaded["new"]
    line = ministry.first_bad["old"]
    assert _named(old) == [(line + n, code) for n, (_, code) in enumerate(files.BAD_OLD)]
    assert old.receipt is not None
    assert old.receipt.accepted == line - 2
    assert [code for _, code in _named(new)] == ["agency-not-on-day"]
    line = ministry.first_bad["permits"]
    assert _named(ministry.loaded["permits"]) == [
        (line + n, code) for n, (_, code) in enumerate(files.BAD_PERMITS)
    ]
    assert _named(ministry.loaded["2024"]) == _named(ministry.loaded["2025"]) == files.BAD_YEARBOOK


def test_a_problem_says_where_what_and_how_to_mend(ministry: Ministry) -> None:
    gone = next(p for p in ministry.loaded["old"].problems if p.code == "agency-not-on-day")
    assert (gone.place.file, gone.place.column, gone.value) == ("thanh-tra.csv", 2, "B99.02")
    assert "giam-sat" in gone.remedy


def test_sending_a_file_again_changes_nothing(ministry: Ministry) -> None:
    receipt = ministry.loaded["again"].receipt
    assert receipt is not None
    assert (receipt.batch, receipt.already) == (None, ministry.loaded["old"].receipt.batch)  # type: ignore[union-attr]


def test_names_of_holders_do_not_enter_the_ledger(ministry: Ministry) -> None:
    holders = set(ministry.loaded["permits"].intake.rows["holder"].to_pylist())
    assert all(len(holder) == 32 and "giả lập" not in holder for holder in holders)
    assert len(holders) == len({permit.holder for permit in permits()})  # NFC and NFD are one person


# --- figures, counted another way -------------------------------------------------------------------


def _opened(period: Period) -> list[Inspection]:
    return [row for row in INSPECTIONS if period.start <= row.opened.date() <= period.last_day]


def _applied(period: Period) -> list[Permit]:
    return [row for row in PERMITS if period.start <= row.applied.date() <= period.last_day]


def _granted(period: Period) -> list[Permit]:
    return [row for row in PERMITS if row.granted and period.start <= row.granted <= period.last_day]


def _finished(period: Period) -> list[Inspection]:
    return [row for row in INSPECTIONS if row.finished and _within(row.finished.date(), period)]


def _within(day: date, period: Period) -> bool:
    return period.start <= day <= period.last_day


def _share(part: int, whole: int) -> Fraction:
    return Fraction(100 * part, whole)


def _on_time(row: Inspection, last_day: date) -> bool:
    known = row.finished is not None and row.finished.date() <= last_day
    end = row.finished if known else datetime.combine(last_day, time.max)
    assert end is not None
    return row.due is not None and end <= row.due


def _overlapping(period: Period) -> list[Inspection]:
    return [
        row
        for row in INSPECTIONS
        if row.opened.date() <= period.last_day
        and (row.finished is None or row.finished.date() >= period.start)
    ]


def _fines(rows: Iterable[Inspection]) -> Fraction:
    return Fraction(sum(row.fine for row in rows if row.fine is not None))


def _findings(rows: Iterable[Inspection], kind: str | None = None) -> int:
    return sum(row.findings or 0 for row in rows if kind in (None, row.kind))


def _surprise(period: Period) -> Fraction:
    rows = _opened(period)
    return _share(sum(row.kind == "surprise" for row in rows), len(rows))


def _in_force(day: date) -> list[Permit]:
    return [row for row in PERMITS if row.granted and row.ends and row.granted <= day < row.ends]


Q2, Q3 = quarter(2, 2025), quarter(3, 2025)
H1 = Period(date(2025, 1, 1), Grain.HALF)
JAN = Period(date(2025, 1, 1), Grain.MONTH)

COUNTED: list[tuple[str, Period, Callable[[], Fraction | Decimal | int | float]]] = [
    ("inspections", Y25, lambda: len(_opened(Y25))),
    ("inspections", H1, lambda: len(_opened(H1))),
    ("inspections", JAN, lambda: len(_opened(JAN))),
    ("surprise-share", Q3, lambda: _surprise(Q3)),
    ("surprise-share-change", Y25, lambda: _surprise(Y25) - _surprise(Y24)),
    ("remote-share", Y25, lambda: _share(sum(r.remote for r in _opened(Y25)), len(_opened(Y25)))),
    ("on-time", Y25, lambda: _share(sum(_on_time(r, Y25.last_day) for r in _overlapping(Y25)),
                                    sum(r.due is not None for r in _overlapping(Y25)))),
    ("inspections-open", Y24, lambda: sum(r.opened.date() <= Y24.last_day and
                                          (r.finished is None or r.finished.date() > Y24.last_day)
                                          for r in INSPECTIONS)),
    ("critical-open", Q2, lambda: sum(r.severity == "critical" for r in _overlapping(Q2))),
    ("findings", Q2, lambda: _findings(_opened(Q2))),
    ("findings-mean", Y25, lambda: Fraction(_findings(_opened(Y25)),
                                            sum(r.findings is not None for r in _opened(Y25)))),
    ("findings-most", Y25, lambda: max(r.findings or 0 for r in _opened(Y25))),
    ("fine-least", Y25, lambda: min(r.fine for r in _opened(Y25) if r.fine)),
    ("findings-gap", Y24, lambda: _findings(_opened(Y24), "surprise") - _findings(_opened(Y24), "routine")),
    ("fines", Y25, lambda: _fines(_opened(Y25))),
    ("fines-growth", Y25, lambda: 100 * (_fines(_opened(Y25)) / _fines(_opened(Y24)) - 1)),
    ("inspections-step", Q3, lambda: len(_opened(Q3)) - len(_opened(Q2))),
    ("vessels-inspected", Q3, lambda: len({r.vessel for r in _opened(Q3)})),
    ("inspection-days-median", Y25, lambda: median((r.finished.date() - r.opened.date()).days
                                                   for r in _finished(Y25) if r.finished)),
    ("score-median", Y25, lambda: median(r.score for r in _opened(Y25) if r.score is not None)),
    ("serious", Y24, lambda: sum(r.severity in ("major", "critical") for r in _opened(Y24))),
    ("serious", Y25, lambda: sum(r.severity == "critical" or (r.findings or 0) >= 5 for r in _opened(Y25))),
    ("permits-applied", Y25, lambda: len(_applied(Y25))),
    ("permits-online", Y25, lambda: _share(sum(p.channel == "online" for p in _applied(Y25)),
                                           len(_applied(Y25)))),
    ("permits-post", Y24, lambda: _share(sum(p.channel == "post" for p in _applied(Y24)),
                                         len(_applied(Y24)))),
    ("permits-granted", H1, lambda: len(_granted(H1))),
    ("permits-growth", Q3, lambda: 100 * (Fraction(len(_granted(Q3)), len(_granted(quarter(3, 2024)))) - 1)),
    ("permits-in-force", Y25, lambda: len(_in_force(Y25.last_day))),
    ("tonnage-in-force", Y25, lambda: sum(p.tonnage or 0 for p in _in_force(Y25.last_day))),
    ("permits-pending", Q2, lambda: sum(p.applied.date() <= Q2.last_day and
                                        (p.granted is None or p.granted >= Q2.start) for p in PERMITS)),
    ("permit-days-median", Y24, lambda: median((p.granted - p.applied.date()).days
                                               for p in _granted(Y24) if p.granted)),
    ("fees", Y25, lambda: sum(sum(p.fees) for p in _applied(Y25))),
    ("fee-mean", Y25, lambda: Fraction(sum(sum(p.fees) for p in _applied(Y25))) /
                              sum(bool(p.fees) for p in _applied(Y25))),
    ("holders", Y25, lambda: len({p.holder for p in _granted(Y25)})),
    ("papers-most", Y25, lambda: max(p.papers for p in _applied(Y25))),
    ("databases-used", Y25, lambda: _share(sum(p.databases > 0 for p in _applied(Y25)), len(_applied(Y25)))),
    ("digitised", Y25, lambda: _share(sum(p.digitised is True for p in _applied(Y25)),
                                      sum(p.digitised is not None for p in _applied(Y25)))),
    ("e-results", Y25, lambda: _share(sum(p.e_result for p in _granted(Y25)), len(_granted(Y25)))),
    # Literal, from the table of the yearbook.
    ("vessels-registered", Y24, lambda: 120 + 200 + 80 + 90),
    ("vessels-registered", Y25, lambda: 132 + 190 + 98 + 87),
    ("vessels-growth", Y25, lambda: 100 * (Fraction(507, 490) - 1)),
    ("catch", Y24, lambda: Decimal("30.6")),
    ("catch", Y25, lambda: Decimal("38.5")),
    ("workers", Y25, lambda: 44 + 50 + 30 + 0 + 12),
    ("trained-share", Y25, lambda: _share(33 + 20 + 30 + 0 + 9, 136)),
    ("rank", Y25, lambda: 2),
    ("response-plan", Y24, lambda: 0),
    ("response-plan", Y25, lambda: 1),
]  # fmt: skip


@pytest.mark.parametrize(("indicator", "period", "count"), COUNTED, ids=lambda x: str(x)[:30])
def test_the_ministrys_figures(
    ministry: Ministry, indicator: str, period: Period, count: Callable[[], Fraction]
) -> None:
    expected = Fraction(count())
    found = ministry.value(indicator, "bo", period)
    assert abs(Fraction(found) - expected) <= Fraction(1, 2 * 10**9)
    assert expected.denominator > 1 or found == expected
    assert ministry.figure(indicator, "bo", period).origins == (Origin.SYNTHETIC,)


def test_every_indicator_is_counted_here_or_in_its_own_example(ministry: Ministry) -> None:
    counted = {indicator for indicator, _, _ in COUNTED}
    others = set(ministry.workspace.definitions.indicators) - counted
    assert others == {"inspection-days-p90", "safety-index"}


def test_what_happened_at_new_year_counts_where_its_own_clock_was(ministry: Ministry) -> None:
    """Opened at 17:30 UTC on 31 December, which was 2025 in Vietnam."""
    assert INSPECTIONS[0].opened == datetime(2025, 1, 1, 0, 30)
    here = [row for row in _opened(JAN) if row.division == "at-bac"]
    assert INSPECTIONS[0] in here
    assert ministry.value("inspections", "at-bac", JAN) == len(here)


def test_breakdowns_add_up_to_the_whole(ministry: Ministry) -> None:
    for channel in ("online", "direct", "post"):
        found = ministry.figure("permits-applied", "bo", Y24, breakdown=("channel", channel))
        assert found.value == sum(permit.channel == channel for permit in _applied(Y24))


# --- no number, for four different reasons -----------------------------------------------------------

NO_NUMBER = [
    ("safety-index", "kt-khoi", Y24, Status.NO_DATA),  # an empty cell
    ("safety-index", "kt-cang", Y24, Status.NOT_APPLICABLE),  # x
    ("safety-index", "at-nam", Y24, Status.ZERO_DENOMINATOR),  # -
    ("trained-share", "kt-khoi", Y25, Status.ZERO_DENOMINATOR),  # 0 of 0 workers
    ("vessels-registered", "cp-tau", Y25, Status.NOT_APPLICABLE),  # declared by the plan
    ("fines-growth", "giam-sat", Y25, Status.NO_DATA),  # there was no such department a year before
]


@pytest.mark.parametrize(("indicator", "agency", "period", "status"), NO_NUMBER)
def test_kinds_of_no_number(
    ministry: Ministry, indicator: str, agency: str, period: Period, status: Status
) -> None:
    found = ministry.figure(indicator, agency, period)
    assert (found.status, found.value) == (status, None)


def test_an_agency_has_no_figure_before_it_exists(ministry: Ministry) -> None:
    assert ("permits-applied", "cp-cang-nam", Y24, str(AS_WAS), None) not in ministry.figures


def test_nought_is_a_number(ministry: Ministry) -> None:
    assert ministry.value("catch", "kt-cang", Y24) == 0
    assert ministry.value("workers", "kt-khoi", Y25) == 0


def test_figures_carry_their_state(ministry: Ministry) -> None:
    states = [ministry.figure("workers", "bo", period).state for period in (Y24, Y25)]
    assert states == ["confirmed", "provisional"]


def test_coverage_counts_who_should_report(ministry: Ministry) -> None:
    coverage = ministry.figure("vessels-registered", "bo", Y25).coverage
    assert (coverage.reporting, coverage.expected) == (4, 4)
    desks = ministry.figure(
        "workers", "bo", Y25
    ).coverage  # the desk that ended, and its two heirs, sent none
    assert (desks.reporting, desks.expected) == (5, 8)


# --- the reorganisation ---------------------------------------------------------------------------

BEFORE = {
    "an-toan": {"an-toan", "at-bac", "at-nam"},
    "kiem-tra": {"kiem-tra", "kt-cang", "kt-khoi"},
}
AFTER = {
    "giam-sat": {"an-toan", "kiem-tra", "giam-sat", "at-bac", "at-nam", "kt-cang"},
    "cap-phep": {"kt-khoi"},
}


def _counted(rows: Iterable[Inspection], divisions: set[str]) -> int:
    return sum(row.division in divisions for row in rows)


@pytest.mark.parametrize("period", [Y24, Q2], ids=str)
def test_before_the_merger_the_old_departments_count_as_they_were(ministry: Ministry, period: Period) -> None:
    assert period.last_day < MERGER
    for readings, departments in ((AS_WAS, BEFORE), (MAP, AFTER)):
        for department, divisions in departments.items():
            expected = _counted(_opened(period), divisions)
            assert ministry.value("inspections", department, period, readings) == expected


def test_in_the_year_of_the_merger_each_counts_where_it_last_stood(ministry: Ministry) -> None:
    stayed = AFTER["giam-sat"] - {"an-toan", "kiem-tra"}
    for department, divisions in (("an-toan", {"an-toan"}), ("kiem-tra", {"kiem-tra"}), ("giam-sat", stayed)):
        assert ministry.value("inspections", department, Y25) == _counted(_opened(Y25), divisions)
    assert ministry.value("inspections", "giam-sat", Y25, MAP) == _counted(_opened(Y25), AFTER["giam-sat"])


@pytest.mark.parametrize("indicator", ["inspections", "fines", "findings", "permits-applied", "fees"])
def test_totals_are_the_same_on_both_maps(ministry: Ministry, indicator: str) -> None:
    departments = ("an-toan", "kiem-tra", "giam-sat", "cap-phep", "van-phong")
    for period in (Y24, Y25):
        for reading in (AS_WAS, MAP):
            found = [ministry.figures.get((indicator, d, period, str(reading), None)) for d in departments]
            total = sum(one.value for one in found if one is not None and one.value is not None)
            assert total == ministry.value(indicator, "bo", period)


def test_a_split_desk_is_divided_by_staff_and_marked(ministry: Ministry) -> None:
    old = sum(permit.agency == "cp-cang" for permit in _applied(Y24))
    for desk, weight in (("cp-cang-bac", Decimal("0.6")), ("cp-cang-nam", Decimal("0.4"))):
        found = ministry.figure("permits-applied", desk, Y24, MAP)
        assert (found.value, found.weighted) == (old * weight, "staff")
    assert ministry.figure("permits-applied", "cp-tau", Y24, MAP).weighted is None


def test_what_a_gone_desk_has_in_a_later_period_goes_to_its_heirs(ministry: Ministry) -> None:
    """Applied for at the old desk, granted when there were two."""
    granted = _granted(quarter(4, 2025))
    old = sum(permit.agency == "cp-cang" for permit in granted)
    own = sum(permit.agency == "cp-cang-bac" for permit in granted)
    assert old > 0
    found = ministry.value("permits-granted", "cp-cang-bac", quarter(4, 2025))
    assert found == own + old * Decimal("0.6")


def test_a_median_is_not_divided(ministry: Ministry) -> None:
    found = ministry.figure("permit-days-median", "cp-cang-bac", Y24, MAP)
    assert (found.status, found.value) == (Status.CANNOT_RECAST, None)
    assert ministry.value("permit-days-median", "bo", Y24, MAP) == ministry.value(
        "permit-days-median", "bo", Y24
    )


# --- what was known when -----------------------------------------------------------------------------


def test_before_the_correction_the_old_figure_stands(ministry: Ministry) -> None:
    period = Period.containing(
        next(r for r in INSPECTIONS if r.number == MISREAD).opened.date(), Grain.QUARTER
    )
    workspace = ministry.workspace
    findings = workspace.definitions.indicators["findings"]
    then = {
        (one.agency, one.period): one.value
        for one in workspace.measurements(workspace.definitions, FIRST_LOAD, (AS_WAS,), (findings,))
    }
    assert then["bo", period] == ministry.value("findings", "bo", period) + 10


# --- where the targets stand ----------------------------------------------------------------------------

STANDINGS = {
    "bien/inspections/ministry/2025-12-31": {"bo": "met"},
    "bien/surprise-share/ministry/2026-12-31": {"bo": "on_course"},
    "bien/remote-share/ministry/2026-12-31": {"bo": "late"},
    "bien/remote-share/ministry/2030-12-31": {"bo": "on_course"},
    "bien/remote-share/department/2026-12-31": {
        "cap-phep": "met", "giam-sat": "late", "van-phong": "unknown",
    },
    "bien/on-time/ministry/2025-12-31": {"bo": "met"},
    "bien/on-time/department/2025-12-31": {"cap-phep": "missed", "giam-sat": "met", "van-phong": "unknown"},
    "bien/inspections-open/ministry/2025-12-31": {"bo": "met"},
    "bien/critical-open/ministry/2025-12-31": {"bo": "missed"},
    "bien/findings-mean/ministry/2026-12-31": {"bo": "on_course"},
    "bien/fines-growth/ministry/2025-12-31": {"bo": "missed"},
    "tau-an-toan": {"an-toan": "closed"},
    "tau-giam-sat": {"giam-sat": "met"},
    "bien/score-median/ministry/2026-12-31": {"bo": "on_course"},
    "bien/permits-online/ministry/2026-12-31": {"bo": "late"},
    "bien/permits-online/ministry/2030-12-31": {"bo": "late"},
    "bien/permits-post/ministry/2026-12-31": {"bo": "late"},
    "bien/permits-growth/ministry/2025-12-31": {"bo": "met"},
    "bien/vessels-registered/ministry/2025-12-31": {"bo": "met"},
    "bien/vessels-registered/ministry/2030-12-31": {"bo": "late"},
    "bien/catch/ministry/2030-12-31": {"bo": "on_course"},
    "bien/trained-share/division/2025-12-31": {
        "at-bac": "met", "at-nam": "missed", "kt-cang": "met", "kt-khoi": "unknown",
    },
    "bien/rank/ministry/2025-12-31": {"bo": "met"},
    "bien/rank/ministry/2030-12-31": {"bo": "on_course"},
    "bien/safety-index/division/2025-12-31": {
        "at-bac": "met", "at-nam": "missed", "kt-cang": "unknown", "kt-khoi": "unknown",
    },
    "bien/response-plan/ministry/2025-12-31": {"bo": "met"},
}  # fmt: skip


def test_standings_of_every_kind_of_target(ministry: Ministry) -> None:
    def lookup(indicator: str, agency: str, period: Period) -> Measurement | None:
        return ministry.figures.get((indicator, agency, period, str(AS_WAS), None))

    rows = board(ministry.workspace.definitions, lookup, TODAY)
    found = {row.target.id: {x.agency: str(x.judgement.standing) for x in row.lines} for row in rows}
    assert {target: found[target] for target in STANDINGS} == STANDINGS
    divisions = found["bien/inspections/division/2025-12-31"]
    assert set(divisions) == {"at-bac", "at-nam", "kt-cang", "kt-khoi"}

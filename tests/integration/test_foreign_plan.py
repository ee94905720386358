"""A plan nobody has seen and data from foreign systems go in by text files alone.

The ministry, its levels, record types, indicators, clocks and mappings stand in ``foreign/workspace``; the
files are written as their systems would (``foreign/files.py``) from made-up facts (``foreign/facts.py``).
Expected figures are counted from those facts without any engine (``foreign/counted.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from tests.integration.foreign import files
from tests.integration.foreign.counted import (
    COUNTED,
    INSPECTIONS,
    JAN,
    Q2,
    Y24,
    Y25,
    applied_in,
    granted_in,
    opened_in,
    quarter,
)
from tests.integration.foreign.facts import MERGER, Inspection, permits
from tests.integration.foreign.ministry import FIRST_LOAD, MAP, MISREAD, TODAY, Ministry, figures, made

from kieng.judgement.board import board
from kieng.measurement.measurement import Measurement, Status
from kieng.measurement.request import AS_WAS, Reading
from kieng.plan.period import Grain, Period
from kieng.plan.target import TargetKind
from kieng.records.batch import Origin
from kieng.stores.reference.engine import ReferenceEngine
from kieng.workspace.folder import Loaded


@pytest.fixture(scope="module")
def ministry(tmp_path_factory: pytest.TempPathFactory) -> Ministry:
    return made(tmp_path_factory.mktemp("ministry"))


def test_forty_indicators_and_every_kind_of_target(ministry: Ministry) -> None:
    definitions = ministry.workspace.definitions
    assert len(definitions.indicators) == 44
    kinds = {target.kind for target in definitions.plans["bien"].targets}
    assert kinds == set(TargetKind) - {TargetKind.LESS_THAN}  # none of its ceilings is a strict one


def test_the_ledger_is_whole(ministry: Ministry) -> None:
    assert ministry.workspace.ledger.verify() == []
    batches = ministry.workspace.ledger.batches()
    assert len(batches) == len(ministry.loaded) - 1  # the file sent again is no batch
    assert {batch.mapping for batch in batches} == set(ministry.workspace.mappings)


def test_both_engines_give_the_same_figures(ministry: Ministry) -> None:
    reference = figures(ministry.workspace, ReferenceEngine())
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


def test_a_wrong_day_is_named_where_it_stands_and_not_at_the_agency_it_dates(ministry: Ministry) -> None:
    wrong = next(p for p in ministry.loaded["old"].problems if p.code == "no-such-day")
    assert (wrong.place.column, wrong.value) == (5, "31/02/2025 09:00")


def test_sending_a_file_again_changes_nothing(ministry: Ministry) -> None:
    receipt = ministry.loaded["again"].receipt
    assert receipt is not None
    assert (receipt.batch, receipt.already) == (None, ministry.loaded["old"].receipt.batch)  # type: ignore[union-attr]


def test_names_of_holders_do_not_enter_the_ledger(ministry: Ministry) -> None:
    holders = set(ministry.loaded["permits"].intake.rows["holder"].to_pylist())
    assert all(len(holder) == 32 and "giả lập" not in holder for holder in holders)
    assert len(holders) == len({permit.holder for permit in permits()})  # NFC and NFD are one person


# --- figures, counted another way -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("indicator", "period", "count"), COUNTED, ids=lambda x: None if callable(x) else str(x)
)
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
    here = [row for row in opened_in(JAN) if row.division == "at-bac"]
    assert INSPECTIONS[0] in here
    assert ministry.value("inspections", "at-bac", JAN) == len(here)


def test_breakdowns_add_up_to_the_whole(ministry: Ministry) -> None:
    for channel in ("online", "direct", "post"):
        found = ministry.figure("permits-applied", "bo", Y24, breakdown=("channel", channel))
        assert found.value == sum(permit.channel == channel for permit in applied_in(Y24))


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
    desks = ministry.figure("workers", "bo", Y25).coverage
    # The two heirs of the desk that ended sent none; it is not expected on the reporting day itself.
    assert (desks.reporting, desks.expected) == (5, 7)


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
            expected = _counted(opened_in(period), divisions)
            assert ministry.value("inspections", department, period, readings) == expected


def test_in_the_year_of_the_merger_each_counts_where_it_last_stood(ministry: Ministry) -> None:
    stayed = AFTER["giam-sat"] - {"an-toan", "kiem-tra"}
    for department, divisions in (("an-toan", {"an-toan"}), ("kiem-tra", {"kiem-tra"}), ("giam-sat", stayed)):
        assert ministry.value("inspections", department, Y25) == _counted(opened_in(Y25), divisions)
    assert ministry.value("inspections", "giam-sat", Y25, MAP) == _counted(opened_in(Y25), AFTER["giam-sat"])


@pytest.mark.parametrize("indicator", ["inspections", "fines", "findings", "permits-applied", "fees"])
def test_totals_are_the_same_on_both_maps(ministry: Ministry, indicator: str) -> None:
    departments = ("an-toan", "kiem-tra", "giam-sat", "cap-phep", "van-phong")
    for period in (Y24, Y25):
        for reading in (AS_WAS, MAP):
            found = [ministry.figures.get((indicator, d, period, str(reading), None)) for d in departments]
            total = sum(one.value for one in found if one is not None and one.value is not None)
            assert total == ministry.value(indicator, "bo", period)


def test_a_split_desk_is_divided_by_staff_and_marked(ministry: Ministry) -> None:
    old = sum(permit.agency == "cp-cang" for permit in applied_in(Y24))
    for desk, weight in (("cp-cang-bac", Decimal("0.6")), ("cp-cang-nam", Decimal("0.4"))):
        found = ministry.figure("permits-applied", desk, Y24, MAP)
        assert (found.value, found.weighted) == (old * weight, "staff")
    assert ministry.figure("permits-applied", "cp-tau", Y24, MAP).weighted is None


def test_what_a_gone_desk_has_in_a_later_period_goes_to_its_heirs(ministry: Ministry) -> None:
    """Applied for at the old desk, granted when there were two."""
    granted = granted_in(quarter(4, 2025))
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
    "bien/surprise-share/ministry/2026-12-31": {"bo": "met"},  # 6 of 17, so 17.3 to 58.7 %: above 15
    "bien/remote-share/ministry/2026-12-31": {"bo": "on_course"},
    "bien/remote-share/ministry/2030-12-31": {"bo": "on_course"},
    "bien/remote-share/department/2026-12-31": {
        "cap-phep": "on_course", "giam-sat": "on_course", "van-phong": "no_data",
    },
    "bien/on-time/ministry/2025-12-31": {"bo": "met"},
    "bien/on-time/department/2025-12-31": {
        "cap-phep": "missed", "giam-sat": "missed",  # 39 of 73 with those it was made of: 53.42 %
        "van-phong": "due_no_figure",
    },
    "bien/inspections-open/ministry/2025-12-31": {"bo": "met"},
    "bien/critical-open/ministry/2025-12-31": {"bo": "missed"},
    "bien/findings-mean/ministry/2026-12-31": {"bo": "on_course"},
    "bien/fines-growth/ministry/2025-12-31": {"bo": "missed"},
    "tau-an-toan": {"an-toan": "closed"},
    "tau-giam-sat": {"giam-sat": "met"},
    "bien/score-median/ministry/2026-12-31": {"bo": "late"},
    "bien/permits-online/ministry/2026-12-31": {"bo": "on_course"},
    "bien/permits-online/ministry/2030-12-31": {"bo": "on_course"},
    "bien/permits-post/ministry/2026-12-31": {"bo": "on_course"},
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
    def lookup(indicator: str, agency: str, period: Period, reading: Reading) -> Measurement | None:
        return ministry.figures.get((indicator, agency, period, str(reading), None))

    rows = board(ministry.workspace.definitions, lookup, TODAY)
    found = {row.target.id: {x.agency: str(x.judgement.standing) for x in row.lines} for row in rows}
    assert {target: found[target] for target in STANDINGS} == STANDINGS
    divisions = found["bien/inspections/division/2025-12-31"]
    assert set(divisions) == {"at-bac", "at-nam", "kt-cang", "kt-khoi"}

"""What is read back is what was measured, and a run replaces the one before as a whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.helpers import postgres

from kieng.measurement.figures_table import table_of
from kieng.measurement.kept import Block, Renewed
from kieng.measurement.measurement import Coverage, Measurement, Status
from kieng.measurement.store import SERIES, MeasureRun
from kieng.plan.period import Grain, Period
from kieng.records.batch import Origin
from kieng.stores.sql.measurements import SqlMeasurements
from kieng.stores.sql.postgres import PostgresDatabase
from kieng.stores.sql.sqlite import SqliteDatabase

pytestmark = pytest.mark.usefixtures("each_database")
AS_OF = datetime(2026, 11, 24, 8, 0, 0, 5, tzinfo=UTC)
RUN = MeasureRun(AS_OF, "f" * 64, 7, date(2026, 11, 24))
ONE = Measurement(
    indicator="work-files-online",
    rule=0,
    agency="xa-mot",
    level="commune",
    period=Period.parse("2026-07"),
    reading="as-was",
    breakdown=None,
    status=Status.VALUE,
    reason=None,
    value=Decimal("66.666666667"),
    parts=(Decimal(2), Decimal(3)),
    numerator=Decimal(2),
    denominator=Decimal(3),
    coverage=Coverage(1, 1, Decimal(1)),
    weighted=None,
    state=None,
    origins=(Origin.SYNTHETIC,),
    used=3,
    records=4,
    as_of=AS_OF,
    cut_off=RUN.map_day,
)

decimals = st.decimals(allow_nan=False, allow_infinity=False, places=15) | st.none()
measurements = st.builds(
    replace,
    st.just(ONE),
    value=decimals,
    parts=st.lists(decimals, max_size=3).map(tuple),
    numerator=decimals,
    denominator=decimals,
    status=st.sampled_from(Status),
    reason=st.none() | st.text(max_size=20),
    breakdown=st.none() | st.tuples(st.just("channel"), st.none() | st.sampled_from(["online", "post"])),
    period=st.builds(Period.containing, st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.sampled_from(Grain)),
    origins=st.lists(st.sampled_from(Origin), unique=True).map(lambda o: tuple(x for x in Origin if x in o)),
    state=st.sampled_from([None, "estimate", "confirmed"]),
)


def store(folder: Path) -> SqlMeasurements:
    url = postgres.database_for(folder)
    return SqlMeasurements(SqliteDatabase(folder / "kieng.db") if url is None else PostgresDatabase(url))


@given(st.lists(measurements, max_size=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
def test_what_is_read_is_what_was_measured(tmp_path: Path, made: list[Measurement]) -> None:
    stored = store(tmp_path)
    stored.replace(RUN, [table_of(made)])
    assert sorted(stored.read(breakdowns=True), key=repr) == sorted(made, key=repr)
    assert stored.run() == RUN


def test_a_run_replaces_the_one_before(tmp_path: Path) -> None:
    stored = store(tmp_path)
    stored.replace(RUN, [table_of([ONE, replace(ONE, agency="xa-hai")])])
    stored.replace(replace(RUN, through_batch=8), [table_of([ONE])])
    assert stored.read() == [ONE]
    assert stored.count() == 1
    assert stored.run() == replace(RUN, through_batch=8)


def test_each_question_narrows(tmp_path: Path) -> None:
    stored = store(tmp_path)
    other = replace(ONE, agency="xa-hai", period=Period.parse("2026"), breakdown=("channel", None))
    stored.replace(RUN, [table_of([ONE, other])])
    assert stored.read(agency="xa-hai") == []
    assert stored.read(agency="xa-hai", breakdowns=True) == [other]
    assert stored.read(period=Period.parse("2026-07")) == [ONE]
    assert stored.read(reading="2026-11-24") == []


def test_before_the_first_run_there_is_nothing(tmp_path: Path) -> None:
    assert store(tmp_path).run() is None
    assert store(tmp_path).read() == []


def test_a_series_is_read_for_a_level_or_for_agencies(tmp_path: Path) -> None:
    stored = store(tmp_path)
    months = [Period.parse(f"2026-{month:02}") for month in (5, 6, 7, 8)]
    wanted = [replace(ONE, agency=agency, period=p) for p in months for agency in ("xa-hai", "xa-mot")]
    other = [
        replace(ONE, level="province"),
        replace(ONE, breakdown=("channel", None)),
        replace(ONE, indicator="another"),
        replace(ONE, reading="2026-11-24", value=None),
        replace(ONE, period=Period(months[2].start, Grain.QUARTER)),
    ]
    stored.replace(RUN, [table_of([*wanted, *other])])
    found = stored.series(ONE.indicator, "as-was", months[1], months[2], level="commune")
    assert found.schema == SERIES
    places = [(row["start"], row["agency"]) for row in found.to_pylist()]
    assert sorted(places) == [(p.start.isoformat(), a) for p in months[1:3] for a in ("xa-hai", "xa-mot")]
    assert [start for start, _ in places] == sorted(start for start, _ in places)
    one = stored.series(ONE.indicator, "as-was", months[2], months[2], "commune", ["xa-hai"]).to_pylist()
    assert [tuple(row.values()) for row in one] == [("xa-hai", "2026-07-01", "66.666666667", "2", "3", 1, 1)]
    today = stored.series(ONE.indicator, "2026-11-24", months[0], months[3], "commune")
    assert today["value"].to_pylist() == [None]
    assert stored.series("none", "as-was", months[0], months[3]).num_rows == 0
    assert stored.series(ONE.indicator, "as-was", months[0], months[3], agencies=[]).num_rows == 0


def test_new_figures_take_the_place_of_their_blocks_only(tmp_path: Path) -> None:
    stored = store(tmp_path)
    july, august = Period.parse("2026-07"), Period.parse("2026-08")
    figures = [replace(ONE, agency=a, period=p) for a in ("xa-hai", "xa-mot") for p in (july, august)]
    stored.replace(RUN, [table_of([*figures, replace(ONE, reading="2026-11-24")])])
    new = replace(ONE, value=Decimal(50))
    block = Block(ONE.indicator, july, frozenset({"xa-mot"}))
    stored.renew_tables(RUN, Renewed(frozenset(), [block], ()), [table_of([new])])
    left = [f for f in figures if (f.agency, f.period) != ("xa-mot", july)]
    assert sorted(stored.read(), key=repr) == sorted([*left, new], key=repr)


@pytest.mark.parametrize("agencies", [["xa-không", "xa-b"], [f"xa-{number:03}" for number in range(150)]])
def test_agencies_that_come_late_are_found_among_the_others(tmp_path: Path, agencies: list[str]) -> None:
    """Also more of them than a statement names, and names for which databases have orders of their own."""
    stored = store(tmp_path)
    first = [replace(ONE, agency=agency) for agency in ("xa-B", "Xã", "xa-mot")]
    stored.replace(RUN, [table_of(first)])
    late = [replace(ONE, agency=agency) for agency in agencies]
    block = Block(ONE.indicator, ONE.period, frozenset([*agencies, "xa-B"]))
    stored.renew_tables(RUN, Renewed(frozenset(), [block], ()), [table_of(late)])
    assert sorted(stored.read(), key=repr) == sorted([*first[1:], *late], key=repr)
    assert [one for each in agencies[:2] for one in stored.read(agency=each)] == late[:2]
    series = stored.series(ONE.indicator, "as-was", ONE.period, ONE.period, agencies=[*agencies, "none"])
    assert sorted(series["agency"].to_pylist()) == sorted(agencies)
    assert stored.count() == len(late) + 2


def test_figures_that_come_one_by_one_lie_in_one_pack(tmp_path: Path) -> None:
    stored, names = store(tmp_path), [f"xa-{number}" for number in range(12)]
    for name in names:
        block = Block(ONE.indicator, ONE.period, frozenset([name]))
        one = table_of([replace(ONE, agency=name)])
        stored.renew_tables(RUN, Renewed(frozenset(), [block], ()), [one])
    with stored._database.snapshot() as connection:
        packs = connection.execute("SELECT figures FROM measurements").fetchall()
    assert [tuple(pack) for pack in packs] == [(12,)]
    gone = Block(ONE.indicator, ONE.period, frozenset(names))
    stored.renew_tables(RUN, Renewed(frozenset(), [gone], ()), [])
    assert stored.count() == 0

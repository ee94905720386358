"""What is read back is what was measured, and a run replaces the one before as a whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kieng.measurement.figures_table import table_of
from kieng.measurement.measurement import Coverage, Measurement, Status
from kieng.measurement.store import MeasureRun
from kieng.plan.period import Grain, Period
from kieng.records.batch import Origin
from kieng.stores.sql.measurements import SqlMeasurements
from kieng.stores.sql.sqlite import SqliteDatabase

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
    return SqlMeasurements(SqliteDatabase(folder / "kieng.db"))


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

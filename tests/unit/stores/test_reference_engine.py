"""The plain engine's own small pieces, against answers worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.helpers.tables import records_from, version, versioned
from tests.helpers.world import calendar_of, record_type_from

from kieng.measurement.request import Unsupported
from kieng.plan.formula.parse import parse_condition
from kieng.problems import Place
from kieng.records.batch import VersionedRecords, ledger_schema
from kieng.stores.reference.aggregates import exact_decimal, percentile
from kieng.stores.reference.known import known_records
from kieng.stores.reference.rows import Context, evaluate, truth

CONTEXT = Context(date(2024, 3, 15), calendar_of(), {}, None)
RECORD = {
    "yes": True,
    "no": False,
    "unknown": None,
    "day": date(2024, 3, 15),
    "moment": datetime(2024, 3, 15, 23, 59),
    "number": 3,
    "price": Decimal("2.5"),
    "code": "a",
    "nothing": None,
}
NOTE = record_type_from({"id": "note", "anchor": "day", "fields": {"day": {"type": "date"}}})
NOW = datetime(2024, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("yes and no", False),
        ("unknown and no", False),
        ("unknown and yes", None),
        ("unknown or yes", True),
        ("unknown or no", None),
        ("not unknown", None),
        ("nothing is null", True),
        ("nothing = 1", None),
        ("not nothing = 1", None),
        ("code in ('b', 'a')", True),
        ("code in ('b')", False),
        ("nothing in (1)", None),
        ("number between 3 and 4", True),
        ("moment = day", True),
        ("moment > cut_off", False),
        ("day <= cut_off", True),
        ("coalesce(nothing, number) = 3", True),
        ("number * price = 7.5", True),
        ("number + nothing > 0", None),
        ("days(date '2024-03-01', day) = 14", True),
        ("working_days(date '2024-03-01', day) = 10", True),
        ("working_days(day, date '2099-01-01') > 0", None),
        ("days(day, nothing) = 0", None),
    ],
)
def test_a_condition_is_true_false_or_unknown(condition: str, expected: bool | None) -> None:
    assert truth(parse_condition(condition, Place("test")), RECORD, CONTEXT) is expected


def test_arithmetic_stays_exact() -> None:
    assert evaluate(parse_condition("price + 0.1", Place("test")), RECORD, CONTEXT) == Decimal("2.6")


@pytest.mark.parametrize(
    ("values", "fraction", "expected"),
    [
        ([7], "0.5", Fraction(7)),
        ([1, 2], "0.5", Fraction(3, 2)),
        ([3, 1, 2], "0.5", Fraction(2)),
        ([10, 20, 0], "0.9", Fraction(18)),
        ([10, 20], "0", Fraction(10)),
        ([10, 20], "1", Fraction(20)),
    ],
)
def test_percentiles_lie_between_neighbours(values: list[int], fraction: str, expected: Fraction) -> None:
    assert percentile([Fraction(value) for value in values], Fraction(fraction)) == expected


def test_a_part_keeps_fifteen_digits_whatever_its_size() -> None:
    great = Fraction(10**22) + Fraction(1, 10**15)
    assert str(exact_decimal(great)) == "10000000000000000000000.000000000000001"
    assert exact_decimal(Fraction(-5, 2)) == Decimal("-2.5")
    assert exact_decimal(None) is None


def test_a_part_is_never_rounded() -> None:
    with pytest.raises(Unsupported, match="more than 15 digits"):
        exact_decimal(Fraction(1, 3))


def test_the_newest_version_counts_and_a_withdrawn_one_does_not() -> None:
    table = """
        id | day        | @recorded  | @batch | @withdrawn
        a  | 2024-03-01 | 2024-04-01 | 1      |
        a  | 2024-03-02 | 2024-05-01 | 2      |
        b  | 2024-03-03 | 2024-04-01 | 1      |
        b  | 2024-03-03 | 2024-05-01 | 2      | yes
        c  | 2024-03-04 | 2024-07-01 | 3      |
    """
    records = versioned(NOTE, records_from(NOTE, table), NOW)
    assert [record["day"] for record in known_records(records, NOW)] == [date(2024, 3, 2)]


def test_segments_and_tail_are_one(tmp_path: Path) -> None:
    older = version(NOTE, {"id": "a", "day": date(2024, 3, 1)})
    newer = version(NOTE, {"id": "a", "day": date(2024, 3, 9)}, batch=2)
    segment = tmp_path / "segment.parquet"
    pq.write_table(pa.Table.from_pylist([newer], schema=ledger_schema(NOTE)), segment)
    tail = pa.Table.from_pylist([older], schema=ledger_schema(NOTE))
    found = known_records(VersionedRecords(NOTE, (), (segment,), tail, NOW), NOW)
    assert [record["day"] for record in found] == [date(2024, 3, 9)]

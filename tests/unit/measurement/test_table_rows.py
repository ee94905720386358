from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa

from kieng.measurement.table_rows import rows_of

PARTS = pa.list_(pa.decimal128(38, 15))


def test_rows_are_those_of_the_table():
    table = pa.table(
        {
            "agency": ["a", None],
            "start": pa.array([date(2024, 1, 1), None]),
            "parts": pa.array([[Decimal("0.5"), None], [Decimal(3), Decimal("0.5")]], PARTS),
            "people": pa.array([None, Decimal(7)], pa.decimal128(38, 15)),
        }
    )

    assert list(rows_of(table)) == [
        ("a", date(2024, 1, 1), (Decimal("0.5"), None), None),
        (None, None, (Decimal(3), Decimal("0.5")), Decimal(7)),
    ]


def test_equal_parts_are_one_object():
    table = pa.table({"parts": pa.array([[Decimal(1)], [Decimal(2)], [Decimal(1)]], PARTS)})

    [first], _, [third] = rows_of(table)

    assert first is third


def test_a_table_in_pieces_is_one_table():
    piece = pa.table({"parts": pa.array([[Decimal(1)], [None]], PARTS), "agency": ["a", "b"]})
    table = pa.concat_tables([piece, piece.slice(1), piece.slice(0, 0)])

    assert list(rows_of(table)) == [((Decimal(1),), "a"), ((None,), "b"), ((None,), "b")]


def test_no_rows_and_no_parts():
    assert list(rows_of(pa.table({"parts": pa.array([], PARTS)}))) == []
    assert list(rows_of(pa.table({"parts": pa.array([[], []], PARTS)}))) == [((),), ((),)]

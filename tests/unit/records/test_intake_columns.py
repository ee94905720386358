"""Column by column or row by row: the same rows come out, and the same words about the rest."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.helpers.intake import SECRET, load, world

from kieng.records import column_values
from kieng.records.column_intake import ColumnIntake
from kieng.records.column_values import repeats
from kieng.records.key_index import surely_distinct
from kieng.records.mapping import Mapping
from kieng.records.readers.chunk import Chunk, ColumnChunk, TableChunk
from kieng.records.row_intake import RowIntake, Taken

TEXTS = [
    "", " ", "-", "a", "B", " a ", "Xã Hòa", "Xã Hoà", "Xa\u0303", "1", "0", "12", "1.234", "1.234,5", "0,5",
    "00007", "+3", "-1,000000", "0,1234567", "9" * 19, "1" + "0" * 18, "true", "có", "Không", "direct",
    "Online", "#N/A", "001234567890", "x@y.vn", "0912 345 678", "H08.25-00000001", "2024-02-29", "2023-02-29",
    "2024-03-05 10:11:12", "2024-03-05T10:11:12", "2024-13-01", "05/03/2024", "5/3/2024", "31/02/2024",
    "05/03/2024 10:11", "05/03/1850", "2024-0:-05", "2024-03-05 10:60:00",
    "9999-12-31", "20240305", "20240305101112", "1709600000", "tab\there",
    "00211", "00212", "99999", "hoa-an", "xã hòa bình", "zero width \u200b",
]  # fmt: skip
DAYS = [
    date(2024, 3, 5),
    date(2025, 6, 30),
    date(2025, 7, 1),
    date(1850, 1, 1),
    date(1970, 1, 1),
    date(9999, 12, 31),
]
MOMENTS = [datetime(d.year, d.month, d.day, 17, 30, 1) for d in DAYS[:5]]
NUMBERS = [0, 1, -1, 12, 2**31 - 1]
COLUMNS: list[tuple[pa.DataType, list[Any]]] = [
    (pa.string(), TEXTS),
    (pa.string(), ["2024-03-05", "2025-07-01", "2024-02-30"]),
    (pa.string(), ["05/03/2024", "01/07/2025"]),
    (pa.string(), ["1", "2", "3"]),
    (pa.bool_(), [True, False]),
    (pa.int32(), NUMBERS),
    (pa.int64(), [*NUMBERS, 2**63 - 1]),
    (pa.uint64(), [0, 5, 2**64 - 1]),
    (pa.float64(), [0.0, 1.5, 1e20, float("nan"), 0.1]),
    (pa.decimal128(38, 8), [Decimal("1.5"), Decimal("0.00000001"), Decimal("1E+20"), Decimal(-3)]),
    (pa.decimal128(10, 2), [Decimal("1.50"), Decimal("3.00")]),
    (pa.date32(), DAYS),
    (pa.timestamp("us"), MOMENTS),
    (pa.timestamp("ms", tz="UTC"), [m.replace(tzinfo=UTC) for m in MOMENTS]),
    (pa.timestamp("s", tz="Asia/Tokyo"), [m.replace(tzinfo=UTC) for m in MOMENTS]),
    (pa.list_(pa.string()), [[], ["1"], ["1", "2"]]),
    (pa.binary(), [b"1"]),
]
FIELDS = ("on_day", "at", "kind", "people", "fee", "done", "who", "address", "note")
MORE = (
    "",
    'absent: {"": no_data, "-": not_applicable, "9999-12-31": no_data, "12": no_data, "2024-02-29": no_data}',
    'dates: ["%Y%m%d%H%M%S", "%Y-%m-%d %H:%M:%S", iso, epoch_s]\ntime_zone: UTC',
    'numbers: {decimal: "."}',
    'withdrawn: {from: note, values: ["1", "a"]}',
    "  kind: {from: kind, values: {a: direct, '1': online, '': direct}}",
    'absent: {"": no_data, "-": no_data}\n  done: {from: done, test: present}',
    "  note: {from: note, not_personal: true}",
    "  kind: {value: online}",
    "  agency: {from: agency, by: name}",
    "  agency: {from: agency, by: code, on: at}",
    "  agency: {from: agency, by: id, on: 2025-07-01}",
)
HEADER = ("id", "agency", *FIELDS)
FEW_NAMES = st.lists(st.sampled_from(HEADER), min_size=1, max_size=2, unique=True)


def made_mapping(folder: Path, more: str) -> Mapping:
    """Every field from the column of its name, but for what ``more`` says."""
    said = {line.strip().split(":")[0] for line in more.splitlines()}
    plain = [f"  {name}: {name}" for name in FIELDS if name not in said and name != "on_day"]
    own = {"id": "id", "agency": "{from: agency, by: code, on: on_day}", "on_day": "on_day"}
    plain += [f"  {name}: {text}" for name, text in own.items() if name not in said]
    beside = "\n".join(line for line in more.splitlines() if not line.startswith(" "))
    fields = "\n".join([*plain, *(line for line in more.splitlines() if line.startswith(" "))])
    return from_text(folder, beside, fields)


def from_text(folder: Path, beside: str, fields: str) -> Mapping:
    styles = {"dates": '["%d/%m/%Y", "%d/%m/%Y %H:%M", iso]', "numbers": '{decimal: ",", group: "."}'}
    common = "\n".join(f"{name}: {text}" for name, text in styles.items() if f"{name}:" not in beside)
    text = f"record: visit\nsource: test\n{common}\nformat: {{type: parquet}}\n{beside}\nfields:\n{fields}\n"
    made, problems = load(folder, text)
    assert made is not None, [str(problem) for problem in problems]
    return made


def both(chunk: Chunk, by: Mapping) -> tuple[Taken, Taken]:
    names: dict[str, str] = {}
    return ColumnIntake(by, world(), SECRET).take(chunk, names), RowIntake(by, world(), SECRET).take(
        chunk, names
    )


def assert_equal(chunk: Chunk, by: Mapping) -> Taken:
    taken = assert_same(chunk, by)
    with mock.patch.object(column_values, "_REPEATED", 10**9):  # nothing repeats enough: kernels do it
        assert_same(chunk, by)
    return taken


def assert_same(chunk: Chunk, by: Mapping) -> Taken:
    columns, rows = both(chunk, by)
    assert columns.faults == dict(rows.faults)
    assert columns.rows.to_pylist() == rows.rows.to_pylist()
    assert columns.rows.schema == rows.rows.schema
    return columns


@st.composite
def columns(draw: st.DrawFn, size: int) -> pa.Array:
    kind, pool = draw(st.sampled_from(COLUMNS))
    few = draw(st.lists(st.sampled_from(pool), min_size=1, max_size=len(pool)))
    nulls = draw(st.sampled_from([0, 0, 5]))
    chance = draw(st.randoms(use_true_random=False))
    values = [None if nulls and chance.randrange(nulls) == 0 else chance.choice(few) for _ in range(size)]
    array = pa.array(values, kind)
    if pa.types.is_string(kind) and draw(st.booleans()):
        return array.dictionary_encode()
    offset = draw(st.sampled_from([0, 0, 3]))
    return pa.concat_arrays([array.slice(0, min(offset, size)), array]).slice(min(offset, size))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_columns_give_what_rows_give(data: st.DataObject) -> None:
    size = data.draw(st.sampled_from([1, 7, 40]))
    # Most columns are in order: a row with faults in one would hide what becomes of another.
    drawn = {name: data.draw(columns(size)) for name in data.draw(FEW_NAMES)}
    chunk = table(size, **drawn)
    with tempfile.TemporaryDirectory() as folder:
        by = made_mapping(Path(folder), data.draw(st.sampled_from(MORE)))
    assert_equal(chunk, by)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_texts_of_a_table_give_what_rows_give(data: st.DataObject) -> None:
    size = data.draw(st.sampled_from([1, 7, 40]))
    drawn = {name: data.draw(st.lists(st.sampled_from(TEXTS), min_size=1)) for name in data.draw(FEW_NAMES)}
    chance = data.draw(st.randoms(use_true_random=False))
    plain = {"id": "K", "agency": "00212", "on_day": "05/03/2024"}
    pools = [drawn.get(name, [plain.get(name, "")]) for name in HEADER]
    rows = [[chance.choice(pool) for pool in pools] for _ in range(size)]
    with tempfile.TemporaryDirectory() as folder:
        by = made_mapping(Path(folder), data.draw(st.sampled_from(MORE)))
    assert_equal(TableChunk(HEADER, range(2, size + 2), rows, texts=True), by)


def table(size: int, **columns: list[Any] | pa.Array) -> ColumnChunk:
    plain: dict[str, Any] = {
        "id": [f"K{n}" for n in range(size)],
        "agency": ["00212"] * size,
        "on_day": [date(2024, 3, 5)] * size,
    }
    given = plain | columns
    arrays = [pa.array(given.get(name, [None] * size)) for name in HEADER]
    return ColumnChunk(HEADER, range(1, size + 1), arrays)


@pytest.mark.parametrize("more", MORE)
def test_every_value_in_every_field(tmp_path: Path, more: str) -> None:
    by = made_mapping(tmp_path, more)
    for name in HEADER:
        for kind, pool in COLUMNS:
            values = pa.array([None, *pool], kind)
            assert_equal(table(len(values), **{name: values}), by)


EACH_MINUTE = [f"{d:02}/03/2024 {h:02}:{m:02}" for d in range(1, 31) for h in range(24) for m in (0, 59)]
EACH_MONTH = [f"{y}-{m:02}-{d:02}" for y in range(1890, 2210) for m in range(1, 13) for d in (1, 29, 30, 31)]


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("at", EACH_MINUTE),
        ("on_day", EACH_MONTH),
        ("fee", [f"{n},{n % 1000:03}" for n in range(3_000)]),
        ("people", [str(n) for n in range(3_000)]),
    ],
)
def test_many_distinct_texts(tmp_path: Path, column: str, values: list[str]) -> None:
    chunk = table(len(values), **{column: values})
    assert not repeats(pa.array(values))
    taken = assert_equal(chunk, made_mapping(tmp_path, ""))
    assert len(taken.rows) > 1_000


def test_a_code_goes_to_its_bearer_of_the_day(tmp_path: Path) -> None:
    days = [date(2025, 6, 30), date(2025, 7, 1), None, date(2025, 7, 2)]
    taken = assert_equal(table(4, agency=["00211"] * 4, on_day=days), made_mapping(tmp_path, ""))
    assert taken.rows["agency"].to_pylist() == ["hoa-an", "hoa-an-moi", "hoa-an-moi"]
    assert sorted(fault.fault.code for fault in taken.faults[2]) == ["agency-needs-day", "missing-value"]


def test_faulty_rows_leave_their_neighbours_in_order(tmp_path: Path) -> None:
    ids = [f"K{n}" for n in range(9)]
    ids[4], ids[5] = "Mã 5", " K5"
    taken = assert_equal(table(9, id=ids, agency=["00212"] * 7 + ["?", "00212"]), made_mapping(tmp_path, ""))
    assert taken.rows["_row"].to_pylist() == [1, 2, 3, 4, 5, 6, 7, 9]
    assert taken.rows["id"].to_pylist()[4:6] == ["Mã 5", "K5"]
    assert list(taken.faults) == [7]


@pytest.mark.parametrize(
    ("texts", "distinct"),
    [
        ([["a", "b"], ["c", ""]], True),
        ([["a", "b"], ["c", "a"]], False),
        ([["a", None]], False),
        ([], True),
        ([[], ["12345678", "123456789", "1234567890123456", "123456781234567"]], True),
        ([["12345678a", "x"], [], ["12345678a"]], False),
        ([[f"H08.25-{n:08}" for n in range(50_000)]], True),
    ],
)
def test_keys_are_told_apart(texts: list[list[str | None]], distinct: bool) -> None:
    assert surely_distinct(pa.chunked_array(texts, pa.string())) is distinct

"""Awkward files: a clear problem, nothing half-loaded, no traceback."""

from __future__ import annotations

import gzip
import os
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.helpers.intake import codes, csv_of, mapping, take

from kieng.records.readers import text_lines

ROWS = ("1,00212,05/03/2024", "2,00211,06/03/2024")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_with_and_without_mark(tmp_path: Path, encoding: str) -> None:
    form = f"{{type: csv, encoding: {encoding.removesuffix('-sig')}}}"
    taken = take(csv_of(tmp_path, *ROWS, encoding=encoding), mapping(tmp_path, form=form))
    assert taken.rows["agency"].to_pylist() == ["hoa-binh", "hoa-an"]
    assert taken.rows["_row"].to_pylist() == [2, 3]
    assert taken.rows["_key"].to_pylist() == ["test:1", "test:2"]


def test_windows_1258_becomes_composed_text(tmp_path: Path) -> None:
    line = "1,00212,05/03/2024,Tie\u0302\u0301p nh\u00e2\u0323n"
    path = tmp_path / "in.csv"
    header = "Ma,Xa,Ngay,Ghi chu"
    path.write_bytes(
        f"{header}\n{unicodedata.normalize('NFC', line[:-12])}Ti\u00ea\u0301p nh\u00e2\u0323n\n".encode(
            "cp1258"
        )
    )
    made = mapping(tmp_path, "  note: Ghi chu", form="{type: csv, encoding: windows-1258}")
    fields = {
        n: f.__class__(**{**f.__dict__, "source": s})
        for (n, f), s in zip(made.fields.items(), header.split(","), strict=True)
    }
    taken = take(path, made.__class__(**{**made.__dict__, "fields": fields}))
    assert not taken.problems
    assert taken.rows["note"].to_pylist() == ["Tiếp nhận"]


def test_utf8_read_as_windows_1258_is_found_out(tmp_path: Path) -> None:
    made = mapping(tmp_path, form="{type: csv, encoding: windows-1258}")
    taken = take(csv_of(tmp_path, *ROWS), made)
    assert codes(taken.problems) == ["wrong-encoding"]
    assert "utf-8" in taken.problems[0].remedy


def test_a_wrong_encoding_names_line_and_byte(tmp_path: Path) -> None:
    path = csv_of(tmp_path, *ROWS)
    before = path.read_bytes()
    path.write_bytes(before + b"3,00212,05/03/2024\n4,\xff,\n")
    taken = take(path, mapping(tmp_path))
    assert codes(taken.problems) == ["wrong-encoding"]
    assert taken.problems[0].place.line == 5
    assert f"Byte {len(before) + 22} " in taken.problems[0].why
    assert not taken.sound


def test_utf16_read_as_utf8_says_what_it_is(tmp_path: Path) -> None:
    taken = take(csv_of(tmp_path, *ROWS, encoding="utf-16"), mapping(tmp_path))
    assert codes(taken.problems) == ["wrong-encoding"]
    assert "utf-16" in taken.problems[0].remedy


def test_headers_match_in_any_unicode_form(tmp_path: Path) -> None:
    header = unicodedata.normalize("NFD", "mã, Xã ,NGÀY")
    taken = take(csv_of(tmp_path, *ROWS, header=header), mapping(tmp_path))
    assert taken.counts.accepted == 2


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Mã,Xã", ["missing-column"]),
        ("Mã,Xã,Ngày,Lạ", ["unknown-column"]),
        ("Mã,Xã,Ngày,Mã", ["duplicate-column"]),
        ("Ma,Xa", ["missing-column"] * 3 + ["unknown-column"] * 2),
    ],
)
def test_columns_are_checked_before_any_row(tmp_path: Path, header: str, expected: list[str]) -> None:
    width = header.count(",") + 1
    taken = take(csv_of(tmp_path, ",".join(["1"] * width), header=header), mapping(tmp_path))
    assert codes(taken.problems) == expected


def test_other_columns_may_be_ignored(tmp_path: Path) -> None:
    path = csv_of(tmp_path, ROWS[0] + ",?", header="Mã,Xã,Ngày,Lạ")
    assert take(path, mapping(tmp_path, "other_columns: ignore")).counts.accepted == 1
    assert take(path, mapping(tmp_path, "ignore: [Lạ]")).counts.accepted == 1


def test_lines_are_physical_lines(tmp_path: Path) -> None:
    taken = take(
        csv_of(tmp_path, '1,00212,05/03/2024,"hai\ndòng"', "", "2,00212,31/02/2024,", header="Mã,Xã,Ngày,G"),
        mapping(tmp_path, "  note: G"),
    )
    assert taken.rows["note"].to_pylist() == ["hai\ndòng"]
    assert [problem.place.line for problem in taken.problems] == [5]


def test_ragged_rows_are_refused_and_empty_tails_are_not(tmp_path: Path) -> None:
    taken = take(
        csv_of(tmp_path, ROWS[0], "2,00211", ROWS[1] + ",,", "3,00212,05/03/2024,x"), mapping(tmp_path)
    )
    assert taken.counts.accepted == 2
    assert [(p.code, p.place.line) for p in taken.problems] == [("ragged-row", 3), ("ragged-row", 5)]


@pytest.mark.parametrize("bad", ['9,"00212,05/03/2024', '9,"a"b,05/03/2024', "9,0\x00,05/03/2024"])
def test_a_broken_row_costs_itself_only(tmp_path: Path, bad: str) -> None:
    for lines in ((bad, *ROWS), (ROWS[0], bad, ROWS[1]), (*ROWS, bad)):
        taken = take(csv_of(tmp_path, *lines), mapping(tmp_path))
        assert taken.rows["id"].to_pylist() == ["1", "2"]
        assert [problem.place.line for problem in taken.problems] == [lines.index(bad) + 2]


def test_a_file_of_stray_quotes_ends_soon(tmp_path: Path) -> None:
    taken = take(csv_of(tmp_path, *['1,"x'] * 3_001), mapping(tmp_path))
    assert codes(taken.problems) == ["not-csv"]


def test_a_line_without_end_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    path = csv_of(tmp_path, ROWS[0])
    with path.open("ab") as file:
        file.truncate(2 * 2**30)  # sparse: two gigabytes of NUL on one line
    taken = take(path, mapping(tmp_path))
    assert codes(taken.problems) == ["line-too-long"]
    assert not taken.sound


def test_the_limits_of_a_line_and_a_cell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = take(csv_of(tmp_path, *ROWS, '3,"' + "x" * 140_000 + '",05/03/2024'), mapping(tmp_path))
    assert codes(taken.problems) == ["cell-too-long"]
    monkeypatch.setattr(text_lines, "LINE_LIMIT", 100)
    taken = take(csv_of(tmp_path, *ROWS, "3," + "x" * 200), mapping(tmp_path))
    assert codes(taken.problems) == ["line-too-long"]
    assert (taken.counts.accepted, taken.problems[0].place.line) == (0, 4)


def test_nothing_at_all(tmp_path: Path) -> None:
    empty = tmp_path / "in.csv"
    empty.write_bytes(b"")
    assert codes(take(empty, mapping(tmp_path)).problems) == ["empty-file"]
    empty.write_bytes(b"\n\n")
    assert codes(take(empty, mapping(tmp_path)).problems) == ["no-header"]
    assert codes(take(tmp_path / "none.csv", mapping(tmp_path)).problems) == ["no-such-file"]
    header_only = take(csv_of(tmp_path), mapping(tmp_path))
    assert (header_only.sound, header_only.counts.rows) == (True, 0)


def test_gzip_and_a_broken_one(tmp_path: Path) -> None:
    packed = tmp_path / "in.csv.gz"
    # Bytes that do not compress, so that the cut falls into the rows.
    note = ",".join(ROWS[0].split(",")) + "," + os.urandom(4000).hex()
    content = gzip.compress(f"Mã,Xã,Ngày,G\n{note}\n".encode())
    packed.write_bytes(content)
    made = mapping(tmp_path, "ignore: [G]")
    assert take(packed, made).counts.accepted == 1
    packed.write_bytes(content[:-600])
    assert codes(take(packed, made).problems) == ["broken-gzip"]
    packed.write_bytes(b"not packed at all")
    assert codes(take(packed, made).problems) == ["broken-gzip"]


# --- NDJSON ----------------------------------------------------------------------------------------


def ndjson(folder: Path, *lines: str) -> Path:
    path = folder / "in.ndjson"
    path.write_text("\n".join(lines), "utf-8")
    return path


BASE = '"Mã": "%s", "Xã": "00212", "Ngày": "05/03/2024"'


def test_nested_values(tmp_path: Path) -> None:
    more = "  fee: {from: 'Phí[].Giá', many: sum}\n  people: {from: 'Phí[].Giá', many: count}\n  at: H.Lúc"
    line = '{%s, "Phí": [{"Giá": 1000.5}, {"Giá": "2.000,25"}], "H": {"Lúc": "05/03/2024 10:00"}}'
    taken = take(ndjson(tmp_path, line % (BASE % 1), "{%s}" % (BASE % 2)), mapping(tmp_path, more, "ndjson"))
    assert not taken.problems
    assert taken.rows["fee"].to_pylist() == [Decimal("3000.75"), None]
    assert taken.rows["people"].to_pylist() == [2, None]
    assert taken.rows["at"].to_pylist() == [datetime(2024, 3, 5, 10), None]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ("{", "bad-json"),
        ("[1]", "bad-json"),
        ('{"a": 1, "a": 2}', "duplicate-name"),
        ('{"a": NaN}', "bad-json"),
        ('{"a": "\\ud800"}', "bad-json"),
        ('{"a": ' + "9" * 5000 + "}", "bad-json"),
        ('{"a": 1e99999999999999999999}', "bad-json"),
        ('{"a": ' + "[" * 100_000 + "}", "bad-json"),
        ('{%s, "N": 99999999999999999999}' % (BASE % 9), "number-too-large"),
        ('{%s, "N": 1e400}' % (BASE % 9), "number-too-large"),
        ('{%s, "N": [1, 2]}' % (BASE % 9), "not-one-value"),
        ('{%s, "N": true}' % (BASE % 9), "not-a-number"),
    ],
)
def test_a_bad_line_is_refused_alone(tmp_path: Path, bad: str, code: str) -> None:
    path = ndjson(tmp_path, "{%s}" % (BASE % 1), bad, "", "{%s}" % (BASE % 2))
    taken = take(path, mapping(tmp_path, "  people: N\nignore: [a]", "ndjson"))
    assert [(p.code, p.place.line) for p in taken.problems] == [(code, 2)]
    assert taken.rows["id"].to_pylist() == ["1", "2"]


def test_a_json_list_is_no_ndjson(tmp_path: Path) -> None:
    assert codes(take(ndjson(tmp_path, "[", "{}", "]"), mapping(tmp_path, form="ndjson")).problems) == [
        "json-list"
    ]


def test_an_unknown_name_refuses_the_file(tmp_path: Path) -> None:
    path = ndjson(tmp_path, "{%s}" % (BASE % 1), '{%s, "Lạ": 1}' % (BASE % 2))
    taken = take(path, mapping(tmp_path, form="ndjson"))
    assert [(p.code, p.place.line, p.value) for p in taken.problems] == [("unknown-column", 2, "Lạ")]


# --- Parquet ---------------------------------------------------------------------------------------


def parquet(folder: Path, **more: pa.Array) -> Path:
    columns = {"Mã": ["1", "2"], "Xã": ["00212", "00212"], "Ngày": pa.array([date(2024, 3, 5)] * 2), **more}
    path = folder / "in.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def test_typed_values_pass(tmp_path: Path) -> None:
    path = parquet(
        tmp_path,
        Phí=pa.array([Decimal("1.50"), None], pa.decimal128(10, 2)),
        Lúc=pa.array([datetime(2024, 3, 5, 20), None], pa.timestamp("ns", "UTC")),
        Xong=pa.array([True, None]),
        H=pa.array([{"n": 3}, None]),
    )
    more = "  fee: Phí\n  at: Lúc\n  done: Xong\n  people: H.n"
    taken = take(path, mapping(tmp_path, more, "parquet"))
    assert not taken.problems
    assert taken.rows["fee"].to_pylist() == [Decimal("1.5"), None]
    assert taken.rows["at"].to_pylist() == [datetime(2024, 3, 6, 3), None]
    assert taken.rows["done"].to_pylist() == [True, None]
    assert taken.rows["people"].to_pylist() == [3, None]
    assert taken.rows["_row"].to_pylist() == [1, 2]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 0.1 + 0.2])
def test_binary_fractions_that_are_no_figure(tmp_path: Path, value: float) -> None:
    path = parquet(tmp_path, Phí=pa.array([value, 0.5]))
    taken = take(path, mapping(tmp_path, "  fee: Phí", "parquet"))
    assert taken.rows["fee"].to_pylist() == [Decimal("0.5")]
    assert [p.place.line for p in taken.problems] == [1]


@pytest.mark.parametrize("cut", [4, 60, 300])
def test_a_truncated_file(tmp_path: Path, cut: int) -> None:
    path = parquet(tmp_path)
    path.write_bytes(path.read_bytes()[:-cut])
    assert codes(take(path, mapping(tmp_path, form="parquet")).problems) == ["broken-parquet"]


def test_a_damaged_page_refuses_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    texts = [f"{i:09}" for i in range(5000)]
    table = pa.table({"Mã": texts, "Xã": ["00212"] * 5000, "Ngày": ["05/03/2024"] * 5000})
    pq.write_table(table, path, row_group_size=1000, use_dictionary=False, compression="snappy")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 3000] = b"\xff" * 3000
    path.write_bytes(content)
    taken = take(path, mapping(tmp_path, form="parquet"))
    assert not taken.sound
    assert set(codes(taken.problems)) <= {"broken-parquet", "unreadable-column"}


def test_something_else_is_no_parquet(tmp_path: Path) -> None:
    assert codes(take(csv_of(tmp_path, *ROWS), mapping(tmp_path, form="parquet")).problems) == [
        "broken-parquet"
    ]

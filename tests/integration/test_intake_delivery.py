"""A delivery as a whole: duplicates, several files, withdrawals, absence, refused rows sent again."""

from __future__ import annotations

import csv
import json
import time
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.helpers.intake import SECRET, codes, csv_of, load, mapping, take, world

from kieng.problems import UserError
from kieng.records import intake
from kieng.records.batch import Origin, intake_schema
from kieng.records.columns import EXPLANATIONS, REMEDY_VI, WHY_VI
from kieng.records.readers import csv_file
from kieng.records.refused import write_refused
from kieng.records.spelling import spelled

ROW = "{},00212,05/03/2024"


def test_equal_rows_count_once_and_differing_ones_not_at_all(tmp_path: Path) -> None:
    lines = [ROW.format(1), ROW.format(2), ROW.format(1), "2,00212,06/03/2024", ROW.format(3)]
    taken = take(csv_of(tmp_path, *lines), mapping(tmp_path))
    assert taken.rows["id"].to_pylist() == ["1", "3"]
    assert (taken.counts.repeated, taken.counts.refused) == (1, 2)
    assert [(p.code, p.place.line, p.place.column, p.value) for p in taken.problems] == [
        ("conflicting-rows", 3, 1, "2"),
        ("conflicting-rows", 5, 1, "2"),
    ]
    assert "line 5" in taken.problems[0].why
    assert "line 3" in taken.problems[1].why


@pytest.mark.parametrize("more", ["ignore: [Phường cũ]", "other_columns: ignore"])
@pytest.mark.parametrize("odd", ["", "x"])  # a row with a fault sends its chunk the row-wise way
def test_rows_that_differ_in_a_column_nobody_maps_are_named(tmp_path: Path, more: str, odd: str) -> None:
    lines = [f"{ROW.format(n)},{ward}" for n, ward in [(1, "A"), (2, "B"), (1, "C"), (2, "B"), (3, "D")]]
    header = "Mã,Xã,Ngày,Phường cũ"
    taken = take(
        csv_of(tmp_path, *lines, *([f"4,{odd},x,A"] if odd else []), header=header), mapping(tmp_path, more)
    )
    assert taken.rows["id"].to_pylist() == ["2", "3"]
    assert taken.counts.repeated == 1
    told = [(p.code, p.place.line, p.value) for p in taken.problems if p.code == "rows-told-apart"]
    assert told == [("rows-told-apart", 2, "1"), ("rows-told-apart", 4, "1")]
    assert "line 4" in taken.problems[0].why
    assert "«Phường cũ»" in taken.problems[0].why


def test_a_file_of_refused_rows_is_looked_at_without_what_it_explains(tmp_path: Path) -> None:
    made = mapping(tmp_path, "other_columns: ignore")
    taken = take(csv_of(tmp_path, f"{ROW.format(1)},A", f"{ROW.format(1)},C", header="Mã,Xã,Ngày,P"), made)
    (written,) = write_refused(taken.refused, tmp_path / "refused")
    text = written.read_text("utf-8-sig").splitlines()
    mended = tmp_path / "mended.csv"
    mended.write_text("\n".join([text[0], text[1], text[1].replace("2,", "9,", 1)]), "utf-8")
    again = take(mended, made)
    assert (again.rows["id"].to_pylist(), again.counts.repeated) == (["1"], 1)


def test_objects_that_differ_in_a_name_nobody_maps_are_named(tmp_path: Path) -> None:
    path = tmp_path / "in.ndjson"
    rows: list[dict[str, object]] = [{"Mã": n, "Xã": "00212", "Ngày": "05/03/2024"} for n in "1122"]
    rows[1]["Loại"] = "b"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    taken = take(path, mapping(tmp_path, "ignore: [Loại]", form="{type: ndjson}"))
    assert (taken.rows["id"].to_pylist(), taken.counts.repeated) == (["2"], 1)
    assert [(p.code, p.place.line) for p in taken.problems] == [
        ("rows-told-apart", 1),
        ("rows-told-apart", 2),
    ]


def test_several_files_are_one_delivery(tmp_path: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text(f"Mã,Xã,Ngày\n{ROW.format(1)}\n{ROW.format(2)}\n", "utf-8")
    second.write_text("Xã,Mã,Ngày\n00212,1,05/03/2024\n00212,2,07/03/2024\n", "utf-8")
    made = mapping(tmp_path)
    taken = take([first, second], made)
    assert taken.rows["id"].to_pylist() == ["1"]
    assert [str(p.place) for p in taken.problems] == ["a.csv:3:1", "b.csv:3:1"]
    assert "b.csv:3" in taken.problems[0].why
    assert taken.key == take([first, second], made).key != take([second, first], made).key
    written = write_refused(taken.refused, tmp_path / "refused")
    assert [path.name for path in written] == ["a.refused.csv", "b.refused.csv"]


def test_one_bad_file_stops_them_all(tmp_path: Path) -> None:
    good = csv_of(tmp_path, ROW.format(1))
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"\xff\xfe\xff")
    taken = take([good, bad], mapping(tmp_path))
    assert (taken.sound, taken.counts.accepted, taken.key) == (False, 0, "")


def test_no_file_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(UserError):
        take([], mapping(tmp_path))


def test_a_row_with_two_faults_is_refused_once_and_says_both(tmp_path: Path) -> None:
    taken = take(csv_of(tmp_path, ",99999,31/02/2024"), mapping(tmp_path))
    assert taken.counts.refused == 1
    assert sorted(codes(taken.problems)) == ["missing-value", "no-such-day"]


def test_records_taken_back(tmp_path: Path) -> None:
    path = csv_of(tmp_path, ROW.format(1) + ",9", ROW.format(2) + ",1", header="Mã,Xã,Ngày,T")
    taken = take(path, mapping(tmp_path, 'withdrawn: {from: T, values: ["9"]}'))
    assert taken.rows["_withdrawn"].to_pylist() == [True, False]


def test_the_kinds_of_no_number_and_nought_are_four(tmp_path: Path) -> None:
    made, problems = load(
        tmp_path,
        """
record: report
source: xa
format: {type: csv, delimiter: ";"}
absent: {"": no_data, "-": not_applicable, "x": zero_denominator}
absence_from: [amount, percent]
fields:
  {id: Mã, agency: Xã, period_end: Ngày, figure: {value: f}, state: {value: confirmed}, amount: A, percent: B}
""",
    )
    assert made is not None, list(map(str, problems))
    rows = [
        f"{i};00212;2024-03-31;{a};{b}"
        for i, (a, b) in enumerate([("", ""), ("-", ""), ("x", ""), ("0", ""), ("", "5")])
    ]
    taken = take(csv_of(tmp_path, *rows, header="Mã;Xã;Ngày;A;B"), made)
    assert taken.rows["absence"].to_pylist() == ["no_data", "not_applicable", "zero_denominator", None, None]
    assert taken.rows["amount"].to_pylist() == [None, None, None, 0, None]
    assert taken.rows.schema == intake_schema(made.record_type)


def test_a_delivery_for_the_ledger(tmp_path: Path) -> None:
    made = mapping(tmp_path)
    taken = take(csv_of(tmp_path, ROW.format(1), ROW.format("")), made)
    delivery = taken.delivery(origin=Origin.REPORTED, by="an officer", citation="Biểu 1")
    assert (delivery.source, delivery.mapping, delivery.mapping_hash) == ("test", "m", made.hash)
    assert (delivery.file, delivery.refused, delivery.key) == ("in.csv", 1, taken.key)


def test_progress_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "_BLOCK_SIZE", 500_000)
    told: list[tuple[int, int, int]] = []
    path = csv_of(tmp_path, *(ROW.format(i) for i in range(50_000)))
    intake.take_in([path], mapping(tmp_path), world(), secret=SECRET, on_progress=lambda *t: told.append(t))
    rows = [rows for rows, _, _ in told]
    assert rows == sorted(rows)
    assert rows[0] < 25_000
    assert rows[-1] == 50_000
    assert told[-1][1] == told[-1][2] == path.stat().st_size


def test_very_many_faults_are_counted_not_hoarded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MOST_FAULTS", 10)
    taken = take(csv_of(tmp_path, *(ROW.format("") for _ in range(25))), mapping(tmp_path))
    assert taken.counts.refused == 25
    assert codes(taken.problems) == ["missing-value"] * 10 + ["too-many-problems"]


# --- refused rows, mended and sent again -------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1258"])
def test_refused_csv_is_mended_and_sent_again(tmp_path: Path, encoding: str) -> None:
    header = "Ma,Xa,Ngay,=G"
    lines = ["1,00212,05/03/2024,=1+1", '2,00212,31/02/2024,"=HYPERLINK(""x"")"', "3,00212"]
    path = csv_of(tmp_path, "", *lines, header=f"\n{header}", encoding=encoding.replace("windows-", "cp"))
    made, problems = load(
        tmp_path,
        f"""
record: visit
source: test
format: {{type: csv, encoding: {encoding}, header_row: 2}}
dates: ["%d/%m/%Y"]
fields: {{id: Ma, agency: Xa, on_day: Ngay, note: "=G"}}
""",
    )
    assert made is not None, list(map(str, problems))
    taken = take(path, made)
    (refused,) = write_refused(taken.refused, tmp_path / "refused")
    text = refused.read_text(encoding.replace("utf-8", "utf-8-sig"))
    rows = list(csv.reader(text.splitlines()))[1:]
    assert [spelled(name, encoding) for name in EXPLANATIONS] == rows[0][:5]
    assert [row[0] for row in rows[1:]] == ["5", "6"]
    assert rows[1][5:] == ["2", "00212", "31/02/2024", '=HYPERLINK("x")']
    assert all(cell[0] not in "=+-@" for row in rows[1:] for cell in row[1:5])
    mended = text.replace("31/02/2024", "29/02/2024").replace("3,00212", "3,00212,05/03/2024,")
    refused.write_text(mended, encoding.replace("utf-8", "utf-8-sig"), newline="")
    again = take(refused, made)
    assert again.rows["id"].to_pylist() == ["2", "3"]
    assert again.rows["note"].to_pylist() == ['=HYPERLINK("x")', None]


def test_the_file_speaks_vietnamese_and_is_refused_again_without_old_words(tmp_path: Path) -> None:
    made = mapping(tmp_path)
    taken = take(csv_of(tmp_path, ROW.format("")), made)
    (first,) = write_refused(taken.refused, tmp_path / "one")
    header, row = csv.reader(first.read_text("utf-8-sig").splitlines())
    assert row[header.index(WHY_VI)] == "Cột «Mã»: Bắt buộc phải có giá trị."
    assert row[header.index(REMEDY_VI)] == "Điền giá trị rồi gửi lại dòng này."
    (second,) = write_refused(take(first, made).refused, tmp_path / "two")
    assert csv.reader(second.read_text("utf-8-sig").splitlines()).__next__() == header


def test_refused_objects(tmp_path: Path) -> None:
    path = tmp_path / "in.ndjson"
    path.write_text('{"Mã": "1", "Xã": "00212", "Ngày": "?", "Phí": [{"Giá": 0.10}]}\n{broken\n', "utf-8")
    made = mapping(tmp_path, "  fee: 'Phí[].Giá'", "ndjson")
    (refused,) = write_refused(take(path, made).refused, tmp_path / "refused")
    one, two = refused.read_text("utf-8").splitlines()
    assert '"Giá": 0.10' in one
    assert json.loads(two)["_nguyên văn"] == "{broken"
    refused.write_text(one.replace('"?"', '"05/03/2024"'), "utf-8")
    assert take(refused, made).rows["fee"].to_pylist() == [Decimal("0.1")]


def test_refused_rows_of_parquet_come_back_as_lines_of_json(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    moment = datetime(2024, 3, 5, 10, 30)
    columns = {
        "Mã": ["1"],
        "Xã": ["?"],
        "Ngày": [date(2024, 3, 5)],
        "Lúc": [moment],
        "Phí": [Decimal("1.50")],
    }
    pq.write_table(pa.table(columns), path)
    made = mapping(tmp_path, '  at: {from: Lúc, dates: ["%Y%m%d%H%M%S"]}\n  fee: Phí', "parquet")
    (refused,) = write_refused(take(path, made).refused, tmp_path / "refused")
    refused.write_text(refused.read_text("utf-8").replace('"?"', '"00212"'), "utf-8")
    again = take(refused, made)
    assert not again.problems
    assert again.rows["at"].to_pylist() == [moment]
    assert again.rows["fee"].to_pylist() == [Decimal("1.5")]


def test_refused_rows_of_a_workbook_come_back_as_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "in.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("Số liệu")
        page.write_row(1, 0, ["Mã", "Xã", "Ngày", "G"])
        page.write_row(2, 0, ["1", "00212"])
        page.write_datetime(2, 2, datetime(2224, 3, 5), book.add_format({"num_format": "dd/mm/yyyy"}))
        page.write_string(2, 3, "=1+1")
    made = mapping(tmp_path, "  note: G", "{type: xlsx, header_row: 2, sheet: Số liệu}")
    taken = take(path, made)
    assert codes(taken.problems) == ["implausible-year"]
    (refused,) = write_refused(taken.refused, tmp_path / "refused")
    again = take(refused, made)
    assert codes(again.problems) == ["implausible-year"]
    (second,) = write_refused(again.refused, tmp_path / "again")
    assert codes(take(second, made).problems) == ["implausible-year"]


# --- size and dirt -----------------------------------------------------------------------------------


@pytest.mark.slow  # a million rows, because that is what is promised
def test_a_million_rows_with_three_bad_ones(tmp_path: Path) -> None:
    bad = {123_456: "31/02/2024", 500_000: "", 999_999: "hôm qua"}
    path = tmp_path / "in.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("Mã,Xã,Ngày\n")
        file.writelines(f"{i},00212,{bad.get(i, '05/03/2024')}\n" for i in range(1_000_000))
    started = time.process_time()
    taken = take(path, mapping(tmp_path))
    spent = time.process_time() - started
    assert (taken.counts.accepted, taken.counts.refused) == (999_997, 3)
    assert [problem.place.line for problem in taken.problems] == [i + 2 for i in bad]
    assert spent < 60, "a million rows of three columns take seconds"


CLEAN = "\n".join(["Mã,Xã,Ngày,G", *(f'{i},00212,05/03/2024,"ghi {i}"' for i in range(6))]).encode()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    edits=st.lists(
        st.tuples(
            st.integers(0, len(CLEAN)),
            st.integers(0, 3),
            st.sampled_from([b'"', b",", b"\n", b"\r", b"\0", b"\xff", b"\xe1\xba\xbf", b"=", b"31"])
            | st.binary(max_size=4),
        ),
        max_size=4,
    )
)
def test_no_bytes_whatever_raise_anything(tmp_path: Path, edits: list[tuple[int, int, bytes]]) -> None:
    content = CLEAN
    for at, cut, put in edits:
        content = content[:at] + put + content[at + cut :]
    path = tmp_path / "in.csv"
    path.write_bytes(content)
    taken = take(path, mapping(tmp_path, "  note: G"))  # take() checks that the counts add up
    assert bool(taken.problems) == (not taken.sound or taken.counts.refused > 0)
    if taken.counts.refused and taken.sound:
        assert write_refused(taken.refused, tmp_path / "refused")

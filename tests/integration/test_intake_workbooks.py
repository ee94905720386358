"""Workbooks as offices really send them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from tests.helpers.intake import codes, mapping, take

from kieng.problems import UserError
from kieng.records.readers import xlsx_parts

Fill = Callable[[xlsxwriter.Workbook, object], None]
HEADER = ("Mã", "Xã", "Ngày", "Phí")
DAY = datetime(2024, 3, 5)


def workbook(folder: Path, fill: Fill, header_row: int = 0, sheet: str | None = None) -> Path:
    path = folder / "in.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet(sheet)
        page.write_row(header_row, 0, HEADER)
        fill(book, page)
    return path


def row(book, page, number: int, identity: object, code: object, day: object, fee: object) -> None:
    page.write(number, 0, identity)
    page.write(number, 1, code)
    if isinstance(day, datetime):
        page.write_datetime(number, 2, day, book.add_format({"num_format": "dd/mm/yyyy"}))
    else:
        page.write(number, 2, day)
    page.write(number, 3, fee)


MORE = "  fee: Phí"


def test_typed_cells(tmp_path: Path) -> None:
    def fill(book, page) -> None:
        row(book, page, 1, 1, "00212", DAY, 0.1 + 0.2)
        row(book, page, 3, "2", "00212", "06/03/2024", "1.234,5")

    taken = take(workbook(tmp_path, fill), mapping(tmp_path, MORE, "xlsx"))
    assert not taken.problems
    assert taken.rows["id"].to_pylist() == ["1", "2"]
    assert taken.rows["on_day"].to_pylist() == [date(2024, 3, 5), date(2024, 3, 6)]
    assert taken.rows["fee"].to_pylist() == [Decimal("0.3"), Decimal("1234.5")]
    assert taken.rows["_row"].to_pylist() == [2, 4]


def test_header_row_and_sheet_by_name(tmp_path: Path) -> None:
    def fill(book, page) -> None:
        page.merge_range(0, 0, 0, 3, "Báo cáo tháng")  # a title over the table harms nobody
        row(book, page, 4, "1", "00212", DAY, 1)

    path = workbook(tmp_path, fill, header_row=3, sheet="Số liệu")
    taken = take(path, mapping(tmp_path, MORE, "{type: xlsx, header_row: 4, sheet: Số liệu}"))
    assert (taken.counts.accepted, taken.rows["_row"].to_pylist()) == (1, [5])
    taken = take(path, mapping(tmp_path, MORE, "{type: xlsx, sheet: Số lịu}"))
    assert codes(taken.problems) == ["no-such-sheet"]
    assert "Số liệu" in taken.problems[0].remedy


def test_merged_cells_name_their_range_and_nothing_goes_in(tmp_path: Path) -> None:
    def fill(book, page) -> None:
        row(book, page, 1, "1", "00212", DAY, 1)
        row(book, page, 2, "2", "00212", DAY, 1)
        page.merge_range(3, 1, 5, 1, "00212")

    taken = take(workbook(tmp_path, fill), mapping(tmp_path, MORE, "xlsx"))
    assert codes(taken.problems) == ["merged-cells"]
    assert "B4:B6" in taken.problems[0].why
    assert (taken.problems[0].place.line, taken.problems[0].place.column) == (4, 2)


@pytest.mark.parametrize("error", ["#N/A", "#DIV/0!", "#REF!"])
def test_a_failed_formula_is_not_an_empty_cell(tmp_path: Path, error: str) -> None:
    def fill(book, page) -> None:
        row(book, page, 1, "1", "00212", DAY, 1)
        row(book, page, 2, "2", "00212", DAY, None)
        page.write_formula(2, 3, "=A1/0", None, error)

    taken = take(workbook(tmp_path, fill), mapping(tmp_path, MORE, "xlsx"))
    assert [(p.code, p.place.line, p.value) for p in taken.problems] == [("excel-error", 3, error)]
    assert taken.rows["id"].to_pylist() == ["1"]


def test_what_excel_did_to_codes_and_dates(tmp_path: Path) -> None:
    def fill(book, page) -> None:
        row(book, page, 1, 1, 212, DAY, 1)  # the code lost its zeros
        row(book, page, 2, 12345678901234567890, "00212", DAY, 1)  # and this one its last digits
        row(book, page, 3, 3, "00212", 45356, 1)  # a date without its format

    taken = take(workbook(tmp_path, fill), mapping(tmp_path, MORE, "xlsx"))
    assert codes(taken.problems) == ["unknown-agency", "digits-lost", "date-as-number"]
    assert "00212" in taken.problems[0].remedy


def test_excel_serial_numbers_where_the_mapping_says_so(tmp_path: Path) -> None:
    def fill(book, page) -> None:
        row(book, page, 1, 1, "00212", 45356, 1)

    made = mapping(tmp_path, MORE + "\n  at: {from: Ngày, dates: [excel]}", "xlsx")
    fields = dict(made.fields)
    fields["on_day"] = fields["at"].__class__(**{**fields["at"].__dict__, "field": "on_day"})
    taken = take(workbook(tmp_path, fill), made.__class__(**{**made.__dict__, "fields": fields}))
    assert taken.rows["on_day"].to_pylist() == [date(2024, 3, 5)]
    assert taken.rows["at"].to_pylist() == [DAY]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "locked-workbook"),
        (b"Ma,Xa\n1,2\n", "broken-xlsx"),
        (b"PK\x03\x04" + bytes(50), "broken-xlsx"),
    ],
)
def test_what_is_no_plain_workbook(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "in.xlsx"
    path.write_bytes(content)
    assert codes(take(path, mapping(tmp_path, MORE, "xlsx")).problems) == [code]


def test_a_truncated_workbook(tmp_path: Path) -> None:
    path = workbook(tmp_path, lambda book, page: row(book, page, 1, 1, "00212", DAY, 1))
    path.write_bytes(path.read_bytes()[:-200])
    assert codes(take(path, mapping(tmp_path, MORE, "xlsx")).problems) == ["broken-xlsx"]


def test_macros_and_archives_that_explode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path, lambda book, page: row(book, page, 1, 1, "00212", DAY, 1))
    monkeypatch.setattr(xlsx_parts, "LARGEST_UNPACKED", 1000)
    with pytest.raises(UserError) as refused:  # here: another process reads what is loaded
        xlsx_parts.check_archive(path, "in.xlsx")
    assert codes(refused.value.problems) == ["workbook-too-large"]
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"")
    assert codes(take(path, mapping(tmp_path, MORE, "xlsx")).problems) == ["macros"]

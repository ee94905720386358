"""CSV files changed row by row: only the rows that change are written anew."""

from __future__ import annotations

import pytest

from kieng.plan.csv_sheet import CsvSheet

TEXT = 'id,note\na,"one\ntwo"\n\nb, "x" \nc,z'


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_a_sheet_that_is_not_changed_is_the_same_to_the_byte(newline: str, bom: str) -> None:
    content = (bom + TEXT.replace("\n", newline)).encode()
    assert CsvSheet("a.csv", content, ()).content() == content


def test_a_changed_row_keeps_the_empty_lines_after_it_and_leaves_the_others_alone() -> None:
    sheet = CsvSheet("a.csv", TEXT.encode(), ())
    sheet.put(lambda row: row["id"] == "a", "note", 'a "b", c')
    assert sheet.content().decode() == 'id,note\na,"a ""b"", c"\n\nb, "x" \nc,z'


def test_an_added_row_says_its_line_and_ends_the_one_before() -> None:
    sheet = CsvSheet("a.csv", TEXT.encode(), ())
    assert sheet.add({"id": "d", "note": "1\n2"}) == range(7, 9)
    assert sheet.content().decode() == TEXT + '\nd,"1\n2"\n'


def test_a_new_column_widens_every_row() -> None:
    sheet = CsvSheet("a.csv", b"id\r\na\r\n", ())
    sheet.add({"id": "b", "code": "1", "note": ""})
    assert sheet.content() == b"id,code\r\na,\r\nb,1\r\n"


def test_a_file_that_is_not_there_begins_with_its_header() -> None:
    sheet = CsvSheet("a.csv", None, ("id", "note"))
    assert sheet.add({"id": "a"}) == range(2, 3)
    assert sheet.content() == b"id,note\na,\n"

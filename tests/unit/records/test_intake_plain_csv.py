"""Plain blocks of CSV, read at once, hold what reading row by row finds in them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kieng.problems import UserError
from kieng.records.mapping import FileFormat, FileType
from kieng.records.readers import csv_file
from kieng.records.readers.chunk import TextChunk
from kieng.records.readers.csv_file import CsvFile
from kieng.records.readers.plain_csv import plain_columns

FORM = FileFormat(FileType.CSV)
CELLS = [
    "",
    "a",
    " b ",
    "Hòa",
    '"a"',
    '"a,b"',
    '"a""b"',
    '""',
    '"',
    'a"b',
    '"a"b',
    '"x\ny"',
    '"x\r\ny"',
    "\ufeff",
    "\0",
]
ENDS = ["\n", "\n", "\n", "\r\n", "\r", "\n\n", ",\n", ""]


def rows_of(path: Path) -> tuple[list[Any], list[Any]]:
    """Every row with its line, and every row that could not be read."""
    rows, broken = [], []
    for chunk in CsvFile(path, FORM, "f.csv").chunks():
        rows += [(line, chunk.original(i)) for i, line in enumerate(chunk.lines)]
        broken += chunk.unreadable
        first_cells = [cells[0] for _, cells in rows[len(rows) - len(chunk.lines) :]]
        assert list(chunk.column("x")) == first_cells
    return rows, sorted(broken, key=lambda row: row.fault.line)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(CELLS), st.sampled_from(CELLS), st.sampled_from(ENDS)), max_size=12),
    st.sampled_from([1, 7, 30, 10_000]),
)
def test_blocks_hold_what_rows_do(lines: list[tuple[str, str, str]], size: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "f.csv"
        path.write_bytes(("x,y\n" + "".join(f"{a},{b}{end}" for a, b, end in lines)).encode())
        with mock.patch.object(csv_file, "plain_columns", return_value=None):
            expected = rows_of(path)
        with mock.patch.object(csv_file, "_BLOCK_SIZE", size):
            assert rows_of(path) == expected


@pytest.mark.parametrize("text", ["1,2\n3,4\n", "1,2\r\n3,4", '"1","2"\n"3",4\n'])
def test_plain_text_is_read_at_once(text: str) -> None:
    columns = plain_columns(text, 2, ",")
    assert columns is not None
    assert [column.to_pylist() for column in columns] == [["1", "3"], ["2", "4"]]


@pytest.mark.parametrize(
    "text",
    ["1,2\n\n3,4\n", "1,2\r3,4\n", '1,"2\n3",4\n', '1,2"3\n', "1\n", "1,2,3\n", "\ufeff1,2\n", "1,\0\n"],
)
def test_anything_else_is_left_to_the_rows(text: str) -> None:
    assert plain_columns(text, 2, ",") is None


def test_a_very_long_cell_is_left_to_the_rows() -> None:
    assert plain_columns("a" * 131_071 + ",2\n", 2, ",") is not None
    assert plain_columns("a" * 131_073 + ",2\n", 2, ",") is None


def test_lines_go_on_after_a_row_over_two_lines(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text('x,y\n1,"a\nb"\n' + "".join(f"{n},z\n" for n in range(4, 100)), "utf-8")
    with mock.patch.object(csv_file, "_BLOCK_SIZE", 8):
        chunks = [chunk for chunk in CsvFile(path, FORM, "f.csv").chunks() if len(chunk.lines)]
    found = [(line, chunk.original(i)[0]) for chunk in chunks for i, line in enumerate(chunk.lines)]
    assert found == [(2, "1"), *((n, str(n)) for n in range(4, 100))]
    assert any(isinstance(chunk, TextChunk) for chunk in chunks)


def test_a_wrong_byte_after_plain_blocks_is_named(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b"x,y\n" + b"1,2\n" * 50 + b"1,\xff\n")
    with pytest.raises(UserError) as raised:
        list(CsvFile(path, FORM, "f.csv").chunks())
    assert raised.value.problems[0].place.line == 52

"""A table or objects as the bytes of a file in some form."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
from tests.heavy.hostile import COLUMNS, TOKENS

from kieng.records.mapping import FileFormat

_TCVN3 = dict(
    zip(
        "àảãáạăằẳẵắặâầẩẫấậèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵđĂÂÊÔƠƯĐ",
        bytes.fromhex(
            "b5b6b7b8b9a8bbbcbdbec6a9c7c8c9cacbcccecfd0d1aad2d3d4d5d6d7d8dcdddedfe1e2e3e4abe5e6e7e8e9"
            "aceaebecedeeeff1f2f3f4adf5f6f7f8f9fafbfcfdfeaea1a2a3a4a5a6a7"
        ),
        strict=True,
    )
)

Table = list[list[Any]]


def encoded(text: str, encoding: str) -> bytes:
    """``text`` in ``encoding``, or in TCVN3, which offices wrote in before Unicode and still send."""
    if encoding != "tcvn3":
        return text.encode(encoding, "replace")
    return b"".join(
        bytes([_TCVN3[letter]]) if letter in _TCVN3 else letter.encode("latin-1", "replace")
        for letter in text
    )


def csv_bytes(names: Sequence[str], rows: Table, form: FileFormat, encoding: str) -> bytes:
    made = io.StringIO()
    made.write("một dòng đầu đề\r\n" * (form.header_row - 1))
    csv.writer(made, delimiter=form.delimiter).writerows([names, *rows])
    return encoded(made.getvalue(), encoding)


def zipped(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def ndjson_bytes(objects: Sequence[Mapping[str, Any]], chance: Random, encoding: str, hostile: int) -> bytes:
    """One object a line, ``hostile`` of whose values are tokens of our own."""
    lines = [[(json.dumps(k, ensure_ascii=False), _json(v)) for k, v in each.items()] for each in objects]
    for _ in range(hostile):
        pairs = chance.choice(lines)
        if pairs:
            at = chance.randrange(len(pairs))
            pairs[at] = (pairs[at][0], chance.choice(TOKENS))
    text = "\n".join("{" + ", ".join(f"{k}: {v}" for k, v in pairs) + "}" for pairs in lines)
    return encoded(text + "\n", encoding)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def xlsx_bytes(names: Sequence[str], rows: Table, form: FileFormat) -> bytes:
    made = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "nan_inf_to_errors": True, "default_date_format": "dd/mm/yyyy"}  # fmt: skip
    with xlsxwriter.Workbook(made, options) as book:
        sheet = book.add_worksheet(form.sheet)
        for number, row in enumerate([list(names), *rows], start=form.header_row - 1):
            for column, cell in enumerate(row):
                if cell != "":
                    sheet.write(number, column, cell)
    return made.getvalue()


def parquet_bytes(names: Sequence[str], rows: Table, chance: Random, typed: int) -> bytes:
    """Columns of text, ``typed`` of which become columns of another type."""
    columns = [
        pa.array([None if cell == "" else str(cell) for cell in column]) for column in _turned(names, rows)
    ]
    for _ in range(min(typed, len(columns))):
        kind, values = chance.choice(COLUMNS)
        some = [chance.choice(values) for _ in rows]
        columns[chance.randrange(len(columns))] = pa.array(some, kind)
    made = io.BytesIO()
    compression = chance.choice(("zstd", "snappy", "none"))
    size = chance.choice((1024, 5))
    table = pa.Table.from_arrays(columns, names=list(names))
    pq.write_table(table, made, compression=compression, row_group_size=size)
    return made.getvalue()


def _turned(names: Sequence[str], rows: Table) -> list[list[Any]]:
    return [[row[place] if place < len(row) else "" for row in rows] for place in range(len(names))]

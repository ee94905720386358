"""Blocks of CSV in which nothing is out of the ordinary: no line breaks in cells, no blank or broken rows.

Such a block has one row a line, so that Arrow can read it at once and its line numbers are still known.
"""

from __future__ import annotations

import csv

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

_QUOTE, _LINE_END, _RETURN = b'"\n\r'
_ODD = ("\0", "\n\n", "\n\r")
_FIRST_ODD = ("\n", "\r", "\ufeff")


def plain_columns(text: str, width: int, delimiter: str) -> list[pa.Array] | None:
    """The columns (pa.string) of whole lines of ``text``; None when some row asks for more care."""
    if not delimiter.isascii() or text.startswith(_FIRST_ODD) or any(sign in text for sign in _ODD):
        return None
    if text.count("\r") != text.count("\r\n"):  # elsewhere a carriage return ends a line too
        return None
    content = text.encode()
    if '"' in text and not _plainly_quoted(np.frombuffer(content, np.uint8), ord(delimiter)):
        return None
    names = [str(number) for number in range(width)]
    try:
        table = arrow_csv.read_csv(
            pa.py_buffer(content),
            read_options=arrow_csv.ReadOptions(column_names=names),
            parse_options=arrow_csv.ParseOptions(delimiter=delimiter, ignore_empty_lines=False),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:  # a row of another width
        return None
    if len(table) != text.count("\n") + (not text.endswith("\n")):
        return None
    columns = [column.combine_chunks() for column in table.columns]
    longest = max(pc.max(pc.binary_length(column)).as_py() or 0 for column in columns)
    return columns if longest < csv.field_size_limit() else None


def _plainly_quoted(letters: npt.NDArray[np.uint8], delimiter: int) -> bool:
    """Whether every quotation mark begins or ends a whole cell, or is doubled inside one, and no cell goes
    over lines. Other texts are read differently by different readers."""
    marks, ends = np.flatnonzero(letters == _QUOTE), np.flatnonzero(letters == _LINE_END)
    if len(marks) % 2 or (np.searchsorted(marks, ends) % 2).any():
        return False
    end = np.array([_LINE_END], np.uint8)
    padded = np.concatenate([end, letters, end])
    before, after = padded[marks[::2]], padded[marks[1::2] + 2]
    opens = (before == delimiter) | (before == _LINE_END) | (before == _QUOTE)
    closes = (after == delimiter) | (after == _LINE_END) | (after == _RETURN) | (after == _QUOTE)
    return bool(opens.all() and closes.all())

"""The file of refused rows: to be mended and sent again with the same mapping.

It has the source's own columns with their text as it stood, behind columns that say what is wrong, in both
languages; intake passes over those. Only they are guarded against being taken for formulas (they begin
with words of ours): the source's cells stay exact, or they could not be sent again.
"""

from __future__ import annotations

import csv
import json
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from kieng.records.columns import EXPLANATIONS, LINE, ORIGINAL, REMEDY_EN, REMEDY_VI, WHY_EN, WHY_VI
from kieng.records.faults import RowFault
from kieng.records.intake import RefusedRows
from kieng.records.mapping import FileFormat, FileType
from kieng.records.readers.chunk import Chunk
from kieng.records.readers.source import open_source

_Row = tuple[int, Any]  # line, and the cells, the object or the text as they stood
_MORE = "…"


def write_refused(refused: RefusedRows, folder: Path) -> tuple[Path, ...]:
    """Write one file per delivered file that has refused rows; the delivered files are read once more.

    CSV stays CSV (same encoding and separator) and XLSX stays XLSX; NDJSON and Parquet become NDJSON.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for path, lines, faults in zip(refused.files, refused.lines, refused.faults, strict=True):
        if lines:
            written.append(_write(path, lines, faults, refused.mapping.format, folder))
    return tuple(written)


def _write(
    path: Path,
    lines: frozenset[int],
    faults: dict[int, tuple[RowFault, ...]],
    form: FileFormat,
    folder: Path,
) -> Path:
    source = open_source(path, form, path.name)
    rows = ((line, original, _explained(line, faults)) for line, original in _picked(source.chunks(), lines))
    stem = path.name.split(".")[0]
    if form.type is FileType.CSV:
        return _write_csv(folder / f"{stem}.refused.csv", source.names or (), rows, form)
    if form.type is FileType.XLSX:
        return _write_xlsx(folder / f"{stem}.refused.xlsx", source.names or (), rows, form)
    return _write_ndjson(folder / f"{stem}.refused.ndjson", rows)


def _picked(chunks: Iterator[Chunk], lines: frozenset[int]) -> Iterator[_Row]:
    """The refused rows, in the order of their lines within each chunk."""
    for chunk in chunks:
        picked = [(line, chunk.original(i)) for i, line in enumerate(chunk.lines) if line in lines]
        broken = [(row.fault.line, row.original) for row in chunk.unreadable]
        yield from sorted([*picked, *broken], key=lambda row: row[0])


def _explained(line: int, faults: dict[int, tuple[RowFault, ...]]) -> dict[str, Any]:
    found = faults.get(line, ())
    return {
        LINE: line,
        WHY_VI: "; ".join(fault.why.vi for fault in found) or _MORE,
        WHY_EN: "; ".join(fault.why.en for fault in found) or _MORE,
        REMEDY_VI: " ".join(dict.fromkeys(fault.fault.remedy.vi for fault in found)),
        REMEDY_EN: " ".join(dict.fromkeys(fault.fault.remedy.en for fault in found)),
    }


_Explained = Iterator[tuple[int, Any, dict[str, Any]]]


def _cells(original: Any, names: Sequence[str]) -> list[Any]:
    """Cells in the order of ``names``; a row that could not be read stands as it was."""
    if isinstance(original, dict):
        return [original.get(name) for name in names]
    return [original] if isinstance(original, str) else list(original)


def _without_explanations(original: Any, names: tuple[str, ...]) -> list[Any]:
    """A file of refused rows may be sent, and refused, again: its old explanations go."""
    cells = _cells(original, names)
    if len(cells) != len(names):
        return cells
    return [cell for cell, name in zip(cells, names, strict=True) if name not in EXPLANATIONS]


def _write_csv(path: Path, names: tuple[str, ...], rows: _Explained, form: FileFormat) -> Path:
    encoding = "utf-8-sig" if form.encoding == "utf-8" else form.encoding  # the mark lets Excel read it
    own = [name for name in names if name not in EXPLANATIONS]
    with path.open("w", encoding=encoding, newline="", errors="replace") as opened:
        writer = csv.writer(opened, delimiter=form.delimiter)
        opened.write("\r\n" * (form.header_row - 1))
        writer.writerow([spelled(name, encoding) for name in (*EXPLANATIONS, *own)])
        for _, original, explained in rows:
            words = [spelled(str(explained[name]), encoding) for name in EXPLANATIONS]
            writer.writerow([*words, *_without_explanations(original, names)])
    return path


def spelled(text: str, encoding: str) -> str:
    """``text`` with every letter taken apart as far as ``encoding`` needs (windows-1258 has ê, and an
    acute to put on it, but no ế)."""
    return "".join(_spelled_letter(letter, encoding) for letter in text)


def _spelled_letter(letter: str, encoding: str) -> str:
    try:
        letter.encode(encoding)
    except UnicodeEncodeError:
        parts = unicodedata.decomposition(letter)
        if not parts or parts.startswith("<"):
            return letter
        return "".join(_spelled_letter(chr(int(part, 16)), encoding) for part in parts.split())
    return letter


def _write_ndjson(path: Path, rows: _Explained) -> Path:
    with path.open("w", encoding="utf-8", newline="\n") as opened:
        for _, original, explained in rows:
            own = original if isinstance(original, dict) else {ORIGINAL: original}
            opened.write(_json(explained | {k: v for k, v in own.items() if k not in EXPLANATIONS}) + "\n")
    return path


def _json(value: Any) -> str:
    """JSON with exact decimals: the standard writer would make binary fractions of them."""
    if isinstance(value, dict):
        inner = (f"{json.dumps(key, ensure_ascii=False)}: {_json(item)}" for key, item in value.items())
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_json(item) for item in value) + "]"
    if isinstance(value, Decimal) and value.is_finite():
        return str(value)
    if value is None or isinstance(value, (bool, int, str)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, float) and value == value and abs(value) != float("inf"):
        return repr(value)
    return json.dumps(
        value.isoformat() if isinstance(value, (date, time)) else str(value), ensure_ascii=False
    )


def _write_xlsx(path: Path, names: tuple[str, ...], rows: _Explained, form: FileFormat) -> Path:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    own = [name for name in names if name not in EXPLANATIONS]
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet(form.sheet)
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
        row_number = form.header_row - 1
        for column, name in enumerate([*EXPLANATIONS, *own]):
            sheet.write(row_number, column, name)
        for _, original, explained in rows:
            row_number += 1
            cells = [*explained.values(), *_without_explanations(original, names)]
            for column, cell in enumerate(cells):
                if isinstance(cell, datetime):
                    sheet.write_datetime(row_number, column, cell, moment)
                elif isinstance(cell, date):
                    sheet.write_datetime(row_number, column, cell, day)
                elif cell not in ("", None):
                    sheet.write(row_number, column, str(cell) if isinstance(cell, time) else cell)
    return path

"""The file of refused rows: to be mended and sent again with the same mapping.

It has the source's own columns with their text as it stood, behind columns that say what is wrong, in both
languages; intake passes over those. Only they are guarded against being taken for formulas (they begin
with words of ours): the source's cells stay exact, or they could not be sent again.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import xlsxwriter

from kieng.records.columns import (
    EXPLANATIONS,
    LINE,
    ORIGINAL,
    REMEDY_EN,
    REMEDY_VI,
    WHY_EN,
    WHY_VI,
    explains,
)
from kieng.records.disk import whole_or_not_there, writing_to
from kieng.records.faults import RowFault
from kieng.records.intake import RefusedRows
from kieng.records.mapping import FileFormat, FileType
from kieng.records.readers.chunk import Chunk
from kieng.records.readers.source import open_source
from kieng.records.spelling import spelled

_Row = tuple[int, Any]  # line, and the cells, the object or the text as they stood
_MORE = "…"
_ENDINGS = {
    FileType.CSV: "csv",
    FileType.XLSX: "xlsx",
    FileType.NDJSON: "ndjson",
    FileType.PARQUET: "ndjson",  # which people can mend
}
_ROWS_STAND = (
    "the refused rows stand in the delivered files alone",
    "load again, or name another folder with --refused",
)


def write_refused(refused: RefusedRows, folder: Path) -> tuple[Path, ...]:
    """Write one file per delivered file that has refused rows; the delivered files are read once more.

    CSV stays CSV (same encoding and separator) and XLSX stays XLSX; NDJSON and Parquet become NDJSON.
    A file that is there already stays: people may be mending it, or be sending it just now.

    Raises :class:`~kieng.problems.UserError`, leaving no file, when they cannot be written.
    """
    written: list[Path] = []
    done = False
    try:
        with writing_to(folder, *_ROWS_STAND):
            folder.mkdir(parents=True, exist_ok=True)
            for path, lines, faults in zip(refused.files, refused.lines, refused.faults, strict=True):
                if lines:
                    written.append(_claimed(folder, path, refused.mapping.format))
                    _write(written[-1], path, lines, faults, refused.mapping.format)
        done = True
    finally:
        if not done:
            discard(written)
    return tuple(written)


def discard(written: Iterable[Path]) -> None:
    """Remove files of refused rows of a delivery that was not taken after all."""
    for path in written:
        path.unlink(missing_ok=True)


def _claimed(folder: Path, delivered: Path, form: FileFormat) -> Path:
    """A new empty file in ``folder`` named after a delivered one."""
    stem, ending = delivered.name.split(".")[0], _ENDINGS[form.type]
    for number in count(1):
        path = folder / f"{stem}.refused{'' if number == 1 else f'-{number}'}.{ending}"
        with suppress(FileExistsError):
            path.touch(exist_ok=False)
            break
    return path


def _write(
    target: Path,
    path: Path,
    lines: frozenset[int],
    faults: dict[int, tuple[RowFault, ...]],
    form: FileFormat,
) -> None:
    source = open_source(path, form, path.name)
    rows = ((line, original, _explained(line, faults)) for line, original in _picked(source.chunks(), lines))
    own = tuple(name for name in source.names or () if not explains(name, form))
    with whole_or_not_there(target) as (passing,):
        if form.type is FileType.CSV:
            _write_csv(passing, own, source.names or (), rows, form)
        elif form.type is FileType.XLSX:
            _write_xlsx(passing, own, source.names or (), rows, form)
        else:
            _write_ndjson(passing, rows, form)


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


def _without_explanations(original: Any, names: tuple[str, ...], own: tuple[str, ...]) -> list[Any]:
    """A file of refused rows may be sent, and refused, again: its old explanations go."""
    cells = _cells(original, names)
    if len(cells) != len(names) or len(own) == len(names):
        return cells
    return [cell for cell, name in zip(cells, names, strict=True) if name in own]


def _write_csv(
    path: Path, own: tuple[str, ...], names: tuple[str, ...], rows: _Explained, form: FileFormat
) -> None:
    encoding = "utf-8-sig" if form.encoding == "utf-8" else form.encoding  # the mark lets Excel read it
    with path.open("w", encoding=encoding, newline="") as opened:
        writer = csv.writer(opened, delimiter=form.delimiter)
        opened.write("\r\n" * (form.header_row - 1))
        writer.writerow([spelled(name, encoding) for name in (*EXPLANATIONS, *own)])
        for _, original, explained in rows:
            words = [spelled(str(explained[name]), encoding) for name in EXPLANATIONS]
            writer.writerow([*words, *_without_explanations(original, names, own)])


def _write_ndjson(path: Path, rows: _Explained, form: FileFormat) -> None:
    plain = not form.encoding.startswith("utf")  # any letter has an escape, if not a place in the encoding
    with path.open("w", encoding=form.encoding, newline="\n") as opened:
        for _, original, explained in rows:
            own = original if isinstance(original, dict) else {ORIGINAL: original}
            found = explained | {k: v for k, v in own.items() if k not in EXPLANATIONS}
            opened.write(_json(found, plain) + "\n")


def _json(value: Any, plain: bool) -> str:
    """JSON with exact decimals: the standard writer would make binary fractions of them. ``plain``: in
    ASCII alone."""
    if isinstance(value, dict):
        inner = (f"{_json(key, plain)}: {_json(item, plain)}" for key, item in value.items())
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_json(item, plain) for item in value) + "]"
    if isinstance(value, Decimal) and value.is_finite():
        return str(value)
    if value is None or isinstance(value, (bool, int, str)):
        return json.dumps(value, ensure_ascii=plain)
    if isinstance(value, float) and value == value and abs(value) != float("inf"):
        return repr(value)
    return json.dumps(
        value.isoformat() if isinstance(value, (date, time)) else str(value), ensure_ascii=plain
    )


def _write_xlsx(
    path: Path, own: tuple[str, ...], names: tuple[str, ...], rows: _Explained, form: FileFormat
) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    # Made in memory: on a full disk the library's half-written archive would complain once more when it ends.
    content = BytesIO()
    with xlsxwriter.Workbook(content, options) as book:
        _fill(book, own, names, rows, form)
    path.write_bytes(content.getbuffer())


def _fill(
    book: xlsxwriter.Workbook,
    own: tuple[str, ...],
    names: tuple[str, ...],
    rows: _Explained,
    form: FileFormat,
) -> None:
    sheet = book.add_worksheet(form.sheet)
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
    row_number = form.header_row - 1
    for column, name in enumerate([*EXPLANATIONS, *own]):
        sheet.write(row_number, column, name)
    for _, original, explained in rows:
        row_number += 1
        cells = [*explained.values(), *_without_explanations(original, names, own)]
        for column, cell in enumerate(cells):
            if isinstance(cell, datetime):
                sheet.write_datetime(row_number, column, cell, moment)
            elif isinstance(cell, date):
                sheet.write_datetime(row_number, column, cell, day)
            elif cell not in ("", None):
                sheet.write(row_number, column, str(cell) if isinstance(cell, time) else cell)

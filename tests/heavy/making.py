"""The file that a number stands for: a sound one of some mapping and form, then made wrong."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from tests.heavy.hostile import TEXTS, TYPED, spoilt, spoilt_inside
from tests.heavy.seeds import FORMS, Seed, seeds
from tests.heavy.writing import Table, csv_bytes, ndjson_bytes, parquet_bytes, xlsx_bytes, zipped

from kieng.records.mapping import FileFormat, FileType, Mapping

_OTHER_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "windows-1258", "cp1252", "tcvn3")


@dataclass(frozen=True)
class Made:
    """``rows`` is how many there are to account for; None where bytes were changed and nobody can say."""

    path: Path
    mapping: Mapping
    rows: int | None


def make(number: int, folder: Path) -> Made:
    """The number alone decides. Forms and mappings come in turn, so that any stretch of numbers has all."""
    chance = Random(number)
    all_seeds = seeds()
    seed = all_seeds[number % len(all_seeds)]
    form, end = FORMS[number // len(all_seeds) % len(FORMS)]
    if seed.objects:
        form, end = FORMS[7 + chance.randrange(2)]
    path = folder / f"{seed.mapping.id}-{number}{end}"
    content, rows = _content(seed, form, path.suffix == ".gz", chance)
    way = chance.randrange(4)
    if way == 0:
        content, rows = spoilt(content, chance), None
    if way == 1 and form.type is FileType.XLSX:
        content, rows = spoilt_inside(content, chance), None
    path.write_bytes(content)
    return Made(path, seed.in_form(form), rows)


def _content(seed: Seed, form: FileFormat, gzipped: bool, chance: Random) -> tuple[bytes, int | None]:
    if seed.objects:
        content = ndjson_bytes(seed.objects, chance, form.encoding, chance.randrange(4))
        return content, None
    names, rows = list(seed.names), [list(row) for row in seed.rows]
    ragged = False
    for _ in range(chance.choice((0, 1, 1, 2, 3, 6))):
        ragged |= _change(names, rows, form.type, chance)
    known = _countable(rows, ragged, form.type)
    encoding, lies = form.encoding, chance.randrange(12) == 0
    if lies:
        encoding = chance.choice(_OTHER_ENCODINGS)
    content = _written(names, rows, form, encoding, chance)
    if gzipped and chance.randrange(5) == 0:
        content, lies = spoilt(content, chance), True
    return zipped(content) if gzipped else content, None if lies else known


def _written(names: list[str], rows: Table, form: FileFormat, encoding: str, chance: Random) -> bytes:
    match form.type:
        case FileType.CSV:
            return csv_bytes(names, rows, form, encoding)
        case FileType.NDJSON:
            objects = [dict(zip(names, row, strict=False)) for row in rows]
            return ndjson_bytes(objects, chance, encoding, chance.choice((0, 0, 1, 3)))
        case FileType.XLSX:
            return xlsx_bytes(names, rows, form)
        case FileType.PARQUET:
            return parquet_bytes(names, rows, chance, chance.choice((0, 0, 1, 2, 5)))


def _countable(rows: Table, ragged: bool, kind: FileType) -> int | None:
    """How many rows the file has, unless that is a matter of taste: rows without any value, rows broken
    over lines by what cannot be read."""
    blank = any(not any(str(cell).strip() for cell in row) for row in rows)
    broken = kind is FileType.CSV and any("\0" in str(cell) for row in rows for cell in row)
    return None if blank or broken or ragged else len(rows)


def _change(names: list[str], rows: Table, kind: FileType, chance: Random) -> bool:
    """One change to the table; True when rows no longer have a cell for every name."""
    column, other = chance.randrange(len(names)), chance.randrange(len(names))
    way = chance.randrange(10)
    if way <= 6:
        return _change_rows(rows, column, kind, chance)
    if way == 7:
        for each in (row for row in rows if max(column, other) < len(row)):
            each[column], each[other] = each[other], each[column]
    elif way == 8:
        names[column], names[other] = names[other], names[column]
    elif chance.randrange(3) == 0:
        names[column] = str(chance.choice(TEXTS))
    return False


def _change_rows(rows: Table, column: int, kind: FileType, chance: Random) -> bool:
    row, other = chance.choice(rows), chance.choice(rows)
    way = chance.randrange(11)
    if way <= 5:
        row[column : column + 1] = [_cell(kind, chance)]
    elif way == 6:
        rows.insert(chance.randrange(len(rows)), list(row))
    elif way == 7:
        rows.append([*row[:column], _cell(kind, chance), *row[column + 1 :]])
    elif way == 8:
        same = _cell(kind, chance)
        for each in rows:
            each[column : column + 1] = [same]
    elif way == 9 and row and other:
        row[0] = other[0]
    elif way == 10 and kind is FileType.CSV:
        row[column : column + 1] = chance.choice(([], ["a", "b"], [""] * 9))
        return True
    return False


def _cell(kind: FileType, chance: Random) -> Any:
    if kind is FileType.XLSX and chance.randrange(3) == 0:
        return chance.choice(TYPED)
    return chance.choice(TEXTS)

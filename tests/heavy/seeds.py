"""Small sound files of every mapping of the Bình Định example, and the ways to write them."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.helpers.text import load_or_refuse

from kieng.examples.generate import generate
from kieng.examples.generate.everything import WORKSPACE
from kieng.plan.definitions import Definitions
from kieng.problems import Problems
from kieng.records.load_mappings import load_mappings
from kieng.records.mapping import FileFormat, FileType
from kieng.records.mapping import Mapping as RecordMapping

ROWS = 12
CASES = 300

#: Every form a table may come in: its type, encoding, separator and the name's end.
FORMS: tuple[tuple[FileFormat, str], ...] = (
    (FileFormat(FileType.CSV), ".csv"),
    (FileFormat(FileType.CSV, "utf-8-sig"), ".csv"),
    (FileFormat(FileType.CSV, "utf-16", "\t"), ".csv"),
    (FileFormat(FileType.CSV, "windows-1258", ";"), ".csv"),
    (FileFormat(FileType.CSV, "iso-8859-1"), ".csv"),
    (FileFormat(FileType.CSV, header_row=3), ".csv"),
    (FileFormat(FileType.CSV), ".csv.gz"),
    (FileFormat(FileType.NDJSON), ".ndjson"),
    (FileFormat(FileType.NDJSON, "utf-16"), ".ndjson"),
    (FileFormat(FileType.XLSX), ".xlsx"),
    (FileFormat(FileType.XLSX, header_row=2, sheet="Biểu"), ".xlsx"),
    (FileFormat(FileType.PARQUET), ".parquet"),
)


@dataclass(frozen=True)
class Seed:
    """Rows as text under their columns; ``objects`` are nested ones, for NDJSON only."""

    mapping: RecordMapping
    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    objects: tuple[Mapping[str, Any], ...] = ()

    def in_form(self, form: FileFormat) -> RecordMapping:
        return replace(self.mapping, format=form)


@cache
def example() -> Definitions:
    return load_or_refuse(WORKSPACE)


@cache
def seeds() -> tuple[Seed, ...]:
    """One per mapping, in the order of their ids."""
    mappings = load_mappings(WORKSPACE, example(), Problems())
    found: dict[str, Seed] = {}
    with TemporaryDirectory() as folder:
        for made in generate(example(), Path(folder), cases=CASES):
            mapping = mappings[made.mapping]
            if made.mapping not in found or len(found[made.mapping].rows) < ROWS // 2:
                found[made.mapping] = _seed(mapping, made.path)
    # As a table the Parquet mapping reads what the CSV mapping reads.
    found["national-case-parquet"] = replace(
        found["national-case"], mapping=mappings["national-case-parquet"]
    )
    assert found.keys() == mappings.keys()
    return tuple(found[name] for name in sorted(found))


def _seed(mapping: RecordMapping, path: Path) -> Seed:
    if mapping.format.type is FileType.NDJSON:
        lines = path.read_text("utf-8").splitlines()[:ROWS]
        return Seed(mapping, (), (), tuple(json.loads(line) for line in lines))
    with path.open(encoding="utf-8", newline="") as opened:
        names, *rows = csv.reader(opened)
    step = max(1, len(rows) // ROWS)
    return Seed(mapping, tuple(names), tuple(tuple(row) for row in rows[::step][:ROWS]))

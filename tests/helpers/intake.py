"""A small workspace for intake: three agencies, one custom record type, and mappings from a few lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pyarrow as pa
from tests.helpers.world import definitions, reorganisation, tree_from

from kieng.plan.agency import AgencyTree
from kieng.plan.dated import Dated
from kieng.plan.definitions import Definitions
from kieng.plan.load_record_types import load_record_types
from kieng.problems import Problem, Problems
from kieng.records.intake import Intake, take_in
from kieng.records.load_mappings import load_mappings
from kieng.records.mapping import Mapping
from kieng.words import Name

SECRET = b"a secret of the tests"
TREE = """
tinh           province    code=52
  hoa-an       commune     code=00211 ..2025-07-01
  hoa-binh     commune     code=00212
  hoa-an-moi   commune     code=00211 2025-07-01..
"""
NAMES = {"tinh": "Tỉnh", "hoa-an": "Xã Hòa An", "hoa-binh": "Xã Hòa Bình", "hoa-an-moi": "Xã Hoà Bình"}

COMMON = """
record: visit
source: test
dates: ["%d/%m/%Y", "%d/%m/%Y %H:%M", iso]
numbers: {decimal: ",", group: "."}
"""
FIELDS = """
fields:
  id: Mã
  agency: {from: Xã, by: code, on: on_day}
  on_day: Ngày
"""


@cache
def world() -> Definitions:
    tree = tree_from(TREE)
    named = {i: replace(a, names=(Dated(Name(NAMES[i], i)),)) for i, a in tree.agencies.items()}
    here = Path(__file__).parent
    types = load_record_types(here / "record_types", Problems(), here).values()
    moves = reorganisation(date(2025, 7, 1), "merge", "hoa-an -> hoa-an-moi")
    return definitions(AgencyTree(named, tree.levels), types, reorganisations=[moves])


def load(folder: Path, text: str) -> tuple[Mapping | None, Problems]:
    """The mapping that ``text`` (without its id) makes, and what is wrong with it."""
    (folder / "mappings").mkdir(exist_ok=True)
    (folder / "mappings" / "m.yaml").write_text(f"id: m\n{text}", encoding="utf-8")
    problems = Problems()
    return load_mappings(folder, world(), problems).get("m"), problems


def mapping(folder: Path, more: str = "", form: str = "{type: csv}") -> Mapping:
    """A mapping of ``visit``; lines of ``more`` that are indented are fields, the others stand beside."""
    lines = more.splitlines()
    fields = FIELDS + "\n".join(line for line in lines if line.startswith(" ")) + "\n"
    beside = "\n".join(line for line in lines if not line.startswith(" ")) + "\n"
    made, problems = load(folder, f"{COMMON}format: {form}\n{beside}{fields}")
    assert made is not None, [str(problem) for problem in problems]
    return made


def take(path: Path | Iterable[Path], by: Mapping) -> Intake:
    files = [path] if isinstance(path, Path) else list(path)
    taken = take_in(files, by, world(), secret=SECRET)
    counts = taken.counts
    assert counts.accepted == len(taken.rows)
    if taken.sound:
        assert counts.rows == counts.accepted + counts.repeated + counts.refused
    else:
        assert counts.accepted == 0
    return taken


def csv_of(folder: Path, *lines: str, header: str = "Mã,Xã,Ngày", encoding: str = "utf-8") -> Path:
    path = folder / "in.csv"
    path.write_bytes("".join(f"{line}\n" for line in (header, *lines)).encode(encoding))
    return path


def cells(folder: Path, field: str, *texts: str, more: str = "") -> tuple[pa.ChunkedArray, list[Problem]]:
    """One column of ``field`` taken in from CSV."""
    quoted = [text.replace('"', '""') for text in texts]
    path = csv_of(
        folder, *(f'{i},00212,05/03/2024,"{t}"' for i, t in enumerate(quoted)), header="Mã,Xã,Ngày,Ô"
    )
    taken = take(path, mapping(folder, more or f"  {field}: Ô"))
    return taken.rows[field], list(taken.problems)


def codes(problems: Iterable[Problem]) -> list[str]:
    return [problem.code for problem in problems]

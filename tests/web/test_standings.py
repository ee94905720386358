"""The verdict of every target of the example, against a table that was made by hand before the code.

The table was worked out from the parts (figures as they were, of the agencies a promise was made for and
of their heirs) with nothing of ``judgement``: what each target stands as, by which figure, and why.
"""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from kieng.judgement.board import BoardRow, board
from kieng.workspace.figures import Asked, figures
from kieng.workspace.folder import Workspace

TABLE = Path(__file__).with_name("standings") / "binh-dinh.csv"
TODAY = date(2026, 11, 30)  # the day the table is of
MOST_UNKNOWN = 3
#: What the small example has fewer of. The table is of the demo: tests/heavy holds all of it against that.
FEWER = ("case", "work_file")


def expected() -> dict[str, dict[str, str]]:
    """The table's rows by target."""
    with TABLE.open(encoding="utf-8") as file:
        return {row["target"]: row for row in csv.DictReader(file)}


@cache
def rows_of(root: Path) -> dict[str, BoardRow]:
    """Every target of a workspace as it stands on the day of the table."""
    found = figures(Workspace(root), Asked())
    return {row.target.id: row for row in board(found.definitions, found.lookup, TODAY)}


def stands_as_told(row: BoardRow, told: dict[str, str]) -> None:
    """AssertionError with the reason in the table, where a target stands otherwise than it says."""
    words = told["tally"].split()
    tally = dict(zip(words[::2], map(int, words[1::2]), strict=True))
    assert Counter(line.judgement.standing.value for line in row.lines) == tally, told["why"]
    if told["figure"]:
        (line,) = row.lines
        assert line.measurement is not None
        assert line.measurement.value is not None
        assert round(line.measurement.value, 2) == Decimal(told["figure"]), told["why"]


def test_the_table_holds_every_target(example: Path) -> None:
    assert set(expected()) == set(rows_of(example))


@pytest.mark.parametrize("target", expected())
def test_every_target_stands_as_the_table_made_by_hand_says(example: Path, target: str) -> None:
    row = rows_of(example)[target]
    if row.indicator.rules[-1].record in FEWER:
        pytest.skip("the small example has fewer such records; tests/heavy asks the whole demo")
    stands_as_told(row, expected()[target])


def test_hardly_any_target_is_unknown() -> None:
    assert sum("unknown" in told["tally"] for told in expected().values()) <= MOST_UNKNOWN

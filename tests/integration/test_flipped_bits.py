"""One flipped bit anywhere in what is kept: it is named or harmless, no figure changes, nothing crashes.

What is kept under a changed key is not found: its figure is missing, as if there were none, until
`kieng verify` names it and `kieng measure --full` makes it again. No other figure is told in its place.
"""

from __future__ import annotations

import csv
import random
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from tests.helpers.tampering import change, look
from tests.helpers.workspace import files_csv, load_files, ok, reports_csv, run, write_workspace

from kieng.workspace.folder import FOLDER

FEW, MANY = 12, 250
_ROWS = [f"{n},21550,2024-0{n % 3 + 1}-01,2024-0{n % 5 + 1}-04,{n % 2},0," for n in range(60)]
_MORE = ["1,21550,2024-02-01,2024-04-02,0,0,", "x,23560,2024-01-02,2024-02-03,1,0,9"]
_REPORTS = ["r1,tinh-a,kinh-te-so,2024-12-31,1234.5,uoc"]
_ASKED = (
    ("show", "--format", "csv"),
    ("show", "--format", "csv", "--map", "today"),
    ("show", "--targets", "--format", "csv"),
)


def made(root: Path, folder: Path) -> Path:
    """A workspace with files, chunks in the tail, newer versions, figures, bases and a kept text."""
    write_workspace(root)
    load_files(root, files_csv(folder / "one.csv", _ROWS))
    ok(root, "tidy", "--all")
    load_files(root, files_csv(folder / "two.csv", _MORE))
    ok(root, "load", "report", reports_csv(folder / "r.csv", _REPORTS), "--mapping", "reports", "--by", "thu")
    ok(root, "measure")
    return root


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    root = made(folder / "w", folder)
    with closing(sqlite3.connect(root / FOLDER / "kieng.db")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return root


def shown(root: Path) -> list[tuple[int, str]]:
    """What is told of figures: by the command, without the moments of the measuring."""
    results = [run(root, *words) for words in _ASKED]
    for result in results:
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return [(result.exit_code, _without_moments(result.stdout)) for result in results]


def _without_moments(told: str) -> str:
    rows = csv.DictReader(told.splitlines())
    return "\n".join(
        str({name: value for name, value in row.items() if not name.endswith("as_of")}) for row in rows
    )


def hold(root: Path, before: list[tuple[int, str]], what: str) -> None:
    """``root``, in which a bit was flipped, tells what it told, or refuses; what is wrong is named."""
    now = shown(root)
    checked = run(root, "verify")
    assert checked.exception is None or isinstance(checked.exception, SystemExit), (what, checked.exception)
    assert now == before or checked.exit_code != 0, f"{what}: not as before, and yet verify finds nothing"
    for (code, new), (_, old) in zip(now[:2], before, strict=False):
        assert code or set(new.splitlines()) <= set(old.splitlines()), f"{what}: another figure"
    measured = run(root, "measure", *(["--full"] if checked.exit_code else []))
    assert measured.exception is None or isinstance(measured.exception, SystemExit), (
        what,
        measured.exception,
    )
    after = shown(root)
    wrong = [new for new, old in zip(after, before, strict=True) if new[0] == 0 and new != old]
    assert wrong == [], what
    assert after == before or measured.exit_code != 0 or checked.exit_code != 0, what


def flip_in_a_file(root: Path, chance: random.Random) -> str:
    inner = root / FOLDER
    files = sorted(p for p in inner.rglob("*") if p.is_file() and p.stat().st_size)
    path = chance.choice([inner / "kieng.db", *files]) if chance.random() < 0.6 else inner / "kieng.db"
    content = bytearray(path.read_bytes())
    place = chance.randrange(len(content))
    content[place] ^= 1 << chance.randrange(8)
    path.write_bytes(content)
    return f"{path.relative_to(inner)} byte {place}"


_KEPT = ("measurements", "bases", "measure_runs", "plan_versions", "tail", "tail_keys")
_MANIFEST = ("pieces", "batches")


def flip_in_a_row(root: Path, chance: random.Random, tables: Sequence[str] = _KEPT) -> str:
    """By SQL: on a server nobody flips bits of files."""
    inner, table = root / FOLDER, chance.choice(tables)
    row = chance.choice(look(inner, f"SELECT * FROM {table}"))
    column = chance.choice([name for name, value in row.items() if isinstance(value, str | bytes) and value])
    value = row[column]
    content = bytearray(value.encode() if isinstance(value, str) else value)
    place = chance.randrange(len(content))
    content[place] ^= 1 << chance.randrange(7)  # still ASCII where it was
    new = content.decode("utf-8", "replace").replace("\0", "0") if isinstance(value, str) else bytes(content)
    if new == value:
        return flip_in_a_row(root, chance, tables)
    same = " AND ".join(f'"{name}" = ?' for name, v in row.items() if v is not None)
    values = [v for v in row.values() if v is not None]
    change(inner, f'UPDATE {table} SET "{column}" = ? WHERE {same}', new, *values)
    return f"{table}.{column} byte {place}: {row}"


SEEDS = [*range(FEW), *(pytest.param(n, marks=pytest.mark.heavy) for n in range(FEW, MANY))]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_bit_of_a_file(whole, tmp_path, seed):
    chance, root = random.Random(seed), tmp_path / "w"
    shutil.copytree(whole, root)
    hold(root, shown(root), flip_in_a_file(root, chance))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_bit_of_a_row(whole, tmp_path, seed):
    chance, root = random.Random(f"row {seed}"), tmp_path / "w"
    shutil.copytree(whole, root)
    hold(root, shown(root), flip_in_a_row(root, chance))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_bit_of_a_row_of_the_manifest(whole, tmp_path, seed):
    chance, root = random.Random(f"manifest {seed}"), tmp_path / "w"
    shutil.copytree(whole, root)
    hold(root, shown(root), flip_in_a_row(root, chance, _MANIFEST))

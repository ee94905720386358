"""How fast a file becomes rows for the ledger, beside the barest copy of the same file.

    python benchmarks/intake.py [--rows 1000000] [--rounds 3] [--form typed|texts|csv] [--faults 0]

Makes one file of case records (15 columns, agencies of the example whose codes passed on to others in
2025), has DuckDB copy the Parquet file into another one with two threads, and takes the file in. ``typed``
is Parquet with native types, ``texts`` Parquet as the national portal writes it (times as digits, yes and no
as 1 and 0), ``csv`` the same texts as CSV (the copy is then of the same rows as Parquet). ``--faults N``
puts an impossible code into every N-th row. Prints the best wall and CPU seconds of the rounds, and the
speed of intake, and of intake with the append to a new ledger, as a share of the copy's: at 0.5 it takes
twice as long. With faults nothing is appended: what was refused comes first.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, parquet

from kieng.examples.generate.everything import WORKSPACE
from kieng.plan.definitions import Definitions
from kieng.plan.load import load_or_refuse
from kieng.problems import Problems
from kieng.records.batch import Origin
from kieng.records.intake import Counts, take_in
from kieng.records.ledger import Ledger
from kieng.records.load_mappings import load_mappings
from kieng.records.mapping import Mapping
from kieng.stores.sql.choose import open_database
from kieng.stores.sql.manifest import SqlManifest

THREADS = 2
CHUNK = 100_000
FORMS = {"typed": "parquet", "texts": "parquet", "csv": "csv"}
MAPPING = """
id: intake-benchmark
record: case
source: benchmark
format: {type: FORM}
time_zone: Asia/Ho_Chi_Minh
dates: ["%Y%m%d%H%M%S"]
numbers: {decimal: "."}
fields:
  id: MaHoSo
  agency: {from: DonVi, by: code, on: received_at}
  procedure: MaTTHC
  applicant_kind: {from: DoiTuong, values: {"1": individual, "2": enterprise, "3": agency}}
  channel: {from: Kenh, values: {"1": direct, "2": online, "3": post}}
  received_at: TiepNhan
  due_at: HenTra
  finished_at: KetThuc
  limit: ThoiHan
  limit_unit: {from: DonViHan, values: {"gio": hour, "ngaylv": working_day}}
  status: {from: TrangThai, values: {"4": processing, "8": returned, "9": done}}
  fee_due: LePhi
  paid_online: TrucTuyen
  e_result: DienTu
  satisfied: HaiLong
"""


@dataclass(frozen=True)
class Cost:
    wall: float
    cpu: float


def cost(work: Callable[[], object], rounds: int) -> Cost:
    """The best of ``rounds``, wall and CPU each by itself."""
    walls, cpus = [], []
    for _ in range(rounds):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return Cost(min(walls), min(cpus))


def codes_of(definitions: Definitions) -> list[str]:
    """Codes that some agency bears on every day of 2025: their bearer may change, none is ever missing."""
    days = np.arange("2025-01-01", "2026-01-01", dtype="datetime64[D]").tolist()
    borne: dict[str, list[object]] = {}
    for agency in definitions.tree.agencies.values():
        for code in agency.codes:
            borne.setdefault(code.value, []).extend(
                day for day in days if code.holds_on(day) and agency.exists_on(day)
            )
    return sorted(code for code, held in borne.items() if sorted(map(str, held)) == list(map(str, days)))


def cases(first: int, size: int, codes: list[str], faults: int) -> pa.Table:
    """Rows ``first`` to ``first + size`` with native types."""
    chance = np.random.default_rng(first)

    def picked(words: list[str]) -> pa.Array:
        return pa.array(words).take(pa.array(chance.integers(0, len(words), size)))

    day = chance.integers(0, 360, size) * 86_400 + chance.integers(8 * 3600, 17 * 3600, size)
    received = np.datetime64("2025-01-01T00:00:00") + day.astype("timedelta64[s]")
    took = chance.integers(1, 40, size) * 86_400 + chance.integers(0, 3600, size)
    finished = received + took.astype("timedelta64[s]")
    open_still = pa.array(chance.random(size) < 0.05)
    never = pa.scalar(None, pa.timestamp("us"))
    numbers = pa.array(np.arange(first, first + size)).cast(pa.string())
    agency = picked(codes)
    if faults:
        wrong = pa.array(np.arange(first, first + size) % faults == faults - 1)
        agency = pc.if_else(wrong, "?", agency)
    columns = {
        "MaHoSo": pc.binary_join_element_wise("H08.25", pc.utf8_lpad(numbers, 8, "0"), "-"),
        "DonVi": agency,
        "MaTTHC": picked([f"1.{n:06}.000.00.00.H08" for n in range(2_000)]),
        "DoiTuong": picked(["1", "2", "3"]),
        "Kenh": picked(["1", "2", "3"]),
        "TiepNhan": pa.array(received).cast(pa.timestamp("us")),
        "HenTra": pa.array(received + np.timedelta64(15, "D")).cast(pa.timestamp("us")),
        "KetThuc": pc.if_else(open_still, never, pa.array(finished).cast(pa.timestamp("us"))),
        "ThoiHan": pa.array(chance.integers(1, 60, size)),
        "DonViHan": picked(["gio", "ngaylv"]),
        "TrangThai": picked(["4", "8", "9"]),
        "LePhi": pa.array(chance.integers(0, 5_000_000, size))
        .cast(pa.decimal128(19))
        .cast(pa.decimal128(21, 2)),
        "TrucTuyen": pa.array(chance.random(size) < 0.5),
        "DienTu": pa.array(chance.random(size) < 0.5),
        "HaiLong": pa.array(chance.random(size) < 0.5, mask=chance.random(size) < 0.7),
    }
    return pa.table(columns)


def as_texts(table: pa.Table) -> pa.Table:
    """The rows as the portal writes them."""
    return pa.table([_as_text(column) for column in table.columns], names=table.column_names)


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_timestamp(column.type):
        return pc.strftime(column.cast(pa.timestamp("s")), format="%Y%m%d%H%M%S")
    if pa.types.is_boolean(column.type):
        return column.cast(pa.int8()).cast(pa.string())
    return column.cast(pa.string())


def write(folder: Path, rows: int, form: str, codes: list[str], faults: int) -> tuple[Path, Path]:
    """The file to take in, and the same rows as Parquet."""
    parts = [cases(first, min(CHUNK, rows - first), codes, faults) for first in range(0, rows, CHUNK)]
    table = pa.concat_tables(parts)
    if form != "typed":
        table = as_texts(table)
    parquet.write_table(table, folder / "cases.parquet", compression="zstd", row_group_size=122_880)
    if form != "csv":
        return folder / "cases.parquet", folder / "cases.parquet"
    csv.write_csv(table, folder / "cases.csv", csv.WriteOptions(quoting_style="needed"))
    return folder / "cases.csv", folder / "cases.parquet"


def copy(path: Path) -> None:
    into = path.with_name("copy.parquet")
    with duckdb.connect() as connection:
        connection.execute(f"SET threads = {THREADS}")
        connection.execute(f"COPY (SELECT * FROM '{path}') TO '{into}' (FORMAT parquet, COMPRESSION zstd)")


def run(folder: Path, rows: int, rounds: int, form: str, faults: int) -> None:
    shutil.copytree(WORKSPACE, folder / "w")
    (folder / "w/mappings/intake-benchmark.yaml").write_text(MAPPING.replace("FORM", FORMS[form]), "utf-8")
    definitions = load_or_refuse(folder / "w")
    mapping = load_mappings(folder / "w", definitions, Problems())["intake-benchmark"]
    path, as_parquet = write(folder, rows, form, codes_of(definitions), faults)
    counts: list[Counts] = []
    floor = cost(lambda: copy(as_parquet), rounds)
    ours = cost(
        lambda: counts.append(take_in([path], mapping, definitions, secret=b"benchmark").counts), rounds
    )
    print(f"{form}: {counts[-1]}, file {path.stat().st_size:,} bytes")
    found = {"DuckDB copy": floor, "intake": ours}
    if not faults:
        numbers = count()
        appended = cost(
            lambda: append(folder / f"ledger-{next(numbers)}", path, mapping, definitions), rounds
        )
        found["with append"] = appended
    for what, spent in found.items():
        speed = f"{floor.wall / spent.wall:.2f} wall, {floor.cpu / spent.cpu:.2f} CPU of the copy's speed"
        print(f"{what:12} {spent.wall:7.2f} s  CPU {spent.cpu:7.2f} s  {speed}")


def append(into: Path, path: Path, mapping: Mapping, definitions: Definitions) -> None:
    """Take the file in and add it to a ledger that has nothing yet."""
    into.mkdir()
    ledger = Ledger(SqlManifest(open_database(into)), into)
    intake = take_in([path], mapping, definitions, secret=b"benchmark")
    ledger.append(intake.delivery(origin=Origin.SYNTHETIC, by="benchmark"))
    shutil.rmtree(into)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--form", choices=FORMS, default="typed")
    options.add_argument("--faults", type=int, default=0)
    chosen = options.parse_args()
    pa.set_cpu_count(THREADS)
    with tempfile.TemporaryDirectory(prefix="kieng-intake-") as folder:
        run(Path(folder), chosen.rows, chosen.rounds, chosen.form, chosen.faults)


if __name__ == "__main__":
    main()

"""The example's workspace in a tree of a nation: 34 provinces and 3,321 communes. All records are synthetic.

    .venv/bin/python benchmarks/web/nation.py --folder /var/tmp/web --cases 30000

Beside the Bình Định example stand 33 made-up provinces with their communes since 1 July 2025; each
commune has work files of every month and two figures that it reports each quarter.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from kieng.examples.generate.everything import SEED
from kieng.records.batch import Origin
from kieng.workspace.demo import deliveries, load_all, make_demo
from kieng.workspace.folder import Workspace

PROVINCES, COMMUNES = 33, 3186
MONTHS = [(2025, m) for m in range(7, 13)] + [(2026, m) for m in range(1, 11)]
QUARTERS = ["2025-09-30", "2025-12-31", "2026-03-31", "2026-06-30", "2026-09-30"]
_FILES = 4  # of each commune and month


def tree_rows() -> Iterator[list[str]]:
    """Rows of agencies.csv: a province, then its communes."""
    for province in range(PROVINCES):
        id = f"tinh-{province:02}"
        yield [
            id,
            "2025-07-01",
            "",
            f"Tỉnh số {province}",
            f"Province {province}",
            "province",
            "",
            id,
            "",
            "",
        ]
        for number in range(province, COMMUNES, PROVINCES):
            code = f"x{number:04}"
            names = (f"Xã số {number}", f"Commune {number}")
            place = (f"{9 + number % 13 + number / 9999:.4f}", f"{103 + province / 6:.4f}")
            yield [code, "2025-07-01", "", *names, "commune", id, code, *place]


def work_files(rng: np.random.Generator) -> Iterator[list[object]]:
    yield ["MaHoSo", "CoQuan", "HanXuLy", "DienTuMoiKhau", "Mat", "KySo", "SoVanBan", "NgayMo", "NgayDong"]
    level = rng.beta(6, 3, COMMUNES)
    for number in range(COMMUNES):
        for year, month in MONTHS:
            for one in range(_FILES):
                online = int(rng.random() < level[number])
                days = (f"{year}-{month:02}-28", f"{year}-{month:02}-02", f"{year}-{month:02}-{10 + one}")
                key = f"N-{number}-{year}{month:02}-{one}"
                yield [key, f"x{number:04}", days[0], online, 0, online, 3, days[1], days[2]]


def reports(rng: np.random.Generator) -> Iterator[list[object]]:
    yield ["MaBaoCao", "MaXa", "ChiTieu", "KyDenNgay", "TuSo", "MauSo", "TrangThai"]
    for figure in ("fibre-households", "smartphone-households"):
        for number in range(COMMUNES):
            whole = int(rng.integers(2_000, 9_000))
            for day in QUARTERS:
                part = int(whole * rng.beta(8, 3))
                yield [f"{figure}-{number}-{day}", f"x{number:04}", figure, day, part, whole, "chinh thuc"]


def _take(workspace: Workspace, kind: str, mapping: str, rows: Iterator[list[object]]) -> int:
    path = workspace.root / f"nation-{kind}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    loaded = workspace.take(kind, [path], mapping, origin=Origin.SYNTHETIC, by="benchmark")
    if loaded.receipt is None or loaded.intake.problems:
        raise SystemExit(f"{kind}: {loaded.intake.problems[:3]}")
    return loaded.receipt.accepted


def make(root: Path, cases: int) -> None:
    example = make_demo(root)
    for _ in load_all(example, deliveries(example, cases)):
        pass
    with (root / "agencies" / "agencies.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(tree_rows())
    workspace, rng = Workspace(root), np.random.default_rng(SEED)
    print("work files", _take(workspace, "work_file", "work-file", work_files(rng)))
    print("reports", _take(workspace, "report", "commune-report", reports(rng)))
    cpu = time.process_time()
    workspace.measure()
    print(
        f"figures {workspace.stored.count()}, measured in {time.process_time() - cpu:.0f} processor seconds"
    )


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--folder", type=Path, required=True)
    options.add_argument("--cases", type=int, default=30_000)
    chosen = options.parse_args()
    make(chosen.folder / "workspace", chosen.cases)
